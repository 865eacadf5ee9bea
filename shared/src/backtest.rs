//! Backtest: what 1 MW of power would have earned if machines had followed a rule that says when to
//! mine.
//!
//! # What a rule knows
//! A decision uses only what was known at its time: the blocks that had arrived, the bitcoin prices
//! that were known, and the power price of the current interval. A later block, price or interval
//! changes no decision. Rules decide when a block arrives, when a bitcoin price becomes known, and
//! when an interval starts.
//!
//! A block arrives at its header time, or together with the block before it if that one arrived
//! later (header times can run backwards). The difficulty and subsidy of the block that miners work
//! on are known, because they follow from the blocks before it.
//!
//! # What mining earns
//! Mining earns the expected revenue of the block that miners work on. It follows from the
//! difficulty, subsidy and price of that block, and from the mean fees of the 144 blocks around it
//! (72 before it, itself, 71 after it). Pools also pay by mean fees. The fees of the block itself
//! would give too much weight to blocks that take long: miners work on them for longer, and they
//! collect more fees.
//!
//! The power is 1 MW at the meter, for the machines and for everything else that the site uses. So
//! one MWh of mining earns the [`SiteTerms`] strike at that revenue, and the profit is this strike
//! minus the power price.
//!
//! # What is left out
//! A time is left out for every rule if the strike or the revenue of mining is unknown. The reasons
//! are gaps between blocks or prices, and fewer than 144 known blocks before or around that time.

pub mod rule;
pub mod tally;
pub mod timeline;

use self::rule::{Decider, Rule};
use self::tally::{Months, Tally};
use self::timeline::Timeline;
use crate::month::Month;
use crate::strike::SiteTerms;
use crate::units::JoulesPerTh;

/// Machines of one model, and the terms of their site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Efficiency of the machines.
    pub efficiency: JoulesPerTh,
    /// Pool fee, overhead and adder.
    pub terms: SiteTerms,
}

/// What 1 MW earned under a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The rule.
    pub rule: Rule,
    /// Results by UTC month, in order. Months in which no time is included are absent.
    pub months: Vec<(Month, Tally)>,
}

impl Outcome {
    /// The sum over all months.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.months.iter().for_each(|(_, month)| total.add(month));
        total
    }
}

impl Site {
    /// What 1 MW of this site earned under each rule.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use hashlake_core::backtest::rule::Rule;
    /// use hashlake_core::backtest::timeline::{BacktestBlock, KnownPrice, PowerInterval, Timeline};
    /// use hashlake_core::backtest::Site;
    /// use hashlake_core::strike::SiteTerms;
    /// use hashlake_core::timestamp::Timestamp;
    /// use hashlake_core::units::{Difficulty, JoulesPerTh, Sats, UsdPerBtc};
    ///
    /// // 300 blocks, one every 10 minutes. An S21 Pro earns 148.88 USD/MWh (3.6e21 / 15 / (1e14 x
    /// // 2^32) x 3.145 BTC x 84,714 USD/BTC).
    /// let (difficulty, subsidy) = (Difficulty::new(1e14)?, Sats::new(312_500_000)?);
    /// let (fees, usd) = (Sats::new(2_000_000)?, UsdPerBtc::new(84_714.0)?);
    /// let at = |minutes| Timestamp::from_block_time(1_761_955_200 + 60 * minutes);
    /// let blocks: Vec<_> = (0..300)
    ///     .map(|n| BacktestBlock { height: 921_000 + n, time: at(10 * n), difficulty, subsidy, fees, price: Some(usd) })
    ///     .collect();
    /// let prices = [KnownPrice { known_from: at(0), usd }];
    /// // Two hours of power: the first one is cheaper than that, the second one more expensive.
    /// let power = [100.0, 200.0].into_iter().zip([1800, 1860]).map(|(usd_per_mwh, minutes)| {
    ///     PowerInterval { start: at(minutes), end: at(minutes + 60), usd_per_mwh }
    /// });
    /// let timeline = Timeline::new(&blocks, &prices, &power.collect::<Vec<_>>());
    ///
    /// let site = Site { efficiency: JoulesPerTh::new(15.0)?, terms: SiteTerms::default() };
    /// let rules = [Rule::Always, Rule::Strike { band: 0.02, hold_blocks: 6 }];
    /// let profits = site.backtest(&timeline, &rules).into_iter().map(|outcome| outcome.total().gain_usd());
    /// // 148.88 - 100 in the first hour; always mining loses 200 - 148.88 in the second.
    /// assert_eq!(profits.map(|usd| format!("{usd:.2}")).collect::<Vec<_>>(), ["-2.25", "48.88"]);
    /// # Ok::<(), hashlake_core::units::UnitError>(())
    /// ```
    pub fn backtest(self, timeline: &Timeline, rules: &[Rule]) -> Vec<Outcome> {
        let mut runs: Vec<(Decider, Months)> = rules
            .iter()
            .map(|rule| (Decider::new(*rule), Months::default()))
            .collect();
        for step in timeline.steps() {
            let values = step.map_hashprice(|hashprice| self.usd_per_mwh(hashprice));
            for (decider, months) in &mut runs {
                let before = decider.now();
                let Some(now) = decider.decide(&values) else {
                    continue;
                };
                if let Some(revenue) = values.included_revenue() {
                    months.add(&values, revenue, before, now);
                }
            }
        }
        let outcome = |(rule, (_, months)): (&Rule, (_, Months))| Outcome {
            rule: *rule,
            months: months.into_vec(),
        };
        rules.iter().zip(runs).map(outcome).collect()
    }

    /// The strike at the first time that is included in the result, in USD/MWh: what a site would
    /// have set as a constant price limit. `None` if no time is included.
    pub fn first_strike(self, timeline: &Timeline) -> Option<f64> {
        let first = timeline.steps().iter().find(|step| step.is_included())?;
        Some(self.usd_per_mwh(first.strike?))
    }

    fn usd_per_mwh(self, usd_per_ph_day: f64) -> f64 {
        self.terms
            .strike_usd_per_mwh(usd_per_ph_day, self.efficiency)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::timeline::{BacktestBlock, KnownPrice, PowerInterval};
    use super::*;
    use crate::strike::Signal;
    use crate::timestamp::Timestamp;
    use crate::units::{Difficulty, Sats, UsdPerBtc};

    const RULES: [Rule; 7] = [
        Rule::Always,
        Rule::Never,
        Rule::Constant(150.0),
        Rule::NewestBlock,
        Rule::Strike {
            band: 0.0,
            hold_blocks: 0,
        },
        Rule::Strike {
            band: 0.02,
            hold_blocks: 6,
        },
        Rule::PerfectForesight,
    ];

    /// Blocks, bitcoin prices and power prices of about three days. The mean fees are known on the
    /// last two days.
    #[derive(Clone, Debug)]
    struct World {
        blocks: Vec<BacktestBlock>,
        prices: Vec<KnownPrice>,
        power: Vec<PowerInterval>,
    }

    impl World {
        fn timeline(&self) -> Timeline {
            Timeline::new(&self.blocks, &self.prices, &self.power)
        }
    }

    fn at(minutes: u32) -> Timestamp {
        Timestamp::from_block_time(1_764_374_400 + 60 * minutes) // 2025-11-29T00:00:00Z, two days before a month ends.
    }

    fn usd(usd: f64) -> UsdPerBtc {
        UsdPerBtc::new(usd).expect("a price")
    }

    fn worlds() -> impl Strategy<Value = World> {
        let blocks = vec((0_u32..20, 0_i64..50_000_000, 80_000.0..90_000.0_f64), 450);
        let power = vec(-50.0..300.0_f64, 72);
        let prices = vec(80_000.0..90_000.0_f64, 72);
        (blocks, prices, power).prop_map(|(blocks, prices, power)| {
            let mut minutes = 0;
            let block = |(height, (wait, fees, price)): (u32, _)| {
                minutes += wait;
                BacktestBlock {
                    height,
                    time: at(minutes),
                    difficulty: Difficulty::new(1e14).expect("a difficulty"),
                    subsidy: Sats::new(312_500_000).expect("an amount"),
                    fees: Sats::new(fees).expect("an amount"),
                    price: Some(usd(price)),
                }
            };
            let hourly = |(hour, usd_per_mwh): (u32, _)| PowerInterval {
                start: at(60 * hour),
                end: at(60 * hour + 60),
                usd_per_mwh,
            };
            let price = |(hour, price): (u32, f64)| KnownPrice {
                known_from: at(60 * hour + 25),
                usd: usd(price),
            };
            World {
                blocks: (925_000..).zip(blocks).map(block).collect(),
                prices: (0..).zip(prices).map(price).collect(),
                power: (0..).zip(power).map(hourly).collect(),
            }
        })
    }

    fn site() -> Site {
        Site {
            efficiency: JoulesPerTh::new(15.0).expect("an efficiency"),
            terms: SiteTerms {
                pool_fee: 0.02,
                overhead: 0.05,
                adder_usd_per_mwh: 3.0,
            },
        }
    }

    /// What was known in each step up to `end`, and what each rule decided.
    fn decisions(world: &World, end: Timestamp) -> Vec<(timeline::Step, Vec<Option<Signal>>)> {
        let power = world.power.iter().map(|interval| PowerInterval {
            end: interval.end.min(end),
            ..*interval
        });
        let world = World {
            power: power.filter(|interval| interval.start < end).collect(),
            ..world.clone()
        };
        // The last rule is left out: it is perfect foresight, which knows later blocks.
        let rules = &RULES[..RULES.len() - 1];
        let mut deciders: Vec<Decider> = rules.iter().map(|rule| Decider::new(*rule)).collect();
        let mut decide = |step: &timeline::Step| {
            let values = step.map_hashprice(|hashprice| site().usd_per_mwh(hashprice));
            let decisions = deciders.iter_mut().map(|decider| decider.decide(&values));
            let known = timeline::Step {
                revenue: None,
                ..*step
            };
            (known, decisions.collect())
        };
        world.timeline().steps().iter().map(&mut decide).collect()
    }

    fn totals(timeline: &Timeline) -> Vec<Tally> {
        let outcomes = site().backtest(timeline, &RULES);
        outcomes.iter().map(Outcome::total).collect()
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * a.abs().max(1.0)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn later_blocks_and_prices_change_no_decision(world in worlds(), other in worlds(), minutes in 0_u32..4320) {
            let now = at(minutes);
            let known = world.blocks.partition_point(|block| block.time <= now);
            // The block being worked on has the same difficulty and subsidy in both futures.
            let mut future = other;
            let shift = |block: &BacktestBlock, n: usize| BacktestBlock {
                height: 925_000 + u32::try_from(n).expect("few blocks"),
                time: block.time.max(now) + Duration::from_secs(60),
                ..*block
            };
            let later = future.blocks.iter().enumerate().skip(known).map(|(n, block)| shift(block, n));
            let mut blocks: Vec<_> = world.blocks[..known].iter().copied().chain(later).collect();
            blocks.iter_mut().skip(known + 1).for_each(|block| block.difficulty = Difficulty::new(2e14).expect("a difficulty"));
            future.blocks = blocks;
            let (before, after) = (|price: &&KnownPrice| price.known_from <= now, |price: &&KnownPrice| price.known_from > now);
            future.prices = world.prices.iter().filter(before).chain(future.prices.iter().filter(after)).copied().collect();
            let started = world.power.partition_point(|interval| interval.start <= now);
            future.power = [&world.power[..started], &future.power[started..]].concat();

            // Later events divide the steps, so compare only the steps up to `now`.
            let seen = decisions(&world, now);

            prop_assert_eq!(decisions(&future, now), seen);
        }

        #[test]
        fn foresight_earns_at_least_what_every_rule_earns_and_no_hour_is_counted_twice(world in worlds()) {
            let timeline = world.timeline();
            let totals = totals(&timeline);
            let [always, never] = [totals[0], totals[1]];
            let best = totals[RULES.len() - 1];

            prop_assert!(best.gain_usd() >= 0.0 && best.hours_wrong == 0.0);
            prop_assert_eq!((never.gain_usd(), never.hours_mined, always.hours_idle), (0.0, 0.0, 0.0));
            for tally in &totals {
                prop_assert!(best.gain_usd() >= tally.gain_usd() - 1e-9);
                prop_assert!(near(tally.hours_mined + tally.hours_idle, timeline.included_hours()));
                prop_assert!(near(tally.power_usd + tally.sold_usd, never.sold_usd), "an owner mines or sells each MWh");
                prop_assert!(tally.starts.abs_diff(tally.stops) <= 1);
            }
        }

        #[test]
        fn dividing_an_interval_does_not_change_the_result(world in worlds(), at_interval in 0_usize..72, minute in 1_u32..60) {
            let mut divided = world.clone();
            let middle = divided.power[at_interval].start + Duration::from_secs(60 * u64::from(minute));
            let second = PowerInterval { start: middle, ..divided.power[at_interval] };
            divided.power[at_interval].end = middle;
            divided.power.insert(at_interval + 1, second);

            for (whole, divided) in totals(&world.timeline()).iter().zip(totals(&divided.timeline())) {
                prop_assert!(near(whole.hours_mined, divided.hours_mined));
                prop_assert!(near(whole.mining_usd, divided.mining_usd));
                prop_assert!(near(whole.sold_usd, divided.sold_usd));
                prop_assert_eq!((whole.starts, whole.stops), (divided.starts, divided.stops));
            }
        }

        #[test]
        fn without_band_and_hold_the_strike_mines_at_every_lower_power_price(world in worlds()) {
            let timeline = world.timeline();
            let mut decider = Decider::new(Rule::Strike { band: 0.0, hold_blocks: 0 });

            for step in timeline.steps().iter().filter(|step| step.strike.is_some()) {
                let values = step.map_hashprice(|hashprice| site().usd_per_mwh(hashprice));
                let is_mining = decider.decide(&values) == Some(Signal::Mine);
                prop_assert_eq!(is_mining, values.strike > Some(values.power_price));
            }
        }
    }

    #[test]
    fn a_change_holds_for_a_number_of_blocks() {
        let step = |height, power_price| timeline::Step {
            month: Month::of(at(0)),
            hours: 1.0,
            power_price,
            height,
            strike: Some(100.0),
            newest_block_revenue: None,
            revenue: None,
        };
        let mut decider = Decider::new(Rule::Strike {
            band: 0.0,
            hold_blocks: 6,
        });
        // The first decision is not a change. The change at block 2 holds until block 8.
        let steps = [
            (1, 90.0),
            (2, 110.0),
            (2, 90.0),
            (7, 90.0),
            (8, 90.0),
            (9, 110.0),
        ];

        let mining = steps.map(|(height, price)| decider.decide(&step(height, price)));

        use Signal::{Mine, Stop};
        assert_eq!(mining, [Mine, Stop, Stop, Stop, Mine, Mine].map(Some));
    }

    #[test]
    fn the_gain_is_the_same_for_a_buyer_and_an_owner() {
        // 2 MWh that cost 90 USD earned 150 USD by mining; 1 MWh was sold for 200 USD.
        let tally = Tally {
            hours_mined: 2.0,
            hours_idle: 1.0,
            mining_usd: 150.0,
            power_usd: 90.0,
            sold_usd: 200.0,
            ..Tally::default()
        };
        let best = Tally {
            mining_usd: 180.0,
            power_usd: 60.0,
            ..Tally::default()
        };

        assert_eq!(tally.profit_usd(tally::View::Buyer), 60.0);
        assert_eq!(tally.profit_usd(tally::View::Owner), 350.0); // Selling all power gives 290 USD.
        assert_eq!(tally.share_of(&best), Some(0.5));
        assert_eq!(tally.share_of(&Tally::default()), None);
    }
}
