//! The cursor: how far the lake is filled, and the lease, which lets only one run fill it.

pub mod directory;
pub mod dynamodb;
pub mod object;
mod record;

use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;
use tracing::warn;

use crate::chain::Chain;
use crate::hash::BlockHash;
use crate::lake::LakeError;
use crate::timestamp::Timestamp;

/// How long a lease lasts if its owner does not renew it. Each advance renews it.
pub const LEASE: Duration = Duration::from_secs(5 * 60);

/// Whether a lease may last until `until`. If it ends later than twice [`LEASE`] from now, the
/// computer that took it had a wrong clock. Smaller differences between clocks are normal.
fn is_plausible(until: Timestamp, now: Timestamp) -> bool {
    until <= now + 2 * LEASE
}

fn warn_of_wrong_clock(owner: &str, until: Timestamp) {
    warn!(
        "took over the lease of {owner}, which would last until {until}. No lease lasts that long, so the clock of \
         the computer of {owner} was wrong"
    );
}

/// The last block that is in every table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The network of the block.
    pub chain: Chain,
    /// Height of the block.
    pub height: u32,
    /// Hash of the block.
    pub hash: BlockHash,
}

/// What a cursor stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CursorState {
    /// The last block that is in every table; `None` if the lake has no block.
    pub position: Option<Position>,
    /// The node's tip when the cursor last moved.
    pub node_height: Option<u32>,
    /// When a run last succeeded.
    pub last_run: Option<Timestamp>,
}

/// The right to write to the lake and to move its cursor.
#[derive(Debug)]
pub struct Lease {
    pub(crate) owner: String,
    pub(crate) state: CursorState,
    #[expect(
        dead_code,
        reason = "kept for its lock, which the operating system frees when the file is closed"
    )]
    pub(crate) lock: Option<std::fs::File>,
}

impl Lease {
    /// Where the cursor is.
    pub const fn position(&self) -> Option<Position> {
        self.state.position
    }
}

/// Why an operation on the cursor failed.
#[derive(Debug, Error)]
pub enum CursorError {
    /// Another run holds the lease.
    #[error("another ingest is running: {owner} holds the lease{}", until.map(|(until, wait)| format!(" until {until} (at most {} s from now)", wait.as_secs() + 1)).unwrap_or_default())]
    Held {
        /// The run that holds the lease.
        owner: String,
        /// When the lease expires, and how long that is from now; `None` if it does not expire,
        /// because it is a locked file.
        until: Option<(Timestamp, Duration)>,
    },
    /// The lease expired, and another run took it over.
    #[error("the lease of {owner} expired, and another ingest took over")]
    Lost {
        /// The run that had the lease.
        owner: String,
    },
    /// A newer program wrote the cursor.
    #[error(
        "the cursor {cursor} has version {found}, but this program supports only version {known}: upgrade hashlake"
    )]
    Newer {
        /// Where the cursor is.
        cursor: String,
        /// The version that was read.
        found: u32,
        /// The version that this program reads and writes.
        known: u32,
    },
    /// The content is not a cursor.
    #[error(
        "the cursor {cursor} is damaged: {reason}. Delete it: the next run then reads the blocks from START_HEIGHT again, or those of \
         about a month if START_HEIGHT is not set. Earlier blocks stay in the lake"
    )]
    Malformed {
        /// Where the cursor is.
        cursor: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Missing permissions, or a table that does not exist. A retry will not help.
    #[error("cannot access the cursor {cursor}: {reason}")]
    Refused {
        /// Where the cursor is.
        cursor: String,
        /// The reason given.
        reason: String,
    },
    /// A failure that may be temporary.
    #[error("cannot reach the cursor {cursor}: {reason}")]
    Unavailable {
        /// Where the cursor is.
        cursor: String,
        /// The error.
        reason: String,
    },
    /// The cursor is an object in the lake, and an operation on the lake failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// A store for the cursor. `now` is the current time.
#[async_trait]
pub trait Cursor: Send + Sync {
    /// Reads the cursor.
    async fn read(&self) -> Result<CursorState, CursorError>;

    /// Takes the lease for `owner`, a name that no other run uses.
    ///
    /// # Errors
    /// [`CursorError::Held`] while another run holds it.
    async fn acquire(&self, owner: &str, now: Timestamp) -> Result<Lease, CursorError>;

    /// Moves the cursor if no other run has moved it, and renews the lease. `node_height` is the
    /// node's tip.
    ///
    /// # Errors
    /// [`CursorError::Lost`] if another run took over; the cursor then stays where it is.
    async fn advance(
        &self,
        lease: &mut Lease,
        to: Position,
        node_height: u32,
        now: Timestamp,
    ) -> Result<(), CursorError>;

    /// Releases the lease. `finished` is when the run ended, if it succeeded.
    async fn release(&self, lease: Lease, finished: Option<Timestamp>) -> Result<(), CursorError>;
}
