//! Runs the pipeline with a real bitcoind in regtest. Its blocks start some hours before the end of
//! January 2026.

use std::sync::Arc;
use std::time::Duration;

use crate::common::{blocks_of, files, memory, prices, replay, run};
use hashlake_core::asic;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::env::Secret;
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::blocks;
use ingest::node::{Auth, Node, NodeConfig, NodeError};
use ingest::pipeline::{IngestContext, IngestError};
use serde_json::{Value, json};
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};

fn with_node(node: &Bitcoind, auth: Auth, lake: Arc<dyn Lake>) -> IngestContext {
    let node = Node::new(NodeConfig {
        url: node.url().parse().expect("a URL"),
        auth,
    });
    let cursor = Arc::new(ObjectCursor::new(lake.clone()));
    IngestContext {
        node,
        prices: prices("http://127.0.0.1:9"),
        lake,
        cursor,
        asics: asic::catalogue(),
        inspection: Default::default(),
    }
}

fn password() -> Auth {
    Auth::Password {
        user: USER.into(),
        password: Secret::new(PASSWORD),
    }
}

/// Fills an empty lake from the node, and returns all blocks of the lake.
async fn ingested(node: &Bitcoind) -> Vec<PricedBlock> {
    let lake = memory();
    run(&with_node(node, password(), lake.clone()), 0)
        .await
        .expect("a run");
    blocks_of(lake.as_ref()).await
}

async fn assert_is_the_nodes_chain(node: &Bitcoind, rows: &[PricedBlock]) {
    let tip = node.call("getblockcount", json!([])).await;
    assert_eq!(rows.last().map(|row| json!(row.block.height)), Some(tip));
    assert!(
        rows.windows(2)
            .all(|pair| pair[1].block.prev_hash == pair[0].block.hash)
    );
    for row in rows {
        assert_eq!(
            json!(row.block.hash.to_string()),
            node.call("getblockhash", json!([row.block.height])).await
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_match_the_replies_of_the_node() {
    let _turn = crate::shared_turn().await;
    let node = Bitcoind::start(&["-rest", "-acceptnonstdtxn=1"]).await;
    node.mine(130).await;
    let transaction = node.burn_coinbase(1).await;
    node.call("sendrawtransaction", json!([transaction, 0]))
        .await;
    node.mine(1).await; // This block claims the fee.
    let transaction = node.burn_coinbase(2).await;
    let block = node
        .call("generateblock", json!(["raw(51)", [transaction], false]))
        .await;
    node.call("submitblock", json!([block["hex"]])).await; // This block does not claim the fee.
    node.mine(30).await;

    let rows = ingested(&node).await;

    assert_is_the_nodes_chain(&node, &rows).await;
    for PricedBlock { block, .. } in &rows {
        let stats = node.call("getblockstats", json!([block.height])).await;
        let header = node
            .call("getblockheader", json!([block.hash.to_string()]))
            .await;
        let hashrate = node
            .call("getnetworkhashps", json!([120, block.height]))
            .await;
        assert_eq!(
            json!(block.subsidy.to_sat()),
            stats["subsidy"],
            "{}",
            block.height
        );
        assert_eq!(
            json!(block.fees.to_sat()),
            stats["totalfee"],
            "{}",
            block.height
        );
        assert_eq!(json!(block.tx_count), stats["txs"], "{}", block.height);
        assert_eq!(
            json!(block.median_time.to_secs()),
            header["mediantime"],
            "{}",
            block.height
        );
        assert_eq!(
            with_16_digits(block.network_hashrate_hs),
            json_with_16_digits(&hashrate),
            "{}",
            block.height
        );
        assert_eq!(
            with_16_digits(block.bits.difficulty().to_f64()),
            json_with_16_digits(&header["difficulty"]),
            "{}",
            block.height
        );
    }
    let claims = |height: usize| {
        (
            rows[height].block.fees.to_sat(),
            rows[height].block.claimed.map(|sats| sats.to_sat()),
        )
    };
    assert_eq!(claims(130), (0, Some(5_000_000_000)));
    assert_eq!(claims(131), (5_000_000_000, Some(10_000_000_000)));
    assert_eq!(claims(132), (5_000_000_000, Some(5_000_000_000)));
    assert_eq!(claims(150), (0, Some(2_500_000_000))); // Regtest halves the subsidy at 150.
}

/// A number with 16 digits, as bitcoind prints it.
fn with_16_digits(value: f64) -> String {
    format!("{value:.15e}")
}

fn json_with_16_digits(value: &Value) -> String {
    with_16_digits(value.as_f64().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn after_reorgs_of_any_depth_the_lake_has_the_best_chain() {
    let _turn = crate::shared_turn().await;
    let node = Bitcoind::start(&[]).await;
    node.mine(300).await; // The blocks span five hours, and the last one is in February.
    let lake = memory();
    let context = with_node(&node, password(), lake.clone());
    run(&context, 0).await.expect("a run");
    assert_eq!(
        months(lake.as_ref()).await,
        [("2026-01", true), ("2026-02", true)]
    );

    for depth in [1, 10, 150] {
        node.reorg(depth).await;
        let report = run(&context, 0).await.expect("a run after the reorg");

        let reorg = report.reorg.expect("a reorg");
        assert_eq!(
            (reorg.dropped.len(), report.blocks),
            (depth as usize, depth + 1)
        );
        assert_is_the_nodes_chain(&node, &blocks_of(lake.as_ref()).await).await;
    }

    // The chain of the last reorg ends in January, so the file of February is empty now.
    assert_eq!(
        months(lake.as_ref()).await,
        [("2026-01", true), ("2026-02", false)]
    );
    let single_run = memory();
    run(&with_node(&node, password(), single_run.clone()), 0)
        .await
        .expect("a single run");
    let mut after_reorgs = files(lake.as_ref()).await;
    after_reorgs.retain(|key, _| !key.ends_with("2026-02.parquet"));
    let mut single_run = files(single_run.as_ref()).await;
    single_run.retain(|key, _| !key.ends_with("2026-02.parquet"));
    assert!(
        after_reorgs == single_run,
        "the lake differs from that of a single run"
    );
}

async fn months(lake: &dyn Lake) -> Vec<(&'static str, bool)> {
    let mut months = Vec::new();
    for name in ["2026-01", "2026-02", "2026-03"] {
        let month: Month = name.parse().expect("a month");
        if let Some(stored) = lake
            .get(&blocks::key(month))
            .await
            .expect("the lake responds")
        {
            months.push((
                name,
                !blocks::decode(stored.body).expect("a table").is_empty(),
            ));
        }
    }
    months
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_real_node_has_its_own_error() {
    let _turn = crate::shared_turn().await;
    let mut node = Bitcoind::start(&[]).await;
    node.mine(20).await;
    let lake = memory();
    let context = with_node(&node, password(), lake.clone());
    run(&context, 0).await.expect("a run");
    assert!(
        blocks_of(lake.as_ref())
            .await
            .iter()
            .all(|row| row.block.claimed.is_none()),
        "a block has a claimed reward, although REST is off"
    );

    let wrong = Auth::Password {
        user: USER.into(),
        password: Secret::new("wrong"),
    };
    let wrong = run(&with_node(&node, wrong, memory()), 0)
        .await
        .expect_err("the password is wrong");
    assert!(
        matches!(wrong, IngestError::Node(NodeError::Credentials { .. })),
        "{wrong}"
    );

    let block = node
        .call("generateblock", json!(["raw(51)", [], false]))
        .await;
    node.call(
        "submitheader",
        json!([&block["hex"].as_str().expect("hex")[..160]]),
    )
    .await;
    let downloading = crate::common::run_at(
        &with_node(&node, password(), memory()),
        None,
        Duration::ZERO,
    )
    .await
    .expect_err("a block is missing");
    assert!(
        matches!(
            downloading,
            IngestError::Node(NodeError::Downloading {
                blocks: 20,
                headers: 21
            })
        ),
        "{downloading}"
    );

    node.invalidate(5).await;
    let behind = run(&context, 0)
        .await
        .expect_err("the node has fewer blocks than the lake");
    assert!(
        matches!(
            behind,
            IngestError::NodeBehind {
                node: 15,
                cursor: 20
            }
        ),
        "{behind}"
    );

    node.restart();
    let mut starting = Vec::new();
    while let Err(error) = run(&with_node(&node, password(), memory()), 0).await {
        starting.push(error);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let is_expected = |error: &IngestError| {
        matches!(
            error,
            IngestError::Node(NodeError::WarmingUp { .. } | NodeError::Unreachable { .. })
        )
    };
    assert!(starting.iter().all(is_expected), "{starting:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_a_busy_node_refuses_are_retried() {
    // The ingest retries for a few seconds, and the node with its one thread must respond in that time.
    let _turn = crate::exclusive_turn().await;
    let node = Bitcoind::start(&["-rest", "-rpcthreads=1", "-rpcworkqueue=1"]).await;
    node.mine(80).await;

    let rows = ingested(&node).await;

    assert_is_the_nodes_chain(&node, &rows).await;
    let unknown = rows.iter().filter(|row| row.block.claimed.is_none());
    assert_eq!(
        unknown.count(),
        0,
        "some refused block starts were not read again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_file_is_read_again_after_each_start() {
    let _turn = crate::shared_turn().await;
    let mut node = Bitcoind::start(&["-rpccookieperms=owner"]).await;
    node.mine(3).await;
    let lake = memory();
    let context = with_node(&node, Auth::CookieFile(node.cookie_file()), lake.clone());
    run(&context, 0).await.expect("a run");
    node.restart();
    node.wait_until_ready().await;
    node.mine(1).await;

    let report = run(&context, 0).await.expect("a run after the restart");

    assert_eq!(report.position.height, 4);
    let (_replay, url) = replay(909_700).await;
    let mainnet = IngestContext {
        node: crate::common::context(&url, lake.clone()).node,
        ..context
    };
    let other = run(&mainnet, 0).await.expect_err("networks do not mix");
    assert!(matches!(other, IngestError::OtherChain { .. }), "{other}");
}
