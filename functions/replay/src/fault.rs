//! Faults that the outside world shows on request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What a request gets in the place of its answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// This HTTP answer.
    Http {
        /// HTTP status; one that HTTP does not know is sent as 500.
        status: u16,
        /// Headers such as `Retry-After`. What HTTP does not allow is left out, and so is the length of the body.
        headers: Vec<(String, String)>,
        /// Body, as it stands.
        body: String,
    },
    /// No answer, until the client gives up.
    Hang,
    /// The connection ends without a byte of an answer. Needs [`Replay::serve`](crate::Replay::serve); on a router that
    /// something else serves, it is a [`Hang`](Self::Hang).
    DropConnection,
    /// This error for every JSON-RPC call of the request. On the price side: HTTP 500 and one of `CoinGecko`'s error
    /// bodies, `{"status":{"error_code":..,"error_message":".."}}`.
    Rpc {
        /// Such as -28, while the node warms up.
        code: i64,
        /// The node's words.
        message: String,
    },
}

/// The connection that a request came by, which can be cut.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire(Arc<AtomicBool>);

impl Wire {
    /// Lets no further byte out: the server then closes the connection.
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The answer that [`Fault::Http`] describes.
pub(crate) fn http_response(status: u16, headers: Vec<(String, String)>, body: String) -> Response {
    // Informational answers (1xx) announce another one, so they are none.
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

/// The end of a request whose connection is dropped.
pub(crate) async fn drop_connection(wire: Option<Wire>) -> Response {
    match wire {
        Some(wire) => {
            wire.cut();
            // Never sent: writing it fails, which closes the connection.
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        None => hang().await,
    }
}

/// Never answers; the server drops it when the client has gone.
pub(crate) async fn hang() -> Response {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn status_and_headers_that_http_does_not_know_do_no_harm() {
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
}
