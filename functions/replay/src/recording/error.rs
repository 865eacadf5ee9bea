//! What can be wrong with a recording, or with what is asked of a replay.

use std::io;

/// A recording that cannot be read.
///
/// Every text names the file; where one value is at fault, also its line and column and what is expected there.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file is missing, not readable, or its gzip data is damaged.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// The file as it was named.
        file: String,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// The first line does not name a column that is needed.
    #[error("{file}, line 1: expected a column named {column}, found {found:?}")]
    MissingColumn {
        /// The file as it was named.
        file: String,
        /// The column that is needed.
        column: &'static str,
        /// The columns that are there.
        found: String,
    },
    /// The file is not CSV: a row of another length, or bytes that are not UTF-8.
    #[error("{file} is not a CSV file: {source}")]
    NotCsv {
        /// The file as it was named.
        file: String,
        /// Line and fault.
        source: csv::Error,
    },
    /// One value is not what its column holds.
    #[error("{file}, line {line}, column {column}: expected {expected}, found {found:?}")]
    BadValue {
        /// The file as it was named.
        file: String,
        /// Line of the row; the header is line 1.
        line: u64,
        /// Column of the value.
        column: &'static str,
        /// What the column holds.
        expected: String,
        /// The value.
        found: String,
    },
    /// The file has a header and nothing else.
    #[error("{file}: expected at least one row below the header")]
    NoRows {
        /// The file as it was named.
        file: String,
    },
}

/// A request that a [`Replay`](crate::Replay) cannot follow.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ReplayError {
    /// The tip to start from is not a recorded block.
    #[error("block {tip} is not in the recording, which holds {first} to {last}")]
    TipOutsideRecording {
        /// The height that was asked for.
        tip: u32,
        /// First recorded height.
        first: u32,
        /// Last recorded height.
        last: u32,
    },
    /// The speed is negative, infinite or not a number.
    #[error("speed {speed} is not a number from 0 (releases no blocks) up")]
    BadSpeed {
        /// The speed that was asked for.
        speed: f64,
    },
    /// No stale block with this hash can be attached to the recording.
    #[error("{hash} is not one of the {known} stale blocks of the recording")]
    UnknownStale {
        /// The hash that was asked for.
        hash: String,
        /// How many there are.
        known: usize,
    },
}
