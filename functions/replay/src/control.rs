//! Routes that control a replay from another process, such as a script or curl.
//!
//! | request | effect |
//! |---|---|
//! | `GET /_replay` | returns tip, clock, stale blocks, and counts of price requests and queued faults |
//! | `POST /_replay/release` | `{"to": 910000}`: the canonical chain up to this height becomes the best chain |
//! | `POST /_replay/stale` | `{"hash": ".."}`: this stale block becomes the tip |
//! | `POST /_replay/fault` | queues a fault: `{"side": "rpc"}` or `"price"`, with one of `"status": 429` (and `"headers"`, `"body"`), `"code": -28` (and `"message"`), `"hang": true`, `"drop": true`; `"times": 3` queues it three times |

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::replay::{Replay, ReplayError, check_recorded};
use crate::side::Side;

/// Maximum number of faults that one request can queue.
const MAX_TIMES: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReleaseRequest {
    to: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaleRequest {
    hash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultRequest {
    side: Side,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    code: Option<i64>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    hang: bool,
    #[serde(default)]
    drop: bool,
    #[serde(default = "once")]
    times: usize,
}

#[derive(Debug, thiserror::Error)]
enum ControlError {
    #[error("invalid request body: {0}")]
    BadBody(#[from] serde_json::Error),
    #[error("{0}")]
    Refused(#[from] ReplayError),
    #[error("set exactly one of `status`, `code`, `hang` and `drop`; the request has {found}")]
    NotOneFault { found: usize },
    #[error("`status` must be from 200 to 599, not {status}")]
    BadStatus { status: u16 },
    #[error("`times` must be from 1 to {MAX_TIMES}, not {times}")]
    BadTimes { times: usize },
}

pub(crate) fn routes() -> Router<Replay> {
    Router::new()
        .route("/_replay", get(status))
        .route("/_replay/release", post(release))
        .route("/_replay/stale", post(switch_to_stale))
        .route("/_replay/fault", post(queue_fault))
}

async fn status(State(replay): State<Replay>) -> Json<Value> {
    Json(describe(&replay))
}

async fn release(State(replay): State<Replay>, body: Bytes) -> Result<Json<Value>, ControlError> {
    let ReleaseRequest { to } = serde_json::from_slice(&body)?;
    check_recorded(replay.recording(), to)?;
    replay.release_to(to);
    Ok(Json(describe(&replay)))
}

async fn switch_to_stale(
    State(replay): State<Replay>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    let StaleRequest { hash } = serde_json::from_slice(&body)?;
    replay.switch_to_stale(&hash)?;
    Ok(Json(describe(&replay)))
}

async fn queue_fault(
    State(replay): State<Replay>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    let request: FaultRequest = serde_json::from_slice(&body)?;
    let (side, times) = (request.side, request.times);
    if times == 0 || MAX_TIMES < times {
        return Err(ControlError::BadTimes { times });
    }
    let fault = request.into_fault()?;
    let faults = std::iter::repeat_n(fault, times);
    replay.faults().queue(side).extend(faults);
    Ok(Json(describe(&replay)))
}

fn describe(replay: &Replay) -> Value {
    let (height, hash) = replay.tip();
    let stale: Vec<_> = replay
        .stale()
        .into_iter()
        .map(|(height, hash)| json!({ "height": height, "hash": hash }))
        .collect();
    let mut faults = replay.faults();
    json!({
        "tip": { "height": height, "hash": hash },
        "clock": replay.clock(),
        "speed": replay.speed(),
        "first_height": replay.recording().first_height(),
        "last_height": replay.recording().last_height(),
        "stale": stale,
        "price_requests": faults.price_requests.len(),
        "queued_faults": { "rpc": faults.queue(Side::Rpc).len(), "price": faults.queue(Side::Price).len() },
    })
}

fn once() -> usize {
    1
}

impl FaultRequest {
    fn into_fault(self) -> Result<Fault, ControlError> {
        let Self {
            status,
            headers,
            body,
            code,
            message,
            hang,
            drop,
            ..
        } = self;
        let headers = headers.into_iter().collect();
        match (status, code, hang, drop) {
            (Some(status), None, false, false) if (200..600).contains(&status) => Ok(Fault::Http {
                status,
                headers,
                body,
            }),
            (Some(status), None, false, false) => Err(ControlError::BadStatus { status }),
            (None, Some(code), false, false) => Ok(Fault::Rpc { code, message }),
            (None, None, true, false) => Ok(Fault::Hang),
            (None, None, false, true) => Ok(Fault::DropConnection),
            _ => {
                let given = [status.is_some(), code.is_some(), hang, drop];
                let found = given.into_iter().filter(|&given| given).count();
                Err(ControlError::NotOneFault { found })
            }
        }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": self.to_string() })),
        )
            .into_response()
    }
}
