//! The columns of a file, each decoded on request.
//!
//! Memory is allocated for the values that are read, not for the number of values in the metadata.
//! So a damaged file causes an error, and cannot exhaust memory.

use std::convert::Infallible;
use std::fmt::Display;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::schema::types::ColumnDescPtr;

use super::{TableError, catch_panic, footer, inconsistent, invalid_value, page_sizes};
use crate::day::Day;
use crate::timestamp::Timestamp;

/// Prices of a year by the minute are 525,600 rows.
const MAX_ROWS: usize = 1 << 20;
const ROWS_PER_READ: usize = 1024;
const MAX_TEXT_LEN: usize = 4096;
const MAX_ROWS_RESERVED: usize = 8192; // A month has about 4,500 blocks.

/// A type of column: how Parquet stores its values, and the type that they are read as.
pub(crate) trait ColumnType {
    /// The type that Parquet stores.
    type Stored: DataType;
    /// The type that is read.
    type Value<'a>;
    /// Name of the type in Arrow, for errors.
    const NAME: &'static str;
    /// Parquet's annotation of what the stored values mean.
    fn logical_type() -> Option<LogicalType>;
    /// Converts a stored value, or returns what is wrong with it.
    fn value(stored: &<Self::Stored as DataType>::T) -> Result<Self::Value<'_>, &'static str>;
}

macro_rules! stored_as_they_are {
    ($($kind:ident: $value:ty, $stored:ty;)*) => {$(
        pub(crate) struct $kind;

        impl ColumnType for $kind {
            type Stored = $stored;
            type Value<'a> = $value;
            const NAME: &'static str = stringify!($kind);

            fn logical_type() -> Option<LogicalType> {
                None
            }

            fn value(stored: &$value) -> Result<$value, &'static str> {
                Ok(*stored)
            }
        }
    )*};
}

stored_as_they_are! {
    Boolean: bool, BoolType;
    Int32: i32, Int32Type;
    Int64: i64, Int64Type;
    Float64: f64, DoubleType;
}

/// Milliseconds in UTC.
pub(crate) struct Time;

impl ColumnType for Time {
    type Stored = Int64Type;
    type Value<'a> = Timestamp;
    const NAME: &'static str = r#"Timestamp(ms, "UTC")"#;

    fn logical_type() -> Option<LogicalType> {
        Some(LogicalType::timestamp(true, TimeUnit::MILLIS))
    }

    fn value(ms: &i64) -> Result<Timestamp, &'static str> {
        Timestamp::from_ms(*ms).ok_or("a time outside the years 0 to 9999")
    }
}

/// Days since 1970-01-01.
pub(crate) struct Date32;

impl ColumnType for Date32 {
    type Stored = Int32Type;
    type Value<'a> = Day;
    const NAME: &'static str = "Date32";

    fn logical_type() -> Option<LogicalType> {
        Some(LogicalType::Date)
    }

    fn value(days: &i32) -> Result<Day, &'static str> {
        Day::from_days(*days).ok_or("a day outside the years 0 to 9999")
    }
}

/// Text, parsed without a copy.
pub(crate) struct Utf8;

impl ColumnType for Utf8 {
    type Stored = ByteArrayType;
    type Value<'a> = &'a str;
    const NAME: &'static str = "Utf8";

    fn logical_type() -> Option<LogicalType> {
        Some(LogicalType::String)
    }

    fn value(text: &ByteArray) -> Result<&str, &'static str> {
        if text.len() > MAX_TEXT_LEN {
            return Err("a text of more than 4,096 bytes");
        }
        text.as_utf8().map_err(|_| "not UTF-8")
    }
}

/// Keeps a value as it is.
pub(crate) const fn as_is<T>(value: T) -> Result<T, Infallible> {
    Ok(value)
}

/// A parser for text that often repeats: equal values in consecutive rows share one allocation.
pub(crate) fn shared() -> impl FnMut(&str) -> Result<Arc<str>, Infallible> {
    let mut last = Arc::<str>::default();
    move |text| {
        if *last != *text {
            last = text.into();
        }
        Ok(last.clone())
    }
}

/// The values of a column that can be null, by row. A column that is missing in the file is null in
/// every row.
pub(crate) struct Nullable<V>(Vec<Option<V>>);

impl<V: Clone> Nullable<V> {
    pub(crate) fn get(&self, row: usize) -> Option<V> {
        self.0.get(row)?.clone()
    }
}

/// The columns of a file, for a range of its rows. Every error names the column.
pub(crate) struct StoredColumns {
    file: Arc<Bytes>,
    metadata: ParquetMetaData,
    rows: Range<usize>,
}

impl StoredColumns {
    /// The columns of a file, for all rows.
    pub(crate) fn open(file: Bytes) -> Result<Self, TableError> {
        let metadata = footer::read(file.clone(), file.len() as u64)?;
        let rows = page_sizes::rows(&metadata, MAX_ROWS)?;
        Ok(Self {
            file: Arc::new(file),
            metadata,
            rows: 0..rows,
        })
    }

    /// The same columns for another range of rows.
    pub(crate) fn select(self, rows: Range<usize>) -> Self {
        Self { rows, ..self }
    }

    /// An error for a value that is not valid in its column; `row` counts from the first selected
    /// row.
    pub(crate) fn invalid_value(
        &self,
        column: &'static str,
        row: usize,
        reason: &str,
    ) -> TableError {
        invalid_value(column, self.rows.start + row, reason)
    }

    /// The values of a column that is never null.
    pub(crate) fn required<K: ColumnType, V, E: Display>(
        &self,
        column: &'static str,
        _: K,
        mut parse: impl FnMut(K::Value<'_>) -> Result<V, E>,
    ) -> Result<Vec<V>, TableError> {
        let index = self
            .find::<K>(column)?
            .ok_or_else(|| wrong_type::<K>(column))?;
        self.read::<K, _>(column, index, |value| {
            parse(value.ok_or("null")?).map_err(|error| error.to_string())
        })
    }

    /// The values of a column that can be null.
    pub(crate) fn nullable<K: ColumnType, V, E: Display>(
        &self,
        column: &'static str,
        _: K,
        mut parse: impl FnMut(K::Value<'_>) -> Result<V, E>,
    ) -> Result<Nullable<V>, TableError> {
        let Some(index) = self.find::<K>(column)? else {
            return Ok(Nullable(Vec::new()));
        };
        let values = self.read::<K, _>(column, index, |value| {
            let parsed = value.map(&mut parse).transpose();
            parsed.map_err(|error| error.to_string())
        });
        values.map(Nullable)
    }

    /// Index of the column with this name, if the file has one.
    fn find<K: ColumnType>(&self, column: &'static str) -> Result<Option<usize>, TableError> {
        let columns = self.metadata.file_metadata().schema_descr().columns();
        let named = |found: &ColumnDescPtr| found.path().parts() == [column];
        let Some(index) = columns.iter().position(named) else {
            return Ok(None);
        };
        let found = &columns[index];
        let fits = found.physical_type() == K::Stored::get_physical_type()
            && found.logical_type_ref() == K::logical_type().as_ref()
            && found.max_rep_level() == 0;
        fits.then_some(Some(index))
            .ok_or_else(|| wrong_type::<K>(column))
    }

    fn read<K: ColumnType, V>(
        &self,
        column: &'static str,
        index: usize,
        mut parse: impl FnMut(Option<K::Value<'_>>) -> Result<V, String>,
    ) -> Result<Vec<V>, TableError> {
        let unreadable = |source| TableError::Unreadable { column, source };
        let mut parsed = Vec::with_capacity(self.rows.len().min(MAX_ROWS_RESERVED));
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        for (group, rows) in self.groups() {
            let mut left = rows.len();
            let mut reader = catch_panic(|| self.reader::<K::Stored>(group, index, rows.start))
                .map_err(unreadable)?;
            while left > 0 {
                values.clear();
                levels.clear();
                let count = catch_panic(|| {
                    let most = left.min(ROWS_PER_READ);
                    match reader.read_records(most, Some(&mut levels), None, &mut values)? {
                        (0, ..) => Err(inconsistent()),
                        (count, ..) => Ok(count),
                    }
                })
                .map_err(unreadable)?;
                left -= count;
                let mut values = values.iter(); // Only those that are not null.
                for row in 0..count {
                    let is_null = levels.get(row) == Some(&0); // A required column has no levels.
                    let stored = if is_null { None } else { values.next() };
                    let value = stored.map(K::value).transpose().map_err(str::to_owned);
                    let invalid =
                        |reason: String| self.invalid_value(column, parsed.len(), &reason);
                    parsed.push(value.and_then(&mut parse).map_err(invalid)?);
                }
            }
        }
        Ok(parsed)
    }

    /// The row groups that contain the selected rows, each with the range of these rows in the
    /// group.
    fn groups(&self) -> impl Iterator<Item = (&RowGroupMetaData, Range<usize>)> {
        let mut first = 0; // Number of the group's first row in the file.
        let selected = move |group| {
            let len = len(group).expect("`open` has counted the rows of every group");
            let within = |row: usize| row.saturating_sub(first).min(len);
            let rows = within(self.rows.start)..within(self.rows.end);
            first += len;
            (group, rows)
        };
        let groups = self.metadata.row_groups().iter().map(selected);
        groups.filter(|(_, rows)| !rows.is_empty())
    }

    /// A reader of a column of a row group, from row `start` of the group.
    fn reader<T: DataType>(
        &self,
        group: &RowGroupMetaData,
        index: usize,
        start: usize,
    ) -> Result<ColumnReaderImpl<T>, ParquetError> {
        let chunk = group.column(index);
        if chunk.num_values() != group.num_rows() {
            return Err(inconsistent());
        }
        page_sizes::check(&self.file, chunk)?;
        let pages = SerializedPageReader::new(self.file.clone(), chunk, len(group)?, None)?;
        let mut reader = ColumnReaderImpl::new(chunk.column_descr_ptr(), Box::new(pages));
        reader.skip_records(start)?;
        Ok(reader)
    }
}

fn len(group: &RowGroupMetaData) -> Result<usize, ParquetError> {
    Ok(usize::try_from(group.num_rows())?)
}

fn wrong_type<K: ColumnType>(column: &'static str) -> TableError {
    TableError::Column {
        column,
        expected: K::NAME.to_owned(),
    }
}
