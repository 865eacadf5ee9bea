//! Updates the prices of the lake's blocks, with all price points that are available by now.

use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use hashlake_core::month::Month;
use hashlake_core::price::{BlockPrice, PriceSeries};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::blocks;
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;

use crate::lake_file::{read, stored_months};
use crate::month_rows::change_month;
use crate::pipeline::{IngestContext, IngestError};
use crate::plan::Redo;
use crate::prices::gaps::{BlockTimes, fetch_gaps, find_gaps};
use crate::prices::store::prices_around;

/// Numbers of blocks, by the result of repricing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repriced {
    /// All blocks.
    pub blocks: u32,
    /// Blocks whose price changed, or became final.
    pub changed: u32,
    /// Blocks without a price.
    pub unpriced: u32,
    /// Blocks whose price is not final.
    pub provisional: u32,
    /// Blocks that keep a price that was removed from the table `prices`, because the table has no
    /// other price near them.
    pub price_removed: u32,
}

/// Fetches the prices that blocks of the lake lack, and gives every block the nearest price point
/// in the lake, even if the block had a point that was replaced or removed. `progress` is called
/// after each month with its number of blocks.
///
/// # Errors
/// [`IngestError`]; months before the failed one are done.
pub async fn reprice(
    context: &IngestContext,
    now: Timestamp,
    progress: &(dyn Fn(u32) + Sync),
) -> Result<Repriced, IngestError> {
    let lake = context.lake.as_ref();
    let months = stored_months(lake).await?;
    let mut times = Vec::new();
    for month in &months {
        let (rows, _) = read(lake, &blocks::key(*month), blocks::decode).await?;
        let prices = prices_around(lake, *month).await?;
        times.extend(times_without_price(&rows, &prices));
    }
    let gaps = find_gaps(lake, times, now).await?;
    let unfetched = fetch_gaps(lake, &context.prices, &gaps, now, &|| Duration::MAX).await?;
    let mut result = Repriced::default();
    for month in months {
        let of_month = reprice_month(context, month, &unfetched).await?;
        progress(of_month.blocks);
        result.blocks += of_month.blocks;
        result.changed += of_month.changed;
        result.unpriced += of_month.unpriced;
        result.provisional += of_month.provisional;
        result.price_removed += of_month.price_removed;
    }
    Ok(result)
}

async fn reprice_month(
    context: &IngestContext,
    month: Month,
    unfetched: &[Range<Timestamp>],
) -> Result<Repriced, IngestError> {
    let prices = prices_around(context.lake.as_ref(), month).await?;
    let result = Mutex::new(Repriced::default());
    let change = |stored: Vec<PricedBlock>| {
        let reprice = |row: &PricedBlock| PricedBlock {
            price: repriced(row, &prices, unfetched),
            block: row.block.clone(),
        };
        let rows: Vec<PricedBlock> = stored.iter().map(reprice).collect();
        *result
            .lock()
            .expect("nothing panics while it holds the lock") =
            Repriced::compare(&stored, &rows, &prices);
        Ok((rows != stored).then_some(rows))
    };
    change_month(
        context.lake.as_ref(),
        &context.asics,
        month,
        Redo::Nothing,
        &change,
    )
    .await?;
    Ok(result
        .into_inner()
        .expect("nothing panics while it holds the lock"))
}

/// The nearest price that is available by now. A final price stays final, and a block that had a
/// price keeps one.
fn repriced(row: &PricedBlock, prices: &PriceSeries, unfetched: &[Range<Timestamp>]) -> BlockPrice {
    match prices.price_at(row.block.time, unfetched) {
        BlockPrice::Missing => row.price.clone(),
        // The removed point may be fetched again.
        BlockPrice::Provisional(_) if row.price.is_final() && is_gone(row, prices) => {
            row.price.clone()
        }
        BlockPrice::Provisional(quote) if row.price.is_final() => BlockPrice::Final(quote),
        found => found,
    }
}

/// Whether the point of the block's price was removed from the lake's prices.
fn is_gone(row: &PricedBlock, prices: &PriceSeries) -> bool {
    let quote = row.price.quote();
    quote.is_some_and(|quote| prices.at(quote.time).is_none())
}

/// Header times of the first and the last block whose price is not final, or was removed.
fn times_without_price(rows: &[PricedBlock], prices: &PriceSeries) -> Option<BlockTimes> {
    let times = || {
        let is_waiting = |row: &&PricedBlock| !row.price.is_final() || is_gone(row, prices);
        rows.iter().filter(is_waiting).map(|row| row.block.time)
    };
    times().min().zip(times().max())
}

impl Repriced {
    fn compare(before: &[PricedBlock], after: &[PricedBlock], prices: &PriceSeries) -> Self {
        let count = |is: &dyn Fn(&(&PricedBlock, &PricedBlock)) -> bool| {
            let counted = before.iter().zip(after).filter(is).count();
            u32::try_from(counted).expect("a month has a few thousand blocks")
        };
        Self {
            blocks: count(&|_| true),
            changed: count(&|(before, after)| before.price != after.price),
            unpriced: count(&|(_, after)| after.price.quote().is_none()),
            provisional: count(&|(_, after)| matches!(after.price, BlockPrice::Provisional(_))),
            price_removed: count(&|(_, after)| is_gone(after, prices)),
        }
    }
}
