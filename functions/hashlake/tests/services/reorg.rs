//! A deep reorg across a month end, with a real bitcoind.

use std::path::Path;
use std::process::Command;

use crate::common::{hashlake, printed, shared_turn};
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};

fn command(arguments: &[&str], node: &Bitcoind, lake: &Path) -> Command {
    let mut command = hashlake(arguments);
    command
        .env("LAKE_URL", lake)
        .env("BITCOIN_RPC_URL", node.url())
        .env("BITCOIN_RPC_USER", USER)
        .env("BITCOIN_RPC_PASSWORD", PASSWORD)
        .env("PRICE_SOURCES", "coingecko")
        .env("COINGECKO_URL", "http://127.0.0.1:9") // Nothing listens there: blocks are stored without prices.
        .env("START_HEIGHT", "0");
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reorg_of_150_blocks_is_logged_with_its_depth_and_leaves_a_lake_without_errors() {
    let _turn = shared_turn().await;
    let node = Bitcoind::start(&["-rest"]).await;
    node.mine(300).await; // The blocks are from 31 January to 1 February 2026.
    let lake = tempfile::tempdir().expect("a folder");
    let before = command(&["ingest", "--once"], &node, lake.path())
        .output()
        .expect("it runs");
    let verified_before = command(&["verify"], &node, lake.path())
        .output()
        .expect("it runs");
    node.reorg(150).await; // All blocks of the new chain are in January.

    let after = command(&["ingest", "--once"], &node, lake.path())
        .output()
        .expect("it runs");
    let verified_after = command(&["verify"], &node, lake.path())
        .output()
        .expect("it runs");

    assert!(
        before.status.success() && printed(&before).contains("at height 300"),
        "{}",
        printed(&before)
    );
    assert!(
        printed(&verified_before).starts_with("no errors: 301 blocks"),
        "{}",
        printed(&verified_before)
    );
    assert!(
        after.status.success() && printed(&after).contains("at height 301: 151 new blocks"),
        "{}",
        printed(&after)
    );
    assert!(
        printed(&after).contains("reorg of 150 blocks: stepped back from 300 to 150"),
        "{}",
        printed(&after)
    );
    assert!(
        printed(&verified_after).starts_with("no errors: 302 blocks"),
        "{}",
        printed(&verified_after)
    );
    let february = lake
        .path()
        .join("v1/blocks/year=2026/blocks-2026-02.parquet");
    assert!(february.exists(), "a month without blocks is an empty file");
}
