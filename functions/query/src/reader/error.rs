//! Why the lake cannot be read.

use hashlake_core::cursor::CursorError;
use hashlake_core::lake::LakeError;
use hashlake_core::table::TableError;
use thiserror::Error;

/// Why the lake cannot be shown.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// A file is another than when the files were listed.
    #[error("the lake's file `{key}` was replaced while it was read")]
    Moved {
        /// Its key.
        key: String,
    },
    /// The cursor's block is not in the lake: files are being replaced, or are lost.
    #[error("the lake has no block {height} as its cursor says")]
    Astray {
        /// The cursor's height.
        height: u32,
    },
    /// A file that belongs to the lake is not there.
    #[error("the lake has no file `{key}`")]
    Missing {
        /// Its key.
        key: &'static str,
    },
    /// A file is not what it should be.
    #[error("the lake's file `{key}` is damaged: {source}")]
    Damaged {
        /// Its key.
        key: String,
        /// What is wrong.
        source: TableError,
    },
    /// The lake did not do its part.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// Nor did its cursor.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// There is no block to be shown.
    #[error("the lake is empty so far")]
    Empty,
}

impl ReadError {
    /// What everyone may know of it: not where the lake is, nor what it said.
    pub(crate) fn public_message(&self) -> String {
        match self {
            Self::Moved { .. } => "the lake is being rewritten".to_owned(),
            Self::Damaged { key, .. } => format!("the lake's file `{key}` is damaged"),
            Self::Lake(_) => "the lake cannot be read now".to_owned(),
            Self::Cursor(_) => "the lake's cursor cannot be read now".to_owned(),
            Self::Astray { .. } | Self::Missing { .. } | Self::Empty => self.to_string(),
        }
    }
}
