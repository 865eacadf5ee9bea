//! The recorded blocks: a canonical chain without gaps, and the stale blocks that attach to it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::recording::block::{BlockId, RecordedBlock, StaleBlock};

/// Number of blocks at the start of a recording that have headers only. They are needed to compute the
/// network hash rate of the blocks after them.
const WINDOW_BLOCKS: u32 = 120;

/// Canonical and stale blocks, found by height, hash or time.
///
/// - Heights have no gaps, hashes are unique, and the parent of each canonical block is the canonical
///   block below it.
/// - Each stale block has a recorded parent, and a canonical sibling of the same height.
#[derive(Clone, Debug)]
pub(crate) struct RecordedBlocks {
    canonical: Vec<RecordedBlock>,
    /// For each canonical block, the latest header time of the blocks up to it. Header times can
    /// decrease from block to block; these cannot.
    latest_times: Vec<u32>,
    stale: Vec<StaleBlock>,
    by_hash: HashMap<Arc<str>, BlockId>,
}

impl RecordedBlocks {
    /// Stores these canonical blocks, which are in order of height. There are no stale blocks yet.
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

    /// Height of the first block that has statistics. The blocks below it have headers only, as on a
    /// pruned node. In a recording that begins with the genesis block, all blocks have statistics.
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
                .expect("a canonical id has a recorded height"),
            BlockId::Stale(index) => &self.stale[index].block,
        }
    }

    pub(crate) fn canonical(&self, height: u32) -> Option<&RecordedBlock> {
        self.canonical.get(self.index(height)?)
    }

    pub(crate) fn stale(&self) -> &[StaleBlock] {
        &self.stale
    }

    /// The block with this hash, which must be in lower case.
    pub(crate) fn find(&self, hash: &str) -> Option<BlockId> {
        self.by_hash.get(hash).copied()
    }

    /// The parent of a block. `None` if it is not recorded.
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
    fn latest_times_never_decrease_even_if_header_times_do() {
        assert_eq!(latest_times(&[5, 9, 7, 12].map(block_at)), [5, 9, 9, 12]);
    }
}
