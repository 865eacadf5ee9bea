//! A server for `/api/v1/strike` whose answers are set by the tests.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the server answers. The strike of every miner model is the same.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) strike: f64,
    pub(crate) height: u32,
    /// Why the answer is stale, if it is.
    pub(crate) why: Option<&'static str>,
    pub(crate) valid_until: &'static str,
    /// If it is set, this status and body are sent instead.
    pub(crate) instead: Option<(u16, &'static str)>,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            strike: 100.0,
            height: 924_779,
            why: None,
            valid_until: "9999-12-31T23:59:59Z",
            instead: None,
        }
    }
}

pub(crate) struct Stub {
    pub(crate) url: String,
    state: Arc<Shared>,
}

struct Shared {
    answer: watch::Sender<Answer>,
    /// The query strings of all requests.
    queries: watch::Sender<Vec<String>>,
}

impl Stub {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let state = Arc::new(Shared {
            answer: watch::Sender::new(answer),
            queries: watch::Sender::default(),
        });
        let app = Router::new()
            .route("/api/v1/strike", get(strike))
            .with_state(state.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        Self { url, state }
    }

    pub(crate) fn set(&self, answer: Answer) {
        self.state.answer.send_replace(answer);
    }

    pub(crate) fn queries(&self) -> Vec<String> {
        self.state.queries.borrow().clone()
    }

    /// Waits for this many more requests.
    pub(crate) async fn wait_for_polls(&self, count: usize) {
        let mut queries = self.state.queries.subscribe();
        let until = queries.borrow().len() + count;
        let seen = queries.wait_for(|queries| until <= queries.len()).await;
        drop(seen.expect("the stub runs"));
    }
}

async fn strike(State(state): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let answer = state.answer.borrow().clone();
    state
        .queries
        .send_modify(|queries| queries.push(query.clone()));
    if let Some((status, body)) = answer.instead {
        return (StatusCode::from_u16(status).expect("a status"), body).into_response();
    }
    for format in ["csv", "prometheus"] {
        if query.contains(&format!("format={format}")) {
            let signals = query.contains("power_price=");
            return format!("{format}, with signals: {signals}\n").into_response();
        }
    }
    json_of(&answer, &query).to_string().into_response()
}

/// The JSON of an answer of `/api/v1/strike`, for the miner models of the query.
fn json_of(answer: &Answer, query: &str) -> Value {
    let parameter = |name: &str| {
        let pairs: Vec<(String, String)> = url_pairs(query);
        pairs
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let strike = answer.strike;
    let signal = match (answer.why, parameter("power_price")) {
        (Some(_), _) => json!("unknown"),
        (None, None) => Value::Null,
        (None, Some(price)) => match price.parse::<f64>().expect("a number") <= strike {
            true => json!("mine"),
            false => json!("stop"),
        },
    };
    let asics: Vec<Value> = parameter("asics")
        .expect("miner models")
        .split(',')
        .map(|asic| {
            let (id, count) = asic.split_once('*').unwrap_or((asic, ""));
            json!({
                "asic_id": id, "name": id, "count": count.parse::<u64>().ok(), "efficiency_j_per_th": 15.0,
                "strike_usd_per_mwh": strike, "stop_above": strike * 1.02, "start_below": strike * 0.98,
                "signal": signal, "reason": answer.why,
            })
        })
        .collect();
    json!({
        "for_height": answer.height + 1,
        "block": {"height": answer.height, "hash": "00", "time": "2025-11-22T08:00:00Z"},
        "subsidy_sat": 312_500_000, "fees_sat_144": 2_000_000.5, "difficulty": 1e14,
        "price_usd": 84_714.0, "price_time": "2025-11-22T08:00:00Z", "price_source": "coingecko",
        "sat_per_ph_day_144": 63_266.6, "usd_per_ph_day_144": 53.6,
        "valid_until": answer.valid_until, "stale": answer.why.is_some(), "why": answer.why,
        "asics": asics, "fleet": null,
    })
}

fn url_pairs(query: &str) -> Vec<(String, String)> {
    let url = reqwest::Url::parse(&format!("http://stub/?{query}")).expect("a URL");
    url.query_pairs().into_owned().collect()
}
