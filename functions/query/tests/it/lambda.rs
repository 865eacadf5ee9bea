//! Runs the function as AWS Lambda does for requests to a Function URL.

use std::process::Command;

use serde_json::{Value, json};
use testenv::runtime_api::invoke;

fn request(path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": { "accept": "*/*" },
        "requestContext": {
            "accountId": "anonymous", "apiId": "test", "domainName": "test.lambda-url", "domainPrefix": "test",
            "http": { "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test" },
            "requestId": "1", "routeKey": "$default", "stage": "$default",
            "time": "22/Nov/2025:23:53:57 +0000", "timeEpoch": 1_763_855_637_000_i64
        },
        "isBase64Encoded": false
    })
}

async fn get(path: &str) -> Value {
    let lake = tempfile::tempdir().expect("a folder");
    let mut function = Command::new(env!("CARGO_BIN_EXE_query"));
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static-site/dist");
    function
        .env_clear()
        .env("LAKE_URL", lake.path())
        .env("CURSOR_URL", "lake:")
        .env("SITE_DIR", site);
    invoke(function, &request(path)).await.expect("a response")
}

#[tokio::test]
async fn a_request_to_an_empty_lake_gets_a_problem_document() {
    let response = get("/api/v1/summary").await;

    assert_eq!(response["statusCode"], 503);
    assert_eq!(
        response["headers"]["content-type"],
        "application/problem+json"
    );
    assert!(
        response["body"]
            .as_str()
            .is_some_and(|body| body.contains("empty")),
        "{response}"
    );
}

#[tokio::test]
async fn the_function_also_serves_the_page() {
    let response = get("/").await;

    assert_eq!(response["statusCode"], 200);
    assert!(
        response["body"]
            .as_str()
            .is_some_and(|body| body.contains("<title>")),
        "{response}"
    );
}
