//! What the footer of a `blocks` file reports about its rows.

use std::ops::RangeInclusive;

use bytes::Bytes;
use parquet::arrow::parquet_to_arrow_schema;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::statistics::Statistics;

use super::{TableError, blocks, catch_panic, footer, schema};

/// A summary of the rows of a `blocks` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Number of blocks.
    pub blocks: u64,
    /// Number of blocks with a price.
    pub priced_blocks: u64,
    /// The lowest and the highest height; `None` if there are no blocks.
    pub heights: Option<RangeInclusive<u32>>,
    /// Number of blocks whose hashprice with mean fees is known.
    pub mean_fee_blocks: u64,
    /// Whether the file has exactly the columns that this version writes.
    pub is_current: bool,
}

impl Outline {
    /// The outline of a file of `len` bytes whose last bytes are `tail`, at least its footer.
    ///
    /// # Errors
    /// [`TableError`] if `tail` is not the end of a file of `blocks`, for example because the file
    /// was cut off.
    pub fn decode(tail: Bytes, len: u64) -> Result<Self, TableError> {
        let metadata = footer::read(tail, len)?;
        catch_panic(|| Self::of(&metadata))
    }

    fn of(metadata: &ParquetMetaData) -> Result<Self, TableError> {
        let file = metadata.file_metadata();
        let find = |name: &str| {
            let mut columns = file.schema_descr().columns().iter();
            columns.position(|column| column.name() == name)
        };
        let column = |name: &'static str, expected: &str| {
            find(name).ok_or_else(|| TableError::Column {
                column: name,
                expected: expected.to_owned(),
            })
        };
        let (height, price) = (column("height", "Int32")?, column("price_usd", "Float64")?);
        let mean_fees = find("sat_per_ph_day_144");
        let stored = parquet_to_arrow_schema(file.schema_descr(), file.key_value_metadata())?;
        let mut outline = Self {
            blocks: 0,
            priced_blocks: 0,
            heights: None,
            mean_fee_blocks: 0,
            is_current: stored.fields() == schema(&blocks::columns()).fields(),
        };
        for group in metadata.row_groups() {
            let rows = u64::try_from(group.num_rows()).unwrap_or_default();
            let known = |column: &ColumnChunkMetaData| {
                let nulls = column.statistics().and_then(Statistics::null_count_opt);
                rows.saturating_sub(nulls.unwrap_or_default())
            };
            outline.blocks += rows;
            outline.priced_blocks += known(group.column(price));
            outline.mean_fee_blocks += mean_fees.map_or(0, |column| known(group.column(column)));
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
