//! A proxy in front of a node, with the faults of hosted nodes, reverse proxies and broken nodes.

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

/// A JSON-RPC request that the proxy received.
#[derive(Clone, Debug)]
pub(crate) struct RpcRequest {
    /// Number of requests that the proxy received before it.
    pub(crate) index: usize,
    pub(crate) is_batch: bool,
    pub(crate) calls: Vec<Value>,
    pub(crate) uri: String,
    pub(crate) has_referer: bool,
}

impl RpcRequest {
    pub(crate) fn has_call(&self, method: &str) -> bool {
        self.calls.iter().any(|call| call["method"] == method)
    }
}

/// Changes the reply to a call.
type Change = Box<dyn Fn(&Value, &mut Value) + Send>;

type Headers = Vec<(&'static str, String)>;

/// What the proxy does with a request.
pub(crate) enum Action {
    /// Forwards it to the node.
    Pass,
    /// Forwards it to the node, and changes the reply to each call.
    Change(Change),
    /// Replies with this status, these headers and this body.
    Reply(u16, Headers, String),
    /// Never replies.
    Hang,
}

pub(crate) fn reply(status: u16, body: impl ToString) -> Action {
    Action::Reply(status, Vec::new(), body.to_string())
}

/// Changes a field in the result of every call of a method.
pub(crate) fn change(method: &'static str, field: &'static str, value: Value) -> Action {
    Action::Change(Box::new(move |call, reply| {
        if call["method"] == method && reply["result"].is_object() {
            reply["result"][field] = value.clone();
        }
    }))
}

/// Replies with this error to every call of a method.
pub(crate) fn refuse(method: &'static str, code: i32, message: &'static str) -> Action {
    Action::Change(Box::new(move |call, reply| {
        if call["method"] == method {
            let id = reply["id"].clone();
            *reply = json!({ "id": id, "error": { "code": code, "message": message } });
        }
    }))
}

type Behaviour = Arc<dyn Fn(&RpcRequest) -> Action + Send + Sync>;

#[derive(Clone)]
pub(crate) struct FaultyProxy {
    pub(crate) url: String,
    node: String,
    http: reqwest::Client,
    behaviour: Arc<Mutex<Behaviour>>,
    requests: Arc<Mutex<Vec<RpcRequest>>>,
    hung: Arc<Notify>,
    /// Status and headers of every reply over REST.
    rest: Arc<Mutex<(u16, Headers)>>,
}

impl FaultyProxy {
    /// Starts a proxy in front of the node whose URL is `node`.
    pub(crate) async fn new(
        node: &str,
        behaviour: impl Fn(&RpcRequest) -> Action + Send + Sync + 'static,
    ) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let proxy = Self {
            url: format!("http://{}", listener.local_addr().expect("bound")),
            node: node.to_owned(),
            http: reqwest::Client::new(),
            behaviour: Arc::new(Mutex::new(Arc::new(behaviour))),
            requests: Arc::default(),
            hung: Arc::default(),
            rest: Arc::new(Mutex::new((404, Vec::new()))), // Like a node without REST.
        };
        let router = Router::new().fallback(respond).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        proxy
    }

    pub(crate) fn set_behaviour(
        &self,
        behaviour: impl Fn(&RpcRequest) -> Action + Send + Sync + 'static,
    ) {
        *self.behaviour.lock().expect("unpoisoned") = Arc::new(behaviour);
    }

    /// Replies to every request over REST with this status and these headers from now on.
    pub(crate) fn refuse_rest(&self, status: u16, headers: Headers) {
        *self.rest.lock().expect("unpoisoned") = (status, headers);
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<RpcRequest> {
        self.requests.lock().expect("unpoisoned").clone()
    }

    /// How often each call was made, by its method and parameters.
    pub(crate) fn times(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for call in self.requests().iter().flat_map(|request| &request.calls) {
            let name = format!("{} {}", call["method"], call["params"]);
            *times.entry(name).or_default() += 1;
        }
        times
    }

    /// Waits until the proxy has received a request to which it never replies.
    pub(crate) async fn wait_for_hang(&self) {
        self.hung.notified().await;
    }
}

fn response(status: u16, headers: Headers, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    let mut response = (status, body).into_response();
    for (name, value) in headers {
        let value = value.parse().expect("a header");
        response.headers_mut().insert(name, value);
    }
    response
}

async fn respond(
    State(proxy): State<FaultyProxy>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(rpc) = serde_json::from_slice::<Value>(&body) else {
        let (status, headers) = proxy.rest.lock().expect("unpoisoned").clone();
        return response(status, headers, String::new());
    };
    let request = {
        let mut all = proxy.requests.lock().expect("unpoisoned");
        let request = RpcRequest {
            index: all.len(),
            is_batch: rpc.is_array(),
            calls: match &rpc {
                Value::Array(calls) => calls.clone(),
                call => vec![call.clone()],
            },
            uri: uri.to_string(),
            has_referer: headers.contains_key("referer"),
        };
        all.push(request.clone());
        request
    };
    let behaviour = proxy.behaviour.lock().expect("unpoisoned").clone();
    let change: Change = match behaviour(&request) {
        Action::Pass => Box::new(|_, _| ()),
        Action::Change(change) => change,
        Action::Hang => {
            proxy.hung.notify_one();
            return std::future::pending().await;
        }
        Action::Reply(status, headers, body) => {
            return response(status, headers, body);
        }
    };
    let response = proxy.http.post(&proxy.node).body(body).send().await;
    let response = response.expect("the node responds");
    let mut json: Value = response.json().await.expect("JSON");
    match &mut json {
        Value::Array(replies) => {
            for (call, reply) in request.calls.iter().zip(replies) {
                change(call, reply);
            }
        }
        reply => change(&request.calls[0], reply),
    }
    json.to_string().into_response()
}
