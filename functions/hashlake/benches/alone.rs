//! How fast a node answers the same calls if the responses are not parsed.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::{Client, Url};
use serde_json::{Value, json};
use testenv::bitcoind::{Bitcoind, PASSWORD, USER};

const TRIES: usize = 3;
const STARTS_IN_FLIGHT: usize = 4; // For each batch. bitcoind refuses more than 80 requests in all.
const FIELDS: [&str; 3] = ["blockhash", "subsidy", "totalfee"];
const WAYS: [Way; 6] = [
    Way::new(1, 4),
    Way::new(1, 16),
    Way::new(5, 4),
    Way::new(5, 8),
    Way::new(25, 4),
    Way::new(25, 8),
];

/// How requests are grouped: blocks per batch, and batches at the same time.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    batch: usize,
    in_flight: usize,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { batch, in_flight } = self;
        write!(f, "{in_flight} batches of {batch}")
    }
}

impl Way {
    const fn new(batch: usize, in_flight: usize) -> Self {
        Self { batch, in_flight }
    }
}

/// Whether the first bytes of the blocks are requested, too.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Rest {
    On,
    /// The REST interface of the node is off.
    Off,
}

/// Prepared requests.
pub(crate) struct Alone {
    http: Client,
    url: Url,
    blocks: Vec<(u32, String)>,
    rest: Rest,
}

impl Alone {
    /// Prepares the requests for the blocks of these heights.
    pub(crate) async fn new(node: &Bitcoind, (from, to): (u32, u32), rest: Rest) -> Self {
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

    /// The fastest way, of several tries each.
    pub(crate) async fn best_way(&self) -> Way {
        let mut best = (f64::INFINITY, WAYS[0]);
        for way in [WAYS; TRIES].as_flattened() {
            let secs = self.secs(*way).await;
            if secs < best.0 {
                best = (secs, *way);
            }
        }
        best.1
    }

    /// How long all requests take, in seconds.
    pub(crate) async fn secs(&self, way: Way) -> f64 {
        let batches: Vec<_> = self
            .blocks
            .chunks(way.batch)
            .map(|blocks| self.batch(blocks))
            .collect();
        let start = Instant::now();
        let done = stream::iter(batches)
            .map(Ok)
            .try_for_each_concurrent(way.in_flight, |batch| batch);
        done.await.expect("the node answers");
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
            .filter(|_| self.rest == Rest::On)
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

    /// Reads the first bytes of a block, which contain the coinbase.
    async fn start(&self, url: Url) -> reqwest::Result<()> {
        let mut answer = self.http.get(url).send().await?.error_for_status()?;
        answer.chunk().await?;
        Ok(())
    }
}

fn calls(method: &str, params: impl Iterator<Item = Value>) -> Bytes {
    let call =
        |(id, params): (usize, Value)| json!({ "id": id, "method": method, "params": params });
    let calls: Vec<Value> = params.enumerate().map(call).collect();
    Value::from(calls).to_string().into()
}
