//! The lake's tables as Parquet: what each column is called, means and how it is encoded.
//!
//! Rows go in, bytes come out, and back. The same rows give the same bytes.

pub mod asics;
pub mod blocks;
mod columns;
pub mod daily;
pub mod hash_filter;
pub mod mwh_revenue;
pub mod prices;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use thiserror::Error;

use crate::month::Month;

const ROWS_PER_GROUP: usize = 131_072;
const ZSTD_LEVEL: i32 = 3;
const FALSE_POSITIVES: f64 = 0.01; // Of a bloom filter: a hash is looked for in all months, of which a hundredth are then read.
const LENGTH_GUARD_KEY: &str = "hashlake.length_guard";

/// A file that is not the table it should be.
#[derive(Debug, Error)]
pub enum TableError {
    /// The bytes are not a whole Parquet file.
    #[error("not a readable Parquet file: {0}")]
    Parquet(#[from] ParquetError),
    /// Its data cannot be read into Arrow's arrays.
    #[error("unreadable data: {0}")]
    Arrow(#[from] ArrowError),
    /// A column is missing or of another type.
    #[error("column `{column}` is missing or is not {expected}")]
    Column {
        /// Its name.
        column: &'static str,
        /// Its type.
        expected: String,
    },
    /// A column's data cannot be read.
    #[error("column `{column}` cannot be read: {source}")]
    Unreadable {
        /// Its name.
        column: &'static str,
        /// What is wrong with it.
        source: ParquetError,
    },
    /// A value is none that this column can hold.
    #[error("column `{column}`, row {row}: {reason}")]
    Value {
        /// The column's name.
        column: &'static str,
        /// The row's number in the file, from 0.
        row: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// Whether a file carries an entry that changes its length.
///
/// A reader that is caught between two files of the same length can mix them unnoticed; between two of different length it
/// gets an error. So a file that would replace one of its own length carries the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthGuard {
    /// The file as it is.
    Absent,
    /// With the entry.
    Present,
}

/// Where a table's files lie: `v1/<table>/year=YYYY/<table>-YYYY-MM.parquet`.
pub(crate) fn monthly_key(table: &str, month: Month) -> String {
    format!(
        "v1/{table}/year={:04}/{table}-{month}.parquet",
        month.year()
    )
}

/// The month of a file of this table; `None` for other keys.
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

/// How a column's values are written.
#[derive(Clone, Copy)]
pub(crate) enum Layout {
    /// Integers and times, as differences.
    Delta,
    /// As they are.
    Plain,
    /// Few values that repeat.
    Dictionary,
    /// As they are, with a filter that tells which row groups cannot hold a value.
    Bloom,
}

/// A column: name, type, whether it can be null, layout, unit and meaning.
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

/// The type of every time in the lake; milliseconds in UTC.
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
    let zstd = ZstdLevel::try_new(ZSTD_LEVEL).expect("3 is a level of zstd");
    let guard = matches!(guard, LengthGuard::Present).then(|| {
        vec![KeyValue::new(
            LENGTH_GUARD_KEY.to_owned(),
            "differs in length from the file it replaced".to_owned(),
        )]
    });
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_key_value_metadata(guard);
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
        .expect("columns and arrays are listed together, in one order")
}

/// A whole file in memory. Nothing in it can fail: the rows are of the schema, and memory does not refuse a write.
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
    .expect("every type of the lake has a Parquet form");
    for batch in batches {
        writer.write(&batch).expect("batches are of the schema");
    }
    writer.close().expect("memory takes every write");
    bytes.into()
}

/// All rows of a file, as Arrow's arrays.
///
/// # Errors
/// [`TableError`] where the bytes are not a Parquet file.
pub fn read(bytes: Bytes) -> Result<RecordBatch, TableError> {
    unless_it_panics(|| {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)?
            .with_batch_size(ROWS_PER_GROUP)
            .build()?;
        let schema = arrow::array::RecordBatchReader::schema(&reader);
        let batches = reader.collect::<Result<Vec<_>, _>>()?;
        Ok(concat_batches(&schema, &batches)?)
    })
}

/// What `read` gives. Parquet's readers assert some of what damage breaks; that is no reason to end the program.
fn unless_it_panics<T, E: From<ParquetError>>(read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(contradiction().into()))
}

fn contradiction() -> ParquetError {
    ParquetError::General("its metadata contradict each other".to_owned())
}

pub(crate) fn bad(column: &'static str, row: usize, reason: impl std::fmt::Display) -> TableError {
    TableError::Value {
        column,
        row,
        reason: reason.to_string(),
    }
}

/// A height as Parquet's signed integer.
pub(crate) fn height_i32(height: u32) -> i32 {
    i32::try_from(height).expect("2^31 blocks take 40,000 years")
}
