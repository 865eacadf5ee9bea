//! Reads CSV text. Errors name the file, the line and the column.

use std::str::FromStr;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};

use crate::recording::error::RecordingError;

/// Number of characters of a bad value that an error shows.
const SHOWN_CHARS: usize = 80;

/// A CSV text whose first line names the columns.
pub(crate) struct Table<'a> {
    file: &'a str,
    reader: Reader<&'a [u8]>,
    record: StringRecord,
}

#[derive(Clone, Copy)]
pub(crate) struct Column {
    name: &'static str,
    position: usize,
}

pub(crate) struct Row<'t> {
    file: &'t str,
    record: &'t StringRecord,
}

impl<'a> Table<'a> {
    /// The table in `text`. Errors name the file as `file`.
    pub(crate) fn new(file: &'a str, text: &'a [u8]) -> Self {
        let reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
        Self {
            file,
            reader,
            record: StringRecord::new(),
        }
    }

    /// The column with this name, or [`RecordingError::MissingColumn`].
    pub(crate) fn column(&mut self, name: &'static str) -> Result<Column, RecordingError> {
        match self.optional_column(name)? {
            Some(column) => Ok(column),
            None => Err(RecordingError::MissingColumn {
                file: self.file.to_owned(),
                column: name,
                found: shown(&self.headers()?.iter().collect::<Vec<_>>().join(",")),
            }),
        }
    }

    pub(crate) fn optional_column(
        &mut self,
        name: &'static str,
    ) -> Result<Option<Column>, RecordingError> {
        let position = self.headers()?.iter().position(|header| header == name);
        Ok(position.map(|position| Column { name, position }))
    }

    /// The next row, or `None` after the last.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row<'_>>, RecordingError> {
        match self.reader.read_record(&mut self.record) {
            Ok(true) => Ok(Some(Row {
                file: self.file,
                record: &self.record,
            })),
            Ok(false) => Ok(None),
            Err(source) => Err(RecordingError::NotCsv {
                file: self.file.to_owned(),
                source,
            }),
        }
    }

    fn headers(&mut self) -> Result<&StringRecord, RecordingError> {
        let file = self.file;
        self.reader
            .headers()
            .map_err(|source| RecordingError::NotCsv {
                file: file.to_owned(),
                source,
            })
    }
}

impl Row<'_> {
    /// The unparsed value in `column`.
    pub(crate) fn text(&self, column: Column) -> &str {
        // The CSV reader refuses rows that have fewer values than the header.
        self.record.get(column.position).unwrap_or_default()
    }

    /// The value in `column` as a number. `expected` describes valid numbers.
    pub(crate) fn number<T: FromStr>(
        &self,
        column: Column,
        expected: &str,
    ) -> Result<T, RecordingError> {
        self.text(column)
            .parse()
            .map_err(|_| self.fault(column, expected))
    }

    /// The value in `column` as a count, for example of satoshis.
    pub(crate) fn count(&self, column: Column) -> Result<u64, RecordingError> {
        self.number(column, "a whole number")
    }

    /// The value in `column` as a UNIX time.
    pub(crate) fn unix_time(&self, column: Column) -> Result<u32, RecordingError> {
        self.number(column, "a UNIX time in seconds")
    }

    /// The value in `column` as a finite number above zero.
    pub(crate) fn positive(&self, column: Column) -> Result<f64, RecordingError> {
        let expected = "a number above 0";
        let number: f64 = self.number(column, expected)?;
        if number.is_finite() && number > 0.0 {
            Ok(number)
        } else {
            Err(self.fault(column, expected))
        }
    }

    /// The value in `column` as exactly `digits` hex digits, in lower case.
    pub(crate) fn hex(&self, column: Column, digits: usize) -> Result<String, RecordingError> {
        let text = self.text(column);
        if text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(text.to_ascii_lowercase())
        } else {
            Err(self.fault(column, format!("{digits} hex digits")))
        }
    }

    /// The error for a bad value in `column`. `expected` describes valid values.
    pub(crate) fn fault(&self, column: Column, expected: impl Into<String>) -> RecordingError {
        RecordingError::BadValue {
            file: self.file.to_owned(),
            line: self.record.position().map_or(0, csv::Position::line),
            column: column.name,
            expected: expected.into(),
            found: shown(self.text(column)),
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_is_read_by_the_name_of_its_column() {
        let mut table = Table::new("a.csv", b"note,height\nfirst, 7 \n");
        let height = table.column("height").unwrap();

        let row = table.next_row().unwrap().unwrap();

        assert_eq!(row.number::<u32>(height, "a height").unwrap(), 7);
        assert!(table.next_row().unwrap().is_none());
    }

    #[test]
    fn error_for_a_bad_value_names_file_line_column_and_what_is_expected() {
        let mut table = Table::new("a.csv", b"height\n7\nseven\n");
        let height = table.column("height").unwrap();
        table.next_row().unwrap();

        let error = table
            .next_row()
            .unwrap()
            .unwrap()
            .count(height)
            .unwrap_err();

        assert_eq!(
            error.to_string(),
            r#"a.csv, line 3, column height: expected a whole number, found "seven""#
        );
    }

    #[test]
    fn error_for_a_missing_column_lists_the_existing_ones() {
        let error = Table::new("a.csv", b"height,time\n")
            .column("hash")
            .err()
            .unwrap();

        assert_eq!(
            error.to_string(),
            r#"a.csv, line 1: expected a column named hash, found "height,time""#
        );
    }

    #[test]
    fn error_for_a_row_with_too_few_values_names_its_line() {
        let mut table = Table::new("a.csv", b"height,time\n7\n");

        let error = table.next_row().err().unwrap().to_string();

        assert!(
            error.contains("a.csv") && error.contains("line: 2"),
            "{error}"
        );
    }
}
