//! Checks that a file has rows of the month in its key, so that a file that was stored under the key
//! of another month is an error.

use bytes::Bytes;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;

use super::{TableError, blocks, footer, mwh_revenue, prices};
use crate::month::Month;
use crate::timestamp::Timestamp;

/// Checks a file of `len` bytes of which `tail` are the last ones, at least its footer. The footer
/// has the first and the last time of each row group. Files that are not of a month are not checked.
///
/// # Errors
/// [`TableError::OtherMonth`] if it has rows of another month, and other errors if the footer cannot
/// be read.
pub fn check_month(key: &str, tail: Bytes, len: u64) -> Result<(), TableError> {
    let (month, time) = match (
        blocks::month(key).or_else(|| mwh_revenue::month(key)),
        prices::month(key),
    ) {
        (Some(month), _) => (month, "median_time"),
        (None, Some(month)) => (month, "time"),
        (None, None) => return Ok(()),
    };
    let other = ends(&footer::read(tail, len)?, time)
        .map(Month::of)
        .find(|found| *found != month);
    other.map_or(Ok(()), |found| Err(TableError::OtherMonth { found }))
}

/// The first and the last time of each row group, as far as the footer has them.
fn ends(metadata: &ParquetMetaData, column: &str) -> impl Iterator<Item = Timestamp> {
    let groups = metadata.row_groups().iter();
    let chunks = groups.flat_map(|group| group.columns());
    let times = chunks
        .filter(move |chunk| chunk.column_path().parts() == [column])
        .filter_map(|chunk| match chunk.statistics()? {
            Statistics::Int64(times) => Some([*times.min_opt()?, *times.max_opt()?]),
            _ => None,
        });
    times.flatten().filter_map(Timestamp::from_ms)
}
