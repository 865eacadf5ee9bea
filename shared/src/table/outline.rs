//! What the footer of a `blocks` file says about its rows.

use std::ops::RangeInclusive;

use bytes::Bytes;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataReader};
use parquet::file::statistics::Statistics;

use super::TableError;
use super::tail::Tail;
use crate::revenue::PricedBlock;

/// The rows of a `blocks` file in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Number of blocks.
    pub blocks: u64,
    /// Number of blocks with a price.
    pub priced_blocks: u64,
    /// From the lowest to the highest; `None` if there are no blocks.
    pub heights: Option<RangeInclusive<u32>>,
}

impl Outline {
    /// The outline of these rows, which are in order of height.
    pub fn of(rows: &[PricedBlock]) -> Self {
        let height = |row: &PricedBlock| row.block.height;
        Self {
            blocks: rows.len() as u64,
            priced_blocks: rows
                .iter()
                .filter(|row| row.price.quote().is_some())
                .count() as u64,
            heights: rows
                .first()
                .zip(rows.last())
                .map(|(first, last)| height(first)..=height(last)),
        }
    }

    /// The outline of a file of `len` bytes whose last bytes are `tail`, at least its footer.
    ///
    /// # Errors
    /// [`TableError`] if `tail` is not the end of a file of `blocks`, such as that of a file that was
    /// cut off.
    pub fn decode(tail: Bytes, len: u64) -> Result<Self, TableError> {
        super::catch_panic(|| Self::decode_unguarded(tail, len))
    }

    fn decode_unguarded(tail: Bytes, len: u64) -> Result<Self, TableError> {
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&Tail { tail, len })?;
        let schema = metadata.file_metadata().schema_descr();
        let column = |name: &'static str, expected: &str| {
            let mut columns = schema.columns().iter();
            columns
                .position(|column| column.name() == name)
                .ok_or_else(|| TableError::Column {
                    column: name,
                    expected: expected.to_owned(),
                })
        };
        let (height, price) = (column("height", "Int32")?, column("price_usd", "Float64")?);
        let mut outline = Self {
            blocks: 0,
            priced_blocks: 0,
            heights: None,
        };
        for group in metadata.row_groups() {
            let rows = u64::try_from(group.num_rows()).unwrap_or_default();
            let nulls = group
                .column(price)
                .statistics()
                .and_then(Statistics::null_count_opt);
            outline.blocks += rows;
            outline.priced_blocks += rows.saturating_sub(nulls.unwrap_or_default());
            let of_group = heights(group.column(height));
            outline.heights = match (outline.heights, of_group) {
                (Some(below), Some(above)) => Some(*below.start()..=*above.end()),
                (below, above) => below.or(above),
            };
        }
        Ok(outline)
    }
}

fn heights(column: &ColumnChunkMetaData) -> Option<RangeInclusive<u32>> {
    let Statistics::Int32(heights) = column.statistics()? else {
        return None;
    };
    let (min, max) = (heights.min_opt()?, heights.max_opt()?);
    Some(u32::try_from(*min).ok()?..=u32::try_from(*max).ok()?)
}
