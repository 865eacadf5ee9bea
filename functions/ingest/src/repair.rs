//! Finds files that the lake has lost, and writes those again that can be computed from its blocks.
//!
//! A run lists the lake's files in any case, so it finds missing files at no cost. The end of a
//! file of blocks shows whether the file is complete, and how many blocks it has. A process reads
//! the end of each old file once (32 kB, one request; 212 requests for all history). Blocks are the
//! only rows that cannot be written again here. If they are lost, the warning has the command that
//! refills them from the node.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use backon::Retryable;
use futures_util::{StreamExt, stream};
use hashlake_core::lake::{Lake, LakeError};
use hashlake_core::month::Month;
use hashlake_core::price::{PricePoint, Quote};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily::{self, DayRow};
use hashlake_core::table::outline::Outline;
use hashlake_core::table::{blocks, mwh_revenue, prices};
use tracing::warn;

use crate::inspection::{FILES_IN_FLIGHT, Inspection};
use crate::lake_file::{LakeFileError, cas_retry, read, read_replaceable, replace};
use crate::ledger::Ledger;
use crate::pipeline::error::IngestError;
use crate::pipeline::run::{IngestContext, Run};
use crate::plan::Redo;
use crate::prices::store::{Precedence, merge_month};
use crate::rows::{heights_of, refill_command};

/// Writes the days, revenue and prices of stored blocks again if the lake has lost them, and warns
/// of blocks that are lost or damaged. Returns whether anything was written.
///
/// Leaves out days and revenue of the months that the ledger has loaded: the ledger writes these.
pub(crate) async fn repair(
    context: &IngestContext,
    run: &Run<'_>,
    ledger: &Ledger<'_>,
) -> Result<bool, IngestError> {
    let lake = context.lake.as_ref();
    let outlines = context
        .inspection
        .outlines(lake, ledger.stamps(), ledger.outlines());
    let outlines = outlines.await?;
    warn_of_lost_blocks(context, ledger, &outlines);
    let lost = Lost::find(&context.inspection, ledger, &outlines);
    let mut has_written = false;
    if !lost.days.is_empty() && !run.is_late() {
        write_days(lake, lost.days.clone()).await?;
        context.inspection.warn_once(format!(
            "`{}` lacked days of {}, although the lake has their blocks: wrote these days again",
            daily::KEY,
            listed(&lost.days)
        ));
        has_written = true;
    }
    for month in lost.revenue {
        if !run.is_late() && write_revenue(context, month).await? {
            warn!("`{}` was missing: wrote it again", mwh_revenue::key(month));
            has_written = true;
        }
    }
    for month in lost.prices {
        if run.is_late() {
            break;
        }
        if restore_prices(lake, month, Redo::Nothing).await? {
            let key = prices::key(month);
            warn!(
                "`{key}` was missing: wrote it again, with the prices that are stored with the blocks"
            );
            has_written = true;
        } else {
            context.inspection.known().without_prices.insert(month);
        }
    }
    Ok(has_written)
}

/// Months that have blocks, but lack a table that is computed from them.
struct Lost {
    days: Vec<Month>,
    revenue: Vec<Month>,
    prices: Vec<Month>,
}

impl Lost {
    fn find(
        inspection: &Inspection,
        ledger: &Ledger<'_>,
        outlines: &BTreeMap<Month, Option<Outline>>,
    ) -> Self {
        let has = |key: &str| ledger.stamps().contains_key(key);
        let mut lost = Self {
            days: Vec::new(),
            revenue: Vec::new(),
            prices: Vec::new(),
        };
        for (month, outline) in outlines {
            let Some(outline) = outline else { continue };
            let is_loaded = ledger.stored_blocks().contains_key(month);
            if !is_loaded && lacks_days(ledger.stored_days(), *month, outline) {
                lost.days.push(*month);
            }
            if !is_loaded && !has(&mwh_revenue::key(*month)) {
                lost.revenue.push(*month);
            }
            let can_have_prices =
                outline.priced_blocks > 0 && !inspection.known().without_prices.contains(month);
            if can_have_prices && !has(&prices::key(*month)) {
                lost.prices.push(*month);
            }
        }
        lost
    }
}

/// Warns of files of blocks that are damaged, and of those that are missing although `daily` has
/// their days.
fn warn_of_lost_blocks(
    context: &IngestContext,
    ledger: &Ledger<'_>,
    outlines: &BTreeMap<Month, Option<Outline>>,
) {
    let damaged = outlines.iter().filter(|(_, outline)| outline.is_none());
    for month in damaged.map(|(month, _)| *month) {
        let heights = heights_of(ledger.stored_days(), month).or_else(|| between(outlines, month));
        context.inspection.warn_once(format!(
            "the lake's file `{}` is damaged. {}",
            blocks::key(month),
            match &heights {
                Some(heights) => refill_command(heights),
                None => "Restore it, or refill the blocks of this month with `hashlake backfill --force`".to_owned(),
            }
        ));
    }
    let Some(loaded) = ledger.stored_blocks().keys().next() else {
        return;
    };
    let days = ledger.stored_days().iter().map(|day| day.day.month());
    let gone = days.filter(|month| month < loaded && !outlines.contains_key(month));
    for month in gone.collect::<BTreeSet<_>>() {
        let key = blocks::key(month);
        let is_replaced = ledger.stamps().contains_key(&key);
        if let (false, Some(heights)) = (is_replaced, heights_of(ledger.stored_days(), month)) {
            context.inspection.warn_once(format!(
                "the lake's file `{key}` is missing. Restore it, or refill its blocks: hashlake backfill --from {} --to {}",
                heights.start(),
                heights.end()
            ));
        }
    }
}

/// Heights between the blocks of the months before and after.
fn between(
    outlines: &BTreeMap<Month, Option<Outline>>,
    month: Month,
) -> Option<RangeInclusive<u32>> {
    let heights = |month| outlines.get(&month)?.as_ref()?.heights.clone();
    Some(heights(month.previous()?)?.end() + 1..=heights(month.next()?)?.start().checked_sub(1)?)
}

/// Whether the month has blocks, or prices of blocks, that its days lack. While a backfill writes,
/// the days may have more blocks than the month, because a backfill writes days first.
fn lacks_days(days: &[DayRow], month: Month, outline: &Outline) -> bool {
    let days = || days.iter().filter(|day| day.day.month() == month);
    let sum = |count: fn(&DayRow) -> u32| days().map(|day| u64::from(count(day))).sum::<u64>();
    let (blocks, priced_blocks) = (sum(|day| day.blocks), sum(|day| day.priced_blocks));
    blocks < outline.blocks || (blocks == outline.blocks && priced_blocks < outline.priced_blocks)
}

/// Writes the days of these months from their blocks. A month whose blocks cannot be read keeps its
/// days.
pub(crate) async fn write_days(lake: &dyn Lake, months: Vec<Month>) -> Result<(), LakeFileError> {
    let attempt = || async {
        // Read the days before the blocks: if a backfill replaces both in between, the backfill's
        // files stay.
        let (mut days, old) = read_replaceable(lake, daily::KEY, daily::decode).await?;
        let read = months.iter().map(|month| read_month(lake, *month));
        let read: Vec<_> = read.collect();
        let mut read = stream::iter(read).buffered(FILES_IN_FLIGHT);
        while let Some((month, rows)) = read.next().await {
            if let Some(rows) = rows? {
                days.retain(|day| day.day.month() != month);
                days.extend(daily::summarise(&rows));
            }
        }
        days.sort_by_key(|day| day.day);
        let encode = |guard| daily::encode(&days, guard);
        replace(lake, daily::KEY, old.as_ref(), encode).await?;
        Ok(())
    };
    attempt
        .retry(cas_retry())
        .when(LakeFileError::is_overtaken)
        .await
}

/// Writes the revenue of a month from its blocks, unless another writer has done so.
async fn write_revenue(context: &IngestContext, month: Month) -> Result<bool, LakeFileError> {
    let lake = context.lake.as_ref();
    let Some(rows) = readable_blocks(lake, month).await? else {
        return Ok(false);
    };
    let encode = |guard| mwh_revenue::encode(&rows, &context.asics, guard);
    match replace(lake, &mwh_revenue::key(month), None, encode).await {
        Ok(_) => Ok(true),
        Err(LakeError::Changed { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Writes the prices of a month that are stored with its blocks, and with those of the months
/// before and after it. Returns whether it wrote the file. A damaged file of prices counts as empty
/// with [`Redo::Everything`], and is an error otherwise.
pub(crate) async fn restore_prices(
    lake: &dyn Lake,
    month: Month,
    redo: Redo,
) -> Result<bool, LakeFileError> {
    let mut quotes: Vec<Quote> = Vec::new();
    for near in [month.previous(), Some(month), month.next()]
        .into_iter()
        .flatten()
    {
        let rows = readable_blocks(lake, near).await?.unwrap_or_default();
        let of_rows = rows.iter().filter_map(|row| row.price.quote());
        quotes.extend(
            of_rows
                .filter(|quote| Month::of(quote.time) == month)
                .cloned(),
        );
    }
    quotes.sort_by_key(|quote| quote.time);
    quotes.dedup_by_key(|quote| quote.time);
    let steps = quotes
        .windows(2)
        .map(|pair| pair[1].time.since(pair[0].time).as_secs());
    let resolution_s = match steps.min() {
        Some(..=1800) => 300,
        Some(43_200..) => 86_400,
        _ => 3600,
    };
    let point = |quote| PricePoint {
        quote,
        resolution_s,
    };
    let points: Vec<PricePoint> = quotes.into_iter().map(point).collect();
    let merged = merge_month(lake, month, &points, Precedence::Stored, redo).await?;
    Ok(merged.months_written > 0)
}

async fn read_month(
    lake: &dyn Lake,
    month: Month,
) -> (Month, Result<Option<Vec<PricedBlock>>, LakeFileError>) {
    (month, readable_blocks(lake, month).await)
}

/// The blocks of a month, or `None` and a warning if they are damaged.
async fn readable_blocks(
    lake: &dyn Lake,
    month: Month,
) -> Result<Option<Vec<PricedBlock>>, LakeFileError> {
    match read(lake, &blocks::key(month), blocks::decode).await {
        Ok((rows, _)) => Ok(Some(rows)),
        Err(error @ LakeFileError::Damaged { .. }) => {
            warn!("{error}");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn listed(months: &[Month]) -> String {
    match months {
        [month] => month.to_string(),
        [first, .., last] => format!("{} months from {first} to {last}", months.len()),
        [] => String::new(),
    }
}
