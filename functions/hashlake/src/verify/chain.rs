//! Checks that blocks follow from each other: heights, hashes, times, targets, subsidies, and values
//! computed from several blocks.

use std::collections::VecDeque;

use hashlake_core::block::Block;
use hashlake_core::chain::Chain;
use hashlake_core::difficulty::next_bits;
use hashlake_core::hashrate::{HashrateWindow, WINDOW_BLOCKS};
use hashlake_core::revenue::{FeeWindow, sat_per_ph_day_144};
use hashlake_core::target::BLOCKS_PER_RETARGET;
use hashlake_core::timestamp::Timestamp;

const MEDIAN_BLOCKS: usize = 11; // BIP 113.

/// The tolerance of [`crate::batch_diff`].
const TOLERANCE: f64 = 1e-12;

/// Checks blocks in order of height.
pub(crate) struct ChainCheck {
    chain: Chain,
    previous: Option<Block>,
    unbroken: u32, // Number of blocks since the first, or since the last gap.
    times: VecDeque<Timestamp>,
    window: HashrateWindow,
    fees: FeeWindow,
    lacks_hashprice: bool, // Whether the hashprice of the last block with a full window is null.
    epoch_start: Option<Timestamp>, // Time of the first block of the current retarget period.
}

impl ChainCheck {
    pub(crate) fn new(chain: Chain) -> Self {
        Self {
            chain,
            previous: None,
            unbroken: 0,
            times: VecDeque::new(),
            window: HashrateWindow::default(),
            fees: FeeWindow::default(),
            lacks_hashprice: false,
            epoch_start: None,
        }
    }

    /// Whether the block is the next one after those that were checked.
    pub(crate) fn follows(&self, block: &Block) -> bool {
        let previous = self.previous.as_ref();
        previous.is_none_or(|previous| block.height == previous.height + 1)
    }

    /// Checks the next block, and adds what is wrong with it to `errors`.
    pub(crate) fn push(&mut self, block: &Block, errors: &mut Vec<String>) {
        let mut error = |what: String| errors.push(format!("block {}: {what}", block.height));
        if let Some(previous) = self.previous.take() {
            if block.height == previous.height + 1 {
                self.check_link(&previous, block, &mut error);
            } else {
                error(format!(
                    "blocks {} to {} are missing",
                    previous.height + 1,
                    block.height - 1
                ));
                *self = Self::new(self.chain);
            }
        }
        if !block.bits.is_met_by(block.hash) {
            error(format!(
                "its hash {} does not meet its target {}",
                block.hash, block.bits
            ));
        }
        if block.subsidy != self.chain.subsidy(block.height) {
            error(format!(
                "its subsidy is {} sat, expected {}",
                block.subsidy.to_sat(),
                self.chain.subsidy(block.height).to_sat()
            ));
        }
        if block
            .claimed
            .is_some_and(|claimed| claimed > block.reward())
        {
            error("its coinbase claims more than subsidy plus fees".to_owned());
        }
        self.check_times(block, &mut error);
        self.check_hashrate(block, &mut error);
        self.check_hashprice(block, &mut error);
        if block.height.is_multiple_of(BLOCKS_PER_RETARGET) {
            self.epoch_start = Some(block.time);
        }
        self.unbroken += 1;
        self.previous = Some(block.clone());
    }

    fn check_link(&self, previous: &Block, block: &Block, error: &mut impl FnMut(String)) {
        if block.prev_hash != previous.hash {
            error(format!(
                "its previous hash is {}, expected {}",
                block.prev_hash, previous.hash
            ));
        }
        if block.median_time < previous.median_time {
            error("its median time is before that of the previous block".to_owned());
        }
        if let Some(expected) = next_bits(self.chain, previous, self.epoch_start)
            && block.bits != expected
        {
            error(format!("its target is {}, expected {expected}", block.bits));
        }
    }

    fn check_times(&mut self, block: &Block, error: &mut impl FnMut(String)) {
        self.times.push_back(block.time);
        if self.times.len() > MEDIAN_BLOCKS {
            self.times.pop_front();
        }
        if self.times.len() == MEDIAN_BLOCKS {
            let mut times: Vec<Timestamp> = self.times.iter().copied().collect();
            times.sort_unstable();
            if times[MEDIAN_BLOCKS / 2] != block.median_time {
                error(format!(
                    "its median time is {}, expected {}",
                    block.median_time,
                    times[MEDIAN_BLOCKS / 2]
                ));
            }
        }
    }

    fn check_hashrate(&mut self, block: &Block, error: &mut impl FnMut(String)) {
        let expected = self.window.push(block.time, block.bits);
        let window_is_full = self.unbroken >= WINDOW_BLOCKS || self.unbroken == block.height;
        let difference = (block.network_hashrate_hs - expected).abs();
        if window_is_full && difference > TOLERANCE * expected {
            error(format!(
                "its network hash rate is {} H/s, expected {expected}",
                block.network_hashrate_hs
            ));
        }
    }

    /// Checks the hashprice with mean fees, if the 143 blocks below are in the lake. If it is null
    /// in several blocks in a row, only the first of them is an error.
    fn check_hashprice(&mut self, block: &Block, error: &mut impl FnMut(String)) {
        let Some(fees_sat_144) = self.fees.push(block.height, block.fees) else {
            return;
        };
        let expected = sat_per_ph_day_144(block.bits.difficulty(), block.subsidy, fees_sat_144);
        let lacked = std::mem::replace(
            &mut self.lacks_hashprice,
            block.sat_per_ph_day_144.is_none(),
        );
        match block.sat_per_ph_day_144 {
            None if lacked => {}
            None => error(format!(
                "its sat_per_ph_day_144 is null, expected {expected}: run `hashlake upgrade`"
            )),
            Some(stored) if (stored - expected).abs() <= TOLERANCE * expected => {}
            Some(stored) => error(format!(
                "its sat_per_ph_day_144 is {stored}, expected {expected}"
            )),
        }
    }
}
