//! How many requests a backfill makes to the object store, and what they cost on S3.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hashlake_core::asic;
use hashlake_core::clock::now;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::lake::directory::DirectoryLake;
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored, Version};
use ingest::backfill::Backfill;
use ingest::config::SourceConfig;
use ingest::node::{Auth, Node, NodeConfig};
use ingest::pipeline::IngestContext;
use ingest::plan::Redo;
use ingest::prices::PriceSources;
use ingest::prices::coingecko::{CoinGeckoConfig, CoinGeckoTier};
use ingest::upgrade::{Mode, upgrade};

use crate::process;

/// Number of blocks: about two years.
pub(crate) const BLOCKS: u32 = 105_000;

// S3 prices of us-east-1, as in infra/README.md.
const USD_PER_PUT: f64 = 0.005 / 1e3; // A list costs the same.
const USD_PER_GET: f64 = 0.0004 / 1e3;

/// Numbers of requests.
pub(crate) struct Requests {
    /// Number of months that were written.
    pub(crate) months: f64,
    /// Number of list requests. It does not depend on the number of months.
    pub(crate) lists: f64,
    puts: f64,
    gets: f64,
}

impl Requests {
    pub(crate) fn puts_per_month(&self) -> f64 {
        self.puts / self.months
    }

    /// Get and head requests per month: both cost the same.
    pub(crate) fn gets_per_month(&self) -> f64 {
        self.gets / self.months
    }

    /// The price of the requests for a number of months.
    pub(crate) fn usd(&self, months: f64) -> f64 {
        (self.puts_per_month() * months + self.lists) * USD_PER_PUT
            + self.gets_per_month() * months * USD_PER_GET
    }
}

/// Fills these heights of an empty lake in this process, as `hashlake backfill` does. The node and
/// the price source are both at `url`.
pub(crate) async fn backfill((from, to): (u32, u32), url: &str) -> Requests {
    let range: RangeInclusive<u32> = from..=to;
    let folder = process::folder();
    let lake = Arc::new(Counting {
        lake: DirectoryLake::new(folder.path()),
        puts: AtomicU32::new(0),
        gets: AtomicU32::new(0),
        lists: AtomicU32::new(0),
    });
    let prices = SourceConfig::CoinGecko(CoinGeckoConfig {
        plan: CoinGeckoTier::Pro,
        key: None,
        url: url.parse().expect("a URL"),
        history: None,
        source: "synthetic".into(),
    });
    let context = IngestContext {
        node: Node::new(NodeConfig {
            url: url.parse().expect("a URL"),
            auth: Auth::None,
        }),
        prices: PriceSources::new(vec![prices.open()]),
        cursor: Arc::new(ObjectCursor::new(lake.clone())),
        lake: lake.clone(),
        asics: asic::catalogue(),
        inspection: Default::default(),
    };
    let job = Arc::new(Backfill {
        context: Arc::new(context),
        parallel: 2,
        time_left: Box::new(|| Duration::MAX),
        now,
        progress: Box::new(|_| ()),
    });
    let tip = job.check(&range).await.expect("the node has these blocks");
    let plan = job.plan(range, Redo::Nothing).await.expect("a plan");
    let missing_prices = job.fetch_prices(&plan).await.expect("prices");
    job.fill(&plan, &missing_prices)
        .await
        .expect("the blocks are written");
    let IngestContext {
        lake: counted,
        cursor,
        asics,
        ..
    } = job.context.as_ref();
    let lake_and_cursor = (counted.as_ref(), cursor.as_ref());
    upgrade(lake_and_cursor, asics, Mode::Write, ("bench", now), &|| {
        false
    })
    .await
    .expect("no other ingest uses this lake");
    let moved = job.move_cursor("bench", &plan, &tip).await;
    moved.expect("no other ingest uses this lake");
    let count = |count: &AtomicU32| f64::from(count.load(Ordering::Relaxed));
    let months = u32::try_from(plan.months.len()).expect("some months");
    Requests {
        months: f64::from(months),
        lists: count(&lake.lists),
        puts: count(&lake.puts),
        gets: count(&lake.gets),
    }
}

/// A lake that counts calls. Each call would be one request to S3.
struct Counting {
    lake: DirectoryLake,
    puts: AtomicU32,
    gets: AtomicU32,
    lists: AtomicU32,
}

#[async_trait]
impl Lake for Counting {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.gets.fetch_add(1, Ordering::Relaxed);
        self.lake.get(key).await
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        self.gets.fetch_add(1, Ordering::Relaxed);
        self.lake.tail(key, len).await
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        self.gets.fetch_add(1, Ordering::Relaxed);
        self.lake.head(key).await
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.lake.put(key, body, replacing).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        self.lists.fetch_add(1, Ordering::Relaxed);
        self.lake.list(prefix).await
    }
}
