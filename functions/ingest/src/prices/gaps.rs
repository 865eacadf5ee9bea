//! Finds the time ranges for which blocks need prices that the lake lacks, and fetches these prices
//! into the lake.

use std::ops::Range;
use std::time::Duration;

use hashlake_core::lake::Lake;
use hashlake_core::price::{MAX_PRICE_AGE, PriceSeries, needed};
use hashlake_core::timestamp::Timestamp;

use crate::lake_file::LakeFileError;
use crate::prices::PriceSources;
use crate::prices::note::{PriceNews, update_note};
use crate::prices::store::{merge_prices, stored_prices};

/// Blocks less than this apart need prices of the same days.
const NEAR: Duration = Duration::from_secs(5 * 86_400);

/// Times of the first and the last block of a range that needs prices.
pub(crate) type BlockTimes = (Timestamp, Timestamp);

/// Time ranges around these blocks for which the lake has no prices. `times` are in order.
pub(crate) async fn find_gaps(
    lake: &dyn Lake,
    times: impl IntoIterator<Item = BlockTimes>,
    now: Timestamp,
) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
    let mut gaps = Vec::new();
    for (first, last) in joined(times) {
        let stored = stored_prices(lake, needed(first, last, now)).await?;
        gaps.extend(stored.gaps(first, last, now));
    }
    Ok(gaps)
}

/// Fetches prices into the lake, and returns the gaps that have yet to be fetched.
pub(crate) async fn fetch_gaps(
    lake: &dyn Lake,
    prices: &PriceSources,
    gaps: &[Range<Timestamp>],
    now: Timestamp,
    time_left: &(dyn Fn() -> Duration + Sync),
) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
    let mut known = PriceSeries::default();
    for edge in gaps.iter().flat_map(|gap| [gap.start, gap.end]) {
        let around = stored_prices(lake, edge - MAX_PRICE_AGE..edge + MAX_PRICE_AGE).await?;
        known.merge(around.points().iter().cloned());
    }
    let fetched = prices.fetch(gaps, &known, now, time_left).await;
    merge_prices(lake, &fetched.points).await?;
    let news = PriceNews {
        states: &[],
        suspects: &fetched.suspects,
        is_stored: &|_| false,
    };
    update_note(lake, &news, now).await;
    Ok(fetched.unfetched)
}

/// Joins times that are near each other, so that a year takes five calls instead of twelve.
fn joined(times: impl IntoIterator<Item = BlockTimes>) -> Vec<BlockTimes> {
    let mut joined: Vec<BlockTimes> = Vec::new();
    for (first, last) in times {
        match joined.last_mut() {
            Some((_, end)) if first.since(*end) < NEAR => *end = last.max(*end),
            _ => joined.push((first, last)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> Timestamp {
        Timestamp::from_block_time(day * 86_400)
    }

    #[test]
    fn months_in_a_row_are_joined_and_a_later_one_is_not() {
        let months = [(day(0), day(30)), (day(31), day(58)), (day(120), day(150))];

        assert_eq!(joined(months), [(day(0), day(58)), (day(120), day(150))]);
    }
}
