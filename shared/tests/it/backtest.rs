//! The backtest, compared with `testdata/backtest.py`, which computes with exact fractions.

use std::collections::BTreeMap;

use hashlake_core::backtest::Site;
use hashlake_core::backtest::rule::Rule;
use hashlake_core::backtest::tally::Tally;
use hashlake_core::backtest::timeline::{BacktestBlock, KnownPrice, PowerInterval, Timeline};
use hashlake_core::strike::SiteTerms;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::{Difficulty, JoulesPerTh, Sats, UsdPerBtc};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    blocks: BlockColumns,
    prices: PriceColumns,
    power: PowerColumns,
    counted_hours: f64,
    left_out_hours: f64,
    sites: Vec<SiteVectors>,
}

#[derive(Deserialize)]
struct BlockColumns {
    height: Vec<u32>,
    time: Vec<i64>,
    difficulty: Vec<f64>,
    subsidy_sat: Vec<i64>,
    fees_sat: Vec<i64>,
    price_usd: Vec<Option<f64>>,
}

#[derive(Deserialize)]
struct PriceColumns {
    known_from: Vec<i64>,
    usd: Vec<f64>,
}

#[derive(Deserialize)]
struct PowerColumns {
    start: Vec<i64>,
    end: Vec<i64>,
    usd_per_mwh: Vec<f64>,
}

#[derive(Deserialize)]
struct SiteVectors {
    efficiency_j_per_th: f64,
    pool_fee: f64,
    overhead: f64,
    adder_usd_per_mwh: f64,
    outcomes: Vec<OutcomeVectors>,
}

#[derive(Deserialize)]
struct OutcomeVectors {
    rule: String,
    usd_per_mwh: Option<f64>,
    band: Option<f64>,
    hold_blocks: Option<u32>,
    months: BTreeMap<String, TallyVectors>,
}

#[derive(Debug, Deserialize)]
struct TallyVectors {
    hours_mined: f64,
    hours_idle: f64,
    hours_wrong: f64,
    starts: u32,
    stops: u32,
    mining_usd: f64,
    power_usd: f64,
    sold_usd: f64,
}

impl Vectors {
    fn read() -> Self {
        serde_json::from_str(include_str!("../../testdata/backtest.json")).expect("the vectors")
    }

    fn timeline(&self) -> Timeline {
        let at = |ms| Timestamp::from_ms(ms).expect("a time");
        let usd = |usd| UsdPerBtc::new(usd).expect("a price");
        let sats = |sat| Sats::new(sat).expect("an amount");
        let Self {
            blocks,
            prices,
            power,
            ..
        } = self;
        let block = |n: usize| BacktestBlock {
            height: blocks.height[n],
            time: at(blocks.time[n]),
            difficulty: Difficulty::new(blocks.difficulty[n]).expect("a difficulty"),
            subsidy: sats(blocks.subsidy_sat[n]),
            fees: sats(blocks.fees_sat[n]),
            price: blocks.price_usd[n].map(usd),
        };
        let price = |n: usize| KnownPrice {
            known_from: at(prices.known_from[n]),
            usd: usd(prices.usd[n]),
        };
        let interval = |n: usize| PowerInterval {
            start: at(power.start[n]),
            end: at(power.end[n]),
            usd_per_mwh: power.usd_per_mwh[n],
        };
        Timeline::new(
            &(0..blocks.height.len()).map(block).collect::<Vec<_>>(),
            &(0..prices.usd.len()).map(price).collect::<Vec<_>>(),
            &(0..power.start.len()).map(interval).collect::<Vec<_>>(),
        )
    }
}

impl OutcomeVectors {
    fn rule(&self) -> Rule {
        match (&*self.rule, self.band, self.hold_blocks) {
            ("always", ..) => Rule::Always,
            ("never", ..) => Rule::Never,
            ("constant", ..) => Rule::Constant(self.usd_per_mwh.expect("a constant")),
            ("newest_block", ..) => Rule::NewestBlock,
            ("strike", Some(band), Some(hold_blocks)) => Rule::Strike { band, hold_blocks },
            ("perfect_foresight", ..) => Rule::PerfectForesight,
            _ => panic!("unknown rule {}", self.rule),
        }
    }
}

impl TallyVectors {
    fn assert_near(&self, tally: &Tally, what: &str) {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(1.0) * 10.0;
        let is_equal = (self.starts, self.stops) == (tally.starts, tally.stops)
            && near(self.hours_mined, tally.hours_mined)
            && near(self.hours_idle, tally.hours_idle)
            && near(self.hours_wrong, tally.hours_wrong)
            && near(self.mining_usd, tally.mining_usd)
            && near(self.power_usd, tally.power_usd)
            && near(self.sold_usd, tally.sold_usd);
        assert!(is_equal, "{what}: {self:?}, {tally:?}");
    }
}

#[test]
fn every_rule_earns_what_a_program_with_exact_fractions_computes() {
    let vectors = Vectors::read();
    let timeline = vectors.timeline();
    assert!((timeline.included_hours() - vectors.counted_hours).abs() < 1e-9);
    assert!((timeline.left_out_hours() - vectors.left_out_hours).abs() < 1e-9);

    for expected in &vectors.sites {
        let site = Site {
            efficiency: JoulesPerTh::new(expected.efficiency_j_per_th).expect("an efficiency"),
            terms: SiteTerms {
                pool_fee: expected.pool_fee,
                overhead: expected.overhead,
                adder_usd_per_mwh: expected.adder_usd_per_mwh,
            },
        };
        let rules: Vec<Rule> = expected.outcomes.iter().map(OutcomeVectors::rule).collect();

        let outcomes = site.backtest(&timeline, &rules);

        for (expected, outcome) in expected.outcomes.iter().zip(&outcomes) {
            assert_eq!(outcome.rule.name(), expected.rule);
            assert_eq!(outcome.months.len(), expected.months.len());
            for (month, tally) in &outcome.months {
                let what = format!("{:?} in {month}", outcome.rule);
                expected.months[&month.to_string()].assert_near(tally, &what);
            }
        }
    }
}
