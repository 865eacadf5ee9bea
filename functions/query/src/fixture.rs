//! A fixture for tests: a lake with blocks that are easy to calculate with, and requests to its API.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use bytes::Bytes;
use hashlake_core::block::Block;
use hashlake_core::chain::Chain;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::cursor::{Cursor, Position};
use hashlake_core::hash::BlockHash;
use hashlake_core::lake::memory::MemoryLake;
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored, Version};
use hashlake_core::month::Month;
use hashlake_core::price::{BlockPrice, PricePoint, Quote};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{self, LengthGuard, blocks, daily};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::{Sats, UsdPerBtc};
use lambda_http::tower::ServiceExt;
use serde_json::Value;

use crate::{Api, router};

const FIRST_HEIGHT: u32 = 900_000;
const FIRST_PRICE: f64 = 84_714.0;
const LAST_RUN_AFTER: Duration = Duration::from_mins(1);
const NOW_AFTER: Duration = Duration::from_hours(1);

/// The properties of a block that a test can choose.
#[derive(Clone, Copy)]
pub(crate) struct BlockSpec {
    pub(crate) height: u32,
    pub(crate) time: &'static str,
    pub(crate) price: Option<f64>,
    pub(crate) fees: i64,
    pub(crate) tx_count: u32,
    pub(crate) network_hashrate_hs: f64,
}

impl Default for BlockSpec {
    fn default() -> Self {
        Self {
            height: FIRST_HEIGHT,
            time: "2025-10-28T00:00:00Z",
            price: Some(FIRST_PRICE),
            fees: 2_000_000,
            tx_count: 3000,
            network_hashrate_hs: 1e21,
        }
    }
}

/// A block with difficulty 2^48 and a subsidy of 312,500,000 sat.
pub(crate) fn block(spec: BlockSpec) -> PricedBlock {
    let BlockSpec {
        height,
        time,
        price,
        fees,
        tx_count,
        network_hashrate_hs,
    } = spec;
    let time = at(time);
    let sats = |sat| Sats::new(sat).expect("an amount");
    let quote = |usd| Quote {
        time,
        usd: UsdPerBtc::new(usd).expect("a price"),
        source: "test".into(),
    };
    let block = Block {
        height,
        hash: hash(height),
        prev_hash: hash(height.saturating_sub(1)),
        time,
        median_time: time,
        bits: "1700ffff".parse().expect("a target"),
        tx_count,
        subsidy: sats(312_500_000),
        fees: sats(fees),
        claimed: None,
        network_hashrate_hs,
        sat_per_ph_day_144: None,
    };
    PricedBlock {
        block,
        price: price.map_or(BlockPrice::Missing, |usd| BlockPrice::Final(quote(usd))),
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    let time = chrono::DateTime::parse_from_rfc3339(text).expect("a time");
    Timestamp::from_ms(time.timestamp_millis()).expect("a year that has a date")
}

pub(crate) fn hash(height: u32) -> BlockHash {
    format!("{height:064x}").parse().expect("64 digits")
}

/// A lake, its cursor, and an API that reads both.
pub(crate) struct World {
    pub(crate) api: Arc<Api>,
    pub(crate) lake: Arc<TestLake>,
    cursor: Arc<dyn Cursor>,
    last_run: Timestamp,
    clock_ms: Arc<AtomicI64>,
}

impl World {
    /// A lake with `count` blocks, one every ten minutes from 2025-10-28T00:00:00Z. The price of the
    /// first block is 84,714 USD/BTC, and each next price is one dollar higher. The last price is
    /// provisional. The last run ended one minute after the last block, and the clock is one hour after
    /// the last block.
    pub(crate) async fn with_blocks(count: u32) -> Self {
        Self::with_rows(&rows(count)).await
    }

    /// A lake with these blocks, which are in order of height.
    pub(crate) async fn with_rows(rows: &[PricedBlock]) -> Self {
        let lake = Arc::new(TestLake::default());
        lake.write_blocks(rows).await;
        let cursor: Arc<dyn Cursor> = Arc::new(ObjectCursor::new(lake.clone()));
        let last = rows
            .last()
            .map_or_else(|| at("2025-10-28T00:00:00Z"), |row| row.block.time);
        let clock_ms = Arc::new(AtomicI64::new((last + NOW_AFTER).to_ms()));
        let now_ms = clock_ms.clone();
        let api = Arc::new(Api::new(lake.clone(), cursor.clone(), move || {
            Timestamp::from_ms(now_ms.load(Ordering::Relaxed)).expect("a year that has a date")
        }));
        let world = Self {
            api,
            lake,
            cursor,
            last_run: last + LAST_RUN_AFTER,
            clock_ms,
        };
        if let Some(row) = rows.last() {
            world.move_cursor_to(row.block.height, row.block.hash).await;
        }
        world
    }

    pub(crate) fn router(&self) -> Router {
        router(self.api.clone(), None)
    }

    /// Moves the clock forward.
    pub(crate) fn advance_clock(&self, time: Duration) {
        let ms = i64::try_from(time.as_millis()).expect("a short time");
        self.clock_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Moves the cursor to `height`, which is the node's tip too.
    pub(crate) async fn move_cursor(&self, height: u32) {
        self.move_cursor_below(height, height).await;
    }

    /// Moves the cursor to `height`, while the node's tip is at `node_height`.
    pub(crate) async fn move_cursor_below(&self, height: u32, node_height: u32) {
        self.advance(height, hash(height), node_height).await;
    }

    /// Moves the cursor to a block, which is the node's tip too.
    pub(crate) async fn move_cursor_to(&self, height: u32, hash: BlockHash) {
        self.advance(height, hash, height).await;
    }

    /// Sets the clock.
    pub(crate) fn set_clock(&self, now: Timestamp) {
        self.clock_ms.store(now.to_ms(), Ordering::Relaxed);
    }

    /// Adds hourly prices: time and USD/BTC.
    pub(crate) async fn add_prices(&self, prices: &[(Timestamp, f64)]) {
        let point = |(time, usd): &(Timestamp, f64)| PricePoint {
            quote: Quote {
                time: *time,
                usd: UsdPerBtc::new(*usd).expect("a price"),
                source: "test".into(),
            },
            resolution_s: 3600,
        };
        let points: Vec<PricePoint> = prices.iter().map(point).collect();
        let month = |point: &PricePoint| Month::of(point.quote.time);
        for points in points.chunk_by(|a, b| month(a) == month(b)) {
            let key = table::prices::key(month(points.first().expect("a chunk has points")));
            let body = table::prices::encode(points, LengthGuard::Absent);
            self.lake.replace(&key, body).await;
        }
    }

    async fn advance(&self, height: u32, hash: BlockHash, node_height: u32) {
        let position = Position {
            chain: Chain::Main,
            height,
            hash,
        };
        let mut lease = self
            .cursor
            .acquire("test", self.last_run)
            .await
            .expect("the lease is free");
        self.cursor
            .advance(&mut lease, position, node_height, self.last_run)
            .await
            .expect("no one else has the lease");
        self.cursor
            .release(lease, Some(self.last_run))
            .await
            .expect("no one else has the lease");
    }
}

/// The blocks of [`World::with_blocks`].
pub(crate) fn rows(count: u32) -> Vec<PricedBlock> {
    (0..count).map(|n| row(n, n + 1 == count)).collect()
}

fn row(n: u32, is_last: bool) -> PricedBlock {
    let price = Some(FIRST_PRICE + f64::from(n));
    let mut row = block(BlockSpec {
        height: FIRST_HEIGHT + n,
        price,
        ..BlockSpec::default()
    });
    let time = row.block.time + Duration::from_mins(10) * n;
    (row.block.time, row.block.median_time) = (time, time);
    let quote = row.price.quote().map(|quote| Quote {
        time,
        ..quote.clone()
    });
    row.price = match quote {
        None => BlockPrice::Missing,
        Some(quote) if is_last => BlockPrice::Provisional(quote),
        Some(quote) => BlockPrice::Final(quote),
    };
    row
}

fn month(row: &PricedBlock) -> Month {
    Month::of(row.block.median_time)
}

fn month_of(rows: &[PricedBlock]) -> Month {
    month(rows.first().expect("a month with blocks"))
}

/// A lake in memory that counts its calls, and can be made to fail.
#[derive(Default)]
pub(crate) struct TestLake {
    inner: MemoryLake,
    gets: AtomicU64,
    tails: AtomicU64,
    lists: AtomicU64,
    unreadable: AtomicBool,
}

impl TestLake {
    /// Number of reads of whole objects.
    pub(crate) fn gets(&self) -> u64 {
        self.gets.load(Ordering::Relaxed)
    }

    /// Number of reads of the last bytes of objects.
    pub(crate) fn tails(&self) -> u64 {
        self.tails.load(Ordering::Relaxed)
    }

    /// Number of listings.
    pub(crate) fn lists(&self) -> u64 {
        self.lists.load(Ordering::Relaxed)
    }

    /// Makes all reads fail, or work again.
    pub(crate) fn set_unreadable(&self, unreadable: bool) {
        self.unreadable.store(unreadable, Ordering::Relaxed);
    }

    /// The stamp of an existing object.
    pub(crate) async fn stamp(&self, key: &str) -> Stamp {
        let stamp = self
            .inner
            .head(key)
            .await
            .expect("a lake in memory never fails");
        stamp.expect("the object exists")
    }

    /// Changes the rows in the file of blocks with this key.
    pub(crate) async fn rewrite_blocks(
        &self,
        key: &str,
        change: impl FnOnce(&mut Vec<PricedBlock>),
    ) {
        let stored = self
            .inner
            .get(key)
            .await
            .expect("a lake in memory never fails");
        let mut rows = blocks::decode(stored.expect("the object exists").body).expect("blocks");
        change(&mut rows);
        self.replace(key, blocks::encode(&rows, LengthGuard::Absent))
            .await;
    }

    /// Writes these blocks, which are in order of height, and the daily table.
    pub(crate) async fn write_blocks(&self, rows: &[PricedBlock]) {
        for month in rows.chunk_by(|a, b| month(a) == month(b)) {
            self.replace(
                &blocks::key(month_of(month)),
                blocks::encode(month, LengthGuard::Absent),
            )
            .await;
        }
        self.replace(
            daily::KEY,
            daily::encode(&daily::summarise(rows), LengthGuard::Absent),
        )
        .await;
    }

    /// Writes an object, whether or not it exists.
    pub(crate) async fn replace(&self, key: &str, body: impl Into<Bytes>) {
        let version = self
            .inner
            .head(key)
            .await
            .expect("a lake in memory never fails")
            .map(|stamp| stamp.version);
        self.inner
            .put(key, body.into(), version.as_ref())
            .await
            .expect("no one else writes");
    }

    fn count_call(&self, key: &str, count: &AtomicU64) -> Result<(), LakeError> {
        count.fetch_add(1, Ordering::Relaxed);
        if self.unreadable.load(Ordering::Relaxed) {
            let (lake, reason) = ("test".to_owned(), "unreadable".to_owned());
            return Err(LakeError::Unavailable {
                lake,
                key: key.to_owned(),
                reason,
            });
        }
        Ok(())
    }
}

#[async_trait]
impl Lake for TestLake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.count_call(key, &self.gets)?;
        self.inner.get(key).await
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        self.count_call(key, &self.tails)?;
        self.inner.tail(key, len).await
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        self.inner.head(key).await
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        self.inner.put(key, body, replacing).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        self.count_call(prefix, &self.lists)?;
        self.inner.list(prefix).await
    }
}

pub(crate) struct TestResponse {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) bytes: Bytes,
    /// The bytes as text, which is empty if they are not UTF-8.
    pub(crate) body: String,
}

impl TestResponse {
    /// The value of a header, which is empty if the header is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a readable header"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

pub(crate) async fn send(app: &Router, method: Method, path: &str) -> TestResponse {
    request(app, method, path, &[]).await
}

/// Sends a GET request with these headers.
pub(crate) async fn get_with(app: &Router, path: &str, headers: &[(&str, &str)]) -> TestResponse {
    request(app, Method::GET, path, headers).await
}

pub(crate) async fn request(
    app: &Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> TestResponse {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    let request = request.body(Body::empty()).expect("a request");
    let response = app
        .clone()
        .oneshot(request)
        .await
        .expect("a router always responds");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("a body");
    TestResponse {
        status,
        headers,
        body: String::from_utf8(bytes.to_vec()).unwrap_or_default(),
        bytes,
    }
}

/// The JSON of a response with status 200.
pub(crate) async fn get(app: &Router, path: &str) -> Value {
    let response = send(app, Method::GET, path).await;
    assert_eq!(response.status, 200, "{path}: {}", response.body);
    response.json()
}
