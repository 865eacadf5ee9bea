//! Errors in the files of a recording.

use std::io;

/// Why a file of a recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file is missing or not readable, or its gzip data is damaged.
    #[error("cannot read {file}: {source}")]
    Unreadable { file: String, source: io::Error },
    #[error("{file}, line 1: expected a column named {column}, found {found:?}")]
    MissingColumn {
        file: String,
        column: &'static str,
        found: String,
    },
    /// A row has more or fewer values than the header, or the file is not UTF-8.
    #[error("{file} is not a valid CSV file: {source}")]
    NotCsv { file: String, source: csv::Error },
    /// A value is invalid. Line 1 is the header.
    #[error("{file}, line {line}, column {column}: expected {expected}, found {found:?}")]
    BadValue {
        file: String,
        line: u64,
        column: &'static str,
        expected: String,
        found: String,
    },
    #[error("{file}: expected at least one row below the header")]
    NoRows { file: String },
}
