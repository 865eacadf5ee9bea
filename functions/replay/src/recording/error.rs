//! What can be wrong with a file of a recording.

use std::io;

/// A recording that cannot be read: a fault of one file.
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
    /// A row of another length than the header, or bytes that are not UTF-8.
    #[error("{file} is not a valid CSV file: {source}")]
    NotCsv { file: String, source: csv::Error },
    /// Lines are counted from 1, the header.
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
