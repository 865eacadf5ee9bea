//! Why a run ended before it was done.

use std::time::Duration;

use hashlake_core::chain::Chain;
use hashlake_core::cursor::CursorError;
use hashlake_core::lake::LakeError;
use hashlake_core::month::Month;
use thiserror::Error;

use crate::lake_file::LakeFileError;
use crate::node::NodeError;

/// Time kept before a deadline for prices and for writing.
pub(crate) const COMMIT_RESERVE: Duration = Duration::from_secs(30);

/// Why a run ended before it was done. What it has committed stays.
#[derive(Debug, Error)]
pub enum IngestError {
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Cursor(#[from] CursorError),
    #[error(transparent)]
    Lake(#[from] LakeFileError),
    #[error(
        "the node is on the network `{node}`, but the lake has blocks of `{lake}`: use a separate LAKE_URL for each network"
    )]
    OtherChain { node: Chain, lake: Chain },
    #[error(
        "the node is at height {node}, {} blocks behind the lake, which is at {cursor}. Nothing was changed: wait until the node has caught up, or check BITCOIN_RPC_URL",
        cursor - node
    )]
    NodeBehind { node: u32, cursor: u32 },
    #[error("START_HEIGHT is {start}, above the node's tip at {tip}: set it to {tip} or less")]
    StartAboveTip { start: u32, tip: u32 },
    #[error(
        "the node and the lake have no block in common (checked down to height {lowest}). Nothing was changed: check BITCOIN_RPC_URL and LAKE_URL"
    )]
    NothingInCommon { lowest: u32 },
    /// The range is empty, or ends above the node's tip.
    #[error(
        "cannot read blocks {from} to {to}: `from` must not exceed `to`, and the node's tip is {tip}"
    )]
    NoRange { from: u32, to: u32, tip: u32 },
    /// Two neighbouring blocks do not link; at least one was just fetched. `height` is that of the
    /// upper block.
    #[error(
        "blocks {} and {height} do not link. One is in the lake, the other was just read from the node. The chain was reorganized after the lake was filled: refill the range around them with `--force`",
        height - 1
    )]
    Contradiction { height: u32 },
    /// The deadline or an interruption came before the whole range was filled.
    #[error(
        "stopped before blocks {next} to {to} of {month} were filled. What was read is in the lake: run the same range again to resume"
    )]
    Unfinished { month: Month, next: u32, to: u32 },
    /// The deadline or an interruption came before the first blocks were read.
    #[error("stopped before the first blocks were read: the next run reads them if it is given more than {} s", COMMIT_RESERVE.as_secs())]
    OutOfTime,
    /// The deadline or an interruption came before the files of an earlier version were rewritten.
    #[error(
        "stopped while {left} months of `{table}` were not yet brought up to date. No block was read: the next run continues"
    )]
    Outdated { table: &'static str, left: usize },
    /// An interruption came, and the store of the lake or of the cursor did not answer after it.
    #[error(
        "stopped while the lake or its cursor did not answer. The next run writes what is missing; it can start after at most {} s, when the lease expires",
        hashlake_core::cursor::LEASE.as_secs()
    )]
    StoreUnresponsive,
    #[error(
        "the cursor is at height {cursor}, but the lake has no blocks. Check LAKE_URL; if the lake was emptied, delete the cursor (CURSOR_URL) to fill it again"
    )]
    LakeEmpty { cursor: u32 },
}

impl From<LakeError> for IngestError {
    fn from(error: LakeError) -> Self {
        Self::Lake(error.into())
    }
}

impl IngestError {
    /// Whether another run holds the lease. That run does the work of this one.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Cursor(CursorError::Held { .. }))
    }

    /// Whether another writer changed the lake or the cursor in between. A new run may succeed.
    pub const fn is_overtaken(&self) -> bool {
        matches!(
            self,
            Self::Cursor(CursorError::Lost { .. })
                | Self::Lake(LakeFileError::Lake(LakeError::Changed { .. }))
        )
    }
}
