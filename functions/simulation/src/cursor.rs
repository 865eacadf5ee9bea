//! The simulated cursor, as DynamoDB keeps it: each operation is one call, and has its effect at once.

use std::sync::Arc;

use async_trait::async_trait;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::cursor::{Cursor, CursorError, CursorState, Lease, Position};
use hashlake_core::timestamp::Timestamp;

use crate::fault::Kind;
use crate::gate::{Call, Gate};
use crate::lake::PlainLake;

/// The cursor as one process sees it.
pub(crate) struct SimCursor {
    gate: Gate,
    inner: ObjectCursor,
}

impl SimCursor {
    pub(crate) fn new(gate: Gate) -> Self {
        let inner = ObjectCursor::new(Arc::new(PlainLake(gate.clone())));
        Self { gate, inner }
    }

    async fn write(&self, name: &str, subject: String) -> Result<Call, CursorError> {
        let call = self.gate.enter(Kind::CursorWrite, name, subject).await;
        match call.error() {
            Some(kind) => Err(error(kind)),
            None => Ok(call),
        }
    }

    /// Ends a write: its answer may be lost.
    async fn written<T>(
        &self,
        call: &Call,
        result: Result<T, CursorError>,
    ) -> Result<T, CursorError> {
        self.gate.leave(call).await;
        match call.is_lost() {
            true => Err(error(0)),
            false => result,
        }
    }
}

fn error(kind: u8) -> CursorError {
    let cursor = "simulated".to_owned();
    let reason = "a fault of the simulation".to_owned();
    match kind {
        0 => CursorError::Unavailable { cursor, reason },
        _ => CursorError::Refused { cursor, reason },
    }
}

#[async_trait]
impl Cursor for SimCursor {
    async fn read(&self) -> Result<CursorState, CursorError> {
        let call = self.gate.enter(Kind::CursorRead, "read", "cursor").await;
        if let Some(kind) = call.error() {
            return Err(error(kind));
        }
        let state = self.inner.read().await;
        self.gate.leave(&call).await;
        state
    }

    async fn acquire(&self, owner: &str, now: Timestamp) -> Result<Lease, CursorError> {
        let call = self.write("acquire", owner.to_owned()).await?;
        let lease = self.inner.acquire(owner, now).await;
        let lease = self.written(&call, lease).await?;
        match call.is_sent_again() {
            true => self.inner.acquire(owner, now).await,
            false => Ok(lease),
        }
    }

    async fn advance(
        &self,
        lease: &mut Lease,
        to: Position,
        node_height: u32,
        now: Timestamp,
    ) -> Result<(), CursorError> {
        let call = self
            .write("advance", format!("{} {}", to.height, to.hash))
            .await?;
        let advanced = self.inner.advance(lease, to, node_height, now).await;
        self.written(&call, advanced).await?;
        match call.is_sent_again() {
            // The condition no longer holds, but the owner and the position are those of this update.
            true => self.inner.advance(lease, to, node_height, now).await,
            false => Ok(()),
        }
    }

    async fn release(&self, lease: Lease, finished: Option<Timestamp>) -> Result<(), CursorError> {
        let call = self
            .write(
                "release",
                lease
                    .position()
                    .map_or_else(String::new, |at| at.height.to_string()),
            )
            .await?;
        let owner = self.gate.name().to_owned();
        let released = self.inner.release(lease, finished).await;
        let stored = self.gate.state().objects.get(KEY);
        self.written(&call, released).await?;
        let is_same = self.gate.state().objects.get(KEY) == stored;
        match call.is_sent_again() && !is_same {
            true => Err(CursorError::Lost { owner }),
            false => Ok(()),
        }
    }
}

/// Key of the cursor's object.
pub(crate) const KEY: &str = "_cursor.json";
