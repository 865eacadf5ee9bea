//! A deep reorg over a month's end on a real bitcoind, as an operator sees it.

use std::path::Path;
use std::process::Command;

use crate::common::{beside_others, hashlake, said};
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};

fn command(arguments: &[&str], node: &Bitcoind, lake: &Path) -> Command {
    let mut command = hashlake(arguments);
    command
        .env("LAKE_URL", lake)
        .env("BITCOIN_RPC_URL", node.url())
        .env("BITCOIN_RPC_USER", USER)
        .env("BITCOIN_RPC_PASSWORD", PASSWORD)
        .env("PRICE_SOURCES", "coingecko")
        .env("COINGECKO_URL", "http://127.0.0.1:9") // Where nobody answers: blocks do not wait for prices.
        .env("START_HEIGHT", "0");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorg_of_150_blocks_is_logged_by_its_depth_and_leaves_a_lake_in_order() {
    let _turn = beside_others().await;
    let node = Bitcoind::start(&["-rest"]).await;
    node.mine(300).await; // From 31 January to 1 February 2026.
    let lake = tempfile::tempdir().expect("a folder");
    let before = command(&["ingest", "--once"], &node, lake.path())
        .output()
        .expect("it runs");
    let verified_before = command(&["verify"], &node, lake.path())
        .output()
        .expect("it runs");
    node.reorg(150).await; // Back into January, where the new chain stays.

    let after = command(&["ingest", "--once"], &node, lake.path())
        .output()
        .expect("it runs");
    let verified_after = command(&["verify"], &node, lake.path())
        .output()
        .expect("it runs");

    assert!(
        before.status.success() && said(&before).contains("at height 300"),
        "{}",
        said(&before)
    );
    assert!(
        said(&verified_before).starts_with("in order: 301 blocks"),
        "{}",
        said(&verified_before)
    );
    assert!(
        after.status.success() && said(&after).contains("at height 301: 151 new blocks"),
        "{}",
        said(&after)
    );
    assert!(
        said(&after).contains("reorg of 150 blocks: stepped back from 300 to 150"),
        "{}",
        said(&after)
    );
    assert!(
        said(&verified_after).starts_with("in order: 302 blocks"),
        "{}",
        said(&verified_after)
    );
    let february = lake
        .path()
        .join("v1/blocks/year=2026/blocks-2026-02.parquet");
    assert!(
        february.exists(),
        "the month that the chain has left is an empty file"
    );
}
