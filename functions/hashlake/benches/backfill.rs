//! How fast history is filled: from a recording; from a node of full blocks, beside what that node alone can answer and beside
//! bitcoin-etl; and what it asks of S3. `cargo bench --bench backfill -- recording`, or `node`, `etl`, `s3`, does one of them.
#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]

mod alone;
#[path = "../../../shared/benches/chain/mod.rs"]
mod chain;
mod etl;
mod process;
mod recording;
mod regtest;
mod s3;

use std::fs;

use axum::Router;
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};
use tokio::net::TcpListener;

use crate::alone::{Alone, Rest};
use crate::process::{Took, cpu_secs};

// Of which the median counts.
const RUNS: usize = 3;
const RUNS_OF_A_NODE: usize = 7; // Each side, in turn.

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
            beside_bitcoin_etl(&node, last).await;
        }
        if wanted("node") {
            beside_the_node_alone(&node, heights, Rest::Off).await;
            node.restart_with(&["-rest"]).await;
            beside_the_node_alone(&node, heights, Rest::On).await;
        }
    }
}

async fn from_a_recording() {
    let (url, last) = play().await;
    let (mut took, mut replays) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let before = cpu_secs().own;
        took.push(backfill((0, last), &url, &url).await);
        replays.push(cpu_secs().own - before);
    }
    let blocks = count((0, last));
    head(&format!(
        "{blocks} blocks from a recording, which this process plays"
    ));
    let of = |field: fn(&Took) -> f64| median(took.iter().map(field).collect());
    let us_per_block = |secs: f64| secs / blocks * 1e6;
    row("blocks/s", blocks / of(|took| took.secs), "10000");
    row("s", of(|took| took.secs), "120");
    row(
        "us of a processor for a block, hashlake",
        us_per_block(of(|took| took.cpu_secs)),
        "",
    );
    row(
        "us of a processor for a block, replay",
        us_per_block(median(replays)),
        "",
    );
    row(
        "peak memory of hashlake in MB",
        of(|took| took.peak_mb),
        "300",
    );
}

async fn requests_to_s3() {
    let (url, last) = play().await;
    let heights = (last + 1 - s3::BLOCKS, last);
    let asked = s3::backfill(heights, &url).await;
    head(&format!("requests to S3 of {} months", asked.months));
    row("puts for a month", asked.puts_per_month(), "");
    row("gets and heads for a month", asked.gets_per_month(), "");
    row("lists in all", asked.lists, "");
    row("USD for 212 months", asked.usd(212.0), "");
}

async fn beside_the_node_alone(node: &Bitcoind, heights: (u32, u32), rest: Rest) {
    let alone = Alone::new(node, heights, rest).await;
    let way = alone.best_way().await;
    let no_prices = no_prices().await;
    let (mut ours, mut its) = (Vec::new(), Vec::new());
    for _ in 0..RUNS_OF_A_NODE {
        its.push(alone.secs(way).await);
        ours.push(backfill(heights, &node.url(), &no_prices).await.secs);
    }
    let share = median(
        its.iter()
            .zip(&ours)
            .map(|(its, ours)| its / ours)
            .collect(),
    );
    let (blocks, ours, its) = (count(heights), median(ours), median(its));
    let rest = match rest {
        Rest::On => "with",
        Rest::Off => "without",
    };
    head(&format!(
        "{blocks} full blocks from a node {rest} its REST interface"
    ));
    row(
        &format!("blocks/s of the node alone, {way}"),
        blocks / its,
        "",
    );
    row("blocks/s of hashlake backfill", blocks / ours, "");
    row(
        "share of what the node can, of each pair of runs",
        share,
        "0.9",
    );
}

async fn beside_bitcoin_etl(node: &Bitcoind, heights: (u32, u32)) {
    let ours = backfill(heights, &node.url(), &no_prices().await).await;
    let url = node.url();
    let its = tokio::task::spawn_blocking(move || etl::export(&url, heights));
    let its = its.await.expect("it exports");
    let blocks = count(heights);
    head(&format!(
        "{blocks} full blocks, and bitcoin-etl from the same node"
    ));
    row("blocks/s of bitcoin-etl", blocks / its.secs, "");
    row("blocks/s of hashlake backfill", blocks / ours.secs, "");
    row("times as fast", its.secs / ours.secs, "20");
}

/// Fills these heights of an empty lake, in a process of its own.
async fn backfill(heights: (u32, u32), node: &str, prices: &str) -> Took {
    let variables = [
        ("BITCOIN_RPC_URL", node),
        ("BITCOIN_RPC_USER", USER),
        ("BITCOIN_RPC_PASSWORD", PASSWORD),
        ("COINGECKO_URL", prices),
    ];
    let variables = variables.map(|(name, value)| (name, value.to_owned()));
    let took = tokio::task::spawn_blocking(move || process::backfill(heights, &variables));
    took.await.expect("it fills them")
}

/// Where the recording is played, and its last height.
async fn play() -> (String, u32) {
    let replay = recording::replay();
    let (last, _) = replay.tip();
    let (listener, url) = listen().await;
    tokio::spawn(replay.serve(listener));
    (url, last)
}

/// A source of prices that has none.
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
    let load = fs::read_to_string("/proc/loadavg").expect("Linux");
    let load = load.split(' ').next().unwrap_or_default();
    println!("\n{what:<64}{:>14}{:>10}", "median", "bar");
    println!("load of this machine {load}");
}

fn row(what: &str, value: f64, bar: &str) {
    println!("{what:<64}{value:>14.4}{bar:>10}");
}

fn count((from, to): (u32, u32)) -> f64 {
    f64::from(to - from + 1)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
