//! The replay's clock, and the blocks that it releases. The elapsed time is a parameter, so tests need
//! not wait.

use std::time::Duration;

use crate::node::chain::Chain;
use crate::recording::blocks::RecordedBlocks;

#[derive(Clone, Debug)]
pub(crate) struct Playback {
    chain: Chain,
    clock: Clock,
}

/// The time in the replay. It never decreases.
#[derive(Clone, Copy, Debug)]
struct Clock {
    speed: f64,
    /// UNIX time in the replay when `since` had elapsed.
    base_s: f64,
    /// Real time between the start of the replay and `base_s`.
    since: Duration,
}

impl Playback {
    /// A playback whose tip is the canonical block at `tip`, which must be recorded.
    pub(crate) fn new(blocks: &RecordedBlocks, tip: u32, speed: f64) -> Self {
        let base_s = f64::from(blocks.latest_time(tip));
        Self {
            chain: Chain::new(tip),
            clock: Clock {
                speed,
                base_s,
                since: Duration::ZERO,
            },
        }
    }

    pub(crate) fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The time in the replay, in UNIX seconds.
    pub(crate) fn unix_s(&self, elapsed: Duration) -> f64 {
        self.clock.unix_s(elapsed)
    }

    /// Releases the blocks that are due.
    pub(crate) fn advance(&mut self, blocks: &RecordedBlocks, elapsed: Duration) {
        let unix_s = self.clock.unix_s(elapsed);
        // Until the clock moves, a block that was just released stays the tip, even if the next block
        // has an earlier header time.
        if unix_s <= self.clock.base_s {
            return;
        }
        if let Some(height) = blocks.highest_at(unix_s) {
            self.chain.release_due(height);
        }
    }

    /// Makes the canonical chain up to `height`, which must be recorded, the best one.
    pub(crate) fn release_to(&mut self, blocks: &RecordedBlocks, height: u32, elapsed: Duration) {
        self.chain.release_to(height);
        self.clock
            .set_at_least(f64::from(blocks.latest_time(height)), elapsed);
    }

    /// Makes the stale block at this index the tip.
    pub(crate) fn switch_to_stale(
        &mut self,
        blocks: &RecordedBlocks,
        index: usize,
        elapsed: Duration,
    ) {
        self.chain.switch_to_stale(blocks, index);
        let block = &blocks.stale()[index].block;
        let below = blocks.latest_time(block.height.saturating_sub(1));
        self.clock
            .set_at_least(f64::from(block.time.max(below)), elapsed);
    }
}

impl Clock {
    fn unix_s(&self, elapsed: Duration) -> f64 {
        self.base_s + self.speed * elapsed.saturating_sub(self.since).as_secs_f64()
    }

    fn set_at_least(&mut self, unix_s: f64, elapsed: Duration) {
        self.base_s = self.unix_s(elapsed).max(unix_s);
        self.since = elapsed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::chain::NodeView;
    use crate::testing::bundled_blocks;

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn tip_height(blocks: &RecordedBlocks, playback: &Playback) -> u32 {
        NodeView {
            blocks,
            chain: playback.chain(),
        }
        .tip()
        .height
    }

    fn at_clock(playback: &Playback, elapsed: Duration, expected: u32) -> bool {
        (playback.unix_s(elapsed) - f64::from(expected)).abs() < 1e-3
    }

    #[test]
    fn block_is_released_when_the_clock_reaches_its_time() {
        let blocks = bundled_blocks();
        // The header times are 1755163555 and 1755163814: 259 s, replayed 60 times as fast.
        let due = 259.0 / 60.0;
        let mut playback = Playback::new(&blocks, 910_000, 60.0);

        playback.advance(&blocks, seconds(due - 0.01));
        assert_eq!(tip_height(&blocks, &playback), 910_000);

        playback.advance(&blocks, seconds(due + 0.01));
        assert_eq!(tip_height(&blocks, &playback), 910_001);
    }

    #[test]
    fn clock_begins_at_the_latest_header_time_and_runs_at_speed() {
        let blocks = bundled_blocks();
        let begin = blocks.latest_time(910_000);

        let playback = Playback::new(&blocks, 910_000, 60.0);

        assert!(at_clock(&playback, Duration::ZERO, begin));
        assert!(at_clock(&playback, seconds(10.0), begin + 600));
    }

    #[test]
    fn clock_and_tip_do_not_move_at_speed_zero() {
        let blocks = bundled_blocks();
        let mut playback = Playback::new(&blocks, 910_000, 0.0);

        playback.advance(&blocks, seconds(1e9));

        assert_eq!(tip_height(&blocks, &playback), 910_000);
        assert!(at_clock(
            &playback,
            seconds(1e9),
            blocks.latest_time(910_000)
        ));
    }

    #[test]
    fn released_heights_never_decrease_and_end_at_the_last_recorded_block() {
        let blocks = bundled_blocks();
        let mut playback = Playback::new(&blocks, 909_458, 1.0);
        let mut highest = 909_458;

        // Advance by half an hour at a time, for 160 days.
        for step in 1..=7_680_u32 {
            playback.advance(&blocks, seconds(f64::from(step) * 1_800.0));
            let height = tip_height(&blocks, &playback);
            assert!(highest <= height);
            highest = height;
        }

        assert_eq!(highest, 931_518);
    }

    #[test]
    fn release_moves_the_clock_forward_but_never_back() {
        let blocks = bundled_blocks();
        let mut playback = Playback::new(&blocks, 910_000, 0.0);

        playback.release_to(&blocks, 911_000, seconds(1.0));
        playback.release_to(&blocks, 910_500, seconds(2.0));

        assert_eq!(tip_height(&blocks, &playback), 910_500);
        assert!(at_clock(
            &playback,
            seconds(3.0),
            blocks.latest_time(911_000)
        ));
    }

    #[test]
    fn stale_block_is_replaced_by_a_reorg_as_time_passes() {
        let blocks = bundled_blocks();
        let mut playback = Playback::new(&blocks, 909_488, 1.0);
        playback.switch_to_stale(&blocks, 0, Duration::ZERO);
        playback.advance(&blocks, Duration::from_secs(1));
        let stale = &blocks.stale()[0].block;
        let node = NodeView {
            blocks: &blocks,
            chain: playback.chain(),
        };
        assert_eq!(node.tip().hash, stale.hash);

        playback.advance(&blocks, Duration::from_secs(3_600));

        let node = NodeView {
            blocks: &blocks,
            chain: playback.chain(),
        };
        assert!(909_489 < node.tip().height);
        assert!(!node.is_best(stale));
    }
}
