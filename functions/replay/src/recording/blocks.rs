//! The recorded blocks: one unbroken canonical chain, and stale blocks attached to it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::recording::block::{BlockId, RecordedBlock, StaleBlock};

/// How many of the first blocks have headers only: the window of the network hash rate.
const WINDOW_BLOCKS: u32 = 120;

/// Canonical and stale blocks, found by height, hash or time.
///
/// - Heights are unbroken, hashes differ, and the parent of every canonical block is the one below
///   it.
/// - Every stale block has a recorded parent, and a canonical sibling of the same height.
#[derive(Clone, Debug)]
pub(crate) struct RecordedBlocks {
    canonical: Vec<RecordedBlock>,
    /// For each canonical block the latest header time up to it. Header times run backwards, these
    /// do not.
    latest_times: Vec<u32>,
    stale: Vec<StaleBlock>,
    by_hash: HashMap<Arc<str>, BlockId>,
}

impl RecordedBlocks {
    /// These canonical blocks, in order of height, and no stale ones yet.
    pub(crate) fn new(canonical: Vec<RecordedBlock>) -> Self {
        let by_hash = canonical
            .iter()
            .map(|block| (block.hash.clone(), BlockId::Canonical(block.height)))
            .collect();
        Self {
            latest_times: latest_times(&canonical),
            canonical,
            stale: Vec::new(),
            by_hash,
        }
    }

    pub(crate) fn add_stale(&mut self, stale: StaleBlock) {
        self.by_hash
            .insert(stale.block.hash.clone(), BlockId::Stale(self.stale.len()));
        self.stale.push(stale);
    }

    pub(crate) fn first_height(&self) -> u32 {
        self.canonical.first().map_or(0, |block| block.height)
    }

    pub(crate) fn last_height(&self) -> u32 {
        self.canonical.last().map_or(0, |block| block.height)
    }

    /// The first block that has statistics; those below it have headers only, as on a pruned node.
    ///
    /// No block precedes the genesis block, so a recording that begins there has no window.
    pub(crate) fn first_unpruned_height(&self) -> u32 {
        match self.first_height() {
            0 => 0,
            first => first.saturating_add(WINDOW_BLOCKS),
        }
    }

    pub(crate) fn get(&self, id: BlockId) -> &RecordedBlock {
        match id {
            BlockId::Canonical(height) => self
                .canonical(height)
                .expect("ids are made of recorded heights only"),
            BlockId::Stale(index) => &self.stale[index].block,
        }
    }

    pub(crate) fn canonical(&self, height: u32) -> Option<&RecordedBlock> {
        self.canonical.get(self.index(height)?)
    }

    pub(crate) fn stale(&self) -> &[StaleBlock] {
        &self.stale
    }

    /// The block with this hash, which is in lower case.
    pub(crate) fn find(&self, hash: &str) -> Option<BlockId> {
        self.by_hash.get(hash).copied()
    }

    /// `None` if the parent is not recorded.
    pub(crate) fn parent(&self, id: BlockId) -> Option<BlockId> {
        match id {
            BlockId::Canonical(height) => {
                (self.first_height() < height).then(|| BlockId::Canonical(height - 1))
            }
            BlockId::Stale(index) => Some(self.stale[index].parent),
        }
    }

    /// Latest header time of the canonical blocks up to this recorded height.
    pub(crate) fn latest_time(&self, height: u32) -> u32 {
        let time = self
            .index(height)
            .and_then(|index| self.latest_times.get(index));
        time.copied().unwrap_or_default()
    }

    /// The highest canonical block whose [`latest_time`](Self::latest_time) is at or before this
    /// UNIX time.
    pub(crate) fn highest_at(&self, unix_s: f64) -> Option<u32> {
        let count = self
            .latest_times
            .partition_point(|&time| f64::from(time) <= unix_s);
        Some(self.canonical.get(count.checked_sub(1)?)?.height)
    }

    fn index(&self, height: u32) -> Option<usize> {
        usize::try_from(height.checked_sub(self.first_height())?).ok()
    }
}

fn latest_times(blocks: &[RecordedBlock]) -> Vec<u32> {
    let latest = |latest: &mut u32, block: &RecordedBlock| {
        *latest = block.time.max(*latest);
        Some(*latest)
    };
    blocks.iter().scan(0, latest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_at(time: u32) -> RecordedBlock {
        RecordedBlock {
            height: 0,
            hash: "".into(),
            previous_hash: None,
            time,
            median_time: time,
            bits: 0x1702_2cb3,
            difficulty: 1.0,
            tx_count: 1,
            subsidy_sat: 0,
            fees_sat: 0,
            header_only: None,
        }
    }

    #[test]
    fn latest_times_never_go_backward_where_header_times_do() {
        assert_eq!(latest_times(&[5, 9, 7, 12].map(block_at)), [5, 9, 9, 12]);
    }
}
