//! How far the lake is filled, and who may fill it.

pub mod directory;
pub mod dynamodb;
pub mod object;
mod record;

use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;

use crate::chain::Chain;
use crate::hash::BlockHash;
use crate::lake::LakeError;
use crate::timestamp::Timestamp;

/// How long a lease lasts when the one who took it does not come back. Each advance renews it.
pub const LEASE: Duration = Duration::from_secs(5 * 60);

/// The last block that is in every table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The network it belongs to.
    pub chain: Chain,
    /// Its height.
    pub height: u32,
    /// Its hash.
    pub hash: BlockHash,
}

/// What a cursor says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CursorState {
    /// How far the lake is filled; `None` for a lake that holds no block.
    pub position: Option<Position>,
    /// Height of the node's last block when the cursor last moved.
    pub node_height: Option<u32>,
    /// When a run last ended well.
    pub last_run: Option<Timestamp>,
}

/// The right to write to the lake and to move its cursor.
#[derive(Debug)]
pub struct Lease {
    pub(crate) owner: String,
    pub(crate) state: CursorState,
    #[expect(
        dead_code,
        reason = "held for its lock, which the system frees when it is dropped"
    )]
    pub(crate) lock: Option<std::fs::File>,
}

impl Lease {
    /// Where the cursor stands.
    pub const fn position(&self) -> Option<Position> {
        self.state.position
    }
}

/// Why a cursor did not do what it was asked.
#[derive(Debug, Error)]
pub enum CursorError {
    /// Another run is at work.
    #[error("another ingest is at work: {owner}{}", until.map(|until| format!(", which has the lease until {until}")).unwrap_or_default())]
    Held {
        /// Who.
        owner: String,
        /// When its lease ends, where it ends by time.
        until: Option<Timestamp>,
    },
    /// The lease was taken over: it had run out.
    #[error("the lease of {owner} ran out and another ingest took over")]
    Lost {
        /// Who had it.
        owner: String,
    },
    /// A newer program wrote it.
    #[error(
        "the cursor {cursor} is of version {found}, and this program knows version {known}: upgrade hashlake"
    )]
    Newer {
        /// Where it is.
        cursor: String,
        /// Its version.
        found: u32,
        /// The version that this program writes.
        known: u32,
    },
    /// It does not say what a cursor says.
    #[error("the cursor {cursor} is not readable: {reason}")]
    Malformed {
        /// Where it is.
        cursor: String,
        /// What is wrong.
        reason: String,
    },
    /// Permissions, or a table that does not exist: trying again will not help.
    #[error("the cursor {cursor} is refused: {reason}")]
    Refused {
        /// Where it is.
        cursor: String,
        /// What it says.
        reason: String,
    },
    /// Out of reach for now.
    #[error("the cursor {cursor} is out of reach: {reason}")]
    Unavailable {
        /// Where it is.
        cursor: String,
        /// What is known of it.
        reason: String,
    },
    /// The lake that holds it did not do its part.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// Where the cursor is kept. `now` is what time it is.
#[async_trait]
pub trait Cursor: Send + Sync {
    /// What it says.
    async fn read(&self) -> Result<CursorState, CursorError>;

    /// Takes the lease under the name of `owner`, which no other run may use.
    ///
    /// # Errors
    /// [`CursorError::Held`] while another has it.
    async fn acquire(&self, owner: &str, now: Timestamp) -> Result<Lease, CursorError>;

    /// Moves the cursor, on condition that nobody else did, and renews the lease; the node's last block is at `node_height`.
    ///
    /// # Errors
    /// [`CursorError::Lost`] where another took over; the cursor then stays.
    async fn advance(
        &self,
        lease: &mut Lease,
        to: Position,
        node_height: u32,
        now: Timestamp,
    ) -> Result<(), CursorError>;

    /// Gives the lease back; `finished` is when the run ended, if it ended well.
    async fn release(&self, lease: Lease, finished: Option<Timestamp>) -> Result<(), CursorError>;
}
