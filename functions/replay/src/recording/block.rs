//! The recorded data of one block.

use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) struct RecordedBlock {
    pub(crate) height: u32,
    pub(crate) hash: Arc<str>,
    /// `None` only for the first block, if its row has no such hash.
    pub(crate) previous_hash: Option<Arc<str>>,
    pub(crate) time: u32,
    pub(crate) median_time: u32,
    pub(crate) bits: u32,
    pub(crate) difficulty: f64,
    pub(crate) tx_count: u64,
    pub(crate) subsidy_sat: u64,
    pub(crate) fees_sat: u64,
    /// `None` for canonical blocks.
    pub(crate) header_only: Option<HeaderOnly>,
}

/// Header fields that only the CSV file of stale blocks has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderOnly {
    pub(crate) version: i32,
    pub(crate) nonce: u32,
}

/// A block that was mined but did not stay in the best chain.
#[derive(Clone, Debug)]
pub(crate) struct StaleBlock {
    pub(crate) block: RecordedBlock,
    pub(crate) parent: BlockId,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BlockId {
    /// The canonical block at this height.
    Canonical(u32),
    /// The stale block at this index of the list of stale blocks.
    Stale(usize),
}
