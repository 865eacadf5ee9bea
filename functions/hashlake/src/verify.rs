//! `hashlake verify`: reads the whole lake, checks that its blocks form one chain, and recomputes all
//! values that are derived from them.

mod chain;

use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

use bytes::Bytes;
use hashlake_core::asic::Asic;
use hashlake_core::cursor::Position;
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::price::{MAX_PRICE_AGE, PricePoint};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::suspect::spikes;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::{self, TableError, asics, blocks, daily, mwh_revenue, prices};
use hashlake_core::timestamp::Timestamp;

use self::chain::ChainCheck;
use crate::batch_diff::difference;
use crate::config::Config;
use crate::output::outln;

const ERRORS_SHOWN: usize = 20;

pub(crate) async fn run(config: &Config) -> Result<ExitCode, Box<dyn Error>> {
    let (lake, cursor) = config.stores.open().await;
    let position = cursor.read().await?.position;
    let Findings {
        errors,
        blocks,
        rows,
        provisional,
    } = verify(lake.as_ref(), position).await?;
    for error in errors.iter().take(ERRORS_SHOWN) {
        outln!("{error}")?;
    }
    if errors.len() > ERRORS_SHOWN {
        outln!("and {} more errors", errors.len() - ERRORS_SHOWN)?;
    }
    let counts =
        format!("{blocks} blocks, {rows} revenue rows, {provisional} blocks without a final price");
    if errors.is_empty() {
        outln!("no errors: {counts}")?;
        return Ok(ExitCode::SUCCESS);
    }
    outln!("{} errors: {counts}", errors.len())?;
    Ok(ExitCode::FAILURE)
}

/// The errors, and the numbers of blocks and rows that were checked.
#[derive(Debug, Default)]
struct Findings {
    errors: Vec<String>,
    blocks: usize,
    rows: usize,
    provisional: usize,
}

impl Findings {
    fn error(&mut self, error: impl Into<String>) {
        self.errors.push(error.into());
    }

    /// Returns the value. If it cannot be read, records an error for the file `key`.
    fn readable<T>(&mut self, key: &str, result: Result<T, TableError>) -> Option<T> {
        result
            .map_err(|error| self.error(format!("{key}: {error}")))
            .ok()
    }
}

async fn verify(lake: &dyn Lake, position: Option<Position>) -> Result<Findings, Box<dyn Error>> {
    let mut found = Findings::default();
    let keys: Vec<String> = lake
        .list("v1/")
        .await?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let Some(position) = position else {
        if !keys.is_empty() {
            found.error(format!(
                "the lake has {} files but no cursor: run `hashlake ingest --once` to refill it",
                keys.len()
            ));
        } else {
            found.error(
                "the lake has no files: check LAKE_URL, or fill it with `hashlake ingest --once`",
            );
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
        let outline = Outline::decode(stored.body.clone(), stored.body.len() as u64);
        let batch = found.readable(&key, table::read(stored.body.clone()));
        let Some(rows) = found.readable(&key, blocks::decode(stored.body)) else {
            continue;
        };
        if outline.is_ok_and(|outline| !outline.is_current) {
            found.error(format!(
                "{key} has the columns of another version: run `hashlake upgrade`"
            ));
        } else if let Some((row, what)) =
            batch.and_then(|batch| difference(&batch, &blocks::batch(&rows)))
        {
            found.error(format!("{key}, row {row}: {what}"));
        }
        rows.iter()
            .filter(|row| Month::of(row.block.median_time) != month)
            .for_each(|row| {
                found.error(format!(
                    "{key}: block {} belongs to the month {}",
                    row.block.height,
                    Month::of(row.block.median_time)
                ));
            });
        rows.iter()
            .for_each(|row| chain.push(&row.block, &mut found.errors));
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
            || "the lake has no blocks".to_owned(),
            |(height, hash)| format!("the last block is {height} ({hash})"),
        );
        found.error(format!(
            "the cursor is at {} ({}), but {last}: a run was interrupted; the next run repairs this",
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
    found: &mut Findings,
) -> Result<Option<T>, Box<dyn Error>> {
    let Some(stored) = lake.get(key).await? else {
        found.error(format!("{key} is missing"));
        return Ok(None);
    };
    Ok(found.readable(key, decode(stored.body)))
}

async fn prices_by_month(
    lake: &dyn Lake,
    keys: &[String],
    found: &mut Findings,
) -> Result<BTreeMap<Timestamp, PricePoint>, Box<dyn Error>> {
    let mut all = BTreeMap::new();
    for month in keys.iter().filter_map(|key| prices::month(key)) {
        let key = prices::key(month);
        let points = read(lake, &key, prices::decode, found)
            .await?
            .unwrap_or_default();
        if !points.is_sorted_by(|a, b| a.quote.time < b.quote.time) {
            found.error(format!("{key}: times are not sorted"));
        }
        if points
            .iter()
            .any(|point| Month::of(point.quote.time) != month)
        {
            found.error(format!("{key}: a time belongs to another month"));
        }
        all.extend(points.into_iter().map(|point| (point.quote.time, point)));
    }
    let points: Vec<PricePoint> = all.values().cloned().collect();
    for spike in spikes(&points) {
        found.error(format!(
            "a stored price is far off the prices before and after it: {spike}. Import the right price (`hashlake import-prices --replace`), then run `hashlake reprice`"
        ));
    }
    Ok(all)
}

/// Checks that the price of a block is in the table of prices, and that its time is at most 36 h from
/// the time of the block.
fn check_price(row: &PricedBlock, points: &BTreeMap<Timestamp, PricePoint>, found: &mut Findings) {
    let Some(quote) = row.price.quote() else {
        return;
    };
    let height = row.block.height;
    if points.get(&quote.time).map(|point| &point.quote) != Some(quote) {
        found.error(format!(
            "block {height}: its price (at {}) is not in the table `prices`",
            quote.time
        ));
    }
    if quote.distance(row.block.time) > MAX_PRICE_AGE {
        found.error(format!(
            "block {height}: the time of its price, {}, is more than 36 h from the time of the block",
            quote.time
        ));
    }
}

/// Recomputes every row of the month of `mwh_revenue`.
async fn check_revenue(
    lake: &dyn Lake,
    month: Month,
    rows: &[PricedBlock],
    asics: &[Asic],
    found: &mut Findings,
) -> Result<(), Box<dyn Error>> {
    let key = mwh_revenue::key(month);
    let Some(stored) = read(lake, &key, table::read, found).await? else {
        return Ok(());
    };
    let mut checked = 0;
    for expected in mwh_revenue::batches(rows, asics) {
        let length = expected.num_rows().min(stored.num_rows() - checked);
        if let Some((row, what)) = difference(&stored.slice(checked, length), &expected) {
            found.error(format!("{key}, row {}: {what}", checked + row));
        }
        checked += length;
    }
    if checked < stored.num_rows() {
        found.error(format!(
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
    found: &mut Findings,
) -> Result<(), Box<dyn Error>> {
    let Some(stored) = read(lake, daily::KEY, table::read, found).await? else {
        return Ok(());
    };
    if let Some((row, what)) = difference(&stored, &daily::batch(days)) {
        found.error(format!("{}, row {row}: {what}", daily::KEY));
    }
    Ok(())
}

/// Checks that every file belongs to a table, and that every month with a file of revenue also has a
/// file of blocks.
fn check_keys(keys: &[String], found: &mut Findings) {
    for key in keys {
        let months = [blocks::month(key), prices::month(key)];
        let has_blocks_file =
            mwh_revenue::month(key).is_some_and(|month| keys.contains(&blocks::key(month)));
        if !(has_blocks_file
            || months.iter().any(Option::is_some)
            || key == daily::KEY
            || key == asics::KEY)
        {
            found.error(format!(
                "{key} is not a file of any table, or the blocks of its month are missing"
            ));
        }
    }
}
