//! Compares hashlake's join of blocks and prices with DuckDB's, for blocks of 2021 and a recorded
//! response of CoinGecko.

use std::path::Path;
use std::process::Command;

use crate::common::{hashlake, printed, shared_turn};
use axum::Router;
use axum::routing::get;
use replay::{Recording, Replay};
use serde_json::Value;
use tokio::net::TcpListener;

const RESPONSE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../ingest/testdata/coingecko/30_days_hourly.json"
);
const BLOCKS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../replay/recording/blocks_2021.csv.gz"
);
const PRICES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../replay/recording/prices.csv.gz"
);
const WINDOW: u32 = 120; // Blocks before the first one, for its hash rate.

/// Starts a node with these blocks, and a price source that always returns the recorded response.
/// Returns their URLs, and the first and last height to fill.
async fn node_and_coingecko() -> (String, String, u32, u32) {
    let recording =
        Recording::load(Path::new(BLOCKS), Path::new(PRICES), None).expect("a recording");
    let (first, last) = (recording.first_height() + WINDOW, recording.last_height());
    let replay = Replay::new(recording, last, 0.0).expect("the recording has this block");
    let [node, coingecko] = [0, 1].map(|_| TcpListener::bind("127.0.0.1:0"));
    let (node, coingecko) = (
        node.await.expect("loopback"),
        coingecko.await.expect("loopback"),
    );
    let urls = [&node, &coingecko]
        .map(|listener| format!("http://{}", listener.local_addr().expect("bound")));
    let body = std::fs::read_to_string(RESPONSE).expect("a recorded response");
    let response = get(|| async move { ([("content-type", "application/json")], body) });
    let router = Router::new().route("/coins/bitcoin/market_chart/range", response);
    tokio::spawn(replay.serve(node));
    tokio::spawn(async move { axum::serve(coingecko, router).await });
    let [node, coingecko] = urls;
    (node, coingecko, first, last)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_block_has_the_price_that_an_independent_join_finds() {
    let _turn = shared_turn().await;
    let (node, coingecko, first, last) = node_and_coingecko().await;
    let lake = tempfile::tempdir().expect("a folder");

    let filled = hashlake(&[
        "backfill",
        "--json",
        "--from",
        &first.to_string(),
        "--to",
        &last.to_string(),
    ])
    .env("LAKE_URL", lake.path())
    .env("BITCOIN_RPC_URL", node)
    .env("PRICE_SOURCES", "coingecko")
    .env("COINGECKO_URL", coingecko)
    .env("COINGECKO_PLAN", "pro") // The public plan has only the prices of the last year.
    .env("COINGECKO_API_KEY", "none")
    .output()
    .expect("it runs");
    let read = Command::new(testenv::tool("python"))
        .arg("tests/services/coingecko_of_2021.py")
        .arg(lake.path())
        .args([BLOCKS, RESPONSE, &first.to_string()])
        .output()
        .expect("Python runs");

    assert!(filled.status.success(), "{}", printed(&filled));
    let summary: Value = serde_json::from_slice(&filled.stdout).expect("a summary");
    assert_eq!(
        (&summary["blocks"], &summary["price_calls"]),
        (&Value::from(last + 1 - first), &Value::from(1))
    );
    assert!(read.status.success(), "{}", printed(&read));
}
