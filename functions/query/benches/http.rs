//! Measures requests to the API in this process, without a network.

use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use bytes::Bytes;
use lambda_http::tower::ServiceExt;

use crate::cases::{Case, Expect};
use crate::lake;
use crate::measure::{Times, ms};

const COLD_RUNS: usize = 5;

/// The response of the API to a request, and its times.
pub(crate) struct Measured {
    /// Times of first requests, each to a new API that has read nothing yet.
    pub(crate) cold: Times,
    /// Times of repeated requests to one API.
    pub(crate) warm: Times,
    pub(crate) body: Bytes,
}

/// Sends a request repeatedly, to new APIs and to one API.
pub(crate) async fn measure(case: &Case) -> Measured {
    let header = header(case).await;
    let mut cold = Vec::new();
    for _ in 0..COLD_RUNS {
        cold.push(send_timed(&lake::api(), case, header.as_ref()).await.1);
    }
    let api = lake::api();
    let (body, _) = send_timed(&api, case, header.as_ref()).await;
    let mut warm = Vec::new();
    for _ in 0..case.runs {
        warm.push(send_timed(&api, case, header.as_ref()).await.1);
    }
    Measured {
        cold: Times::new(cold),
        warm: Times::new(warm),
        body,
    }
}

/// The header that the case needs.
async fn header(case: &Case) -> Option<(HeaderName, HeaderValue)> {
    match case.expect {
        Expect::Json => None,
        Expect::Gzip => Some((ACCEPT_ENCODING, HeaderValue::from_static("gzip"))),
        Expect::NotModified => {
            let (_, headers, _) = send(&lake::api(), &case.path, None).await;
            let tag = headers
                .get(ETAG)
                .unwrap_or_else(|| panic!("{}: the response has no ETag", case.path));
            Some((IF_NONE_MATCH, tag.clone()))
        }
    }
}

/// Sends a request. Returns the body of the response, and the time in ms.
async fn send_timed(
    api: &Router,
    case: &Case,
    header: Option<&(HeaderName, HeaderValue)>,
) -> (Bytes, f64) {
    let start = Instant::now();
    let (status, headers, body) = send(api, &case.path, header).await;
    let took = ms(start.elapsed());
    let expected = match case.expect {
        Expect::Json | Expect::Gzip => StatusCode::OK,
        Expect::NotModified => StatusCode::NOT_MODIFIED,
    };
    assert_eq!(
        status,
        expected,
        "{}: {}",
        case.path,
        String::from_utf8_lossy(&body)
    );
    let encoding = headers
        .get(CONTENT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let expected = (case.expect == Expect::Gzip).then_some("gzip");
    assert_eq!(encoding, expected, "{}: content-encoding", case.path);
    (body, took)
}

/// Status, headers and body of a response.
pub(crate) async fn send(
    api: &Router,
    path: &str,
    header: Option<&(HeaderName, HeaderValue)>,
) -> (StatusCode, HeaderMap, Bytes) {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().expect("a path");
    request.headers_mut().extend(header.cloned());
    let (parts, body) = api
        .clone()
        .oneshot(request)
        .await
        .expect("a router always responds")
        .into_parts();
    (
        parts.status,
        parts.headers,
        to_bytes(body, usize::MAX).await.expect("a body"),
    )
}
