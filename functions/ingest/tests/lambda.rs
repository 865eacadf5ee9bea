//! The function as Lambda runs it.

mod common;

use std::path::Path;
use std::process::Command;

use common::replay;
use serde_json::json;
use testenv::runtime_api::invoke;

fn function(url: &str, lake: &Path) -> Command {
    let mut function = Command::new(env!("CARGO_BIN_EXE_ingest"));
    function
        .env_clear()
        .env("LAKE_URL", lake)
        .env("CURSOR_URL", "lake:")
        .env("BITCOIN_RPC_URL", url)
        .env("COINGECKO_URL", url)
        .env("START_HEIGHT", "909578");
    function
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_the_schedule_brings_the_lake_up_to_the_tip() {
    let (replay, url) = replay(909_700).await;
    let lake = tempfile::tempdir().expect("a folder");
    let event = json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });

    let first = invoke(function(&url, lake.path()), &event)
        .await
        .expect("it ends well");
    replay.release_to(909_702);
    let second = invoke(function(&url, lake.path()), &event)
        .await
        .expect("it ends well");

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
async fn what_goes_wrong_is_reported_as_an_error() {
    let lake = tempfile::tempdir().expect("a folder");

    let nobody = invoke(function("http://127.0.0.1:9", lake.path()), &json!({}))
        .await
        .expect_err("no node is there");
    let other = invoke(
        function("http://127.0.0.1:9", lake.path()),
        &json!({ "backfill": {} }),
    )
    .await;

    assert!(
        nobody["errorMessage"]
            .as_str()
            .is_some_and(|text| text.contains("no node answers")),
        "{nobody}"
    );
    assert!(
        other.expect_err("no such event")["errorMessage"]
            .as_str()
            .is_some_and(|text| text.contains("backfill"))
    );
}

#[test]
fn all_that_is_missing_is_said_before_it_starts() {
    let output = Command::new(env!("CARGO_BIN_EXE_ingest"))
        .env_clear()
        .output()
        .expect("it runs");

    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    for variable in ["BITCOIN_RPC_URL", "LAKE_URL", "CURSOR_URL"] {
        assert!(said.contains(&format!("{variable} is not set")), "{said}");
    }
}
