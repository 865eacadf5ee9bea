//! The tables of the lake as Parquet: names, meanings and encodings of their columns.
//!
//! Each table encodes rows to the bytes of a file, and decodes them. Equal rows give equal bytes.

pub mod asics;
pub mod blocks;
mod checksum;
mod column_order;
mod columns;
pub mod daily;
mod footer;
pub mod hash_filter;
mod month_check;
pub mod mwh_revenue;
pub mod outline;
mod page_sizes;
pub mod prices;
pub mod tail;
mod thrift;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use thiserror::Error;

pub use self::month_check::check_month;
use crate::month::Month;

const ROWS_PER_GROUP: usize = 131_072;
/// A month of revenue has about 300,000 rows.
const MAX_ROWS: usize = 1 << 22;
const ZSTD_LEVEL: i32 = 3;
/// Rate of false positives of the bloom filters. A block is looked up by its hash in the files of
/// all months. At this rate, one of a hundred files is read although it does not have the block.
const FALSE_POSITIVES: f64 = 0.01;
const LENGTH_GUARD_KEY: &str = "hashlake.length_guard";

/// Why a file cannot be decoded.
#[derive(Debug, Error)]
pub enum TableError {
    /// The bytes are not those that were written.
    #[error("its checksum does not match: it is damaged, or another program has changed it")]
    Checksum,
    /// The file has rows of another month than its key.
    #[error("it has rows of {found}, but its name has another month")]
    OtherMonth {
        /// The month of the rows.
        found: Month,
    },
    /// The bytes are not a complete Parquet file.
    #[error("not a readable Parquet file: {0}")]
    Parquet(#[from] ParquetError),
    /// The data cannot be read into Arrow arrays.
    #[error("cannot read the data: {0}")]
    Arrow(#[from] ArrowError),
    /// A column is missing, or has another type.
    #[error("column `{column}` is missing or is not {expected}")]
    Column {
        /// Name of the column.
        column: &'static str,
        /// The type that it should have.
        expected: String,
    },
    /// The data of a column cannot be read.
    #[error("cannot read column `{column}`: {source}")]
    Unreadable {
        /// Name of the column.
        column: &'static str,
        /// The error.
        source: ParquetError,
    },
    /// A value is not valid in its column.
    #[error("column `{column}`, row {row}: {reason}")]
    Value {
        /// Name of the column.
        column: &'static str,
        /// Number of the row in the file, from 0.
        row: usize,
        /// What is wrong with the value.
        reason: String,
    },
}

/// Whether a file has a footer entry that changes its length.
///
/// A reader that reads a file while it is replaced may get parts of the old and the new file. If
/// their lengths differ, the reader gets an error; otherwise, it does not notice. So a file that
/// would replace a file of equal length gets the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthGuard {
    /// Without the entry.
    Absent,
    /// With the entry.
    Present,
}

/// Key of the file of a table and month: `v1/<table>/year=YYYY/<table>-YYYY-MM.parquet`.
pub(crate) fn monthly_key(table: &str, month: Month) -> String {
    format!(
        "v1/{table}/year={:04}/{table}-{month}.parquet",
        month.year()
    )
}

/// The month of the file with this key; `None` if it is not a file of this table.
pub(crate) fn month_of_key(table: &str, key: &str) -> Option<Month> {
    let month = key
        .strip_suffix(".parquet")?
        .rsplit_once('/')?
        .1
        .strip_prefix(table)?
        .strip_prefix('-')?
        .parse()
        .ok()?;
    (monthly_key(table, month) == key).then_some(month)
}

/// How the values of a column are encoded.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// Integers and times, as differences to the previous row.
    Delta,
    /// Plain.
    Plain,
    /// A dictionary, for few values that repeat.
    Dictionary,
    /// Plain, with a bloom filter, which shows which row groups do not contain a value.
    Bloom,
}

/// A column of a table. Unit and meaning go into its field metadata.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) data_type: DataType,
    pub(crate) nullable: bool,
    pub(crate) layout: Layout,
    pub(crate) unit: &'static str,
    pub(crate) meaning: &'static str,
}

/// A column that is never null.
pub(crate) const fn column(
    name: &'static str,
    data_type: DataType,
    layout: Layout,
    unit: &'static str,
    meaning: &'static str,
) -> Column {
    Column {
        name,
        data_type,
        nullable: false,
        layout,
        unit,
        meaning,
    }
}

impl Column {
    pub(crate) const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }
}

/// The type of all times in the lake: milliseconds in UTC.
pub(crate) fn timestamp_type() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn schema(columns: &[Column]) -> SchemaRef {
    let field = |column: &Column| {
        let about = [("unit", column.unit), ("meaning", column.meaning)];
        let metadata = about.into_iter().filter(|(_, text)| !text.is_empty());
        Field::new(column.name, column.data_type.clone(), column.nullable).with_metadata(
            metadata
                .map(|(key, text)| (key.to_owned(), text.to_owned()))
                .collect::<BTreeMap<_, _>>(),
        )
    };
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fn properties(columns: &[Column], guard: LengthGuard) -> WriterProperties {
    let zstd = ZstdLevel::try_new(ZSTD_LEVEL).expect("3 is a valid level of zstd");
    let entry = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let mut entries = vec![entry(checksum::KEY, checksum::UNFILLED)];
    if guard == LengthGuard::Present {
        entries.push(entry(
            LENGTH_GUARD_KEY,
            "differs in length from the file it replaced",
        ));
    }
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_key_value_metadata(Some(entries));
    for column in columns {
        let path = ColumnPath::from(column.name);
        properties = match column.layout {
            Layout::Plain => properties,
            Layout::Delta => properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
            Layout::Dictionary => properties.set_column_dictionary_enabled(path, true),
            Layout::Bloom => properties
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_fpp(path, FALSE_POSITIVES),
        };
    }
    properties.build()
}

pub(crate) fn batch(columns: &[Column], arrays: Vec<ArrayRef>) -> RecordBatch {
    RecordBatch::try_new(schema(columns), arrays)
        .expect("each table lists its columns and arrays in the same order")
}

/// Encodes a file in memory. This cannot fail: the rows fit the schema, and memory accepts every
/// write.
pub(crate) fn write(
    columns: &[Column],
    batches: impl IntoIterator<Item = RecordBatch>,
    guard: LengthGuard,
) -> Bytes {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(
        &mut bytes,
        schema(columns),
        Some(properties(columns, guard)),
    )
    .expect("every type that the lake uses has a Parquet form");
    for batch in batches {
        writer.write(&batch).expect("the batches have the schema");
    }
    let metadata = writer.close().expect("memory accepts every write");
    column_order::declare_type_order(&mut bytes, columns.len());
    checksum::fill(&mut bytes, &metadata);
    bytes.into()
}

/// All rows of a file, as Arrow arrays.
///
/// # Errors
/// [`TableError`] if the bytes are not a Parquet file.
pub fn read(bytes: Bytes) -> Result<RecordBatch, TableError> {
    catch_panic(|| {
        let reader = open(bytes)?.with_batch_size(ROWS_PER_GROUP).build()?;
        let schema = arrow::array::RecordBatchReader::schema(&reader);
        let batches = reader.collect::<Result<Vec<_>, _>>()?;
        Ok(concat_batches(&schema, &batches)?)
    })
}

/// The first rows of a file, at most `rows`, and the number of all its rows.
pub(crate) fn read_first(
    bytes: Bytes,
    rows: usize,
) -> Result<(Option<RecordBatch>, usize), TableError> {
    catch_panic(|| {
        let reader = open(bytes)?;
        let all = usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or_default();
        let mut batches = reader.with_batch_size(rows).with_limit(rows).build()?;
        Ok((batches.next().transpose()?, all))
    })
}

fn open(bytes: Bytes) -> Result<ParquetRecordBatchReaderBuilder<Bytes>, TableError> {
    let metadata = footer::read(bytes.clone(), bytes.len() as u64)?;
    page_sizes::rows(&metadata, MAX_ROWS)?;
    page_sizes::check_file(&bytes, &metadata)?;
    let metadata = ArrowReaderMetadata::try_new(Arc::new(metadata), ArrowReaderOptions::new())?;
    Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(
        bytes, metadata,
    ))
}

/// Returns what `read` returns, or an error if it panics: the Parquet readers panic on some damaged
/// files.
fn catch_panic<T, E: From<ParquetError>>(read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(inconsistent().into()))
}

fn inconsistent() -> ParquetError {
    ParquetError::General("the metadata is inconsistent".to_owned())
}

pub(crate) fn invalid_value(
    column: &'static str,
    row: usize,
    reason: impl std::fmt::Display,
) -> TableError {
    TableError::Value {
        column,
        row,
        reason: reason.to_string(),
    }
}

/// A height as a signed integer of Parquet. It always fits: heights are checked when they are read,
/// and 2^31 blocks take 40,000 years.
pub(crate) fn height_i32(height: u32) -> i32 {
    i32::try_from(height).unwrap_or(i32::MAX)
}
