//! Blocks added up by hour, day, week or month of median time, and what is told of each.

use std::str::FromStr;

use hashlake::day::Day;
use hashlake::month::Month;
use hashlake::revenue::PricedBlock;
use hashlake::table::daily::DayRow;
use hashlake::timestamp::Timestamp;
use hashlake::units::Sats;
use serde_json::Value;

const MS_PER_HOUR: i64 = 3_600_000;

/// How much time a point of a series stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interval {
    /// Each block is a point.
    Block,
    /// UTC hours.
    Hour,
    /// UTC days.
    Day,
    /// Weeks from Monday to Sunday, in UTC.
    Week,
    /// UTC months.
    Month,
}

impl Interval {
    const ALL: [Self; 5] = [Self::Block, Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The names, for those who give another.
    pub(crate) const NAMES: &str = "block, hour, day, week or month";

    /// The name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Where the interval that holds `time` starts.
    pub(crate) fn start_of(self, time: Timestamp) -> Timestamp {
        let day = Day::of(time);
        match self {
            Self::Block => time,
            Self::Hour => Timestamp::from_ms(time.to_ms().div_euclid(MS_PER_HOUR) * MS_PER_HOUR)
                .unwrap_or(time),
            Self::Day => day.start(),
            Self::Week => monday(day).unwrap_or(day).start(),
            Self::Month => Month::of(time).start(),
        }
    }
}

impl FromStr for Interval {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|interval| interval.name() == name)
            .ok_or(())
    }
}

/// The Monday on or before it; day 0, 1970-01-01, was a Thursday.
fn monday(day: Day) -> Option<Day> {
    Day::from_days(day.to_days() - (day.to_days() + 3).rem_euclid(7))
}

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident = $name:literal,)*) => {
        /// What can be told of a bucket.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Field {
            $($(#[$doc])* $field,)*
        }

        impl Field {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$field,)*];

            /// The name.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name,)*
                }
            }
        }
    };
}

fields! {
    /// Mean over priced blocks.
    PriceUsd = "price_usd",
    /// Mean over blocks.
    SatPerPhDay = "sat_per_ph_day",
    /// Mean over priced blocks.
    UsdPerPhDay = "usd_per_ph_day",
    /// Mean over blocks.
    Difficulty = "difficulty",
    /// Mean over blocks.
    NetworkHashrateHs = "network_hashrate_hs",
    /// Sum.
    SubsidySat = "subsidy_sat",
    /// Sum.
    FeesSat = "fees_sat",
    /// Sum of fees over the sum of fees and subsidies.
    FeeShare = "fee_share",
    /// Sum.
    TxCount = "tx_count",
    /// Number of blocks.
    Blocks = "blocks",
    /// Number of blocks with nothing but a coinbase.
    EmptyBlocks = "empty_blocks",
    /// Height of the last block.
    Height = "height",
}

impl FromStr for Field {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.name() == name)
            .ok_or(())
    }
}

/// Blocks added up. Floats are sums over blocks, so that buckets of buckets have means over blocks too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bucket {
    /// Where its interval starts.
    pub(crate) start: Timestamp,
    height: u32,
    blocks: u32,
    empty_blocks: u32,
    subsidy: Sats,
    fees: Sats,
    tx_count: i64,
    difficulty: f64,
    network_hashrate_hs: f64,
    sat_per_ph_day: f64,
    priced_blocks: u32,
    price_usd: f64,
    usd_per_ph_day: f64,
}

impl Bucket {
    fn of_block(start: Timestamp, row: &PricedBlock) -> Self {
        let block = &row.block;
        let price = row.price.quote();
        Self {
            start,
            height: block.height,
            blocks: 1,
            empty_blocks: u32::from(block.tx_count == 1),
            subsidy: block.subsidy,
            fees: block.fees,
            tx_count: i64::from(block.tx_count),
            difficulty: block.bits.difficulty().to_f64(),
            network_hashrate_hs: block.network_hashrate_hs,
            sat_per_ph_day: row.sat_per_ph_day(),
            priced_blocks: u32::from(price.is_some()),
            price_usd: price.map_or(0.0, |quote| quote.usd.to_usd_per_btc()),
            usd_per_ph_day: row.usd_per_ph_day().unwrap_or(0.0),
        }
    }

    fn of_day(start: Timestamp, day: &DayRow) -> Self {
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
    }

    /// What is told of it; null where it is not known.
    pub(crate) fn value(&self, field: Field) -> Value {
        let mean = |sum: f64| sum / f64::from(self.blocks);
        let mean_of_priced =
            |sum: f64| (self.priced_blocks > 0).then(|| sum / f64::from(self.priced_blocks));
        match field {
            Field::PriceUsd => mean_of_priced(self.price_usd).into(),
            Field::SatPerPhDay => mean(self.sat_per_ph_day).into(),
            Field::UsdPerPhDay => mean_of_priced(self.usd_per_ph_day).into(),
            Field::Difficulty => mean(self.difficulty).into(),
            Field::NetworkHashrateHs => Some(mean(self.network_hashrate_hs))
                .filter(|&rate| rate > 0.0)
                .into(),
            Field::SubsidySat => self.subsidy.to_sat().into(),
            Field::FeesSat => self.fees.to_sat().into(),
            Field::FeeShare => fee_share(self.subsidy, self.fees).into(),
            Field::TxCount => self.tx_count.into(),
            Field::Blocks => self.blocks.into(),
            Field::EmptyBlocks => self.empty_blocks.into(),
            Field::Height => self.height.into(),
        }
    }
}

/// The part of a reward that is fees, from 0 to 1; not known where there is no reward.
pub(crate) fn fee_share(subsidy: Sats, fees: Sats) -> Option<f64> {
    let reward = subsidy.to_f64() + fees.to_f64();
    (reward > 0.0).then(|| fees.to_f64() / reward)
}

/// Blocks in order of height as buckets; for [`Interval::Block`], one each.
pub(crate) fn of_blocks<'a>(
    interval: Interval,
    blocks: impl Iterator<Item = &'a PricedBlock>,
) -> Vec<Bucket> {
    let buckets = blocks.map(|row| Bucket::of_block(interval.start_of(row.block.median_time), row));
    match interval {
        Interval::Block => buckets.collect(),
        _ => merge(buckets),
    }
}

/// Days in order as buckets of a day or more.
pub(crate) fn of_days<'a>(
    interval: Interval,
    days: impl Iterator<Item = &'a DayRow>,
) -> Vec<Bucket> {
    merge(days.map(|day| Bucket::of_day(interval.start_of(day.day.start()), day)))
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
    use hashlake::table::daily;
    use proptest::prelude::*;

    use super::*;
    use crate::fixture::{Spec, at, block};

    #[test]
    fn intervals_start_at_their_first_moment_in_utc() {
        // `date -ud 2025-11-23 +%A`: Sunday, so its week starts on Monday, 2025-11-17.
        let starts = [
            (
                Interval::Block,
                "2025-11-23T23:59:59Z",
                "2025-11-23T23:59:59Z",
            ),
            (
                Interval::Hour,
                "2025-11-23T23:59:59Z",
                "2025-11-23T23:00:00Z",
            ),
            (
                Interval::Day,
                "2025-11-23T23:59:59Z",
                "2025-11-23T00:00:00Z",
            ),
            (
                Interval::Week,
                "2025-11-23T23:59:59Z",
                "2025-11-17T00:00:00Z",
            ),
            (
                Interval::Week,
                "2025-11-24T00:00:00Z",
                "2025-11-24T00:00:00Z",
            ),
            (
                Interval::Month,
                "2025-11-23T23:59:59Z",
                "2025-11-01T00:00:00Z",
            ),
            (
                Interval::Week,
                "1969-12-31T00:00:00Z",
                "1969-12-29T00:00:00Z",
            ),
            (
                Interval::Week,
                "0000-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
            ),
        ];
        for (interval, time, start) in starts {
            assert_eq!(
                interval.start_of(at(time)).to_string(),
                start,
                "{interval:?} of {time}"
            );
        }
    }

    #[test]
    fn a_bucket_has_sums_and_means_over_its_blocks() {
        // Subsidy 312,500,000 each. Fees 0 and 2,000,000: 2,000,000 / 627,000,000. Prices 100,000 and none.
        let first = block(Spec {
            height: 5,
            time: "2025-11-23T10:00:00Z",
            price: Some(100_000.0),
            ..Spec::default()
        });
        let empty = block(Spec {
            height: 6,
            time: "2025-11-23T10:59:59Z",
            price: None,
            fees: 0,
            tx_count: 1,
            ..Spec::default()
        });

        let buckets = of_blocks(Interval::Hour, [&first, &empty].into_iter());

        let [bucket] = buckets.as_slice() else {
            panic!("{buckets:?}")
        };
        assert_eq!(bucket.start, at("2025-11-23T10:00:00Z"));
        assert_eq!(bucket.value(Field::Blocks), 2);
        assert_eq!(bucket.value(Field::EmptyBlocks), 1);
        assert_eq!(bucket.value(Field::Height), 6);
        assert_eq!(bucket.value(Field::SubsidySat), 625_000_000);
        assert_eq!(bucket.value(Field::FeesSat), 2_000_000);
        assert_eq!(bucket.value(Field::FeeShare), 2_000_000.0 / 627_000_000.0);
        assert_eq!(bucket.value(Field::TxCount), 3001);
        assert_eq!(bucket.value(Field::PriceUsd), 100_000.0);
        assert_eq!(
            bucket.value(Field::UsdPerPhDay),
            Value::from(first.usd_per_ph_day())
        );
        assert_eq!(
            bucket.value(Field::SatPerPhDay),
            f64::midpoint(first.sat_per_ph_day(), empty.sat_per_ph_day())
        );
    }

    #[test]
    fn what_is_not_known_is_null() {
        let genesis = block(Spec {
            price: None,
            network_hashrate_hs: 0.0,
            ..Spec::default()
        });

        let bucket = Bucket::of_block(genesis.block.median_time, &genesis);

        for field in [
            Field::PriceUsd,
            Field::UsdPerPhDay,
            Field::NetworkHashrateHs,
        ] {
            assert_eq!(bucket.value(field), Value::Null);
        }
    }

    #[test]
    fn two_blocks_of_the_same_median_time_are_two_points() {
        let rows = [1, 2].map(|height| {
            block(Spec {
                height,
                ..Spec::default()
            })
        });

        assert_eq!(of_blocks(Interval::Block, rows.iter()).len(), 2);
    }

    fn chain() -> impl Strategy<Value = Vec<PricedBlock>> {
        let block_of_chain = (
            0_i64..40_000,
            0_i64..50_000_000,
            1_u32..5,
            proptest::option::of(1e4..2e5_f64),
            0.0..1e21_f64,
        );
        proptest::collection::vec(block_of_chain, 1..120).prop_map(|blocks| {
            let mut secs = at("2025-10-20T00:00:00Z").to_secs();
            let heights = 900_000..;
            let rows = heights.zip(blocks).map(
                |(height, (wait, fees, tx_count, price, network_hashrate_hs))| {
                    secs += wait;
                    let mut row = block(Spec {
                        height,
                        price,
                        fees,
                        tx_count,
                        network_hashrate_hs,
                        ..Spec::default()
                    });
                    row.block.median_time = Timestamp::from_secs(secs).expect("a date");
                    row
                },
            );
            rows.collect()
        })
    }

    proptest! {
        #[test]
        fn days_from_the_daily_table_are_days_from_blocks(rows in chain()) {
            let days = daily::summarise(&rows);
            for interval in [Interval::Day, Interval::Week, Interval::Month] {
                let (from_days, from_blocks) = (of_days(interval, days.iter()), of_blocks(interval, rows.iter()));

                prop_assert_eq!(from_days.len(), from_blocks.len());
                for (day, blocks) in from_days.iter().zip(&from_blocks) {
                    prop_assert_eq!(day.start, blocks.start);
                    for field in Field::ALL {
                        match (day.value(*field).as_f64(), blocks.value(*field).as_f64()) {
                            (Some(a), Some(b)) => prop_assert!((a - b).abs() <= 1e-12 * b.abs(), "{field:?}: {a} {b}"),
                            (a, b) => prop_assert_eq!(a, b),
                        }
                    }
                }
            }
        }

        #[test]
        fn means_are_those_of_a_search_of_all_blocks(rows in chain()) {
            for bucket in of_blocks(Interval::Hour, rows.iter()) {
                let hour = bucket.start..bucket.start + std::time::Duration::from_hours(1);
                let inside = || rows.iter().filter(|row| hour.contains(&row.block.median_time));
                let usd: Vec<f64> = inside().filter_map(PricedBlock::usd_per_ph_day).collect();
                let mean = usd.iter().sum::<f64>() / f64::from(u32::try_from(usd.len()).expect("a few"));

                prop_assert_eq!(bucket.value(Field::Blocks), Value::from(inside().count()));
                prop_assert_eq!(bucket.value(Field::FeesSat), Value::from(inside().map(|row| row.block.fees.to_sat()).sum::<i64>()));
                match bucket.value(Field::UsdPerPhDay).as_f64() {
                    Some(found) => prop_assert!((found - mean).abs() <= 1e-12 * mean),
                    None => prop_assert!(usd.is_empty()),
                }
            }
        }
    }
}
