//! Reads the lake, and caches what it has read. It does not use HTTP.

pub(crate) mod error;
mod files;
pub(crate) mod history;
mod month_file;
mod snapshot;
mod store;
pub(crate) mod sums_144;

use std::sync::Arc;

use hashlake_core::cursor::Cursor;
use hashlake_core::lake::Lake;
use hashlake_core::timestamp::Timestamp;
use tokio::sync::Mutex;
use tracing::warn;

use crate::reader::error::ReadError;
use crate::reader::files::Files;
use crate::reader::history::History;
use crate::reader::snapshot::Snapshot;

/// The lake, with a cache of its decoded files and its last snapshot.
pub(crate) struct Reader {
    lake: Arc<dyn Lake>,
    cursor: Arc<dyn Cursor>,
    files: Arc<Files>,
    last: Mutex<Option<Arc<Snapshot>>>,
}

/// How recent a snapshot has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    /// The last snapshot may be reused for two seconds.
    Recent,
    /// A new snapshot is needed.
    New,
}

impl Reader {
    pub(crate) fn new(lake: Arc<dyn Lake>, cursor: Arc<dyn Cursor>) -> Self {
        Self {
            files: Arc::new(Files::new(&lake)),
            lake,
            cursor,
            last: Mutex::default(),
        }
    }

    /// The blocks up to the cursor. While the lake or its cursor cannot be read, these are the blocks
    /// of the last successful read.
    ///
    /// # Errors
    /// [`ReadError`] if no read has succeeded yet.
    pub(crate) async fn history(&self, age: Age, now: Timestamp) -> Result<History, ReadError> {
        let mut last = self.last.lock().await;
        let known = last.as_deref().filter(|_| age == Age::Recent);
        if !known.is_some_and(|known| known.is_recent(now)) {
            let (lake, cursor) = (self.lake.as_ref(), self.cursor.as_ref());
            let snapshot = match Snapshot::take(lake, cursor, &self.files, known, now).await {
                Err(ReadError::Empty) => {
                    *last = None;
                    return Err(ReadError::Empty);
                }
                Err(error) => {
                    let Some(known) = last.as_deref() else {
                        return Err(error);
                    };
                    warn!("{error}; answering from the last snapshot");
                    known.with_read_error(error.public_message(), now)
                }
                Ok(snapshot) => snapshot,
            };
            *last = Some(Arc::new(snapshot));
        }
        let snapshot = last.clone().ok_or(ReadError::Empty)?;
        Ok(History {
            files: self.files.clone(),
            snapshot,
        })
    }
}
