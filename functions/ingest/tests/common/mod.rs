//! A lake in memory, and a replay of recorded blocks and prices on loopback.

#![allow(dead_code, reason = "each test program uses only some of the helpers")]

pub(crate) mod faulty_proxy;
pub(crate) mod price_apis;
pub(crate) mod wire;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use hashlake_core::asic;
use hashlake_core::cursor::Cursor;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::lake::memory::MemoryLake;
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored, Version};
use hashlake_core::month::Month;
use hashlake_core::price::PriceSeries;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::blocks;
use hashlake_core::timestamp::Timestamp;
use ingest::node::{Auth, Node, NodeConfig};
use ingest::pipeline::{IngestContext, IngestError, Report, Run, follow_tip};
use ingest::prices::PriceSources;
use ingest::prices::bitstamp::Bitstamp;
use ingest::prices::coingecko::{CoinGecko, CoinGeckoConfig, CoinGeckoTier, SOURCE};
use ingest::prices::source::PriceSource;
use replay::{Recording, Replay};
use tokio::net::TcpListener;

/// The prices of a lake that has no stored prices.
pub(crate) static NO_PRICES: LazyLock<PriceSeries> = LazyLock::new(PriceSeries::default);

/// The current time of the tests, long after the end of the recording.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_block_time(1_768_435_200) // 2026-01-15T00:00:00Z
}

/// Starts a replay whose tip is `tip`, and returns it with its base URL.
pub(crate) async fn replay(tip: u32) -> (Replay, String) {
    let replay = Replay::new(
        Recording::bundled().expect("the bundled recording"),
        tip,
        0.0,
    )
    .expect("within the recording");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(replay.clone().serve(listener));
    (replay, url)
}

/// A node and a price source that are both at `url`, and a lake that also keeps the cursor.
pub(crate) fn context(url: &str, lake: Arc<dyn Lake>) -> IngestContext {
    let cursor: Arc<dyn Cursor> = Arc::new(ObjectCursor::new(lake.clone()));
    let node = Node::new(NodeConfig {
        url: url.parse().expect("a URL"),
        auth: Auth::None,
    });
    let prices = prices(url);
    IngestContext {
        node,
        prices,
        lake,
        cursor,
        asics: asic::catalogue(),
        inspection: Default::default(),
    }
}

/// CoinGecko at `url` as the only price source.
pub(crate) fn prices(url: &str) -> PriceSources {
    PriceSources::new(vec![coingecko(url, CoinGeckoTier::Pro)])
}

/// CoinGecko at `url`, with this plan and the history that the plan includes.
pub(crate) fn coingecko(url: &str, plan: CoinGeckoTier) -> Box<dyn PriceSource> {
    let url = format!("{url}/api/v3").parse().expect("a URL");
    Box::new(CoinGecko::new(CoinGeckoConfig {
        plan,
        key: None,
        url,
        history: plan.history(),
        source: SOURCE.into(),
    }))
}

/// Bitstamp at `url`.
pub(crate) fn bitstamp(url: &str) -> Box<dyn PriceSource> {
    let url = format!("{url}/api/v2").parse().expect("a URL");
    Box::new(Bitstamp::new(url))
}

/// The remaining time of a run that has no deadline.
pub(crate) fn unlimited_time() -> Duration {
    Duration::MAX
}

/// Longer than a lease lasts: after this time, the lease of a run that died has expired.
pub(crate) const LEASE_EXPIRED_AFTER: Duration = Duration::from_secs(600);

/// A run that starts at the height `start` if the lake is empty.
pub(crate) async fn run(context: &IngestContext, start: u32) -> Result<Report, IngestError> {
    run_at(context, Some(start), Duration::ZERO).await
}

/// Like [`run`], at the time `now() + later`.
pub(crate) async fn run_at(
    context: &IngestContext,
    start: Option<u32>,
    later: Duration,
) -> Result<Report, IngestError> {
    let run = Run {
        owner: "test".to_owned(),
        start_height: start,
        time_left: &|| Duration::MAX,
        now: &|| now() + later,
        progress: &|_| (),
    };
    follow_tip(context, &run).await
}

/// All blocks of a lake, in the order of its files. Each must be in the file of its month.
pub(crate) async fn blocks_of(lake: &dyn Lake) -> Vec<PricedBlock> {
    let mut rows = Vec::new();
    for (key, _) in lake.list("v1/blocks/").await.expect("a list") {
        let stored = lake
            .get(&key)
            .await
            .expect("a file")
            .expect("it was listed");
        let month: Month = blocks::month(&key).expect("a month");
        let decoded = blocks::decode(stored.body).expect("a table of blocks");
        assert!(
            decoded
                .iter()
                .all(|row| Month::of(row.block.median_time) == month),
            "{key}"
        );
        rows.extend(decoded);
    }
    rows
}

/// The content of all data files of a lake, by key.
pub(crate) async fn files(lake: &dyn Lake) -> std::collections::BTreeMap<String, bytes::Bytes> {
    let mut files = std::collections::BTreeMap::new();
    for (key, _) in lake.list("v1/").await.expect("a list") {
        let stored = lake
            .get(&key)
            .await
            .expect("a file")
            .expect("it was listed");
        files.insert(key, stored.body);
    }
    files
}

/// An empty lake in memory.
pub(crate) fn memory() -> Arc<dyn Lake> {
    Arc::new(MemoryLake::default())
}

/// A lake that accepts a limited number of writes. All later writes fail, as if the process had died.
pub(crate) struct DyingLake {
    inner: Arc<dyn Lake>,
    writes_left: std::sync::atomic::AtomicI64,
}

impl DyingLake {
    /// A lake that passes the first `writes` writes to `inner`, and then fails.
    pub(crate) fn new(inner: Arc<dyn Lake>, writes: i64) -> Self {
        Self {
            inner,
            writes_left: writes.into(),
        }
    }

    /// How many writes it still passes on.
    pub(crate) fn writes_left(&self) -> i64 {
        self.writes_left.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[async_trait::async_trait]
impl Lake for DyingLake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.inner.get(key).await
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        self.inner.tail(key, len).await
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        self.inner.head(key).await
    }

    async fn put(
        &self,
        key: &str,
        body: bytes::Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        if self
            .writes_left
            .fetch_sub(1, std::sync::atomic::Ordering::Relaxed)
            <= 0
        {
            let (lake, key, reason) = ("dying".to_owned(), key.to_owned(), "dead".to_owned());
            return Err(LakeError::Unavailable { lake, key, reason });
        }
        self.inner.put(key, body, replacing).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        self.inner.list(prefix).await
    }
}
