//! The function as Lambda runs it, behind a Function URL.

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
    invoke(function, &request(path)).await.expect("an answer")
}

#[tokio::test]
async fn an_empty_lake_is_a_problem_document() {
    let answer = get("/api/v1/summary").await;

    assert_eq!(answer["statusCode"], 503);
    assert_eq!(
        answer["headers"]["content-type"],
        "application/problem+json"
    );
    assert!(
        answer["body"]
            .as_str()
            .is_some_and(|body| body.contains("empty")),
        "{answer}"
    );
}

#[tokio::test]
async fn the_page_has_the_same_origin() {
    let answer = get("/").await;

    assert_eq!(answer["statusCode"], 200);
    assert!(
        answer["body"]
            .as_str()
            .is_some_and(|body| body.contains("<title>")),
        "{answer}"
    );
}
