//! Runs the function as AWS Lambda does.

use std::path::Path;
use std::process::Command;

use crate::common::replay;
use serde_json::json;
use testenv::runtime_api::invoke;

fn function(url: &str, lake: &Path) -> Command {
    let mut function = Command::new(env!("CARGO_BIN_EXE_ingest"));
    function
        .env_clear()
        .env("LAKE_URL", lake)
        .env("CURSOR_URL", "lake:")
        .env("BITCOIN_RPC_URL", url)
        .env("PRICE_SOURCES", "coingecko")
        .env("COINGECKO_URL", url)
        .env("START_HEIGHT", "909578");
    function
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_event_fills_the_lake_up_to_the_tip() {
    let (replay, url) = replay(909_700).await;
    let lake = tempfile::tempdir().expect("a folder");
    let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });

    let first = invoke(function(&url, lake.path()), &event)
        .await
        .expect("the function succeeds");
    replay.release_to(909_702);
    let second = invoke(function(&url, lake.path()), &event)
        .await
        .expect("the function succeeds");

    assert_eq!(
        (&first["height"], &first["blocks"]),
        (&json!(909_700), &json!(123))
    );
    assert_eq!(
        (&second["height"], &second["blocks"]),
        (&json!(909_702), &json!(2))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_reported_as_errors() {
    let lake = tempfile::tempdir().expect("a folder");

    let no_node = invoke(function("http://127.0.0.1:9", lake.path()), &json!({}))
        .await
        .expect_err("there is no node");
    let other = invoke(
        function("http://127.0.0.1:9", lake.path()),
        &json!({ "backfill": {} }),
    )
    .await;

    assert!(
        no_node["errorMessage"]
            .as_str()
            .is_some_and(|text| text.contains("no node answers")),
        "{no_node}"
    );
    assert!(
        other.expect_err("an unknown event")["errorMessage"]
            .as_str()
            .is_some_and(|text| text.contains("backfill"))
    );
}

#[test]
fn all_missing_variables_are_reported_at_startup() {
    let output = Command::new(env!("CARGO_BIN_EXE_ingest"))
        .env_clear()
        .output()
        .expect("it runs");

    let printed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    for variable in ["BITCOIN_RPC_URL", "LAKE_URL", "CURSOR_URL"] {
        assert!(
            printed.contains(&format!("{variable} is not set")),
            "{printed}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_event_fills_a_range_and_does_not_move_the_cursor() {
    let (_replay, url) = replay(909_900).await;
    let lake = tempfile::tempdir().expect("a folder");
    let event = json!({ "backfill": { "from": 909_578, "to": 909_700 } });

    let first = invoke(function(&url, lake.path()), &event).await;
    let second = invoke(function(&url, lake.path()), &event).await;

    assert_eq!(first.expect("the function succeeds")["blocks"], 123);
    assert_eq!(second.expect("the function succeeds")["blocks"], 0);
    assert!(
        lake.path()
            .join("v1/blocks/year=2025/blocks-2025-08.parquet")
            .exists()
    );
    assert!(!lake.path().join("_cursor.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_queue_records_are_listed_in_the_response() {
    let (_replay, url) = replay(909_900).await;
    let lake = tempfile::tempdir().expect("a folder");
    let record =
        |id: &str, body: &str| json!({ "messageId": id, "eventSource": "aws:sqs", "body": body });
    let event = json!({ "Records": [
        record("whole", r#"{"backfill":{"from":909578,"to":909650}}"#),
        record("backwards", r#"{"backfill":{"from":9,"to":1}}"#),
        record("above the tip", r#"{"backfill":{"from":909901,"to":909901}}"#),
        record("misspelt", r#"{"backfill":{"form":909578,"to":909650}}"#),
        record("no JSON", "fill it"),
        record("also whole", r#"{"backfill":{"from":909651,"to":909700}}"#),
    ] });

    let response = invoke(function(&url, lake.path()), &event)
        .await
        .expect("the function succeeds");

    let failed: Vec<_> = response["batchItemFailures"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|failure| failure["itemIdentifier"].as_str().expect("an id"))
        .collect();
    assert_eq!(
        failed,
        ["backwards", "above the tip", "misspelt", "no JSON"]
    );
    let rest = invoke(
        function(&url, lake.path()),
        &json!({ "backfill": { "from": 909_578, "to": 909_701 } }),
    )
    .await;
    assert_eq!(rest.expect("the function succeeds")["blocks"], 1);
}
