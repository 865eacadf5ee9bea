//! Why a run ended before it was done.

use std::time::Duration;

use hashlake_core::chain::Chain;
use hashlake_core::cursor::CursorError;
use hashlake_core::lake::LakeError;
use hashlake_core::month::Month;
use thiserror::Error;

use crate::lake_file::LakeFileError;
use crate::node::NodeError;

pub(crate) const COMMIT_RESERVE: Duration = Duration::from_secs(30); // What prices and writing may take before a deadline.

/// Why a run ended before it was done. What it had committed stays.
#[derive(Debug, Error)]
pub enum IngestError {
    /// The node.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The cursor, or the lease.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The lake, or a file in it.
    #[error(transparent)]
    Lake(#[from] LakeFileError),
    /// The node is on another network than the lake.
    #[error(
        "the node is on the network `{node}`, and the lake holds `{lake}`: give each network a lake of its own (LAKE_URL)"
    )]
    OtherChain {
        /// The node's.
        node: Chain,
        /// The lake's.
        lake: Chain,
    },
    /// The node has fewer blocks than the lake.
    #[error("the node is at height {node}, {} blocks behind the lake ({cursor}): is it still catching up, or another node than before? Nothing was changed", cursor - node)]
    NodeBehind {
        /// The node's height.
        node: u32,
        /// The cursor's.
        cursor: u32,
    },
    /// The first block is not there yet.
    #[error("START_HEIGHT is {start}, and the chain ends at {tip}")]
    StartAboveTip {
        /// The first block to be ingested.
        start: u32,
        /// The node's height.
        tip: u32,
    },
    /// The lake and the node have no block in common.
    #[error(
        "no block of the lake, down to height {lowest}, is in the node's chain: is this the lake's node? Nothing was changed"
    )]
    NothingInCommon {
        /// The lowest block of the lake.
        lowest: u32,
    },
    /// A range that is none, or that the node does not have.
    #[error(
        "no blocks {from} to {to} can be had: the first must not be above the last, and the node's last block is {tip}"
    )]
    NoRange {
        /// First height asked for.
        from: u32,
        /// Last height asked for.
        to: u32,
        /// The node's height.
        tip: u32,
    },
    /// A block of the lake does not follow from the one below, one of which was just fetched.
    #[error(
        "the lake's block {height} does not follow the node's block below it: the chain has changed there since it was written. Fill the blocks around it anew (--force)"
    )]
    Contradiction {
        /// Height of the upper one.
        height: u32,
    },
    /// The time was up before a month was filled.
    #[error(
        "the time is up, and blocks {next} to {to} of {month} are still missing: what was read is in the lake; the same range again goes on there"
    )]
    Unfinished {
        /// The month.
        month: Month,
        /// First block that is missing.
        next: u32,
        /// Last block of the month's part of the range.
        to: u32,
    },
    /// There was no time to read even the first blocks.
    #[error("no time is left to read the first blocks: give the run more than {} s", COMMIT_RESERVE.as_secs())]
    OutOfTime,
    /// The cursor stands where the lake has nothing.
    #[error(
        "the cursor stands at height {cursor}, and the lake holds no block: was it emptied or moved? Delete the cursor to fill it anew"
    )]
    LakeEmpty {
        /// The cursor's height.
        cursor: u32,
    },
}

impl From<LakeError> for IngestError {
    fn from(error: LakeError) -> Self {
        Self::Lake(error.into())
    }
}

impl IngestError {
    /// Whether another run is at work, which is as good as a run of our own.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Cursor(CursorError::Held { .. }))
    }

    /// Whether another writer came in between, so that the next run finds the lake in order.
    pub const fn is_overtaken(&self) -> bool {
        matches!(
            self,
            Self::Cursor(CursorError::Lost { .. })
                | Self::Lake(LakeFileError::Lake(LakeError::Changed { .. }))
        )
    }
}
