//! Imitates Lambda's Runtime API: gives one event to a function, and receives the result.

use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::mpsc;

/// Time limit of the function.
const TIMEOUT_MS: u128 = 60_000;

type Outcome = (StatusCode, Value);

struct Api {
    event: Mutex<Option<String>>,
    outcomes: mpsc::UnboundedSender<Outcome>,
}

/// Runs `function` as Lambda does, with one event. Returns its result, or the error that it reports.
///
/// # Panics
/// If the function exits before it reports a result or an error.
pub async fn invoke(mut function: Command, event: &Value) -> Result<Value, Value> {
    let (outcomes, mut reported) = mpsc::unbounded_channel();
    let api = Arc::new(Api {
        event: Mutex::new(Some(event.to_string())),
        outcomes,
    });
    let app = Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(outcome))
        .with_state(api);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has free ports");
    function
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            listener.local_addr().expect("bound").to_string(),
        )
        .env("AWS_LAMBDA_FUNCTION_NAME", "test")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "test")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "test")
        .stdout(Stdio::null());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut child: Child = function.spawn().expect("the function starts");
    let (status, value) = loop {
        tokio::select! {
            outcome = reported.recv() => break outcome.expect("the API keeps a sender"),
            () = tokio::time::sleep(std::time::Duration::from_millis(50)) => {
                let ended = child.try_wait().expect("the status of a child process is readable");
                assert!(ended.is_none(), "the function exited without a result: {ended:?}");
            }
        }
    };
    child.kill().expect("the function waits for the next event");
    child.wait().expect("the function was killed");
    if status.is_success() {
        Ok(value)
    } else {
        Err(value)
    }
}

async fn next(State(api): State<Arc<Api>>) -> impl IntoResponse {
    let event = api
        .event
        .lock()
        .expect("no code panics while it holds this lock")
        .take();
    let Some(event) = event else {
        return std::future::pending().await;
    };
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    let headers = [
        (
            "lambda-runtime-aws-request-id",
            "11111111-2222-3333-4444-555555555555".to_owned(),
        ),
        (
            "lambda-runtime-deadline-ms",
            (now.as_millis() + TIMEOUT_MS).to_string(),
        ),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:test".to_owned(),
        ),
        ("content-type", "application/json".to_owned()),
    ];
    (headers, event)
}

/// Receives the result of the function. `kind` is `response` or `error`.
async fn outcome(
    State(api): State<Arc<Api>>,
    Path((_, kind)): Path<(String, String)>,
    body: String,
) -> StatusCode {
    let status = if kind == "response" {
        StatusCode::OK
    } else {
        StatusCode::INTERNAL_SERVER_ERROR
    };
    let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    api.outcomes
        .send((status, value))
        .expect("the caller waits for the outcome");
    StatusCode::ACCEPTED
}
