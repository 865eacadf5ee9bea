//! The ingest with nodes as people have them: hosted ones with limits, broken ones, and what is no
//! node at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use hashlake_core::lake::Lake;
use ingest::backfill::Backfill;
use ingest::node::NodeError;
use ingest::pipeline::{IngestError, Outside, Run, follow_tip};
use ingest::plan::Redo;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::common::front::{Act, Asked, Front, change, refuse, reply};
use crate::common::{blocks_of, files, memory, now, outside, replay, run};

const FIRST: u32 = 909_578;
const TIP: u32 = 909_700;

/// A lake that is filled from the node behind `front`, and prices from `url`.
fn world(front: &Front, url: &str, lake: &Arc<dyn Lake>) -> Outside {
    let prices = outside(url, lake.clone()).prices;
    Outside {
        prices,
        ..outside(&front.url, lake.clone())
    }
}

/// Fills a lake from a node with this behaviour.
async fn filled(
    behaviour: impl Fn(&Asked) -> Act + Send + Sync + 'static,
) -> (Result<(), IngestError>, Front, Arc<dyn Lake>) {
    let (_replay, url) = replay(TIP).await;
    let front = Front::new(&url, behaviour).await;
    let lake = memory();
    let result = run(&world(&front, &url, &lake), FIRST).await.map(|_| ());
    (result, front, lake)
}

async fn error(behaviour: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> String {
    let (result, _, lake) = filled(behaviour).await;
    assert!(blocks_of(lake.as_ref()).await.is_empty());
    assert!(lake.list("v1/").await.expect("a list").is_empty());
    result.expect_err("it is refused").to_string()
}

async fn is_complete(lake: &dyn Lake) -> bool {
    let (_replay, url) = replay(TIP).await;
    let straight = memory();
    run(&outside(&url, straight.clone()), FIRST)
        .await
        .expect("a run");
    files(lake).await == files(straight.as_ref()).await
}

const TOO_LARGE: &str =
    r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Batch size too large"}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn batches_that_are_refused_are_halved_and_what_is_accepted_is_remembered() {
    let refusals: [(u16, &'static str); 6] = [
        (200, TOO_LARGE),
        (400, TOO_LARGE),
        (413, "<html>413 Request Entity Too Large</html>"),
        (
            403,
            r#"{"error":"batch requests of this size are not on your plan"}"#,
        ),
        (
            200,
            "[{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"too many\"}}]",
        ),
        (500, "internal error"),
    ];
    for (status, body) in refusals {
        for most in [10, 1] {
            let is_refused = move |asked: &Asked| asked.is_batch && asked.calls.len() > most;
            let behaviour = move |asked: &Asked| match is_refused(asked) {
                true => reply(status, body),
                false => Act::Pass,
            };
            let (result, front, lake) = filled(behaviour).await;

            result.unwrap_or_else(|error| panic!("{status} {body} {most}: {error}"));
            assert!(is_complete(lake.as_ref()).await);
            let asked = front.asked();
            let refused = asked.iter().filter(|asked| is_refused(asked)).count();
            // Eight batches are in flight; each can be refused at 50, 25, 12, 6, 3 and 2 calls.
            assert!(refused <= 48, "{status} {body} {most}: {refused}");
            let last_refused = asked.iter().rposition(is_refused).expect("one was refused");
            assert!(last_refused < 100, "{last_refused}: not remembered");
            assert!(front.times().values().all(|times| *times <= 8));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_a_node_leaves_out_of_its_reply_are_made_again() {
    let (_replay, url) = replay(TIP).await;
    let behaviour = |asked: &Asked| match asked.is_batch {
        // Only the first ten of a batch are answered.
        true => Act::Change(Box::new({
            let ids: Vec<Value> = asked
                .calls
                .iter()
                .take(10)
                .map(|call| call["id"].clone())
                .collect();
            move |call, reply| {
                if !ids.contains(&call["id"]) {
                    reply["id"] = Value::Null;
                }
            }
        })),
        false => Act::Pass,
    };
    let front = Front::new(&url, behaviour).await;
    let lake = memory();

    run(&world(&front, &url, &lake), FIRST)
        .await
        .expect("a run");

    assert!(is_complete(lake.as_ref()).await);
    front.behave(|asked| match asked.is_of("getblockchaininfo") {
        true => reply(
            200,
            json!({ "jsonrpc": "2.0", "id": 1_000_000, "result": {} }),
        ),
        false => Act::Pass,
    });
    let error = run(&world(&front, &url, &memory()), FIRST).await;
    let error = error
        .expect_err("there is no reply to the call")
        .to_string();
    assert!(
        error.contains("getblockchaininfo") || error.contains("like a Bitcoin node"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_limits_the_rate_is_filled_from_at_its_pace() {
    let calls = |asked: &Asked, code: i32, message: &str| {
        let error = |call: &Value| json!({ "jsonrpc": "2.0", "id": call["id"], "error": { "code": code, "message": message } });
        let replies: Vec<Value> = asked.calls.iter().map(error).collect();
        let body = match asked.is_batch {
            true => Value::Array(replies),
            false => replies[0].clone(),
        };
        reply(200, body)
    };
    let soon = |status: u16, body: &str| {
        let headers = vec![("retry-after", "0".to_owned())];
        Act::Reply(status, headers, body.to_owned())
    };
    let json =
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"rate limit exceeded"}}"#;
    let behaviour = move |asked: &Asked| match asked.place {
        1 => soon(429, json),
        4 => soon(429, "<html><body>Too Many Requests</body></html>"),
        7 => calls(asked, -32_007, "25/second request limit reached"),
        10 => soon(504, "<html>Gateway Time-out</html>"),
        13 => soon(503, "Work queue depth exceeded"),
        16 => soon(200, r#"{"error":"too many requests"}"#),
        _ => Act::Pass,
    };

    let (result, front, lake) = filled(behaviour).await;

    result.expect("it is filled");
    assert!(is_complete(lake.as_ref()).await);
    assert!(front.asked().len() > 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_calls_that_failed_are_made_again() {
    let behaviour = |asked: &Asked| match asked.place % 3 {
        0 if asked.calls.len() > 3 => {
            let last = asked.calls.last().expect("some")["id"].clone();
            Act::Change(Box::new(move |call, reply| {
                if call["id"] == last {
                    *reply =
                        json!({ "id": last, "error": { "code": -32005, "message": "slow down" } });
                }
            }))
        }
        _ => Act::Pass,
    };

    let (result, front, lake) = filled(behaviour).await;

    result.expect("it is filled");
    assert!(is_complete(lake.as_ref()).await);
    let times = front.times();
    let stats = times
        .iter()
        .filter(|(name, _)| name.contains("getblockstats"));
    let again = stats.clone().filter(|(_, times)| **times > 1).count();
    assert!(again <= 8, "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_node_or_refuses_is_said_in_one_sentence() {
    let page = "<!doctype html>\n<title>Log in to your home server</title>";
    let busy = r#"{"error":{"code":-32600,"message":"Method not included in your plan"}}"#;
    let cases: [(u16, &'static str, &[&'static str]); 9] = [
        (401, "", &["refuses the credentials", "BITCOIN_RPC_USER"]),
        (
            401,
            r#"{"error":"Unauthorized: missing api key"}"#,
            &["missing api key"],
        ),
        (403, "", &["403", "rpcallowip", "rpcwhitelist"]),
        (403, busy, &["403", "not included in your plan"]),
        (
            200,
            page,
            &[
                "does not answer like a Bitcoin node",
                "HTML page",
                "Log in to your home server",
            ],
        ),
        (
            404,
            "404 page not found",
            &["HTTP status 404", "404 page not found", "path"],
        ),
        (200, "", &["does not answer like a Bitcoin node"]),
        (
            405,
            "JSONRPC server handles only POST requests",
            &["HTTP status 405"],
        ),
        (
            400,
            "Client sent an HTTP request to an HTTPS server.",
            &["HTTPS server"],
        ),
    ];
    for (status, body, expected) in cases {
        let error = error(move |_| reply(status, body)).await;
        for expected in expected {
            assert!(error.contains(expected), "{status} {body}: {error}");
        }
        assert!(!error.contains('\n'), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lacks_something_is_told_from_one_that_does_not() {
    let kept = Some(909_650);
    let pruned = |asked: &Asked| match asked.is_of("getblockstats") {
        true => refuse("getblockstats", -1, "Block not available (pruned data)"),
        false => change("getblockchaininfo", "pruneheight", json!(909_650)),
    };
    let (result, ..) = filled(pruned).await;
    assert!(
        matches!(result, Err(IngestError::Node(NodeError::Pruned { height: FIRST, kept_from })) if kept_from == kept),
        "{result:?}"
    );
    assert!(error(pruned).await.contains("from 909650 on"));

    let snapshot = |_: &Asked| {
        refuse(
            "getblockstats",
            -1,
            "Block not available (not fully downloaded)",
        )
    };
    let snapshot = error(snapshot).await;
    assert!(
        snapshot.contains("has not downloaded block 909578") && snapshot.contains("START_HEIGHT"),
        "{snapshot}"
    );

    let without = error(|_| refuse("getblockstats", -32_601, "Method not found")).await;
    assert!(
        without.contains("does not have `getblockstats`") && without.contains("25"),
        "{without}"
    );

    let presync = |_: &Asked| {
        Act::Change(Box::new(|call, reply| {
            if call["method"] == "getblockchaininfo" {
                let result = &mut reply["result"];
                (result["blocks"], result["headers"]) = (json!(0), json!(0));
                result["initialblockdownload"] = json!(true);
            }
        }))
    };
    let presync = error(presync).await;
    assert!(presync.contains("still downloading"), "{presync}");
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed_and_name_only_scheme_host_and_port() {
    let (_replay, url) = replay(TIP).await;
    let other = Front::new(&url, |_| Act::Pass).await;
    let target = format!("{}/login?token=s3cr3t", other.url);
    for status in [301, 302, 307, 308] {
        let target = target.clone();
        let behaviour = move |_: &Asked| {
            Act::Reply(
                status,
                vec![("location", target.clone())],
                "moved".to_owned(),
            )
        };
        let error = error(behaviour).await;

        assert!(
            error.contains(&format!(
                "redirects to {} (HTTP status {status})",
                other.url
            )),
            "{error}"
        );
        assert!(!error.contains("s3cr3t"), "{error}");
    }
    assert_eq!(other.asked().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_nodes_url_only_scheme_host_and_port_are_shown() {
    let (_replay, url) = replay(TIP).await;
    let pages: [fn(&Asked) -> Act; 4] = [
        |asked| reply(404, format!("Cannot POST {}", asked.uri)),
        |asked| reply(401, json!({ "error": format!("bad key {}", asked.uri) })),
        |asked| {
            reply(
                200,
                json!({ "id": asked.calls[0]["id"], "error": { "code": -1, "message": asked.uri } }),
            )
        },
        |asked| reply(503, asked.uri.clone()),
    ];
    for page in pages {
        let front = Front::new(&url, page).await;
        let mut outside = outside(&url, memory());
        outside.node = ingest::node::Node::new(ingest::node::NodeConfig {
            url: format!("{}/v1/s3cr3t-token/?key=s3cr3t%2Fkey", front.url)
                .parse()
                .expect("a URL"),
            auth: ingest::node::Auth::None,
        });
        // A busy node is given up when the run is late.
        let is_late = AtomicBool::new(false);
        let run = Run {
            owner: "test".to_owned(),
            start_height: Some(FIRST),
            time_left: &|| match is_late.swap(true, Ordering::Relaxed) {
                true => Duration::ZERO,
                false => Duration::MAX,
            },
            now: &now,
            progress: &|_| (),
        };

        let error = follow_tip(&outside, &run).await.expect_err("it is refused");

        assert!(!error.to_string().contains("s3cr3t"), "{error}");
        assert!(
            front.asked().iter().all(
                |asked| asked.uri == "/v1/s3cr3t-token/?key=s3cr3t%2Fkey" && !asked.has_referer
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_cannot_be_are_refused_and_the_next_run_goes_on() {
    let (_replay, url) = replay(TIP).await;
    let front = Front::new(&url, |_| Act::Pass).await;
    let lake = memory();
    let world = world(&front, &url, &lake);
    let numbers = [
        ("getblockheader", "nTx", json!(2_147_483_648_u32)),
        ("getblockheader", "nTx", json!(-1)),
        ("getblockheader", "nTx", json!(0)),
        ("getblockheader", "time", json!(4_294_967_295_u32)),
        ("getblockheader", "mediantime", json!(0)),
        ("getblockheader", "mediantime", json!(253_402_300_800_i64)),
        ("getblockheader", "height", json!(4_294_967_295_u32)),
        ("getblockheader", "bits", json!("00000000")),
        ("getblockheader", "hash", json!("0".repeat(64))),
        ("getblockheader", "previousblockhash", json!("0".repeat(64))),
        ("getblockstats", "subsidy", json!(5_000_000_000_i64)),
        ("getblockstats", "subsidy", json!(3.125)),
        ("getblockstats", "totalfee", json!(-1)),
        ("getblockstats", "totalfee", json!(1e30)),
        (
            "getblockstats",
            "totalfee",
            json!(2_100_000_000_000_001_i64),
        ),
        ("getblockstats", "totalfee", Value::Null),
        ("getblockstats", "blockhash", json!("f".repeat(64))),
        ("getblockchaininfo", "blocks", json!(4_294_967_295_u32)),
        ("getblockchaininfo", "blocks", json!(-5)),
        ("getblockchaininfo", "chain", json!("dogecoin")),
        ("getblockchaininfo", "bestblockhash", json!(7)),
    ];
    for (method, field, value) in numbers {
        let shown = format!("{method} {field} {value}");
        front.behave(move |_| change(method, field, value.clone()));

        let error = run(&world, FIRST).await.expect_err(&shown).to_string();

        assert!(!error.contains('\n'), "{shown}: {error}");
        assert!(
            lake.list("v1/").await.expect("a list").is_empty(),
            "{shown}"
        );
    }
    front.behave(|_| Act::Pass);
    run(&world, FIRST).await.expect("a node in order");
    assert!(is_complete(lake.as_ref()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_median_time_that_runs_backwards_is_refused() {
    let behaviour = |_: &Asked| {
        Act::Change(Box::new(|call, reply| {
            if call["method"] == "getblockheader" && reply["result"]["height"] == 909_600 {
                reply["result"]["mediantime"] = json!(1_700_000_000);
            }
        }))
    };
    let error = error(behaviour).await;

    assert!(error.contains("median time of block 909600"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_on_another_network_than_it_says_leaves_the_lake_empty() {
    let (_replay, url) = replay(TIP).await;
    let signet_at_first = |asked: &Asked| match asked.place {
        0 => change("getblockchaininfo", "chain", json!("signet")),
        _ => Act::Pass,
    };
    let testnet = "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943";
    let other_genesis =
        move |asked: &Asked| match asked.is_of("getblockhash") && asked.calls.len() == 1 {
            true => reply(
                200,
                json!({ "id": asked.calls[0]["id"], "result": testnet }),
            ),
            false => Act::Pass,
        };
    let front = Front::new(&url, signet_at_first).await;
    let lake = memory();
    let world = world(&front, &url, &lake);
    let is_untouched = async || {
        let position = world.cursor.read().await.expect("a cursor").position;
        position.is_none() && lake.list("v1/").await.expect("a list").is_empty()
    };

    let changed = run(&world, FIRST).await.expect_err("it changes its mind");
    assert!(
        matches!(changed, IngestError::Node(NodeError::ChainChanged { .. })),
        "{changed}"
    );
    assert!(is_untouched().await);
    front.behave(other_genesis);
    let other = run(&world, FIRST)
        .await
        .expect_err("its first block is another's");
    assert!(
        matches!(other, IngestError::Node(NodeError::OtherNetwork { .. })),
        "{other}"
    );
    assert!(is_untouched().await);
    front.behave(|_| change("getblockchaininfo", "chain", json!("signet")));
    let always = run(&world, FIRST)
        .await
        .expect_err("its blocks are of `main`");
    assert!(
        matches!(always, IngestError::Node(NodeError::OtherNetwork { .. })),
        "{always}"
    );
    assert!(is_untouched().await);
    front.behave(|_| Act::Pass);
    run(&world, FIRST).await.expect("a node in order");
    assert!(is_complete(lake.as_ref()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_came_are_committed_when_the_node_fails_for_good() {
    let came = AtomicUsize::new(0);
    let behaviour = move |asked: &Asked| {
        let is_stats = asked.is_of("getblockstats");
        if is_stats && came.fetch_add(asked.calls.len(), Ordering::Relaxed) >= 50 {
            return reply(401, "");
        }
        Act::Pass
    };

    let (result, _, lake) = filled(behaviour).await;

    let error = result.expect_err("the rest is refused");
    assert!(
        matches!(error, IngestError::Node(NodeError::Credentials { .. })),
        "{error}"
    );
    let rows = blocks_of(lake.as_ref()).await;
    assert_eq!(rows.first().map(|row| row.block.height), Some(FIRST));
    assert!((25..=50).contains(&rows.len()), "{}", rows.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_heard_while_the_node_is_silent_and_what_was_read_is_written() {
    let (_replay, url) = replay(TIP).await;
    // The first calls of all, and those of the last blocks.
    for (method, blocks) in [
        ("getblockchaininfo", 0),
        ("getblockhash", 0),
        ("getblockstats", 50),
    ] {
        let front = Front::new(&url, move |asked| {
            let height = asked.calls[0]["params"][0].as_u64().unwrap_or(u64::MAX);
            let is_above = blocks == 0 || height >= u64::from(FIRST) + blocks;
            match asked.is_of(method) && is_above {
                true => Act::Hang,
                false => Act::Pass,
            }
        })
        .await;
        let lake = memory();
        let world = world(&front, &url, &lake);
        let (is_stopped, is_read) = (AtomicBool::new(false), Notify::new());
        let run = Run {
            owner: "test".to_owned(),
            start_height: Some(FIRST),
            time_left: &|| match is_stopped.load(Ordering::Relaxed) {
                true => Duration::ZERO,
                false => Duration::MAX,
            },
            now: &now,
            progress: &|progress| {
                if u64::from(progress.read) == blocks {
                    is_read.notify_one();
                }
            },
        };
        let stop = async {
            front.hung().await;
            if blocks > 0 {
                is_read.notified().await;
            }
            is_stopped.store(true, Ordering::Relaxed);
        };

        let (result, ()) = tokio::join!(follow_tip(&world, &run), stop);

        let rows = blocks_of(lake.as_ref()).await;
        match result {
            Ok(report) => assert_eq!(report.blocks as usize, rows.len()),
            Err(error) => assert!(matches!(error, IngestError::OutOfTime), "{error}"),
        }
        assert_eq!(rows.len() as u64, blocks, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_stops_while_the_node_is_silent() {
    let (_replay, url) = replay(TIP).await;
    let front = Front::new(&url, |asked| match asked.is_of("getblockstats") {
        true => Act::Hang,
        false => Act::Pass,
    })
    .await;
    let lake = memory();
    let is_stopped = Arc::new(AtomicBool::new(false));
    let job = Arc::new(Backfill {
        outside: Arc::new(world(&front, &url, &lake)),
        parallel: 2,
        time_left: {
            let is_stopped = is_stopped.clone();
            Box::new(move || match is_stopped.load(Ordering::Relaxed) {
                true => Duration::ZERO,
                false => Duration::MAX,
            })
        },
        now,
        progress: Box::new(|_| ()),
    });
    let plan = job.plan(FIRST..=TIP, Redo::Nothing).await.expect("a plan");
    let stop = async {
        front.hung().await;
        is_stopped.store(true, Ordering::Relaxed);
    };

    let (result, ()) = tokio::join!(job.fill(&plan, &[]), stop);

    let error = result.expect_err("it is not filled");
    assert!(
        matches!(error, IngestError::Unfinished { next: FIRST, .. }),
        "{error}"
    );
}
