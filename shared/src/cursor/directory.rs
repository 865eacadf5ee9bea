//! The cursor of a lake in a directory: `_cursor.json`, with a lock as its lease. The operating
//! system frees the lock when the process ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};

use async_trait::async_trait;

use super::record::Record;
use super::{Cursor, CursorError, CursorState, Lease, Position, object};
use crate::lake::directory::{DirectoryLake, explain_lock};
use crate::lake::{Lake, Stored};
use crate::timestamp::Timestamp;

const LOCK: &str = "_ingest.lock"; // It contains the name of the run that locked it.

/// A cursor in a directory.
pub struct DirectoryCursor {
    lake: DirectoryLake,
}

impl DirectoryCursor {
    /// The cursor in the directory of `lake`.
    pub fn new(lake: DirectoryLake) -> Self {
        Self { lake }
    }

    fn lock_error(&self, error: std::io::Error) -> CursorError {
        let lock_path = self.lake.root().join(LOCK);
        CursorError::Refused {
            cursor: lock_path.display().to_string(),
            reason: error.to_string(),
        }
    }

    /// Locks the file for `owner`. If another run has locked it, returns the name of that run as
    /// the inner error.
    fn lock(&self, owner: &str) -> std::io::Result<Result<File, String>> {
        self.lake.create()?;
        let path = self.lake.root().join(LOCK);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(owner.as_bytes())?;
                Ok(Ok(file))
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder)?;
                Ok(Err(holder))
            }
            Err(TryLockError::Error(error)) => Err(explain_lock(error)),
        }
    }

    async fn load(&self) -> Result<(CursorState, Option<Stored>), CursorError> {
        let stored = self.lake.get(object::KEY).await?;
        let record = stored
            .as_ref()
            .map(|stored| Record::parse(object::KEY, &stored.body))
            .transpose()?;
        Ok((record.unwrap_or_default().state(object::KEY)?, stored))
    }

    async fn update(&self, lease: &Lease, state: CursorState) -> Result<(), CursorError> {
        let (found, stored) = self.load().await?;
        if found != lease.state {
            return Err(CursorError::Lost {
                owner: lease.owner.clone(),
            });
        }
        let json = Record::new(state, None).to_json();
        self.lake
            .put(
                object::KEY,
                json.into(),
                stored.map(|stored| stored.version).as_ref(),
            )
            .await?;
        Ok(())
    }
}

#[async_trait]
impl Cursor for DirectoryCursor {
    async fn read(&self) -> Result<CursorState, CursorError> {
        Ok(self.load().await?.0)
    }

    async fn acquire(&self, owner: &str, _now: Timestamp) -> Result<Lease, CursorError> {
        match self.lock(owner).map_err(|error| self.lock_error(error))? {
            Ok(lock) => Ok(Lease {
                owner: owner.to_owned(),
                state: self.read().await?,
                lock: Some(lock),
            }),
            Err(holder) => Err(CursorError::Held {
                owner: holder,
                until: None,
            }),
        }
    }

    async fn advance(
        &self,
        lease: &mut Lease,
        to: Position,
        node_height: u32,
        _now: Timestamp,
    ) -> Result<(), CursorError> {
        let state = CursorState {
            position: Some(to),
            node_height: Some(node_height),
            ..lease.state
        };
        self.update(lease, state).await?;
        lease.state = state;
        Ok(())
    }

    async fn release(&self, lease: Lease, finished: Option<Timestamp>) -> Result<(), CursorError> {
        self.update(
            &lease,
            CursorState {
                last_run: finished.or(lease.state.last_run),
                ..lease.state
            },
        )
        .await
    }
}
