//! Runs the pipeline with a replay of real blocks, real prices and real stale blocks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::common::{DyingLake, blocks_of, context, files, memory, now, replay, run};
use hashlake_core::chain::Chain;
use hashlake_core::cursor::Position;
use hashlake_core::lake::Lake;
use hashlake_core::price::BlockPrice;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{daily, mwh_revenue, prices};
use hashlake_core::timestamp::Timestamp;
use ingest::node::NodeError;
use ingest::pipeline::{IngestContext, IngestError, Run, follow_tip};
use replay::{Fault, Replay};

const FIRST: u32 = 909_578; // The first recorded block that has 120 recorded blocks before it.
const MONTH_END: u32 = 912_621; // The last block of August 2025.

#[tokio::test(flavor = "multi_thread")]
async fn the_lake_has_the_values_that_another_program_computes_for_real_blocks() {
    let (_replay, url) = replay(924_778).await;
    let lake = memory();
    let context = context(&url, lake.clone());

    let report = run(&context, FIRST).await.expect("a run");

    assert_eq!(
        (report.blocks, report.position.height, report.provisional),
        (15_201, 924_778, 5)
    );
    let rows = blocks_of(lake.as_ref()).await;
    assert_eq!(rows.len(), 15_201);
    assert!(
        rows.windows(2)
            .all(|pair| pair[1].block.prev_hash == pair[0].block.hash)
    );
    let mut golden = csv::Reader::from_path("testdata/golden_blocks.csv").expect("golden blocks");
    let golden: Vec<std::collections::HashMap<String, String>> = golden
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("rows");
    for golden in &golden {
        let height: u32 = golden["height"].parse().expect("a height");
        assert_is_golden(&rows[(height - FIRST) as usize], golden, &context.asics);
    }
    assert_eq!(golden.len(), 12);
}

fn assert_is_golden(
    row: &PricedBlock,
    golden: &std::collections::HashMap<String, String>,
    asics: &[hashlake_core::asic::Asic],
) {
    let PricedBlock { block, price } = row;
    let asic = asics
        .iter()
        .find(|asic| asic.id == "antminer-s21-pro-234")
        .expect("in the catalogue");
    let quote = price.quote().expect("priced");
    let exact = [
        ("hash", block.hash.to_string()),
        ("prev_hash", block.prev_hash.to_string()),
        ("time", block.time.to_secs().to_string()),
        ("median_time", block.median_time.to_secs().to_string()),
        ("bits", block.bits.to_string()),
        ("difficulty", block.bits.difficulty().to_f64().to_string()),
        ("tx_count", block.tx_count.to_string()),
        ("subsidy_sat", block.subsidy.to_sat().to_string()),
        ("fees_sat", block.fees.to_sat().to_string()),
        ("price_usd", quote.usd.to_usd_per_btc().to_string()),
        ("price_time", quote.time.to_secs().to_string()),
        ("price_final", price.is_final().to_string()),
    ];
    for (column, value) in exact {
        assert_eq!(value, golden[column], "{column} of {}", block.height);
    }
    let economics = row.economics();
    let (per_mwh, per_block) = (economics.sat_per_mwh(asic), economics.sat_per_block(asic));
    let computed = [
        ("network_hashrate_hs", Some(block.network_hashrate_hs)),
        ("sat_per_ph_day", Some(row.sat_per_ph_day())),
        ("usd_per_ph_day", row.usd_per_ph_day()),
        ("sat_per_ph_day_144", block.sat_per_ph_day_144),
        ("usd_per_ph_day_144", row.usd_per_ph_day_144()),
        ("sat_per_mwh", Some(per_mwh)),
        ("usd_per_mwh", economics.usd(per_mwh)),
        ("sat_per_block", per_block),
        (
            "usd_per_block",
            per_block.and_then(|sat| economics.usd(sat)),
        ),
    ];
    for (column, value) in computed {
        let golden: Option<f64> = golden[column].parse().ok();
        let is_golden = match (value, golden) {
            (Some(value), Some(golden)) => (value / golden - 1.0).abs() < 1e-14,
            (value, golden) => value == golden,
        };
        assert!(
            is_golden,
            "{column} of {}: {value:?}, expected {golden:?}",
            block.height
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mean_fees_are_known_where_the_node_has_143_blocks_below() {
    let (_replay, url) = replay(910_100).await;
    let hashprices = async |start: u32| {
        let lake = memory();
        run(&context(&url, lake.clone()), start)
            .await
            .expect("a run");
        let rows = blocks_of(lake.as_ref()).await;
        let hashprice = |row: &PricedBlock| row.block.sat_per_ph_day_144;
        rows.iter().map(hashprice).collect::<Vec<_>>()
    };

    let from_first = hashprices(FIRST).await; // The node does not have the fees of the blocks below.
    let from_later = hashprices(FIRST + 100).await;
    let from_whole = hashprices(FIRST + 143).await;

    assert!(from_first[..143].iter().all(Option::is_none));
    assert!(from_first[143..].iter().all(Option::is_some));
    assert_eq!(from_later, from_first[100..]);
    assert_eq!(from_whole, from_first[143..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_without_new_blocks_writes_nothing() {
    let (_replay, url) = replay(910_000).await;
    let lake = memory();
    run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("a run");
    let before = lake.list("v1/").await.expect("a list");

    let report = run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("another run");

    assert_eq!(report.blocks, 0);
    assert_eq!(lake.list("v1/").await.expect("a list"), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_runs_write_the_same_bytes_as_a_single_one() {
    let single_run = memory();
    let (replay, url) = replay(MONTH_END + 300).await;
    run(&context(&url, single_run.clone()), MONTH_END - 300)
        .await
        .expect("a run");
    let stepwise = memory();

    for tip in [
        MONTH_END - 300,
        MONTH_END - 299,
        MONTH_END - 100,
        MONTH_END,
        MONTH_END + 1,
        MONTH_END + 90,
        MONTH_END + 300,
    ] {
        replay.release_to(tip);
        run(&context(&url, stepwise.clone()), MONTH_END - 300)
            .await
            .expect("a run");
    }

    assert_eq!(
        files(stepwise.as_ref()).await,
        files(single_run.as_ref()).await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn following_the_tip_block_by_block_writes_the_same_bytes_as_a_single_run() {
    let single_run = memory();
    let (replay, url) = replay(MONTH_END + 20).await;
    run_at_replay_time(&context(&url, single_run.clone()), &replay).await;
    let followed = memory();

    for tip in MONTH_END - 60..=MONTH_END + 20 {
        replay.release_to(tip);
        run_at_replay_time(&context(&url, followed.clone()), &replay).await;
    }

    let (mut followed, mut single_run) = (
        files(followed.as_ref()).await,
        files(single_run.as_ref()).await,
    );
    let days = |files: &mut BTreeMap<String, Bytes>| {
        daily::decode(files.remove(daily::KEY).expect("a file of days")).expect("days")
    };
    // The file of days gets an extra entry if it would otherwise have the same length as the file that
    // it replaces. So only its rows are compared.
    assert_eq!(days(&mut followed), days(&mut single_run));
    assert!(followed == single_run);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds of the years 2025 and 2026"
)]
fn replay_clock(replay: &Replay) -> u32 {
    replay.clock() as u32
}

/// A run at the time of the replay's clock, when the last block has just been found.
async fn run_at_replay_time(context: &IngestContext, replay: &Replay) {
    let run = Run {
        owner: "test".to_owned(),
        start_height: Some(MONTH_END - 60),
        time_left: &|| Duration::MAX,
        now: &|| Timestamp::from_block_time(replay_clock(replay)),
        progress: &|_| (),
    };
    follow_tip(context, &run).await.expect("a run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_at_any_write_is_repaired_by_the_next() {
    let undisturbed = memory();
    let (_replay, url) = replay(MONTH_END + 40).await;
    run(&context(&url, undisturbed.clone()), MONTH_END - 40)
        .await
        .expect("a run");
    let expected = files(undisturbed.as_ref()).await;

    for writes in 0.. {
        let lake = memory();
        let dying: Arc<dyn Lake> = Arc::new(DyingLake::new(lake.clone(), writes));
        let died = run(&context(&url, dying), MONTH_END - 40).await.is_err();
        let later = crate::common::LEASE_EXPIRED_AFTER;
        crate::common::run_at(&context(&url, lake.clone()), Some(MONTH_END - 40), later)
            .await
            .expect("the next run");

        assert!(
            files(lake.as_ref()).await == expected,
            "after {writes} writes"
        );
        if !died {
            // The writes: lease, 2 of prices, 2 of revenue, ASICs, days, 2 of blocks, cursor, release of
            // the lease.
            assert_eq!(writes, 11);
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_stale_block_is_replaced_when_the_chain_continues_without_it() {
    let (replay, url) = replay(909_600).await;
    let (height, hash) = replay
        .stale()
        .into_iter()
        .find(|(height, _)| *height > FIRST + 10)
        .expect("a real stale block");
    let lake = memory();
    replay.release_to(height - 1);
    run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("a run before the stale block");
    replay.switch_to_stale(&hash).expect("a stale block");
    let on_stale = run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("a run with the stale block");
    replay.release_to(height + 1);

    let after = run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("a run after the reorg");

    assert_eq!(on_stale.position.hash.to_string(), hash);
    let reorg = after.reorg.expect("a reorg");
    assert_eq!(
        (reorg.common_height, reorg.dropped),
        (height - 1, vec![on_stale.position.hash])
    );
    let single_run = memory();
    run(&context(&url, single_run.clone()), FIRST)
        .await
        .expect("a single run");
    assert_eq!(files(lake.as_ref()).await, files(single_run.as_ref()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_written_without_prices_and_get_them_later() {
    let (replay, url) = replay(909_700).await;
    let lake = memory();
    for _ in 0..3 {
        let body = r#"{"error":"internal error"}"#.to_owned();
        replay.inject_price_fault(Fault::Http {
            status: 503,
            headers: Vec::new(),
            body,
        });
    }

    let without = run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("blocks without prices");
    let missing = blocks_of(lake.as_ref()).await;
    let with = run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("a later run");

    assert_eq!((without.blocks, without.provisional), (123, 123));
    assert!(
        missing
            .iter()
            .all(|row| row.price == BlockPrice::Missing && row.sat_per_ph_day() > 0.0)
    );
    assert_eq!(with.blocks, 0);
    let single_run = memory();
    run(&context(&url, single_run.clone()), FIRST)
        .await
        .expect("a single run");
    assert_eq!(files(lake.as_ref()).await, files(single_run.as_ref()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_are_requested_in_ranges_that_do_not_overlap() {
    let (replay, url) = replay(924_778).await;
    let lake = memory();

    run(&context(&url, lake.clone()), FIRST)
        .await
        .expect("a run");
    let calls = replay.price_requests();

    assert!(calls.len() <= 5, "{calls:?}");
    assert!(
        calls.windows(2).all(|pair| pair[0].1 <= pair[1].0),
        "ranges overlap: {calls:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_of_a_second_run_names_the_owner_of_the_first() {
    let (_replay, url) = replay(909_700).await;
    let context = context(&url, memory());
    let lease = context
        .cursor
        .acquire("the other", now())
        .await
        .expect("free");

    let busy = run(&context, FIRST)
        .await
        .expect_err("another run holds the lease");

    assert!(
        busy.is_busy() && busy.to_string().contains("the other"),
        "{busy}"
    );
    context.cursor.release(lease, None).await.expect("released");
    run(&context, FIRST).await.expect("the lease is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_out_of_time_keeps_the_blocks_that_it_committed() {
    let (_replay, url) = replay(920_000).await;
    let context = context(&url, memory());
    let checks = std::sync::atomic::AtomicU32::new(0);
    let time_left = || match checks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0..10 => Duration::from_secs(60),
        _ => Duration::from_secs(1),
    };
    let run = Run {
        owner: "test".into(),
        start_height: Some(FIRST),
        time_left: &time_left,
        now: &now,
        progress: &|_| (),
    };

    let report = follow_tip(&context, &run).await.expect("the run succeeds");

    assert!((1..10_000).contains(&report.blocks), "{}", report.blocks);
    assert_eq!(
        context.cursor.read().await.expect("a cursor").position,
        Some(report.position)
    );
    assert_eq!(
        blocks_of(context.lake.as_ref()).await.len(),
        report.blocks as usize
    );
    crate::common::run(&context, FIRST)
        .await
        .expect("the next run");
    assert_eq!(
        blocks_of(context.lake.as_ref()).await.len(),
        920_001 - FIRST as usize
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_behind_or_on_another_network_changes_nothing() {
    let (replay, url) = replay(909_700).await;
    let context = context(&url, memory());
    run(&context, FIRST).await.expect("a run");
    replay.release_to(909_690);

    let behind = run(&context, FIRST).await.expect_err("the node is behind");

    assert!(
        matches!(
            behind,
            IngestError::NodeBehind {
                node: 909_690,
                cursor: 909_700
            }
        ),
        "{behind}"
    );
    let mut lease = context.cursor.acquire("test", now()).await.expect("free");
    let position = lease.position().expect("a position");
    let elsewhere = Position {
        chain: Chain::Signet,
        ..position
    };
    context
        .cursor
        .advance(&mut lease, elsewhere, elsewhere.height, now())
        .await
        .expect("moved");
    context.cursor.release(lease, None).await.expect("released");
    let other = run(&context, FIRST).await.expect_err("networks do not mix");
    assert!(
        matches!(
            other,
            IngestError::OtherChain {
                node: Chain::Main,
                lake: Chain::Signet
            }
        ),
        "{other}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_the_node_has_its_own_error() {
    let (replay, url) = replay(909_700).await;
    let context = context(&url, memory());

    replay.inject_rpc_fault(Fault::Rpc {
        code: -28,
        message: "Loading block index".into(),
    });
    let warming = run(&context, FIRST)
        .await
        .expect_err("the node is starting");
    replay.inject_rpc_fault(Fault::Http {
        status: 401,
        headers: Vec::new(),
        body: String::new(),
    });
    let refused = run(&context, FIRST)
        .await
        .expect_err("credentials are wrong");
    let pruned = run(&context, FIRST - 10)
        .await
        .expect_err("the recording starts later");
    let above = run(&context, 909_701)
        .await
        .expect_err("the start is above the tip");
    replay.inject_rpc_fault(Fault::Http {
        status: 503,
        headers: Vec::new(),
        body: "Work queue depth exceeded".into(),
    });
    let busy = run(&context, FIRST).await;

    assert!(
        matches!(&warming, IngestError::Node(NodeError::WarmingUp { message }) if message == "Loading block index")
    );
    assert!(
        matches!(refused, IngestError::Node(NodeError::Credentials { .. })),
        "{refused}"
    );
    assert!(
        matches!(
            pruned,
            IngestError::Node(NodeError::Pruned {
                height: 909_568,
                ..
            })
        ),
        "{pruned}"
    );
    assert!(
        matches!(
            above,
            IngestError::StartAboveTip {
                start: 909_701,
                tip: 909_700
            }
        ),
        "{above}"
    );
    busy.expect("a busy node is retried");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_stops_the_run_and_the_error_names_it() {
    let (replay, url) = replay(909_700).await;
    let context = context(&url, memory());
    run(&context, FIRST).await.expect("a run");
    let key = "v1/blocks/year=2025/blocks-2025-08.parquet";
    let version = context
        .lake
        .head(key)
        .await
        .expect("the lake responds")
        .expect("a file")
        .version;
    context
        .lake
        .put(key, "not parquet".into(), Some(&version))
        .await
        .expect("damaged");
    replay.release_to(909_701);

    let error = run(&context, FIRST).await.expect_err("the file is damaged");

    assert!(error.to_string().contains(key), "{error}");
    assert_eq!(
        context
            .lake
            .get(key)
            .await
            .expect("the lake responds")
            .expect("a file")
            .body,
        "not parquet"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_has_a_file_for_every_month() {
    let (_replay, url) = replay(MONTH_END + 10).await;
    let lake = memory();

    run(&context(&url, lake.clone()), MONTH_END - 10)
        .await
        .expect("a run");

    let keys: Vec<String> = files(lake.as_ref()).await.into_keys().collect();
    let months = ["2025-08", "2025-09"].map(|month| month.parse().expect("a month"));
    for month in months {
        assert!(
            keys.contains(&mwh_revenue::key(month)) && keys.contains(&prices::key(month)),
            "{keys:?}"
        );
    }
    assert!(
        keys.contains(&daily::KEY.to_owned())
            && keys.contains(&"v1/asics/asics.parquet".to_owned())
    );
    assert_eq!(keys.len(), 8, "{keys:?}");
}
