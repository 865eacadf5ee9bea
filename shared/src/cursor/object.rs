//! The cursor as the object `_cursor.json` in a lake, with a lease that expires.

use std::sync::Arc;

use async_trait::async_trait;

use super::record::{LeaseRecord, Record};
use super::{
    Cursor, CursorError, CursorState, LEASE, Lease, Position, is_plausible, warn_of_wrong_clock,
};
use crate::lake::{Lake, LakeError, Version};
use crate::timestamp::Timestamp;

/// Key of the object.
pub(super) const KEY: &str = "_cursor.json";

/// A cursor in any lake.
pub struct ObjectCursor {
    lake: Arc<dyn Lake>,
}

impl ObjectCursor {
    /// The cursor in `lake`.
    pub fn new(lake: Arc<dyn Lake>) -> Self {
        Self { lake }
    }

    async fn load(&self) -> Result<(Record, Option<Version>), CursorError> {
        Ok(match self.lake.get(KEY).await? {
            Some(stored) => (Record::parse(KEY, &stored.body)?, Some(stored.version)),
            None => (Record::default(), None),
        })
    }

    async fn store(&self, record: &Record, replacing: Option<&Version>) -> Result<(), LakeError> {
        self.lake
            .put(KEY, record.to_json().into(), replacing)
            .await
            .map(drop)
    }

    /// Writes `state`, and renews the lease until `until` or, with `None`, releases it. Fails if
    /// `lease` is no longer held, or the cursor has moved.
    async fn update(
        &self,
        lease: &Lease,
        state: CursorState,
        until: Option<Timestamp>,
    ) -> Result<(), CursorError> {
        let lost = || CursorError::Lost {
            owner: lease.owner.clone(),
        };
        let (record, version) = self.load().await?;
        let owned = record
            .lease
            .as_ref()
            .is_some_and(|held| held.owner == lease.owner);
        if !owned || record.state(KEY)? != lease.state {
            return Err(lost());
        }
        let renewed = until.map(|until| LeaseRecord {
            owner: lease.owner.clone(),
            until_ms: until.to_ms(),
        });
        match self
            .store(&Record::new(state, renewed), version.as_ref())
            .await
        {
            Err(LakeError::Changed { .. }) => Err(lost()),
            other => Ok(other?),
        }
    }
}

#[async_trait]
impl Cursor for ObjectCursor {
    async fn read(&self) -> Result<CursorState, CursorError> {
        self.load().await?.0.state(KEY)
    }

    async fn acquire(&self, owner: &str, now: Timestamp) -> Result<Lease, CursorError> {
        let (record, version) = self.load().await?;
        if let Some(held) = &record.lease
            && held.until_ms > now.to_ms()
            && held.owner != owner
        {
            let until = Timestamp::from_ms(held.until_ms).unwrap_or(Timestamp::LAST);
            if is_plausible(until, now) {
                return Err(CursorError::Held {
                    owner: held.owner.clone(),
                    until: Some((until, until.since(now))),
                });
            }
            warn_of_wrong_clock(&held.owner, until);
        }
        let state = record.state(KEY)?;
        let lease = LeaseRecord {
            owner: owner.to_owned(),
            until_ms: (now + LEASE).to_ms(),
        };
        match self
            .store(&Record::new(state, Some(lease)), version.as_ref())
            .await
        {
            Ok(()) => Ok(Lease {
                owner: owner.to_owned(),
                state,
                lock: None,
            }),
            Err(LakeError::Changed { .. }) => Err(CursorError::Held {
                owner: "a run that started at the same time".to_owned(),
                until: None,
            }),
            Err(error) => Err(error.into()),
        }
    }

    async fn advance(
        &self,
        lease: &mut Lease,
        to: Position,
        node_height: u32,
        now: Timestamp,
    ) -> Result<(), CursorError> {
        let state = CursorState {
            position: Some(to),
            node_height: Some(node_height),
            ..lease.state
        };
        self.update(lease, state, Some(now + LEASE)).await?;
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
            None,
        )
        .await
    }
}
