//! Prices that blocks need and the lake lacks: found, fetched, and written into it.

use std::ops::Range;
use std::time::Duration;

use hashlake_core::lake::Lake;
use hashlake_core::price::needed;
use hashlake_core::timestamp::Timestamp;

use crate::lake_file::LakeFileError;
use crate::prices::PriceSources;
use crate::prices::store::{merge_prices, stored_prices};

const NEAR: Duration = Duration::from_secs(5 * 86_400); // Spans this near need some of the same days.

/// Times of blocks, from the first to the last, of which each needs a price.
pub(crate) type Span = (Timestamp, Timestamp);

/// Stretches of time around these spans, which are in order, for which the lake has no prices.
pub(crate) async fn gaps(
    lake: &dyn Lake,
    spans: impl IntoIterator<Item = Span>,
    now: Timestamp,
) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
    let mut gaps = Vec::new();
    for (first, last) in joined(spans) {
        let stored = stored_prices(lake, needed(first, last, now)).await?;
        gaps.extend(stored.gaps(first, last, now));
    }
    Ok(gaps)
}

/// Brings prices of these stretches into the lake; the answer is which of them have yet to be fetched.
pub(crate) async fn fetch(
    lake: &dyn Lake,
    prices: &PriceSources,
    gaps: &[Range<Timestamp>],
    now: Timestamp,
    time_left: &(dyn Fn() -> Duration + Sync),
) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
    let answer = prices.fetch(gaps, now, time_left).await;
    merge_prices(lake, &answer.points).await?;
    Ok(answer.unanswered)
}

/// Spans that are near each other as one: a year is then five calls, and not one for each month.
fn joined(spans: impl IntoIterator<Item = Span>) -> Vec<Span> {
    let mut joined: Vec<Span> = Vec::new();
    for (first, last) in spans {
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
    fn months_in_a_row_are_one_span_and_a_later_one_another() {
        let months = [(day(0), day(30)), (day(31), day(58)), (day(120), day(150))];

        assert_eq!(joined(months), [(day(0), day(58)), (day(120), day(150))]);
    }
}
