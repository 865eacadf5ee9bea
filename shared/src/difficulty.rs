//! Changes of difficulty and subsidy: the exact values of the next block, and forecasts.

use std::time::Duration;

use crate::block::Block;
use crate::chain::Chain;
use crate::target::{BLOCKS_PER_RETARGET, CompactTarget};
use crate::timestamp::Timestamp;
use crate::units::Sats;

const TARGET_SPACING: Duration = Duration::from_mins(10);
/// Bitcoin measures the time from the first of the 2016 blocks to the last: 2015 intervals.
const MEASURED_INTERVALS: u32 = BLOCKS_PER_RETARGET - 1;
/// Difficulty changes by at most this factor.
const MAX_FACTOR: f64 = 4.0;

/// Height of the first of the 2016 blocks that have the same difficulty as the block at `height`.
pub const fn period_start(height: u32) -> u32 {
    height - height % BLOCKS_PER_RETARGET
}

/// The target of the block after `tip`, per the rules of the network. `period_start` is the header
/// time of the first of the 2016 blocks that `tip` belongs to. It is used only if `tip` is the last
/// of them.
///
/// `None` if that time is needed and unknown, and for networks with other rules (test, testnet4,
/// signet).
pub fn next_bits(
    chain: Chain,
    tip: &Block,
    period_start: Option<Timestamp>,
) -> Option<CompactTarget> {
    let is_retarget = (tip.height + 1).is_multiple_of(BLOCKS_PER_RETARGET);
    match chain {
        Chain::Main if is_retarget => Some(
            tip.bits
                .next_epoch(tip.time.to_secs() - period_start?.to_secs()),
        ),
        Chain::Main | Chain::Regtest => Some(tip.bits),
        Chain::Test | Chain::Testnet4 | Chain::Signet => None,
    }
}

/// The pace of the blocks since difficulty last changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockPace {
    tip_height: u32,
    tip_time: Timestamp,
    intervals: u32,
    took: Duration,
}

/// The next change of difficulty, if the rest of the 2016 blocks come as fast as those so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetargetForecast {
    /// Time of the first block with the new difficulty.
    pub time: Timestamp,
    /// Relative change of difficulty: 0.1 means 10 % more. From -0.75 to 3.
    pub change: f64,
    /// The change minus its standard error.
    pub change_low: f64,
    /// The change plus its standard error.
    pub change_high: f64,
}

/// The next halving of the subsidy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Halving {
    /// Height of the first block with the new subsidy.
    pub height: u32,
    /// Number of blocks from the tip to that block.
    pub blocks_left: u32,
    /// The new subsidy.
    pub subsidy: Sats,
}

impl BlockPace {
    /// The pace from the first of the 2016 blocks, whose header time is `period_start`, to the tip.
    /// `None` if the tip is that block, or the tip's time is not later.
    pub fn new(period_start_time: Timestamp, tip: &Block) -> Option<Self> {
        let intervals = tip.height - period_start(tip.height);
        let took = tip.time.since(period_start_time);
        (intervals > 0 && !took.is_zero()).then_some(Self {
            tip_height: tip.height,
            tip_time: tip.time,
            intervals,
            took,
        })
    }

    /// The next change of difficulty.
    ///
    /// The new difficulty divided by the old one is 2016 x 600 s divided by the duration of the
    /// 2015 intervals between the blocks. After `n` of these intervals, the relative standard error
    /// of this duration is `sqrt(1/n - 1/2015)`: the standard deviation of an interval equals its
    /// mean, so `n` intervals show the pace with a relative error of `1/sqrt(n)`, and the error
    /// shrinks to zero as all intervals become known.
    pub fn forecast(self) -> RetargetForecast {
        let (n, all) = (f64::from(self.intervals), f64::from(MEASURED_INTERVALS));
        let expected = self.took.as_secs_f64() / n * all;
        let factor = (TARGET_SPACING * BLOCKS_PER_RETARGET).as_secs_f64() / expected;
        let error = (1.0 / n - 1.0 / all).sqrt();
        let change = |factor: f64| factor.clamp(1.0 / MAX_FACTOR, MAX_FACTOR) - 1.0;
        let blocks_left = blocks_until(BLOCKS_PER_RETARGET, self.tip_height);
        RetargetForecast {
            time: self.tip_time + self.time_of_blocks(blocks_left),
            change: change(factor),
            change_low: change(factor * (1.0 - error)),
            change_high: change(factor * (1.0 + error)),
        }
    }

    /// Expected time of a later block: blocks keep this pace up to the next change of difficulty,
    /// and take ten minutes each after it.
    pub fn time_of(self, height: u32) -> Timestamp {
        let ahead = height.saturating_sub(self.tip_height);
        let at_this_pace = ahead.min(blocks_until(BLOCKS_PER_RETARGET, self.tip_height));
        let then = TARGET_SPACING * (ahead - at_this_pace);
        self.tip_time + self.time_of_blocks(at_this_pace) + then
    }

    /// Duration of this many blocks at this pace, in whole seconds like the times of blocks.
    fn time_of_blocks(self, blocks: u32) -> Duration {
        let secs = self.took.as_secs_f64() / f64::from(self.intervals) * f64::from(blocks);
        Duration::from_secs_f64(secs.round())
    }
}

/// The next halving after the block at `height`.
pub fn next_halving(chain: Chain, height: u32) -> Halving {
    let blocks_left = blocks_until(chain.blocks_per_halving(), height);
    let height = height.saturating_add(blocks_left);
    Halving {
        height,
        blocks_left,
        subsidy: chain.subsidy(height),
    }
}

/// Number of blocks from the one at `height` to the next multiple of `every`.
pub const fn blocks_until(every: u32, height: u32) -> u32 {
    every - height % every
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::BlockHash;

    fn at(secs: u32) -> Timestamp {
        Timestamp::from_block_time(secs)
    }

    fn tip(height: u32, secs: u32, bits: &str) -> Block {
        Block {
            height,
            hash: BlockHash::ZERO,
            prev_hash: BlockHash::ZERO,
            time: at(secs),
            median_time: at(secs),
            bits: bits.parse().expect("a target"),
            tx_count: 1,
            subsidy: Sats::ZERO,
            fees: Sats::ZERO,
            claimed: None,
            network_hashrate_hs: 0.0,
            sat_per_ph_day_144: None,
        }
    }

    fn forecast(first_secs: u32, tip: &Block) -> RetargetForecast {
        let pace = BlockPace::new(at(first_secs), tip).expect("two blocks with different times");
        pace.forecast()
    }

    /// Real difficulty periods. Each row has the height of the first block; the header times of the
    /// first block, of the block 1008 blocks later, and of the last block; and the target before
    /// and after the change of difficulty.
    const REAL_PERIODS: [(u32, u32, u32, u32, &str, &str); 11] = [
        (
            681_408,
            1_619_900_822,
            1_620_407_515,
            1_620_896_111,
            "170da863",
            "170b3ce9",
        ),
        (
            911_232,
            1_755_895_678,
            1_756_467_322,
            1_757_048_905,
            "17022b91",
            "170211ac",
        ),
        (
            913_248,
            1_757_050_390,
            1_757_609_535,
            1_758_206_431,
            "170211ac",
            "1701fa38",
        ),
        (
            915_264,
            1_758_206_848,
            1_758_770_125,
            1_759_348_314,
            "1701fa38",
            "1701ddb4",
        ),
        (
            917_280,
            1_759_348_633,
            1_760_000_129,
            1_760_592_232,
            "1701ddb4",
            "1701eb21",
        ),
        (
            919_296,
            1_760_594_746,
            1_761_163_042,
            1_761_732_559,
            "1701eb21",
            "1701cdfb",
        ),
        (
            921_312,
            1_761_732_893,
            1_762_343_803,
            1_762_971_900,
            "1701cdfb",
            "1701d936",
        ),
        (
            923_328,
            1_762_972_230,
            1_763_584_034,
            1_764_205_903,
            "1701d936",
            "1701e2a0",
        ),
        (
            925_344,
            1_764_206_208,
            1_764_820_382,
            1_765_424_841,
            "1701e2a0",
            "1701e63a",
        ),
        (
            927_360,
            1_765_424_862,
            1_766_039_829,
            1_766_633_953,
            "1701e63a",
            "1701e605",
        ),
        (
            929_376,
            1_766_634_486,
            1_767_250_028,
            1_767_858_836,
            "1701e605",
            "1701ebf2",
        ),
    ];

    fn change(before: &str, after: &str) -> f64 {
        let difficulty = |bits: &str| {
            let target: CompactTarget = bits.parse().expect("a target");
            target.difficulty().to_f64()
        };
        difficulty(after) / difficulty(before) - 1.0
    }

    #[test]
    fn the_target_computed_at_the_end_of_a_real_period_is_the_real_next_target() {
        for (height, first, _, last, before, after) in REAL_PERIODS {
            let tip = tip(height + 2015, last, before);

            let next = next_bits(Chain::Main, &tip, Some(at(first)));

            assert_eq!(
                next.map(|bits| bits.to_string()).as_deref(),
                Some(after),
                "{height}"
            );
            // The forecast is exact, except for the rounding of compact targets.
            let real = change(before, after);
            let forecast = forecast(first, &tip);
            for forecast in [forecast.change, forecast.change_low, forecast.change_high] {
                assert!(
                    (forecast - real).abs() < 1e-5,
                    "{height}: {forecast} {real}"
                );
            }
        }
    }

    #[test]
    fn the_error_of_a_forecast_in_the_middle_of_real_periods_is_as_large_as_stated() {
        let mut within = 0;
        for (height, first, middle, _, before, after) in REAL_PERIODS {
            let forecast = forecast(first, &tip(height + 1008, middle, before));
            let real = change(before, after);

            // sqrt(1/1008 - 1/2015) = 0.022266 of the new difficulty.
            let error = 0.022_266 * (1.0 + forecast.change);
            assert!((forecast.change_high - forecast.change - error).abs() < 1e-6);
            assert!(
                (real - forecast.change).abs() < 3.0 * error,
                "{height}: {forecast:?} {real}"
            );
            within += u32::from((forecast.change_low..=forecast.change_high).contains(&real));
        }
        // About two thirds of the 11 periods should be within the standard error.
        assert_eq!(within, 9);
    }

    #[test]
    fn a_change_has_a_lower_and_an_upper_limit() {
        // Both cases are from pow_tests.cpp of Bitcoin Core, but the start time of the second case
        // is invented.
        let rise = forecast(1_279_008_237, &tip(68_543, 1_279_297_671, "1c05a3f4"));
        let fall = forecast(1_263_163_443, &tip(46_367, 1_269_211_443, "1c387f6f"));

        assert_eq!((rise.change, rise.change_high), (3.0, 3.0));
        assert_eq!((fall.change, fall.change_low), (-0.75, -0.75));
    }

    #[test]
    fn the_time_of_later_blocks_follows_the_pace_up_to_the_change_and_ten_minutes_after_it() {
        // 1008 blocks, 8 minutes each: the change is 1008 x 480 s later, and 2016 x 600 s / (2015 x 480 s) - 1.
        let tip = tip(838_656 + 1008, 1_713_000_000, "17034219");
        let pace = BlockPace::new(at(1_713_000_000 - 1008 * 480), &tip).expect("two blocks");

        let forecast = pace.forecast();

        assert_eq!(forecast.time, at(1_713_000_000 + 1008 * 480));
        assert!((forecast.change - 0.250_620).abs() < 1e-6);
        assert_eq!(pace.time_of(840_672), forecast.time);
        assert_eq!(pace.time_of(840_000), at(1_713_000_000 + 336 * 480));
        assert_eq!(
            pace.time_of(841_672),
            at(1_713_000_000 + 1008 * 480 + 1000 * 600)
        );
    }

    #[test]
    fn after_only_the_first_block_of_a_period_the_pace_is_unknown() {
        assert_eq!(
            BlockPace::new(at(1_713_000_000), &tip(838_656, 1_713_000_000, "17034219")),
            None
        );
        assert_eq!(
            BlockPace::new(at(1_713_000_000), &tip(838_657, 1_713_000_000, "17034219")),
            None
        );
        assert_eq!(
            BlockPace::new(at(1_713_000_000), &tip(838_657, 1_712_999_999, "17034219")),
            None
        );
    }

    #[test]
    fn the_next_target_is_that_of_the_tip_within_a_period_and_unknown_on_test_networks() {
        let tip = |height| tip(height, 1_713_000_000, "17034219");

        assert_eq!(
            next_bits(Chain::Main, &tip(840_000), None),
            Some(tip(0).bits)
        );
        assert_eq!(next_bits(Chain::Main, &tip(840_671), None), None);
        assert_eq!(
            next_bits(Chain::Regtest, &tip(2015), None),
            Some(tip(0).bits)
        );
        for chain in [Chain::Test, Chain::Testnet4, Chain::Signet] {
            assert_eq!(
                next_bits(chain, &tip(840_000), Some(at(1_712_000_000))),
                None
            );
        }
    }

    #[test]
    fn the_next_halving_is_at_the_next_multiple_of_210_000() {
        let halving = |height| {
            let halving = next_halving(Chain::Main, height);
            (
                halving.height,
                halving.blocks_left,
                halving.subsidy.to_sat(),
            )
        };

        assert_eq!(halving(839_999), (840_000, 1, 312_500_000));
        assert_eq!(halving(840_000), (1_050_000, 210_000, 156_250_000));
        assert_eq!(next_halving(Chain::Regtest, 149).blocks_left, 1);
    }

    proptest! {
        #[test]
        fn a_steady_pace_gives_the_same_change_from_the_second_block_to_the_last(spacing in 200_u32..2_000, n in 1_u32..=2015) {
            let forecast = forecast(1_000_000_000, &tip(840_672 + n, 1_000_000_000 + n * spacing, "17034219"));

            let change = 1_209_600.0 / (2015.0 * f64::from(spacing)) - 1.0;
            prop_assert!((forecast.change - change).abs() < 1e-9);
            prop_assert!(forecast.change_low <= forecast.change && forecast.change <= forecast.change_high);
            prop_assert!(-0.75 <= forecast.change_low && forecast.change_high <= 3.0);
        }
    }
}
