//! `hashlake verify`: reads the whole lake, checks that its blocks form one chain, and recomputes all
//! values that are derived from them.

mod chain;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use clap::Args;
use hashlake_core::asic::Asic;
use hashlake_core::clock::now;
use hashlake_core::cursor::Position;
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::price::{MAX_PRICE_AGE, PricePoint};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::suspect::spikes;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::{
    self, TableError, asics, blocks, check_month, daily, mwh_revenue, prices,
};
use hashlake_core::timestamp::Timestamp;
use ingest::backfill::Backfill;
use ingest::pipeline::IngestContext;
use ingest::rebuild::rebuild;

use self::chain::ChainCheck;
use crate::batch_diff::difference;
use crate::config::Config;
use crate::interrupt::Interrupt;
use crate::lease_owner::lease_owner;
use crate::node_or_replay::{self, ReplaySpeed};
use crate::output::outln;
use crate::upgrade::upgrade_lake;

/// Maximum number of errors, and of files, that are listed.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Rebuild files that are damaged or missing: fetch blocks from the node, restore prices from
    /// the blocks and the price sources, and compute all other tables from the blocks
    #[arg(long)]
    repair: bool,
}

pub(crate) async fn run(config: &Config, args: &VerifyArgs) -> Result<ExitCode, Box<dyn Error>> {
    if args.repair {
        return repair(config).await;
    }
    let (lake, cursor) = config.stores.open().await;
    let position = cursor.read().await?.position;
    let found = verify(lake.as_ref(), position).await?;
    let code = found.print()?;
    if !found.damaged.is_empty() {
        outln!(
            "damaged or missing: {}. Restore these files, or rebuild them with `hashlake verify --repair`",
            listed(&found.damaged)
        )?;
    }
    Ok(code)
}

/// Rebuilds what is damaged, and checks the lake again.
async fn repair(config: &Config) -> Result<ExitCode, Box<dyn Error>> {
    let interrupt = Interrupt::listen()?;
    let opened = node_or_replay::open(config, ReplaySpeed::Paused);
    let (context, _) = interrupt.or(opened).await?;
    upgrade_lake(&context, &|| interrupt.is_set()).await?;
    let job = Arc::new(Backfill {
        context: Arc::new(context),
        parallel: 1,
        time_left: {
            let interrupt = interrupt.clone();
            Box::new(move || interrupt.time_left())
        },
        now,
        progress: Box::new(|_| ()),
    });
    let IngestContext { lake, cursor, .. } = job.context.as_ref();
    let mut rebuilt: Option<BTreeSet<String>> = None;
    loop {
        let position = cursor.read().await?.position;
        let found = verify(lake.as_ref(), position).await?;
        // Some damage is only found when other files have been rebuilt.
        let is_new = |rebuilt: &BTreeSet<String>| !found.damaged.is_subset(rebuilt);
        let can_help = position.is_some() && rebuilt.as_ref().is_none_or(is_new);
        if found.errors.is_empty() || !can_help {
            return found.print();
        }
        outln!(
            "{} errors; rebuilding {}",
            found.errors.len(),
            listed(&found.damaged)
        )?;
        rebuild(&job, &lease_owner(), &found.damaged).await?;
        rebuilt.get_or_insert_default().extend(found.damaged);
    }
}

fn listed(keys: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = keys.iter().take(SHOWN).map(String::as_str).collect();
    match keys.len() - shown.len() {
        0 if shown.is_empty() => "missing blocks".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more files", shown.join(", ")),
    }
}

/// The errors, and the numbers of blocks and rows that were checked.
#[derive(Debug, Default)]
struct Findings {
    errors: Vec<String>,
    /// Keys of files that are damaged or missing, or are not consistent with other files.
    damaged: BTreeSet<String>,
    blocks: usize,
    rows: usize,
    provisional: usize,
}

impl Findings {
    fn error(&mut self, error: impl Into<String>) {
        self.errors.push(error.into());
    }

    /// Records an error of a file, which must be rebuilt.
    fn error_of(&mut self, key: &str, error: impl Display) {
        self.errors.push(format!("{key}: {error}"));
        self.damaged.insert(key.to_owned());
    }

    /// Returns the value. If it cannot be read, records an error of the file `key`.
    fn readable<T>(&mut self, key: &str, result: Result<T, TableError>) -> Option<T> {
        result.map_err(|error| self.error_of(key, error)).ok()
    }

    fn print(&self) -> Result<ExitCode, Box<dyn Error>> {
        let Self {
            errors,
            blocks,
            rows,
            provisional,
            ..
        } = self;
        for error in errors.iter().take(SHOWN) {
            outln!("{error}")?;
        }
        if errors.len() > SHOWN {
            outln!("and {} more errors", errors.len() - SHOWN)?;
        }
        let counts = format!(
            "{blocks} blocks, {rows} revenue rows, {provisional} blocks without a final price"
        );
        if errors.is_empty() {
            outln!("no errors: {counts}")?;
            return Ok(ExitCode::SUCCESS);
        }
        outln!("{} errors: {counts}", errors.len())?;
        Ok(ExitCode::FAILURE)
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
    let asics: Option<Vec<Asic>> = read(lake, asics::KEY, asics::decode, &mut found).await?;
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
        let checked = check_month(&key, stored.body.clone(), stored.body.len() as u64);
        let batch = table::read(stored.body.clone()).ok();
        let rows = checked.and_then(|()| blocks::decode(stored.body));
        let Some(rows) = found.readable(&key, rows) else {
            check_revenue(lake, month, None, &mut found).await?;
            continue;
        };
        if outline.is_ok_and(|outline| !outline.is_current) {
            found.error(format!(
                "{key} has the columns of another version: run `hashlake upgrade`"
            ));
        } else if let Some((row, what)) =
            batch.and_then(|batch| difference(&batch, &blocks::batch(&rows)))
        {
            found.error_of(&key, format!("row {row}: {what}"));
        }
        check_blocks(&key, &rows, &mut chain, &mut found);
        check_prices(&rows, &points, &mut found);
        let expected = asics.as_ref().map(|asics| (&rows[..], &asics[..]));
        check_revenue(lake, month, expected, &mut found).await?;
        found.blocks += rows.len();
        found.provisional += rows.iter().filter(|row| !row.price.is_final()).count();
        last = rows
            .last()
            .map(|row| (row.block.height, row.block.hash))
            .or(last);
        days.extend(daily::summarise(&rows));
    }
    let damaged = found.damaged.iter();
    let has_all_blocks = damaged.filter_map(|key| blocks::month(key)).count() == 0;
    check_days(lake, has_all_blocks.then_some(&days[..]), &mut found).await?;
    if has_all_blocks && last != Some((position.height, position.hash)) {
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
        found.error_of(key, "is missing");
        return Ok(None);
    };
    let len = stored.body.len() as u64;
    let decoded = check_month(key, stored.body.clone(), len).and_then(|()| decode(stored.body));
    Ok(found.readable(key, decoded))
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
            found.error_of(&key, "times are not sorted");
        }
        if points
            .iter()
            .any(|point| Month::of(point.quote.time) != month)
        {
            found.error_of(&key, "a time belongs to another month");
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

/// Checks the blocks of a month against each other, and against those below.
fn check_blocks(key: &str, rows: &[PricedBlock], chain: &mut ChainCheck, found: &mut Findings) {
    for PricedBlock { block, .. } in rows {
        let (follows, errors) = (chain.follows(block), found.errors.len());
        chain.push(block, &mut found.errors);
        if follows && found.errors.len() > errors {
            found.damaged.insert(key.to_owned());
        }
    }
}

/// Checks that the prices of blocks are in the table of prices, and that their times are at most 36 h
/// from the times of the blocks.
fn check_prices(
    rows: &[PricedBlock],
    points: &BTreeMap<Timestamp, PricePoint>,
    found: &mut Findings,
) {
    for row in rows {
        let Some(quote) = row.price.quote() else {
            continue;
        };
        let height = row.block.height;
        if points.get(&quote.time).map(|point| &point.quote) != Some(quote) {
            let key = prices::key(Month::of(quote.time));
            found.error(format!(
                "block {height}: its price (at {}) is not in {key}",
                quote.time
            ));
            found.damaged.insert(key);
        }
        if quote.distance(row.block.time) > MAX_PRICE_AGE {
            found.error(format!(
                "block {height}: the time of its price, {}, is more than 36 h from the time of the block",
                quote.time
            ));
        }
    }
}

/// Recomputes every row of a month of `mwh_revenue`. `expected` is `None` if the blocks of the month,
/// or the miner models, could not be read.
async fn check_revenue(
    lake: &dyn Lake,
    month: Month,
    expected: Option<(&[PricedBlock], &[Asic])>,
    found: &mut Findings,
) -> Result<(), Box<dyn Error>> {
    let key = mwh_revenue::key(month);
    let stored = read(lake, &key, table::read, found).await?;
    let Some((stored, (rows, asics))) = stored.zip(expected) else {
        return Ok(());
    };
    let mut checked = 0;
    for expected in mwh_revenue::batches(rows, asics) {
        let length = expected.num_rows().min(stored.num_rows() - checked);
        if let Some((row, what)) = difference(&stored.slice(checked, length), &expected) {
            found.error_of(&key, format!("row {}: {what}", checked + row));
        }
        checked += length;
    }
    if checked < stored.num_rows() {
        let extra = stored.num_rows() - checked;
        found.error_of(&key, format!("{extra} rows too many"));
    }
    found.rows += stored.num_rows();
    Ok(())
}

/// Checks the days; `expected` is `None` if some blocks could not be read.
async fn check_days(
    lake: &dyn Lake,
    expected: Option<&[DayRow]>,
    found: &mut Findings,
) -> Result<(), Box<dyn Error>> {
    let decode = |body: Bytes| daily::decode(body.clone()).and_then(|_| table::read(body));
    let stored = read(lake, daily::KEY, decode, found).await?;
    let Some((stored, expected)) = stored.zip(expected) else {
        return Ok(());
    };
    if let Some((row, what)) = difference(&stored, &daily::batch(expected)) {
        found.error_of(daily::KEY, format!("row {row}: {what}"));
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
