//! Runs the ingest with nodes that misbehave: hosted nodes with limits, broken nodes, and servers that
//! are not Bitcoin nodes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hashlake_core::lake::Lake;
use ingest::backfill::Backfill;
use ingest::node::NodeError;
use ingest::pipeline::{IngestContext, IngestError, Run, follow_tip};
use ingest::plan::Redo;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::common::faulty_proxy::{Action, FaultyProxy, RpcRequest, change, refuse, reply};
use crate::common::{blocks_of, context, files, memory, now, replay, run};

const FIRST: u32 = 909_578;
const TIP: u32 = 909_700;

/// The node behind `proxy`, the prices at `url`, and a lake.
fn context_behind(proxy: &FaultyProxy, url: &str, lake: &Arc<dyn Lake>) -> IngestContext {
    let prices = context(url, lake.clone()).prices;
    IngestContext {
        prices,
        ..context(&proxy.url, lake.clone())
    }
}

/// Fills a lake from a node behind a proxy with this behaviour.
async fn filled(
    behaviour: impl Fn(&RpcRequest) -> Action + Send + Sync + 'static,
) -> (Result<(), IngestError>, FaultyProxy, Arc<dyn Lake>) {
    let (_replay, url) = replay(TIP).await;
    let proxy = FaultyProxy::new(&url, behaviour).await;
    let lake = memory();
    let result = run(&context_behind(&proxy, &url, &lake), FIRST)
        .await
        .map(|_| ());
    (result, proxy, lake)
}

/// The error of a run with this behaviour, which must leave the lake empty.
async fn error(behaviour: impl Fn(&RpcRequest) -> Action + Send + Sync + 'static) -> String {
    let (result, _, lake) = filled(behaviour).await;
    assert!(blocks_of(lake.as_ref()).await.is_empty());
    assert!(lake.list("v1/").await.expect("a list").is_empty());
    result.expect_err("it is refused").to_string()
}

/// Whether a lake has the same bytes as one that was filled without the proxy.
async fn is_complete(lake: &dyn Lake) -> bool {
    let (_replay, url) = replay(TIP).await;
    let single_run = memory();
    run(&context(&url, single_run.clone()), FIRST)
        .await
        .expect("a run");
    files(lake).await == files(single_run.as_ref()).await
}

const TOO_LARGE: &str =
    r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Batch size too large"}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn refused_batches_are_halved_and_the_accepted_size_is_remembered() {
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
        for max_calls in [10, 1] {
            let is_refused =
                move |request: &RpcRequest| request.is_batch && request.calls.len() > max_calls;
            let behaviour = move |request: &RpcRequest| match is_refused(request) {
                true => reply(status, body),
                false => Action::Pass,
            };
            let (result, proxy, lake) = filled(behaviour).await;

            result.unwrap_or_else(|error| panic!("{status} {body} {max_calls}: {error}"));
            assert!(is_complete(lake.as_ref()).await);
            let requests = proxy.requests();
            let refused = requests.iter().filter(|request| is_refused(request));
            let refused = refused.count();
            // Eight batches are in flight, and each can be refused with 50, 25, 12, 6, 3 and 2 calls.
            assert!(refused <= 48, "{status} {body} {max_calls}: {refused}");
            let last_refused = requests.iter().rposition(is_refused);
            let last_refused = last_refused.expect("a refused batch");
            assert!(
                last_refused < 100,
                "request {last_refused} was refused: the size was not remembered"
            );
            assert!(proxy.times().values().all(|times| *times <= 8));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_without_a_reply_are_made_again() {
    let (_replay, url) = replay(TIP).await;
    let behaviour = |request: &RpcRequest| match request.is_batch {
        // Only the first ten calls of a batch get a reply with their identifier.
        true => Action::Change(Box::new({
            let ids: Vec<Value> = request
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
        false => Action::Pass,
    };
    let proxy = FaultyProxy::new(&url, behaviour).await;
    let lake = memory();

    run(&context_behind(&proxy, &url, &lake), FIRST)
        .await
        .expect("a run");

    assert!(is_complete(lake.as_ref()).await);
    proxy.set_behaviour(|request| match request.has_call("getblockchaininfo") {
        true => reply(
            200,
            json!({ "jsonrpc": "2.0", "id": 1_000_000, "result": {} }),
        ),
        false => Action::Pass,
    });
    let error = run(&context_behind(&proxy, &url, &memory()), FIRST).await;
    let error = error
        .expect_err("there is no reply to the call")
        .to_string();
    assert!(
        error.contains("getblockchaininfo") || error.contains("like a Bitcoin node"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_a_rate_limit_refuses_are_made_again() {
    let refuse_all = |request: &RpcRequest, code: i32, message: &str| {
        let error = |call: &Value| json!({ "jsonrpc": "2.0", "id": call["id"], "error": { "code": code, "message": message } });
        let replies: Vec<Value> = request.calls.iter().map(error).collect();
        let body = match request.is_batch {
            true => Value::Array(replies),
            false => replies[0].clone(),
        };
        reply(200, body)
    };
    let retry_at_once = |status: u16, body: &str| {
        let headers = vec![("retry-after", "0".to_owned())];
        Action::Reply(status, headers, body.to_owned())
    };
    let json =
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"rate limit exceeded"}}"#;
    let behaviour = move |request: &RpcRequest| match request.index {
        1 => retry_at_once(429, json),
        4 => retry_at_once(429, "<html><body>Too Many Requests</body></html>"),
        7 => refuse_all(request, -32_007, "25/second request limit reached"),
        10 => retry_at_once(504, "<html>Gateway Time-out</html>"),
        13 => retry_at_once(503, "Work queue depth exceeded"),
        16 => retry_at_once(200, r#"{"error":"too many requests"}"#),
        _ => Action::Pass,
    };

    let (result, proxy, lake) = filled(behaviour).await;

    result.expect("the run succeeds");
    assert!(is_complete(lake.as_ref()).await);
    assert!(proxy.requests().len() > 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_calls_that_failed_are_made_again() {
    let behaviour = |request: &RpcRequest| match request.index % 3 {
        0 if request.calls.len() > 3 => {
            let last = request.calls.last().expect("some")["id"].clone();
            Action::Change(Box::new(move |call, reply| {
                if call["id"] == last {
                    *reply =
                        json!({ "id": last, "error": { "code": -32005, "message": "slow down" } });
                }
            }))
        }
        _ => Action::Pass,
    };

    let (result, proxy, lake) = filled(behaviour).await;

    result.expect("the run succeeds");
    assert!(is_complete(lake.as_ref()).await);
    let times = proxy.times();
    let stats = times
        .iter()
        .filter(|(name, _)| name.contains("getblockstats"));
    let again = stats.clone().filter(|(_, times)| **times > 1).count();
    assert!(again <= 8, "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_for_a_server_that_refuses_or_is_not_a_node_has_one_line() {
    let page = "<!doctype html>\n<title>Log in to your home server</title>";
    let not_in_plan = r#"{"error":{"code":-32600,"message":"Method not included in your plan"}}"#;
    let cases: [(u16, &'static str, &[&'static str]); 9] = [
        (401, "", &["refuses the credentials", "BITCOIN_RPC_USER"]),
        (
            401,
            r#"{"error":"Unauthorized: missing api key"}"#,
            &["missing api key"],
        ),
        (403, "", &["403", "rpcallowip", "rpcwhitelist"]),
        (403, not_in_plan, &["403", "not included in your plan"]),
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
async fn the_error_names_what_the_node_lacks() {
    let kept = Some(909_650);
    let pruned = |request: &RpcRequest| match request.has_call("getblockstats") {
        true => refuse("getblockstats", -1, "Block not available (pruned data)"),
        false => change("getblockchaininfo", "pruneheight", json!(909_650)),
    };
    let (result, ..) = filled(pruned).await;
    assert!(
        matches!(result, Err(IngestError::Node(NodeError::Pruned { height: FIRST, kept_from })) if kept_from == kept),
        "{result:?}"
    );
    assert!(error(pruned).await.contains("from 909650 on"));

    let snapshot = |_: &RpcRequest| {
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

    let presync = |_: &RpcRequest| {
        Action::Change(Box::new(|call, reply| {
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
    let other = FaultyProxy::new(&url, |_| Action::Pass).await;
    let target = format!("{}/login?token=s3cr3t", other.url);
    for status in [301, 302, 307, 308] {
        let target = target.clone();
        let behaviour = move |_: &RpcRequest| {
            Action::Reply(
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
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_show_only_scheme_host_and_port_of_the_nodes_url() {
    let (_replay, url) = replay(TIP).await;
    let pages: [fn(&RpcRequest) -> Action; 4] = [
        |request| reply(404, format!("Cannot POST {}", request.uri)),
        |request| reply(401, json!({ "error": format!("bad key {}", request.uri) })),
        |request| {
            reply(
                200,
                json!({ "id": request.calls[0]["id"], "error": { "code": -1, "message": request.uri } }),
            )
        },
        |request| reply(503, request.uri.clone()),
    ];
    for page in pages {
        let proxy = FaultyProxy::new(&url, page).await;
        let mut context = context(&url, memory());
        context.node = ingest::node::Node::new(ingest::node::NodeConfig {
            url: format!("{}/v1/s3cr3t-token/?key=s3cr3t%2Fkey", proxy.url)
                .parse()
                .expect("a URL"),
            auth: ingest::node::Auth::None,
        });
        // The run does not retry a busy node when no time is left.
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

        let error = follow_tip(&context, &run).await.expect_err("it is refused");

        assert!(!error.to_string().contains("s3cr3t"), "{error}");
        assert!(proxy.requests().iter().all(|request| request.uri
            == "/v1/s3cr3t-token/?key=s3cr3t%2Fkey"
            && !request.has_referer));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_values_are_refused_and_the_next_run_continues() {
    let (_replay, url) = replay(TIP).await;
    let proxy = FaultyProxy::new(&url, |_| Action::Pass).await;
    let lake = memory();
    let context = context_behind(&proxy, &url, &lake);
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
        proxy.set_behaviour(move |_| change(method, field, value.clone()));

        let error = run(&context, FIRST).await.expect_err(&shown).to_string();

        assert!(!error.contains('\n'), "{shown}: {error}");
        assert!(
            lake.list("v1/").await.expect("a list").is_empty(),
            "{shown}"
        );
    }
    proxy.set_behaviour(|_| Action::Pass);
    run(&context, FIRST).await.expect("the node is correct");
    assert!(is_complete(lake.as_ref()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_median_time_that_runs_backwards_is_refused() {
    let behaviour = |_: &RpcRequest| {
        Action::Change(Box::new(|call, reply| {
            if call["method"] == "getblockheader" && reply["result"]["height"] == 909_600 {
                reply["result"]["mediantime"] = json!(1_700_000_000);
            }
        }))
    };
    let error = error(behaviour).await;

    assert!(error.contains("median time of block 909600"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_if_the_node_reports_the_wrong_network() {
    let (_replay, url) = replay(TIP).await;
    let signet_at_first = |request: &RpcRequest| match request.index {
        0 => change("getblockchaininfo", "chain", json!("signet")),
        _ => Action::Pass,
    };
    let testnet = "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943";
    let other_genesis = move |request: &RpcRequest| match request.has_call("getblockhash")
        && request.calls.len() == 1
    {
        true => reply(
            200,
            json!({ "id": request.calls[0]["id"], "result": testnet }),
        ),
        false => Action::Pass,
    };
    let proxy = FaultyProxy::new(&url, signet_at_first).await;
    let lake = memory();
    let context = context_behind(&proxy, &url, &lake);
    let is_untouched = async || {
        let position = context.cursor.read().await.expect("a cursor").position;
        position.is_none() && lake.list("v1/").await.expect("a list").is_empty()
    };

    let changed = run(&context, FIRST).await.expect_err("the network changes");
    assert!(
        matches!(changed, IngestError::Node(NodeError::ChainChanged { .. })),
        "{changed}"
    );
    assert!(is_untouched().await);
    proxy.set_behaviour(other_genesis);
    let other = run(&context, FIRST)
        .await
        .expect_err("the genesis block is of testnet");
    assert!(
        matches!(other, IngestError::Node(NodeError::OtherNetwork { .. })),
        "{other}"
    );
    assert!(is_untouched().await);
    proxy.set_behaviour(|_| change("getblockchaininfo", "chain", json!("signet")));
    let always = run(&context, FIRST)
        .await
        .expect_err("the blocks are of `main`");
    assert!(
        matches!(always, IngestError::Node(NodeError::OtherNetwork { .. })),
        "{always}"
    );
    assert!(is_untouched().await);
    proxy.set_behaviour(|_| Action::Pass);
    run(&context, FIRST).await.expect("the node is correct");
    assert!(is_complete(lake.as_ref()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_of_another_chain_below_the_first_block_end_the_run() {
    let (_replay, url) = replay(TIP).await;
    let stale = json!("000000000000000000011a4b73b6215a9b89b109d1a4210363f7629ac2dece72");
    let proxy = FaultyProxy::new(&url, move |_| {
        let stale = stale.clone();
        Action::Change(Box::new(move |call, reply| {
            if call["method"] == "getblockstats" && call["params"][0] == FIRST + 20 {
                reply["result"]["blockhash"] = stale.clone();
            }
        }))
    })
    .await;

    let error = run(&context_behind(&proxy, &url, &memory()), FIRST + 50)
        .await
        .expect_err("the fees are not those of the headers");

    assert!(
        matches!(&error, IngestError::Node(NodeError::Moved { height }) if *height == FIRST + 20),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_read_before_a_permanent_failure_are_committed() {
    // The refusal depends on the height, because batches can arrive in any order.
    let behaviour = |request: &RpcRequest| {
        let height = request.calls[0]["params"][0].as_u64();
        let is_above = height >= Some(u64::from(FIRST) + 50);
        match request.has_call("getblockstats") && is_above {
            true => reply(401, ""),
            false => Action::Pass,
        }
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
async fn a_run_stops_while_the_node_is_silent_and_writes_the_blocks_that_it_read() {
    // A run that finds the 143 blocks below in the lake reads only new blocks.
    const STORED: u32 = 150;
    let (_stored_replay, stored_url) = replay(FIRST + STORED - 1).await;
    let (_replay, url) = replay(FIRST + 300).await;
    // The node is silent for the first calls of a run, or for the blocks after the first 50.
    for (method, stored, blocks) in [
        ("getblockchaininfo", 0, 0),
        ("getblockhash", 0, 0),
        ("getblockstats", STORED, 50),
    ] {
        let proxy = FaultyProxy::new(&url, move |request| {
            let height = request.calls[0]["params"][0].as_u64().unwrap_or(u64::MAX);
            let is_above = blocks == 0 || height >= u64::from(FIRST + stored) + blocks;
            match request.has_call(method) && is_above {
                true => Action::Hang,
                false => Action::Pass,
            }
        })
        .await;
        let lake = memory();
        if stored > 0 {
            let stored_context = context(&stored_url, lake.clone());
            run(&stored_context, FIRST).await.expect("a run");
        }
        let context = context_behind(&proxy, &url, &lake);
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
            proxy.wait_for_hang().await;
            if blocks > 0 {
                is_read.notified().await;
            }
            is_stopped.store(true, Ordering::Relaxed);
        };

        let (result, ()) = tokio::join!(follow_tip(&context, &run), stop);

        let rows = blocks_of(lake.as_ref()).await;
        match result {
            Ok(report) => assert_eq!((stored + report.blocks) as usize, rows.len()),
            Err(error) => assert!(matches!(error, IngestError::OutOfTime), "{error}"),
        }
        assert_eq!(rows.len() as u64, u64::from(stored) + blocks, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_stops_while_the_node_is_silent() {
    let (_replay, url) = replay(TIP).await;
    let proxy = FaultyProxy::new(&url, |request| match request.has_call("getblockstats") {
        true => Action::Hang,
        false => Action::Pass,
    })
    .await;
    let lake = memory();
    let is_stopped = Arc::new(AtomicBool::new(false));
    let job = Arc::new(Backfill {
        context: Arc::new(context_behind(&proxy, &url, &lake)),
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
        proxy.wait_for_hang().await;
        is_stopped.store(true, Ordering::Relaxed);
    };

    let (result, ()) = tokio::join!(job.fill(&plan, &[]), stop);

    let error = result.expect_err("the node is silent");
    assert!(
        matches!(error, IngestError::Unfinished { next: FIRST, .. }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn if_a_proxy_refuses_only_rest_blocks_lack_only_the_claimed_sums() {
    for status in [429, 503] {
        let (_replay, url) = replay(TIP).await;
        let proxy = FaultyProxy::new(&url, |_| Action::Pass).await;
        proxy.refuse_rest(status, vec![("retry-after", "120".to_owned())]);
        let lake = memory();

        let result = run(&context_behind(&proxy, &url, &lake), FIRST).await;

        result.expect("calls over RPC are answered");
        assert!(is_complete(lake.as_ref()).await, "{status}");
    }
}
