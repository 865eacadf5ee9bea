//! A server before a node that misbehaves as hosted nodes, reverse proxies and broken nodes do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A JSON-RPC request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Number of requests before it.
    pub(crate) place: usize,
    pub(crate) is_batch: bool,
    pub(crate) calls: Vec<Value>,
    pub(crate) uri: String,
    pub(crate) has_referer: bool,
}

impl Asked {
    pub(crate) fn is_of(&self, method: &str) -> bool {
        self.calls.iter().any(|call| call["method"] == method)
    }
}

/// Changes the reply to a call.
type Change = Box<dyn Fn(&Value, &mut Value) + Send>;

/// What the server does with a request.
pub(crate) enum Act {
    /// It asks the node.
    Pass,
    /// It asks the node, and changes the reply to each call.
    Change(Change),
    Reply(u16, Vec<(&'static str, String)>, String),
    /// It never replies.
    Hang,
}

pub(crate) fn reply(status: u16, body: impl ToString) -> Act {
    Act::Reply(status, Vec::new(), body.to_string())
}

/// Changes a field of the results of a method.
pub(crate) fn change(method: &'static str, field: &'static str, value: Value) -> Act {
    Act::Change(Box::new(move |call, reply| {
        if call["method"] == method && reply["result"].is_object() {
            reply["result"][field] = value.clone();
        }
    }))
}

/// Refuses the calls of a method with this error.
pub(crate) fn refuse(method: &'static str, code: i32, message: &'static str) -> Act {
    Act::Change(Box::new(move |call, reply| {
        if call["method"] == method {
            let id = reply["id"].clone();
            *reply = json!({ "id": id, "error": { "code": code, "message": message } });
        }
    }))
}

type Behaviour = Arc<dyn Fn(&Asked) -> Act + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) url: String,
    node: String,
    http: reqwest::Client,
    behaviour: Arc<Mutex<Behaviour>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    hung: Arc<Notify>,
}

impl Front {
    /// A server before the node at `node`.
    pub(crate) async fn new(
        node: &str,
        behaviour: impl Fn(&Asked) -> Act + Send + Sync + 'static,
    ) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let front = Self {
            url: format!("http://{}", listener.local_addr().expect("bound")),
            node: node.to_owned(),
            http: reqwest::Client::new(),
            behaviour: Arc::new(Mutex::new(Arc::new(behaviour))),
            asked: Arc::default(),
            hung: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(front.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        front
    }

    pub(crate) fn behave(&self, behaviour: impl Fn(&Asked) -> Act + Send + Sync + 'static) {
        *self.behaviour.lock().expect("unpoisoned") = Arc::new(behaviour);
    }

    /// All requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("unpoisoned").clone()
    }

    /// How often each call was made.
    pub(crate) fn times(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for call in self.asked().iter().flat_map(|asked| &asked.calls) {
            let name = format!("{} {}", call["method"], call["params"]);
            *times.entry(name).or_default() += 1;
        }
        times
    }

    /// Waits until a request gets no reply.
    pub(crate) async fn hung(&self) {
        self.hung.notified().await;
    }
}

async fn answer(State(front): State<Front>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::NOT_FOUND.into_response(); // It has no REST interface.
    };
    let asked = {
        let mut all = front.asked.lock().expect("unpoisoned");
        let asked = Asked {
            place: all.len(),
            is_batch: request.is_array(),
            calls: match &request {
                Value::Array(calls) => calls.clone(),
                call => vec![call.clone()],
            },
            uri: uri.to_string(),
            has_referer: headers.contains_key("referer"),
        };
        all.push(asked.clone());
        asked
    };
    let behaviour = front.behaviour.lock().expect("unpoisoned").clone();
    let change: Change = match behaviour(&asked) {
        Act::Pass => Box::new(|_, _| ()),
        Act::Change(change) => change,
        Act::Hang => {
            front.hung.notify_one();
            return std::future::pending().await;
        }
        Act::Reply(status, headers, body) => {
            let status = StatusCode::from_u16(status).expect("a status");
            let mut response = (status, body).into_response();
            for (name, value) in headers {
                let value = value.parse().expect("a header");
                response.headers_mut().insert(name, value);
            }
            return response;
        }
    };
    let answer = front.http.post(&front.node).body(body).send().await;
    let answer = answer.expect("the node answers");
    let mut json: Value = answer.json().await.expect("JSON");
    match &mut json {
        Value::Array(replies) => {
            for (call, reply) in asked.calls.iter().zip(replies) {
                change(call, reply);
            }
        }
        reply => change(&asked.calls[0], reply),
    }
    json.to_string().into_response()
}
