//! Replies to requests with the queued faults.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::coingecko::PriceRange;
use crate::fault::Fault;
use crate::node::error::RpcError;
use crate::node::rpc;
use crate::replay::Replay;
use crate::reply;
use crate::side::Side;

impl Replay {
    /// Queues a fault for the node. Each HTTP request to the node takes one fault, in order.
    pub fn inject_rpc_fault(&self, fault: Fault) {
        self.faults().queue(Side::Rpc).push_back(fault);
    }

    /// Queues a fault for the price route. Each HTTP request to the route takes one fault, in order.
    pub fn inject_price_fault(&self, fault: Fault) {
        self.faults().queue(Side::Price).push_back(fault);
    }

    /// `from` and `to` of each valid price request so far, in UNIX seconds, including those that
    /// got a fault.
    pub fn price_requests(&self) -> Vec<(f64, f64)> {
        self.faults().price_requests.clone()
    }
}

/// Adds the queued faults to `router`: a request that takes a fault does not reach `router`.
pub(crate) fn with_faults(router: Router<Replay>, replay: &Replay) -> Router<Replay> {
    router.layer(middleware::from_fn_with_state(replay.clone(), inject))
}

async fn inject(State(replay): State<Replay>, request: Request, next: Next) -> Response {
    let Some(side) = Side::of_request(request.method(), request.uri().path()) else {
        return next.run(request).await;
    };
    if side == Side::Price
        && let Ok(range) = PriceRange::parse(request.uri())
    {
        let range = (range.from_s, range.to_s);
        replay.faults().price_requests.push(range);
    }
    let fault = replay.faults().queue(side).pop_front();
    match fault {
        None => next.run(request).await,
        Some(Fault::Http {
            status,
            headers,
            body,
        }) => http_response(status, headers, body),
        Some(Fault::Hang) => std::future::pending().await,
        // This ends the task that serves the connection, like a panic, but prints no message.
        Some(Fault::DropConnection) => std::panic::resume_unwind(Box::new("dropped connection")),
        Some(Fault::Rpc { code, message }) => match side {
            Side::Rpc => rpc_error(request, code, message).await,
            Side::Price => {
                let status = json!({ "error_code": code, "error_message": message });
                reply::json(500, &json!({ "status": status }))
            }
        },
    }
}

async fn rpc_error(request: Request, code: i64, message: String) -> Response {
    match Bytes::from_request(request, &()).await {
        Ok(body) => {
            let error = RpcError::new(code, message);
            reply::rpc(rpc::reply(&body, |_, _| Err::<(), _>(error.clone())))
        }
        Err(rejection) => rejection.into_response(),
    }
}

fn http_response(status: u16, headers: Vec<(String, String)>, body: String) -> Response {
    // After an informational response (1xx), HTTP requires a final one, which a fault does not have.
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(body)).into_response();
    for (name, value) in headers {
        let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>())
        else {
            continue;
        };
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING {
            response.headers_mut().append(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn header_pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn invalid_status_is_sent_as_500_and_invalid_headers_are_left_out() {
        let headers = vec![
            header_pair("retry-after", "7"),
            header_pair("no such name", "7"),
            header_pair("x-line", "a\nb"),
            header_pair("content-length", "7000"),
        ];

        let response = http_response(42, headers, String::new());

        assert_eq!(response.status(), 500);
        assert_eq!(response.headers().get("retry-after").unwrap(), "7");
        assert_eq!(response.headers().len(), 1);
    }

    #[test]
    fn hashlake_is_built_without_the_feature_faults() {
        let features_of_replay = "tree --locked --offline --edges normal,build,features --package hashlake --invert replay";
        let output = Command::new(env!("CARGO"))
            .args(features_of_replay.split(' '))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();

        let tree = String::from_utf8_lossy(&output.stdout);

        assert!(tree.contains("hashlake v"), "{output:?}");
        assert!(!tree.contains("faults"), "{tree}");
    }
}
