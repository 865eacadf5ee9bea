//! The replay's own routes, for tests and people without the library at hand.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Fault, Replay, ReplayError};

/// Most faults that one request may queue.
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

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    Rpc,
    Price,
}

/// What a control refuses, in words for the one who asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    #[error("{0}")]
    BadBody(#[from] serde_json::Error),
    #[error("{0}")]
    Refused(#[from] ReplayError),
    #[error("expected exactly one of status, code, hang and drop, found {found}")]
    NotOneFault { found: usize },
    #[error("expected a status from 200 to 599, found {status}")]
    BadStatus { status: u16 },
    #[error("expected times to be 1 to {MAX_TIMES}, found {times}")]
    BadTimes { times: usize },
}

/// Tip, clock, counts.
pub(crate) async fn status(State(replay): State<Replay>) -> Json<Value> {
    Json(describe(&replay))
}

/// Makes the canonical chain up to a height the best one.
pub(crate) async fn release(
    State(replay): State<Replay>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    let ReleaseRequest { to } = serde_json::from_slice(&body)?;
    let (first, last) = (
        replay.recording().first_height(),
        replay.recording().last_height(),
    );
    if to < first || last < to {
        return Err(ReplayError::TipOutsideRecording {
            tip: to,
            first,
            last,
        }
        .into());
    }
    replay.release_to(to);
    Ok(Json(describe(&replay)))
}

/// Makes a stale block the tip.
pub(crate) async fn switch_to_stale(
    State(replay): State<Replay>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    let StaleRequest { hash } = serde_json::from_slice(&body)?;
    replay.switch_to_stale(&hash)?;
    Ok(Json(describe(&replay)))
}

/// Queues a fault.
pub(crate) async fn inject_fault(
    State(replay): State<Replay>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    let request: FaultRequest = serde_json::from_slice(&body)?;
    let (side, times) = (request.side, request.times);
    if times == 0 || MAX_TIMES < times {
        return Err(ControlError::BadTimes { times });
    }
    let fault = request.into_fault()?;
    for fault in std::iter::repeat_n(fault, times) {
        match side {
            Side::Rpc => replay.inject_rpc_fault(fault),
            Side::Price => replay.inject_price_fault(fault),
        }
    }
    Ok(Json(describe(&replay)))
}

fn describe(replay: &Replay) -> Value {
    let (height, hash) = replay.tip();
    let stale: Vec<_> = replay
        .stale()
        .into_iter()
        .map(|(height, hash)| json!({ "height": height, "hash": hash }))
        .collect();
    let clock = replay.clock();
    let state = replay.state();
    json!({
        "tip": { "height": height, "hash": hash },
        "clock": clock,
        "speed": replay.0.speed,
        "first_height": replay.recording().first_height(),
        "last_height": replay.recording().last_height(),
        "stale": stale,
        "price_requests": state.price_requests.len(),
        "queued_faults": { "rpc": state.rpc_faults.len(), "price": state.price_faults.len() },
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
                let asked = [status.is_some(), code.is_some(), hang, drop];
                let found = asked.into_iter().filter(|&asked| asked).count();
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
