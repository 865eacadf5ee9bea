//! Blocks follow from each other: heights, hashes, times, targets, subsidies.

use std::collections::VecDeque;

use hashlake_core::block::Block;
use hashlake_core::chain::Chain;
use hashlake_core::hashrate::{HashrateWindow, WINDOW_BLOCKS};
use hashlake_core::target::{BLOCKS_PER_RETARGET, CompactTarget};
use hashlake_core::timestamp::Timestamp;

const MEDIAN_BLOCKS: usize = 11; // BIP 113.

/// Checks blocks in order of height.
pub(crate) struct ChainCheck {
    chain: Chain,
    below: Option<Block>,
    unbroken: u32, // Blocks seen since the first, or since the last gap.
    times: VecDeque<Timestamp>,
    window: HashrateWindow,
    epoch_start: Option<Timestamp>, // Time of the first block of the current retarget period.
}

impl ChainCheck {
    pub(crate) fn new(chain: Chain) -> Self {
        Self {
            chain,
            below: None,
            unbroken: 0,
            times: VecDeque::new(),
            window: HashrateWindow::default(),
            epoch_start: None,
        }
    }

    /// Checks the next block, and notes what is wrong with it.
    pub(crate) fn push(&mut self, block: &Block, faults: &mut Vec<String>) {
        let mut fault = |what: String| faults.push(format!("block {}: {what}", block.height));
        if let Some(below) = self.below.take() {
            if block.height == below.height + 1 {
                self.check_link(&below, block, &mut fault);
            } else {
                fault(format!("the block below it is {}", below.height));
                *self = Self::new(self.chain);
            }
        }
        if !block.bits.is_met_by(block.hash) {
            fault(format!(
                "its hash {} does not meet its target {}",
                block.hash, block.bits
            ));
        }
        if block.subsidy != self.chain.subsidy(block.height) {
            fault(format!(
                "a subsidy of {} sat, not {}",
                block.subsidy.to_sat(),
                self.chain.subsidy(block.height).to_sat()
            ));
        }
        if block
            .claimed
            .is_some_and(|claimed| claimed > block.reward())
        {
            fault("it claims more than subsidy and fees".to_owned());
        }
        self.check_times(block, &mut fault);
        self.check_hashrate(block, &mut fault);
        if block.height.is_multiple_of(BLOCKS_PER_RETARGET) {
            self.epoch_start = Some(block.time);
        }
        self.unbroken += 1;
        self.below = Some(block.clone());
    }

    fn check_link(&self, below: &Block, block: &Block, fault: &mut impl FnMut(String)) {
        if block.prev_hash != below.hash {
            fault(format!(
                "it names {} as the block below, which is {}",
                block.prev_hash, below.hash
            ));
        }
        if block.median_time < below.median_time {
            fault("its median time runs backwards".to_owned());
        }
        if let Some(expected) = self.expected_bits(below, block)
            && block.bits != expected
        {
            fault(format!("its target is {}, not {expected}", block.bits));
        }
    }

    /// The target that the main network's rule asks for, where the blocks it depends on are in the lake.
    fn expected_bits(&self, below: &Block, block: &Block) -> Option<CompactTarget> {
        match self.chain {
            Chain::Main if block.height.is_multiple_of(BLOCKS_PER_RETARGET) => Some(
                below
                    .bits
                    .next_epoch(below.time.to_secs() - self.epoch_start?.to_secs()),
            ),
            Chain::Main | Chain::Regtest => Some(below.bits),
            Chain::Test | Chain::Testnet4 | Chain::Signet => None, // Rules of their own.
        }
    }

    fn check_times(&mut self, block: &Block, fault: &mut impl FnMut(String)) {
        self.times.push_back(block.time);
        if self.times.len() > MEDIAN_BLOCKS {
            self.times.pop_front();
        }
        if self.times.len() == MEDIAN_BLOCKS {
            let mut times: Vec<Timestamp> = self.times.iter().copied().collect();
            times.sort_unstable();
            if times[MEDIAN_BLOCKS / 2] != block.median_time {
                fault(format!(
                    "its median time is {}, not {}",
                    block.median_time,
                    times[MEDIAN_BLOCKS / 2]
                ));
            }
        }
    }

    fn check_hashrate(&mut self, block: &Block, fault: &mut impl FnMut(String)) {
        let expected = self.window.push(block.time, block.bits);
        let is_whole = self.unbroken >= WINDOW_BLOCKS || self.unbroken == block.height;
        let difference = (block.network_hashrate_hs - expected).abs();
        if is_whole && difference > 1e-12 * expected {
            fault(format!(
                "its network hash rate is {} H/s, not {expected}",
                block.network_hashrate_hs
            ));
        }
    }
}
