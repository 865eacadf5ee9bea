//! The network hash rate, as bitcoind estimates it.

use std::collections::VecDeque;

use crate::target::{CompactTarget, Work};
use crate::timestamp::Timestamp;

/// Number of blocks whose work is added up: the default of bitcoind's `getnetworkhashps`.
pub const WINDOW_BLOCKS: u32 = 120;

/// The last blocks of a chain, enough to compute the network hash rate at the newest of them.
///
/// Push blocks in order of height. Start at the genesis block, or [`WINDOW_BLOCKS`] below the first
/// block whose hash rate you need.
#[derive(Clone, Debug, Default)]
pub struct HashrateWindow {
    blocks: VecDeque<(Timestamp, Work)>,
    work: Work,
}

impl HashrateWindow {
    /// Adds the next block, given its header time and target. Returns the network hash rate at this
    /// block in H/s.
    ///
    /// `work of the last 120 blocks / (latest - earliest header time)`, where the times are those
    /// of the 120 blocks and the one before them. As in bitcoind, 0 if all times are equal.
    pub fn push(&mut self, time: Timestamp, bits: CompactTarget) -> f64 {
        let work = bits.work();
        self.blocks.push_back((time, work));
        self.work = self.work.plus(work);
        if self.blocks.len() > WINDOW_BLOCKS as usize + 1 {
            let (_, oldest) = self
                .blocks
                .pop_front()
                .expect("there are more than 121 blocks");
            self.work = self.work.minus(oldest);
        }
        let (_, base_work) = *self.blocks.front().expect("a block was just pushed");
        let times = || self.blocks.iter().map(|(time, _)| time.to_secs());
        let span_secs = times().max().unwrap_or(0) - times().min().unwrap_or(0);
        let Ok(span_secs) = u32::try_from(span_secs) else {
            return 0.0;
        };
        match span_secs {
            0 => 0.0,
            _ => self.work.minus(base_work).to_f64() / f64::from(span_secs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_blocks_of_the_chain_have_the_hash_rate_that_bitcoind_returns() {
        // The header times of blocks 0 to 2 are in any explorer; the work of each is 0x100010001.
        let mut window = HashrateWindow::default();
        let easiest = CompactTarget::new(0x1d00_ffff).expect("a target");
        let mut push = |secs| window.push(Timestamp::from_block_time(secs), easiest);

        assert_eq!(push(1_231_006_505), 0.0);
        assert_eq!(push(1_231_469_665), 4_295_032_833.0 / 463_160.0);
        assert_eq!(push(1_231_469_744), 2.0 * 4_295_032_833.0 / 463_239.0);
    }

    #[test]
    fn only_the_last_120_blocks_are_used() {
        let mut window = HashrateWindow::default();
        let hard = CompactTarget::new(0x1700_ffff).expect("a target");
        let easy = CompactTarget::new(0x1d00_ffff).expect("a target");
        window.push(Timestamp::from_block_time(1), hard);
        let rates: Vec<f64> = (1..=121)
            .map(|n| window.push(Timestamp::from_block_time(600 * n), easy))
            .collect();

        // Of the first block, only the time is used, and not the work.
        assert_eq!(rates[119], 120.0 * 4_295_032_833.0 / 71_999.0);
        // The first block is no longer used.
        assert_eq!(rates[120], 120.0 * 4_295_032_833.0 / 72_000.0);
    }
}
