//! `hashlake verify`: reads the whole lake, and checks that everything in it follows from the blocks, and those from each
//! other.

mod chain;

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use bytes::Bytes;
use hashlake_core::asic::Asic;
use hashlake_core::cursor::Position;
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::price::{PricePoint, REACH};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::{self, TableError, asics, blocks, daily, mwh_revenue, prices};
use hashlake_core::timestamp::Timestamp;

use self::chain::ChainCheck;
use crate::compare::difference;
use crate::config::Config;

const FAULTS_SHOWN: usize = 20;

/// Checks, and prints what it found.
#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub(crate) async fn run(config: &Config) -> Result<ExitCode, Box<dyn Error>> {
    let (lake, cursor) = config.places.open().await;
    let position = cursor.read().await?.position;
    let Found {
        faults,
        blocks,
        rows,
        provisional,
    } = verify(lake.as_ref(), position).await?;
    for fault in faults.iter().take(FAULTS_SHOWN) {
        println!("{fault}");
    }
    if faults.len() > FAULTS_SHOWN {
        println!("and {} more", faults.len() - FAULTS_SHOWN);
    }
    let counts =
        format!("{blocks} blocks, {rows} revenue rows, {provisional} blocks without a final price");
    if faults.is_empty() {
        println!("in order: {counts}");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{} faults: {counts}", faults.len());
    Ok(ExitCode::FAILURE)
}

/// What is wrong, and how much was looked at.
#[derive(Debug, Default)]
struct Found {
    faults: Vec<String>,
    blocks: usize,
    rows: usize,
    provisional: usize,
}

impl Found {
    fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    /// The value, or a fault of the file `key`.
    fn readable<T>(&mut self, key: &str, result: Result<T, TableError>) -> Option<T> {
        result
            .map_err(|error| self.fault(format!("{key}: {error}")))
            .ok()
    }
}

async fn verify(lake: &dyn Lake, position: Option<Position>) -> Result<Found, Box<dyn Error>> {
    let mut found = Found::default();
    let keys: Vec<String> = lake
        .list("v1/")
        .await?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let Some(position) = position else {
        if !keys.is_empty() {
            found.fault(format!(
                "the lake has no cursor, and {} files: `hashlake ingest --once` fills it anew",
                keys.len()
            ));
        }
        return Ok(found);
    };
    let asics: Vec<Asic> = read(lake, asics::KEY, asics::decode, &mut found)
        .await?
        .unwrap_or_default();
    let points = prices_by_month(lake, &keys, &mut found).await?;
    let mut chain = ChainCheck::new(position.chain);
    let mut days = Vec::new();
    let mut last = None;
    for month in keys.iter().filter_map(|key| blocks::month(key)) {
        let key = blocks::key(month);
        let Some(stored) = lake.get(&key).await? else {
            continue;
        };
        let batch = found.readable(&key, table::read(stored.body.clone()));
        let Some(rows) = found.readable(&key, blocks::decode(stored.body)) else {
            continue;
        };
        if let Some((row, what)) = batch.and_then(|batch| difference(&batch, &blocks::batch(&rows)))
        {
            found.fault(format!("{key}, row {row}: {what}"));
        }
        rows.iter()
            .filter(|row| Month::of(row.block.median_time) != month)
            .for_each(|row| {
                found.fault(format!(
                    "{key}: block {} is of {}",
                    row.block.height,
                    Month::of(row.block.median_time)
                ));
            });
        rows.iter()
            .for_each(|row| chain.push(&row.block, &mut found.faults));
        rows.iter()
            .for_each(|row| check_price(row, &points, &mut found));
        check_revenue(lake, month, &rows, &asics, &mut found).await?;
        found.blocks += rows.len();
        found.provisional += rows.iter().filter(|row| !row.price.is_final()).count();
        last = rows
            .last()
            .map(|row| (row.block.height, row.block.hash))
            .or(last);
        days.extend(daily::summarise(&rows));
    }
    check_days(lake, &days, &mut found).await?;
    if last != Some((position.height, position.hash)) {
        let last = last.map_or_else(
            || "none".to_owned(),
            |(height, hash)| format!("{height} ({hash})"),
        );
        found.fault(format!(
            "the cursor stands at {} ({}), the last block is {last}: a run did not end; the next one repairs it",
            position.height, position.hash
        ));
    }
    check_keys(&keys, &mut found);
    Ok(found)
}

async fn read<T>(
    lake: &dyn Lake,
    key: &str,
    decode: fn(Bytes) -> Result<T, TableError>,
    found: &mut Found,
) -> Result<Option<T>, Box<dyn Error>> {
    let Some(stored) = lake.get(key).await? else {
        found.fault(format!("{key} is missing"));
        return Ok(None);
    };
    Ok(found.readable(key, decode(stored.body)))
}

async fn prices_by_month(
    lake: &dyn Lake,
    keys: &[String],
    found: &mut Found,
) -> Result<BTreeMap<Timestamp, PricePoint>, Box<dyn Error>> {
    let mut all = BTreeMap::new();
    for month in keys.iter().filter_map(|key| prices::month(key)) {
        let key = prices::key(month);
        let points = read(lake, &key, prices::decode, found)
            .await?
            .unwrap_or_default();
        if !points.is_sorted_by(|a, b| a.quote.time < b.quote.time) {
            found.fault(format!("{key}: times are not in order"));
        }
        if points
            .iter()
            .any(|point| Month::of(point.quote.time) != month)
        {
            found.fault(format!("{key}: a time of another month"));
        }
        all.extend(points.into_iter().map(|point| (point.quote.time, point)));
    }
    Ok(all)
}

/// A block's price is one that was observed, and near enough.
fn check_price(row: &PricedBlock, points: &BTreeMap<Timestamp, PricePoint>, found: &mut Found) {
    let Some(quote) = row.price.quote() else {
        return;
    };
    let height = row.block.height;
    if points.get(&quote.time).map(|point| &point.quote) != Some(quote) {
        found.fault(format!(
            "block {height}: its price of {} is not in the table of prices",
            quote.time
        ));
    }
    if quote.distance(row.block.time) > REACH {
        found.fault(format!(
            "block {height}: its price is of {}, more than 36 h away",
            quote.time
        ));
    }
}

/// Every row of the month is recomputed.
async fn check_revenue(
    lake: &dyn Lake,
    month: Month,
    rows: &[PricedBlock],
    asics: &[Asic],
    found: &mut Found,
) -> Result<(), Box<dyn Error>> {
    let key = mwh_revenue::key(month);
    let Some(stored) = read(lake, &key, table::read, found).await? else {
        return Ok(());
    };
    let mut checked = 0;
    for expected in mwh_revenue::batches(rows, asics) {
        let length = expected.num_rows().min(stored.num_rows() - checked);
        if let Some((row, what)) = difference(&stored.slice(checked, length), &expected) {
            found.fault(format!("{key}, row {}: {what}", checked + row));
        }
        checked += length;
    }
    if checked < stored.num_rows() {
        found.fault(format!(
            "{key}: {} rows too many",
            stored.num_rows() - checked
        ));
    }
    found.rows += stored.num_rows();
    Ok(())
}

async fn check_days(
    lake: &dyn Lake,
    days: &[DayRow],
    found: &mut Found,
) -> Result<(), Box<dyn Error>> {
    let Some(stored) = read(lake, daily::KEY, table::read, found).await? else {
        return Ok(());
    };
    if let Some((row, what)) = difference(&stored, &daily::batch(days)) {
        found.fault(format!("{}, row {row}: {what}", daily::KEY));
    }
    Ok(())
}

/// No file lies in the lake that is none of its tables', or that has no blocks to it.
fn check_keys(keys: &[String], found: &mut Found) {
    for key in keys {
        let months = [blocks::month(key), prices::month(key)];
        let of_blocks =
            mwh_revenue::month(key).is_some_and(|month| keys.contains(&blocks::key(month)));
        if !(of_blocks
            || months.iter().any(Option::is_some)
            || key == daily::KEY
            || key == asics::KEY)
        {
            found.fault(format!(
                "{key} is no file of the lake, or has no blocks to it"
            ));
        }
    }
}
