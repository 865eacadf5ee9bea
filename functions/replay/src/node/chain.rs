//! The node's chain: which recorded blocks the node has seen, and which of them are in its best chain.

use std::collections::BTreeSet;

use crate::recording::block::{BlockId, RecordedBlock};
use crate::recording::blocks::RecordedBlocks;

/// The node's block tree.
///
/// - The best chain has the canonical blocks up to `fork_height`, and then the blocks of `stale_top`.
/// - The node still has blocks that were once in the best chain, as a real node does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chain {
    fork_height: u32,
    /// Indices of the stale blocks in the best chain, lowest first.
    stale_top: Vec<usize>,
    tip: BlockId,
    tip_height: u32,
    highest_released: u32,
    seen_stale: BTreeSet<usize>,
}

/// The node at one moment: all recorded blocks, and the chain that limits which of them it has.
#[derive(Clone, Copy)]
pub(crate) struct NodeView<'a> {
    pub(crate) blocks: &'a RecordedBlocks,
    pub(crate) chain: &'a Chain,
}

impl Chain {
    /// The chain whose tip is the canonical block at `height`, which must be recorded.
    pub(crate) fn new(height: u32) -> Self {
        Self {
            fork_height: height,
            stale_top: Vec::new(),
            tip: BlockId::Canonical(height),
            tip_height: height,
            highest_released: height,
            seen_stale: BTreeSet::new(),
        }
    }

    /// Makes the canonical chain up to `height`, which must be recorded, the best one.
    pub(crate) fn release_to(&mut self, height: u32) {
        self.fork_height = height;
        self.stale_top.clear();
        self.tip = BlockId::Canonical(height);
        self.tip_height = height;
        self.highest_released = self.highest_released.max(height);
    }

    /// Like [`release_to`](Self::release_to), but only if the block is new and above the tip. So a
    /// stale tip stays until the canonical chain is longer, as on a real node.
    pub(crate) fn release_due(&mut self, height: u32) {
        if self.highest_released.max(self.tip_height) < height {
            self.release_to(height);
        }
    }

    /// Makes the stale block at this index the tip. The best chain then has its ancestors below it.
    pub(crate) fn switch_to_stale(&mut self, blocks: &RecordedBlocks, index: usize) {
        let mut stale_top = Vec::new();
        let mut id = BlockId::Stale(index);
        let fork_height = loop {
            match id {
                BlockId::Canonical(height) => break height,
                BlockId::Stale(index) => {
                    stale_top.insert(0, index);
                    id = blocks.stale()[index].parent;
                }
            }
        };
        self.release_to(fork_height);
        self.seen_stale.extend(&stale_top);
        self.stale_top = stale_top;
        self.tip = BlockId::Stale(index);
        self.tip_height = blocks.get(self.tip).height;
    }

    fn best_id(&self, height: u32) -> Option<BlockId> {
        match height.checked_sub(self.fork_height) {
            None | Some(0) => Some(BlockId::Canonical(height)),
            Some(above) => {
                let index = usize::try_from(above - 1).ok()?;
                self.stale_top.get(index).copied().map(BlockId::Stale)
            }
        }
    }

    fn has_seen(&self, id: BlockId) -> bool {
        match id {
            BlockId::Canonical(height) => height <= self.highest_released,
            BlockId::Stale(index) => self.seen_stale.contains(&index),
        }
    }
}

impl<'a> NodeView<'a> {
    /// The last block of the best chain.
    pub(crate) fn tip(self) -> &'a RecordedBlock {
        self.blocks.get(self.chain.tip)
    }

    /// The block of the best chain at this height. `None` above the tip and below the recording.
    pub(crate) fn best_at(self, height: u32) -> Option<&'a RecordedBlock> {
        match self.chain.best_id(height)? {
            BlockId::Canonical(height) => self.blocks.canonical(height),
            stale => Some(self.blocks.get(stale)),
        }
    }

    /// The block with this hash, if the node has seen it. The hash must be in lower case.
    pub(crate) fn find(self, hash: &str) -> Option<&'a RecordedBlock> {
        let id = self
            .blocks
            .find(hash)
            .filter(|&id| self.chain.has_seen(id))?;
        Some(self.blocks.get(id))
    }

    pub(crate) fn is_best(self, block: &RecordedBlock) -> bool {
        self.best_at(block.height)
            .is_some_and(|best| best.hash == block.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bundled_blocks;

    /// Height of the first stale block in the bundled recording. Its parent is canonical.
    const STALE_HEIGHT: u32 = 909_489;

    fn tip_height(blocks: &RecordedBlocks, chain: &Chain) -> u32 {
        NodeView { blocks, chain }.tip().height
    }

    #[test]
    fn block_above_the_tip_is_not_known_until_it_is_released() {
        let blocks = bundled_blocks();
        let mut chain = Chain::new(910_000);
        let next = blocks.canonical(910_001).unwrap();

        assert!(
            NodeView {
                blocks: &blocks,
                chain: &chain
            }
            .find(&next.hash)
            .is_none()
        );
        assert!(
            NodeView {
                blocks: &blocks,
                chain: &chain
            }
            .best_at(910_001)
            .is_none()
        );

        chain.release_to(910_001);

        let node = NodeView {
            blocks: &blocks,
            chain: &chain,
        };
        assert!(
            node.find(&next.hash)
                .is_some_and(|block| node.is_best(block))
        );
    }

    #[test]
    fn canonical_sibling_of_a_stale_tip_is_known_but_not_in_the_best_chain() {
        let blocks = bundled_blocks();
        let mut chain = Chain::new(STALE_HEIGHT + 3);

        chain.switch_to_stale(&blocks, 0);

        let node = NodeView {
            blocks: &blocks,
            chain: &chain,
        };
        let sibling = blocks.canonical(STALE_HEIGHT).unwrap();
        assert_eq!(node.tip().hash, blocks.stale()[0].block.hash);
        assert!(
            node.find(&sibling.hash)
                .is_some_and(|block| !node.is_best(block))
        );
        assert!(node.best_at(STALE_HEIGHT + 1).is_none());
        assert_eq!(
            node.best_at(STALE_HEIGHT - 1).unwrap().height,
            STALE_HEIGHT - 1
        );
    }

    #[test]
    fn stale_block_is_known_only_after_the_switch_and_stays_known() {
        let blocks = bundled_blocks();
        let stale = &blocks.stale()[0].block;
        let mut chain = Chain::new(STALE_HEIGHT - 1);
        assert!(
            NodeView {
                blocks: &blocks,
                chain: &chain
            }
            .find(&stale.hash)
            .is_none()
        );

        chain.switch_to_stale(&blocks, 0);
        chain.release_to(STALE_HEIGHT);

        let node = NodeView {
            blocks: &blocks,
            chain: &chain,
        };
        assert!(
            node.find(&stale.hash)
                .is_some_and(|block| !node.is_best(block))
        );
    }

    #[test]
    fn stale_tip_stays_until_the_canonical_chain_is_longer() {
        let blocks = bundled_blocks();
        let mut chain = Chain::new(STALE_HEIGHT - 1);
        chain.switch_to_stale(&blocks, 0);

        chain.release_due(STALE_HEIGHT);
        assert_eq!(chain.tip, BlockId::Stale(0));

        chain.release_due(STALE_HEIGHT + 1);
        assert_eq!(chain.tip, BlockId::Canonical(STALE_HEIGHT + 1));
    }

    #[test]
    fn shortened_chain_stays_until_a_new_block_is_due() {
        let blocks = bundled_blocks();
        let mut chain = Chain::new(910_000);
        chain.release_to(909_990);

        chain.release_due(910_000);
        assert_eq!(tip_height(&blocks, &chain), 909_990);

        chain.release_due(910_001);
        assert_eq!(tip_height(&blocks, &chain), 910_001);
    }
}
