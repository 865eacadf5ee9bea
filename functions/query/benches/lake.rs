//! The lake of the bench: 950,000 blocks in a directory, which is created if it is missing.

use std::fs;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use hashlake_core::asic;
use hashlake_core::chain::Chain;
use hashlake_core::clock::now;
use hashlake_core::cursor::directory::DirectoryCursor;
use hashlake_core::cursor::{Cursor, Position};
use hashlake_core::lake::Lake;
use hashlake_core::lake::directory::DirectoryLake;
use hashlake_core::month::Month;
use hashlake_core::price::{PricePoint, PriceSeries};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::{LengthGuard, asics, blocks, daily, prices};
use hashlake_core::timestamp::Timestamp;
use query::{Api, router};

use crate::chain;

const BUILDER: &str = "3"; // Change this number if the content changes, to create the lake again.
const MARKER: &str = "_builder";

/// Creates the lake if it is missing. Returns the duration, or `None` if the lake exists.
pub(crate) async fn build() -> Option<Duration> {
    if fs::read_to_string(path(MARKER)).is_ok_and(|builder| builder == BUILDER) {
        return None;
    }
    let start = Instant::now();
    drop(fs::remove_dir_all(path("")));
    let (mut month, mut days) = (Vec::new(), Vec::new());
    for row in chain::blocks() {
        if month
            .last()
            .is_some_and(|last| month_of(last) != month_of(&row))
        {
            write_month(&month, &mut days).await;
            month.clear();
        }
        month.push(row);
    }
    write_month(&month, &mut days).await;
    write(daily::KEY, daily::encode(&days, LengthGuard::Absent)).await;
    let catalogue = asic::catalogue();
    write(asics::KEY, asics::encode(&catalogue, LengthGuard::Absent)).await;
    move_cursor(month.last().expect("a chain has blocks")).await;
    write(MARKER, BUILDER).await;
    Some(start.elapsed())
}

fn month_of(row: &PricedBlock) -> Month {
    Month::of(row.block.median_time)
}

async fn write_month(rows: &[PricedBlock], days: &mut Vec<DayRow>) {
    let month = rows.first().map(month_of).expect("a month with blocks");
    write(
        &blocks::key(month),
        blocks::encode(rows, LengthGuard::Absent),
    )
    .await;
    write(
        &prices::key(month),
        prices::encode(&points(rows), LengthGuard::Absent),
    )
    .await;
    days.extend(daily::summarise(rows));
}

/// The prices of the blocks, as hourly points.
fn points(rows: &[PricedBlock]) -> Vec<PricePoint> {
    let quotes = rows.iter().filter_map(|row| row.price.quote());
    let mut points = PriceSeries::default();
    points.merge(quotes.map(|quote| PricePoint {
        quote: quote.clone(),
        resolution_s: 3600,
    }));
    points.points().to_vec()
}

async fn write(key: &str, body: impl Into<bytes::Bytes>) {
    lake()
        .put(key, body.into(), None)
        .await
        .expect("the disk can be written");
}

async fn move_cursor(tip: &PricedBlock) {
    let (cursor, time) = (DirectoryCursor::new(lake()), tip.block.time);
    let (height, hash) = (tip.block.height, tip.block.hash);
    let position = Position {
        chain: Chain::Main,
        height,
        hash,
    };
    let mut lease = cursor
        .acquire("bench", time)
        .await
        .expect("no other process uses this lake");
    let advanced = cursor.advance(&mut lease, position, height, time).await;
    advanced.expect("no other process uses this lake");
    cursor
        .release(lease, Some(time))
        .await
        .expect("no other process uses this lake");
}

/// Path of the file with this key.
pub(crate) fn path(key: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("bench-lake")
        .join(key)
}

fn lake() -> DirectoryLake {
    DirectoryLake::new(path(""))
}

/// A new API for the lake, which has read nothing yet.
pub(crate) fn api() -> Router {
    let cursor = DirectoryCursor::new(lake());
    router(
        Arc::new(Api::new(Arc::new(lake()), Arc::new(cursor), now)),
        None,
    )
}

/// The table of days, which shows which files have which blocks.
pub(crate) struct Contents {
    days: Vec<DayRow>,
}

impl Contents {
    /// Reads the table of days.
    pub(crate) async fn read() -> Self {
        let days = daily::decode(body(daily::KEY).await).expect("a valid table");
        Self { days }
    }

    pub(crate) fn days(&self) -> usize {
        self.days.len()
    }

    pub(crate) fn tip(&self) -> u32 {
        self.days.last().expect("a lake with blocks").last_height
    }

    pub(crate) async fn median_time(&self, height: u32) -> Timestamp {
        let key = self
            .block_files(height..=height)
            .pop()
            .expect("a block of the lake");
        let rows = blocks::decode(body(&key).await).expect("a valid table");
        let row = rows.iter().find(|row| row.block.height == height);
        row.expect("a month has all its blocks").block.median_time
    }

    /// Height of the first block on the day of `time`.
    pub(crate) fn first_height_of_day(&self, time: Timestamp) -> u32 {
        let day = self.days.partition_point(|day| day.day.end() <= time);
        self.days[day].first_height
    }

    /// Keys of the files with the blocks of these heights.
    pub(crate) fn block_files(&self, heights: RangeInclusive<u32>) -> Vec<String> {
        let overlaps = |day: &&DayRow| {
            day.first_height <= *heights.end() && *heights.start() <= day.last_height
        };
        let mut months: Vec<Month> = self
            .days
            .iter()
            .filter(overlaps)
            .map(|day| day.day.month())
            .collect();
        months.dedup();
        months.into_iter().map(blocks::key).collect()
    }
}

async fn body(key: &str) -> bytes::Bytes {
    let stored = lake().get(key).await.expect("the disk can be read");
    stored.expect("it was written").body
}
