//! Checks rows that are in order, and cuts them at the ends of months.

use std::ops::RangeInclusive;

use hashlake_core::month::Month;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily::DayRow;
use hashlake_core::timestamp::Timestamp;

/// Whether two neighbouring blocks of the lake contradict each other: the second one cannot follow
/// the first one in a chain.
pub(crate) fn contradicts(pair: &[PricedBlock]) -> bool {
    let (below, above) = (&pair[0].block, &pair[1].block);
    above.height <= below.height
        || (above.height == below.height + 1 && above.prev_hash != below.hash)
}

/// Rows in order of time, cut where months begin.
pub(crate) fn by_month<T>(rows: &[T], time: impl Fn(&T) -> Timestamp) -> Vec<(Month, &[T])> {
    let month = |row: &T| Month::of(time(row));
    rows.chunk_by(|a, b| month(a) == month(b))
        .filter_map(|rows| Some((month(rows.first()?), rows)))
        .collect()
}

/// Heights of the blocks of a month, from the table of days.
pub(crate) fn heights_of(days: &[DayRow], month: Month) -> Option<RangeInclusive<u32>> {
    let days = || days.iter().filter(|day| day.day.month() == month);
    let first = days().map(|day| day.first_height).min()?;
    Some(first..=days().map(|day| day.last_height).max()?)
}

/// How to refill blocks from the node.
pub(crate) fn refill_command(heights: &RangeInclusive<u32>) -> String {
    format!(
        "Restore it, or refill its blocks: hashlake backfill --from {} --to {} --force",
        heights.start(),
        heights.end()
    )
}
