//! Baseline: how fast a node answers the calls of a backfill if the responses are not parsed.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{Client, Url};
use serde_json::{Value, json};
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};

const TRIES: usize = 3;
// Number of concurrent requests for block starts, per batch. bitcoind refuses a request if 80 others
// are queued or in progress.
const STARTS_IN_FLIGHT: usize = 4;
const FIELDS: [&str; 3] = ["blockhash", "subsidy", "totalfee"];
const GROUPINGS: [Grouping; 6] = [
    Grouping::new(1, 4),
    Grouping::new(1, 16),
    Grouping::new(5, 4),
    Grouping::new(5, 8),
    Grouping::new(25, 4),
    Grouping::new(25, 8),
];

/// How requests are grouped: the number of blocks per batch, and the number of concurrent batches.
#[derive(Clone, Copy)]
pub(crate) struct Grouping {
    batch: usize,
    in_flight: usize,
}

impl fmt::Display for Grouping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { batch, in_flight } = self;
        write!(f, "{in_flight} batches of {batch}")
    }
}

impl Grouping {
    const fn new(batch: usize, in_flight: usize) -> Self {
        Self { batch, in_flight }
    }
}

/// Whether the REST interface of the node is on. If it is, the first bytes of each block are also
/// requested, as hashlake does.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum RestInterface {
    On,
    Off,
}

/// The prepared requests of the baseline.
pub(crate) struct NodeBaseline {
    http: Client,
    url: Url,
    blocks: Vec<(u32, String)>,
    rest: RestInterface,
}

impl NodeBaseline {
    /// Prepares the requests for the blocks of these heights.
    pub(crate) async fn new(node: &Bitcoind, (from, to): (u32, u32), rest: RestInterface) -> Self {
        let mut blocks = Vec::new();
        for height in from..=to {
            let hash = node.call("getblockhash", json!([height])).await;
            blocks.push((height, hash.as_str().expect("a hash").to_owned()));
        }
        Self {
            http: Client::new(),
            url: node.url().parse().expect("a URL"),
            blocks,
            rest,
        }
    }

    /// Tries each grouping several times, and returns the one of the fastest run.
    pub(crate) async fn best_grouping(&self) -> Grouping {
        let mut best = (f64::INFINITY, GROUPINGS[0]);
        for grouping in [GROUPINGS; TRIES].as_flattened() {
            let secs = self.measure_secs(*grouping).await;
            if secs < best.0 {
                best = (secs, *grouping);
            }
        }
        best.1
    }

    /// Sends all requests once, and returns the duration in seconds.
    pub(crate) async fn measure_secs(&self, grouping: Grouping) -> f64 {
        let batches: Vec<_> = self
            .blocks
            .chunks(grouping.batch)
            .map(|blocks| self.batch(blocks))
            .collect();
        let start = Instant::now();
        let done = stream::iter(batches)
            .map(Ok)
            .try_for_each_concurrent(grouping.in_flight, |batch| batch);
        done.await.expect("the node responds");
        start.elapsed().as_secs_f64()
    }

    fn batch(&self, blocks: &[(u32, String)]) -> impl Future<Output = reqwest::Result<()>> {
        let stats = calls(
            "getblockstats",
            blocks.iter().map(|(height, _)| json!([height, FIELDS])),
        );
        let headers = calls(
            "getblockheader",
            blocks.iter().map(|(_, hash)| json!([hash])),
        );
        let starts: Vec<Url> = blocks
            .iter()
            .filter(|_| self.rest == RestInterface::On)
            .map(|(_, hash)| {
                self.url
                    .join(&format!("rest/block/{hash}.bin"))
                    .expect("a URL")
            })
            .collect();
        async move {
            let starts = stream::iter(starts)
                .map(Ok)
                .try_for_each_concurrent(STARTS_IN_FLIGHT, |url| self.start(url));
            tokio::try_join!(self.post(stats), self.post(headers), starts)?;
            Ok(())
        }
    }

    async fn post(&self, body: Bytes) -> reqwest::Result<()> {
        let request = self
            .http
            .post(self.url.clone())
            .basic_auth(USER, Some(PASSWORD))
            .body(body);
        request.send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    /// Reads the first chunk of a block, which contains the coinbase.
    async fn start(&self, url: Url) -> reqwest::Result<()> {
        let mut response = self.http.get(url).send().await?.error_for_status()?;
        response.chunk().await?;
        Ok(())
    }
}

fn calls(method: &str, params: impl Iterator<Item = Value>) -> Bytes {
    let call =
        |(id, params): (usize, Value)| json!({ "id": id, "method": method, "params": params });
    let calls: Vec<Value> = params.enumerate().map(call).collect();
    Value::from(calls).to_string().into()
}
