//! How fast history is filled. `cargo bench --bench backfill -- recording` runs one part:
//!
//! - `recording`: 950,000 blocks from a replay
//! - `s3`: the requests to S3 for a month
//! - `node`: full blocks from a bitcoind, compared with the speed of the node itself
//! - `etl`: full blocks from a bitcoind, compared with bitcoin-etl
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

#[path = "../../../shared/benches/chain/mod.rs"]
mod chain;
mod etl;
mod node_baseline;
mod process;
mod recording;
mod regtest;
mod s3;

use std::fs;

use axum::Router;
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};
use tokio::net::TcpListener;

use crate::node_baseline::{NodeBaseline, RestInterface};
use crate::process::{ResourceUsage, cpu_secs};

// Results are medians over these numbers of runs.
const RUNS: usize = 3;
const NODE_RUNS: usize = 7; // The node alone and hashlake run alternately, 7 times each.

#[tokio::main]
async fn main() {
    let named: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    if wanted("recording") {
        from_a_recording().await;
    }
    if wanted("s3") {
        requests_to_s3().await;
    }
    if wanted("node") || wanted("etl") {
        let (mut node, heights) = regtest::node().await;
        if wanted("etl") {
            let last = (heights.1 + 1 - etl::BLOCKS, heights.1);
            compare_with_bitcoin_etl(&node, last).await;
        }
        if wanted("node") {
            compare_with_node(&node, heights, RestInterface::Off).await;
            node.restart_with(&["-rest"]).await;
            compare_with_node(&node, heights, RestInterface::On).await;
        }
    }
}

async fn from_a_recording() {
    let (url, last) = serve_recording().await;
    let (mut usages, mut replay_cpu_secs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let before = cpu_secs().own;
        usages.push(backfill((0, last), &url, &url).await);
        replay_cpu_secs.push(cpu_secs().own - before);
    }
    let blocks = count((0, last));
    head(&format!(
        "{blocks} blocks from a recording that this process replays"
    ));
    let median_of = |field: fn(&ResourceUsage) -> f64| median(usages.iter().map(field).collect());
    let us_per_block = |secs: f64| secs / blocks * 1e6;
    row("blocks/s", blocks / median_of(|usage| usage.secs), "10000");
    row("s", median_of(|usage| usage.secs), "120");
    row(
        "CPU time per block in us, hashlake",
        us_per_block(median_of(|usage| usage.cpu_secs)),
        "",
    );
    row(
        "CPU time per block in us, replay",
        us_per_block(median(replay_cpu_secs)),
        "",
    );
    row(
        "peak memory of hashlake in MB",
        median_of(|usage| usage.peak_mb),
        "300",
    );
}

async fn requests_to_s3() {
    let (url, last) = serve_recording().await;
    let heights = (last + 1 - s3::BLOCKS, last);
    let requests = s3::backfill(heights, &url).await;
    head(&format!("S3 requests of {} months", requests.months));
    row("puts per month", requests.puts_per_month(), "");
    row("gets and heads per month", requests.gets_per_month(), "");
    row("lists in total", requests.lists, "");
    row("USD for 212 months", requests.usd(212.0), "");
}

async fn compare_with_node(node: &Bitcoind, heights: (u32, u32), rest: RestInterface) {
    let baseline = NodeBaseline::new(node, heights, rest).await;
    let grouping = baseline.best_grouping().await;
    let no_prices = no_prices().await;
    let (mut hashlake, mut node_alone) = (Vec::new(), Vec::new());
    for _ in 0..NODE_RUNS {
        node_alone.push(baseline.measure_secs(grouping).await);
        hashlake.push(backfill(heights, &node.url(), &no_prices).await.secs);
    }
    let share = median(
        node_alone
            .iter()
            .zip(&hashlake)
            .map(|(node_alone, hashlake)| node_alone / hashlake)
            .collect(),
    );
    let (blocks, hashlake, node_alone) = (count(heights), median(hashlake), median(node_alone));
    let rest = match rest {
        RestInterface::On => "with",
        RestInterface::Off => "without",
    };
    head(&format!(
        "{blocks} full blocks from a node {rest} its REST interface"
    ));
    row(
        &format!("blocks/s of the node alone ({grouping})"),
        blocks / node_alone,
        "",
    );
    row("blocks/s of hashlake backfill", blocks / hashlake, "");
    row(
        "speed of hashlake / speed of the node alone, median of pairs",
        share,
        "0.9",
    );
}

async fn compare_with_bitcoin_etl(node: &Bitcoind, heights: (u32, u32)) {
    let hashlake = backfill(heights, &node.url(), &no_prices().await).await;
    let url = node.url();
    let etl = tokio::task::spawn_blocking(move || etl::export(&url, heights));
    let etl = etl.await.expect("the export succeeds");
    let blocks = count(heights);
    head(&format!(
        "{blocks} full blocks from one node, compared with bitcoin-etl"
    ));
    row("blocks/s of bitcoin-etl", blocks / etl.secs, "");
    row("blocks/s of hashlake backfill", blocks / hashlake.secs, "");
    row(
        "speed of hashlake / speed of bitcoin-etl",
        etl.secs / hashlake.secs,
        "20",
    );
}

/// Fills these heights of an empty lake in a new process.
async fn backfill(heights: (u32, u32), node: &str, prices: &str) -> ResourceUsage {
    let variables = [
        ("BITCOIN_RPC_URL", node),
        ("BITCOIN_RPC_USER", USER),
        ("BITCOIN_RPC_PASSWORD", PASSWORD),
        ("COINGECKO_URL", prices),
    ];
    let variables = variables.map(|(name, value)| (name, value.to_owned()));
    let usage = tokio::task::spawn_blocking(move || process::backfill(heights, &variables));
    usage.await.expect("the backfill succeeds")
}

/// Starts a replay of the recording; returns its URL and the last height.
async fn serve_recording() -> (String, u32) {
    let replay = recording::replay();
    let (last, _) = replay.tip();
    let (listener, url) = listen().await;
    tokio::spawn(replay.serve(listener));
    (url, last)
}

/// Starts a price source that has no prices; returns its URL.
async fn no_prices() -> String {
    let router = Router::new().fallback(|| async { r#"{"prices":[]}"# });
    let (listener, url) = listen().await;
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("it is bound");
    (listener, format!("http://{address}/"))
}

fn head(what: &str) {
    let load = fs::read_to_string("/proc/loadavg").expect("the bench needs Linux");
    let load = load.split(' ').next().unwrap_or_default();
    println!("\n{what:<64}{:>14}{:>10}", "median", "target");
    println!("load average of the computer: {load}");
}

fn row(what: &str, value: f64, target: &str) {
    println!("{what:<64}{value:>14.4}{target:>10}");
}

fn count((from, to): (u32, u32)) -> f64 {
    f64::from(to - from + 1)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
