//! Adds up blocks by interval of median time.

use hashlake_core::day::Day;
use hashlake_core::revenue::{BlockEconomics, fee_share};
use hashlake_core::table::daily::DayRow;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::{HashesPerSecond, Sats, UsdPerBtc};

use crate::points::interval::Interval;
use crate::reader::sums_144::Sums144;

/// The sums over some blocks. Floats are also kept as sums, so that a mean over merged buckets is
/// the mean over all their blocks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bucket {
    /// Start of its interval.
    pub(crate) start: Timestamp,
    /// Height of the last block.
    pub(crate) height: u32,
    pub(crate) blocks: u32,
    pub(crate) empty_blocks: u32,
    pub(crate) subsidy: Sats,
    pub(crate) fees: Sats,
    pub(crate) tx_count: i64,
    difficulty: f64,
    network_hashrate_hs: f64,
    sat_per_ph_day: f64,
    pub(crate) priced_blocks: u32,
    price_usd: f64,
    usd_per_ph_day: f64,
    sat_per_ph: Option<f64>,
    usd_per_ph: Option<f64>,
    sums_144: Sums144,
    single_block: Option<BlockEconomics>,
}

impl Bucket {
    fn of_block(start: Timestamp, row: &BlockEconomics) -> Self {
        Self {
            start,
            height: row.height,
            blocks: 1,
            empty_blocks: u32::from(row.tx_count == 1),
            subsidy: row.subsidy,
            fees: row.fees,
            tx_count: i64::from(row.tx_count),
            difficulty: row.difficulty.to_f64(),
            network_hashrate_hs: row.network_hashrate.map_or(0.0, HashesPerSecond::to_hs),
            sat_per_ph_day: row.sat_per_ph_day(),
            priced_blocks: u32::from(row.price.is_some()),
            price_usd: row.price.map_or(0.0, UsdPerBtc::to_usd_per_btc),
            usd_per_ph_day: row.usd_per_ph_day().unwrap_or(0.0),
            sat_per_ph: row.sat_per_ph(),
            usd_per_ph: row.sat_per_ph().and_then(|sat| row.usd(sat)),
            sums_144: Sums144::of_block(row),
            single_block: Some(*row),
        }
    }

    fn of_day(start: Timestamp, day: &DayRow, sums_144: Sums144) -> Self {
        let (blocks, priced_blocks) = (f64::from(day.blocks), f64::from(day.priced_blocks));
        Self {
            start,
            height: day.last_height,
            blocks: day.blocks,
            empty_blocks: day.empty_blocks,
            subsidy: day.subsidy,
            fees: day.fees,
            tx_count: day.tx_count,
            difficulty: day.difficulty * blocks,
            network_hashrate_hs: day.network_hashrate_hs * blocks,
            sat_per_ph_day: day.sat_per_ph_day * blocks,
            priced_blocks: day.priced_blocks,
            price_usd: day.price_usd.unwrap_or(0.0) * priced_blocks,
            usd_per_ph_day: day.usd_per_ph_day.unwrap_or(0.0) * priced_blocks,
            sat_per_ph: day.sat_per_ph,
            usd_per_ph: day.usd_per_ph,
            sums_144,
            single_block: None,
        }
    }

    fn add(&mut self, later: &Self) {
        let sum = |a: Sats, b: Sats| a.checked_add(b).unwrap_or(Sats::MAX);
        self.height = later.height;
        self.blocks += later.blocks;
        self.empty_blocks += later.empty_blocks;
        self.subsidy = sum(self.subsidy, later.subsidy);
        self.fees = sum(self.fees, later.fees);
        self.tx_count += later.tx_count;
        self.difficulty += later.difficulty;
        self.network_hashrate_hs += later.network_hashrate_hs;
        self.sat_per_ph_day += later.sat_per_ph_day;
        self.priced_blocks += later.priced_blocks;
        self.price_usd += later.price_usd;
        self.usd_per_ph_day += later.usd_per_ph_day;
        self.sat_per_ph = sum_of_known(self.sat_per_ph, later.sat_per_ph);
        self.usd_per_ph = sum_of_known(self.usd_per_ph, later.usd_per_ph);
        self.sums_144.add(&later.sums_144);
        self.single_block = None;
    }

    fn mean(&self, sum: f64) -> f64 {
        sum / f64::from(self.blocks)
    }

    fn mean_of_priced(&self, sum: f64) -> Option<f64> {
        (self.priced_blocks > 0).then(|| sum / f64::from(self.priced_blocks))
    }

    pub(crate) fn price_usd(&self) -> Option<f64> {
        self.mean_of_priced(self.price_usd)
    }

    pub(crate) fn difficulty(&self) -> f64 {
        self.mean(self.difficulty)
    }

    pub(crate) fn network_hashrate_hs(&self) -> Option<f64> {
        Some(self.mean(self.network_hashrate_hs)).filter(|&rate| rate > 0.0)
    }

    pub(crate) fn fee_share(&self) -> Option<f64> {
        fee_share(self.subsidy, self.fees)
    }

    /// The block, if the bucket has only one.
    pub(crate) const fn single_block(&self) -> Option<&BlockEconomics> {
        self.single_block.as_ref()
    }

    /// Mean hashprice in sat/PH/day.
    pub(crate) fn sat_per_ph_day(&self) -> f64 {
        self.mean(self.sat_per_ph_day)
    }

    /// Mean hashprice over priced blocks in USD/PH/day.
    pub(crate) fn usd_per_ph_day(&self) -> Option<f64> {
        self.mean_of_priced(self.usd_per_ph_day)
    }

    /// Mean hashprice with the mean fees of 144 blocks in sat/PH/day, over blocks where it is known.
    pub(crate) fn sat_per_ph_day_144(&self) -> Option<f64> {
        self.sums_144.sat_per_ph_day()
    }

    /// Mean hashprice with the mean fees of 144 blocks in USD/PH/day, over priced blocks.
    pub(crate) fn usd_per_ph_day_144(&self) -> Option<f64> {
        self.sums_144.usd_per_ph_day()
    }

    /// Expected revenue of 1 PH/s from these blocks, in sat.
    pub(crate) const fn sat_per_ph(&self) -> Option<f64> {
        self.sat_per_ph
    }

    /// Expected revenue of 1 PH/s from the priced blocks, in USD.
    pub(crate) const fn usd_per_ph(&self) -> Option<f64> {
        self.usd_per_ph
    }
}

/// The sum of the values that are known; `None` if both are unknown.
pub(crate) fn sum_of_known(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// Adds up blocks, which are in order of height. For [`Interval::Block`], each block is a bucket.
pub(crate) fn add_up_blocks<'a>(
    interval: Interval,
    blocks: impl Iterator<Item = &'a BlockEconomics>,
) -> Vec<Bucket> {
    let buckets = blocks.map(|row| Bucket::of_block(interval.start_of(row.median_time), row));
    match interval {
        Interval::Block => buckets.collect(),
        _ => merge(buckets),
    }
}

/// Adds up days, and the blocks after them, to intervals of a day or longer. `sums_144` has the
/// sums that the daily table lacks, for some of the days. All are in order of time.
pub(crate) fn add_up_days<'a>(
    interval: Interval,
    days: impl IntoIterator<Item = &'a DayRow>,
    sums_144: impl Iterator<Item = &'a (Day, Sums144)>,
    rest: impl Iterator<Item = &'a BlockEconomics>,
) -> Vec<Bucket> {
    let mut sums_144 = sums_144.peekable();
    let days = days.into_iter().map(|day| {
        while sums_144
            .next_if(|(earlier, _)| *earlier < day.day)
            .is_some()
        {}
        let sums = sums_144.next_if(|(same, _)| *same == day.day);
        let sums = sums.map_or(Sums144::default(), |(_, sums)| *sums);
        Bucket::of_day(interval.start_of(day.day.start()), day, sums)
    });
    let rest = rest.map(|row| Bucket::of_block(interval.start_of(row.median_time), row));
    merge(days.chain(rest))
}

fn merge(parts: impl Iterator<Item = Bucket>) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    for part in parts {
        match buckets.last_mut().filter(|last| last.start == part.start) {
            Some(last) => last.add(&part),
            None => buckets.push(part),
        }
    }
    buckets
}

#[cfg(test)]
mod tests {
    use hashlake_core::revenue::PricedBlock;
    use hashlake_core::table::daily;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{BlockSpec, at, block};
    use crate::points::field::Field;
    use crate::reader::sums_144;

    fn value(bucket: &Bucket, field: Field) -> Value {
        json!(field.values(std::slice::from_ref(bucket)))[0].clone()
    }

    #[test]
    fn a_bucket_has_sums_and_means_over_its_blocks() {
        // Each block has a subsidy of 312,500,000 sat. The fees are 2,000,000 sat and 0, so their
        // share is 2,000,000 / 627,000,000. Only the first block has a price.
        let first = block(BlockSpec {
            height: 5,
            time: "2025-11-23T10:00:00Z",
            price: Some(100_000.0),
            ..BlockSpec::default()
        });
        let empty = block(BlockSpec {
            height: 6,
            time: "2025-11-23T10:59:59Z",
            price: None,
            fees: 0,
            tx_count: 1,
            ..BlockSpec::default()
        });

        let blocks = [first.economics(), empty.economics()];
        let buckets = add_up_blocks(Interval::Hour, blocks.iter());

        let [bucket] = buckets.as_slice() else {
            panic!("{buckets:?}")
        };
        assert_eq!(bucket.start, at("2025-11-23T10:00:00Z"));
        assert_eq!(value(bucket, Field::Blocks), 2);
        assert_eq!(value(bucket, Field::EmptyBlocks), 1);
        assert_eq!(value(bucket, Field::Height), 6);
        assert_eq!(value(bucket, Field::SubsidySat), 625_000_000);
        assert_eq!(value(bucket, Field::FeesSat), 2_000_000);
        assert_eq!(value(bucket, Field::FeeShare), 2_000_000.0 / 627_000_000.0);
        assert_eq!(value(bucket, Field::TxCount), 3001);
        assert_eq!(value(bucket, Field::PriceUsd), 100_000.0);
        assert_eq!(
            value(bucket, Field::UsdPerPhDay),
            Value::from(first.usd_per_ph_day())
        );
        assert_eq!(
            value(bucket, Field::SatPerPhDay),
            f64::midpoint(first.sat_per_ph_day(), empty.sat_per_ph_day())
        );
    }

    #[test]
    fn unknown_values_are_null() {
        let genesis = block(BlockSpec {
            price: None,
            network_hashrate_hs: 0.0,
            ..BlockSpec::default()
        });

        let bucket = Bucket::of_block(genesis.block.median_time, &genesis.economics());

        for field in [
            Field::PriceUsd,
            Field::UsdPerPhDay,
            Field::NetworkHashrateHs,
        ] {
            assert_eq!(value(&bucket, field), Value::Null);
        }
    }

    #[test]
    fn two_blocks_of_the_same_median_time_are_two_points() {
        let rows = [1, 2].map(|height| {
            block(BlockSpec {
                height,
                ..BlockSpec::default()
            })
            .economics()
        });

        assert_eq!(add_up_blocks(Interval::Block, rows.iter()).len(), 2);
    }

    fn chain() -> impl Strategy<Value = Vec<PricedBlock>> {
        let block_of_chain = (
            0_i64..40_000,
            0_i64..50_000_000,
            1_u32..5,
            proptest::option::of(1e4..2e5_f64),
            0.0..1e21_f64,
            proptest::option::of(1e4..1e5_f64),
        );
        proptest::collection::vec(block_of_chain, 1..120).prop_map(|blocks| {
            let mut secs = at("2025-10-20T00:00:00Z").to_secs();
            let heights = 900_000..;
            let rows = heights.zip(blocks).map(
                |(height, (wait, fees, tx_count, price, network_hashrate_hs, sat_144))| {
                    secs += wait;
                    let mut row = block(BlockSpec {
                        height,
                        price,
                        fees,
                        tx_count,
                        network_hashrate_hs,
                        ..BlockSpec::default()
                    });
                    row.block.median_time = Timestamp::from_secs(secs).expect("a date");
                    row.block.sat_per_ph_day_144 = sat_144;
                    row
                },
            );
            rows.collect()
        })
    }

    proptest! {
        #[test]
        fn days_from_the_daily_table_equal_days_from_blocks(rows in chain()) {
            let days = daily::summarise(&rows);
            let rows: Vec<BlockEconomics> = rows.iter().map(PricedBlock::economics).collect();
            let sums_144 = sums_144::by_day(&rows);
            for interval in [Interval::Day, Interval::Week, Interval::Month] {
                let (from_days, from_blocks) = (add_up_days(interval, &days, sums_144.iter(), [].iter()), add_up_blocks(interval, rows.iter()));

                prop_assert_eq!(from_days.len(), from_blocks.len());
                for (day, blocks) in from_days.iter().zip(&from_blocks) {
                    prop_assert_eq!(day.start, blocks.start);
                    for field in &Field::ALL {
                        match (value(day, *field).as_f64(), value(blocks, *field).as_f64()) {
                            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= 1e-12 * b.abs(), "{field:?}: {a} {b}"),
                            (a, b) => prop_assert_eq!(a, b),
                        }
                    }
                }
            }
        }

        #[test]
        fn means_agree_with_a_search_of_all_blocks(rows in chain()) {
            let rows: Vec<BlockEconomics> = rows.iter().map(PricedBlock::economics).collect();
            for bucket in &add_up_blocks(Interval::Hour, rows.iter()) {
                let hour = bucket.start..bucket.start + std::time::Duration::from_hours(1);
                let inside = || rows.iter().filter(|row| hour.contains(&row.median_time));
                let usd: Vec<f64> = inside().filter_map(BlockEconomics::usd_per_ph_day).collect();
                let mean = usd.iter().sum::<f64>() / f64::from(u32::try_from(usd.len()).expect("a few"));

                prop_assert_eq!(value(bucket, Field::Blocks), Value::from(inside().count()));
                prop_assert_eq!(value(bucket, Field::FeesSat), Value::from(inside().map(|row| row.fees.to_sat()).sum::<i64>()));
                match value(bucket, Field::UsdPerPhDay).as_f64() {
                    Some(found) => prop_assert!((found - mean).abs() <= 1e-12 * mean),
                    None => prop_assert!(usd.is_empty()),
                }
            }
        }
    }
}
