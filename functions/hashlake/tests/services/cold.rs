//! Tests how many S3 requests a query function makes after its start, and that it sends them in parallel.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::{hashlake, printed, replay, shared_turn};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, Response, Uri};
use hashlake_core::clock::now;
use hashlake_core::cursor::Cursor;
use hashlake_core::cursor::dynamodb::DynamoDbCursor;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::lake::s3::S3Lake;
use lambda_http::tower::ServiceExt;
use testenv::localstack::LocalStack;
use tokio::net::TcpListener;
use tokio::sync::Barrier;

const PARALLEL_TIMEOUT: Duration = Duration::from_secs(30);

/// A proxy in front of LocalStack that records requests. It holds the first two requests until the
/// third has arrived, and the fourth until the fifth has arrived. A client that sends them one after
/// another gets no response.
#[derive(Clone)]
struct GatedProxy {
    endpoint: String,
    client: reqwest::Client,
    first_three: Arc<Barrier>,
    next_two: Arc<Barrier>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Seen {
    S3(String),
    DynamoDb,
}

impl GatedProxy {
    async fn open(endpoint: &str) -> (Self, String) {
        let proxy = Self {
            endpoint: endpoint.to_owned(),
            client: reqwest::Client::new(),
            first_three: Arc::new(Barrier::new(3)),
            next_two: Arc::new(Barrier::new(2)),
            seen: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let app = Router::new().fallback(forward).with_state(proxy.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (proxy, address)
    }

    fn s3(&self) -> Vec<String> {
        let seen = self
            .seen
            .lock()
            .expect("no code panics while it holds this lock");
        let keys = seen.iter().filter_map(|seen| match seen {
            Seen::S3(what) => Some(what.clone()),
            Seen::DynamoDb => None,
        });
        keys.collect()
    }
}

async fn forward(
    State(proxy): State<GatedProxy>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let what = match headers.contains_key("x-amz-target") {
        true => Seen::DynamoDb,
        false => Seen::S3(uri.to_string()),
    };
    let count = {
        let mut seen = proxy
            .seen
            .lock()
            .expect("no code panics while it holds this lock");
        seen.push(what);
        seen.len()
    };
    let others = match count {
        ..=3 => Some(&proxy.first_three),
        4..=5 => Some(&proxy.next_two),
        _ => None,
    };
    if let Some(others) = others {
        let together = tokio::time::timeout(PARALLEL_TIMEOUT, others.wait()).await;
        together.expect("these requests are sent in parallel");
    }
    let upstream = proxy
        .client
        .request(method, format!("{}{uri}", proxy.endpoint))
        .headers(headers)
        .body(body)
        .send()
        .await
        .expect("LocalStack responds");
    let mut response = Response::builder().status(upstream.status());
    if let Some(headers) = response.headers_mut() {
        headers.extend(upstream.headers().clone());
        headers.remove("transfer-encoding");
    }
    let bytes = upstream.bytes().await.expect("a body");
    response.body(Body::from(bytes)).expect("a response")
}

/// Sends one request to a new API, and returns the S3 requests that the API makes for it.
async fn s3_requests_for(localstack: &LocalStack, cursor_in_lake: bool, path: &str) -> Vec<String> {
    let (proxy, endpoint) = GatedProxy::open(localstack.endpoint()).await;
    let config = localstack
        .config()
        .await
        .into_builder()
        .endpoint_url(endpoint)
        .build();
    let lake = Arc::new(S3Lake::new(&config, "lake", ""));
    let cursor: Arc<dyn Cursor> = match cursor_in_lake {
        true => Arc::new(ObjectCursor::new(lake.clone())),
        false => Arc::new(DynamoDbCursor::new(&config, "cursor")),
    };
    let app = query::router(Arc::new(query::Api::new(lake, cursor, now)), None);
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = app
        .oneshot(request)
        .await
        .expect("a router always responds");
    assert_eq!(response.status(), 200, "{path}");
    proxy.s3()
}

#[tokio::test(flavor = "multi_thread")]
async fn first_responses_need_few_requests_and_send_them_in_parallel() {
    let _turn = shared_turn().await;
    let localstack = LocalStack::start().await;
    localstack.create_bucket("lake").await;
    localstack.create_table("cursor").await;
    let (_replay, variables) = replay(924_778, 909_578).await;
    for cursor in ["dynamodb://cursor", "lake:"] {
        let filled = hashlake(&["ingest", "--once"])
            .envs(&variables)
            .envs(localstack.variables())
            .env("LAKE_URL", "s3://lake")
            .env("CURSOR_URL", cursor)
            .output()
            .expect("it runs");
        assert!(filled.status.success(), "{}", printed(&filled));
    }

    let summary = s3_requests_for(&localstack, false, "/api/v1/summary").await;
    let with_cursor = s3_requests_for(&localstack, true, "/api/v1/summary").await;
    let days = s3_requests_for(&localstack, false, "/api/v1/revenue?from=0").await;

    // The requests are: the list of files, the price note, the files of October and November, and the
    // cursor if it is in the lake.
    assert_eq!(
        (summary.len(), with_cursor.len()),
        (4, 5),
        "{summary:?}\n{with_cursor:?}"
    );
    assert_eq!(days.len(), 5, "{days:?}"); // The fifth request is for the table of days.
}
