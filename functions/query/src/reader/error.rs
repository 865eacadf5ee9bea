//! Why the lake cannot be read.

use hashlake_core::cursor::CursorError;
use hashlake_core::lake::LakeError;
use hashlake_core::table::TableError;
use thiserror::Error;

/// Why the lake cannot be read.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// A file has changed since the files were listed.
    #[error("the lake's file `{key}` was replaced while it was read")]
    Replaced { key: String },
    /// The cursor's block is not in the lake: files are being replaced, or are lost.
    #[error(
        "the cursor is at block {height}, but the lake does not have that block: try again, and run `hashlake verify` if this continues"
    )]
    TipMissing { height: u32 },
    /// A file that every lake has is missing.
    #[error("the lake has no file `{key}`: the next ingest writes it again")]
    Missing { key: &'static str },
    /// A file cannot be decoded.
    #[error("the lake's file `{key}` is damaged: {source}")]
    Damaged { key: String, source: TableError },
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// No block has been ingested yet.
    #[error("the lake is empty: no block has been ingested yet")]
    Empty,
}

impl ReadError {
    /// The message for clients. It does not show where the lake is or what its storage replied.
    pub(crate) fn public_message(&self) -> String {
        match self {
            Self::Replaced { .. } => "the lake's files are being replaced; try again".to_owned(),
            Self::Damaged { key, .. } => format!("the lake's file `{key}` is damaged"),
            Self::Lake(_) => "the lake cannot be read now".to_owned(),
            Self::Cursor(_) => "the lake's cursor cannot be read now".to_owned(),
            Self::TipMissing { .. } | Self::Missing { .. } | Self::Empty => self.to_string(),
        }
    }
}
