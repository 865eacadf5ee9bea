//! Compares rules that decide when to mine, on the recorded blocks of August to November 2025.
//!
//! ```sh
//! cargo run --release -p hashlake --example strike_rules
//! ```
//!
//! In the first table, the power price never changes. In the second one, there is a made-up price for
//! each hour. For real prices, use `hashlake backtest`.

#![expect(
    clippy::print_stdout,
    reason = "printing is the purpose of the example"
)]

use std::error::Error;

use flate2::read::GzDecoder;
use hashlake_core::asic;
use hashlake_core::backtest::Site;
use hashlake_core::backtest::rule::Rule;
use hashlake_core::backtest::tally::Tally;
use hashlake_core::backtest::timeline::{BacktestBlock, KnownPrice, PowerInterval, Timeline};
use hashlake_core::price::{PricePoint, PriceSeries, Quote};
use hashlake_core::strike::SiteTerms;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::{Difficulty, Sats, UsdPerBtc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const BLOCKS: &[u8] = include_bytes!("../../replay/recording/blocks.csv.gz");
const PRICES: &[u8] = include_bytes!("../../replay/recording/prices.csv.gz");
const HOUR_S: u32 = 3600;
const STRIKE: Rule = Rule::Strike {
    band: 0.02,
    hold_blocks: 6,
};
/// Miner models, and power prices in USD/MWh near their revenue.
const CASES: [(&str, [f64; 4]); 3] = [
    ("antminer-s19j-pro-100", [55.0, 60.0, 65.0, 70.0]),
    ("antminer-s21-pro-234", [110.0, 120.0, 130.0, 140.0]),
    ("antminer-s23-hyd-580", [180.0, 200.0, 215.0, 230.0]),
];

#[derive(Deserialize)]
struct BlockRow {
    height: u32,
    time: u32,
    difficulty: f64,
    subsidy_sat: i64,
    total_fee_sat: i64,
}

#[derive(Deserialize)]
struct PriceRow {
    time_unix: u32,
    price_usd: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let prices = prices()?;
    let blocks = blocks(&prices)?;
    let known = KnownPrice::of_points(prices.points());
    let (Some(first), Some(last)) = (blocks.first(), prices.points().last()) else {
        return Err("the recording is empty".into());
    };
    let (start, end) = (first.time, last.quote.time);
    let timeline = |power: &[PowerInterval]| Timeline::new(&blocks, &known, power);

    println!(
        "{start} to {end}. Strike: band 2 %, hold 6 blocks. The constant is the strike at the start.\n"
    );
    println!(
        "Constant power price        hours decided wrongly, in %               starts and stops"
    );
    println!(
        "{:<18}{:>8}{:>12}{:>9}{:>8}{:>20}{:>9}{:>8}",
        "J/TH", "USD/MWh", "constant", "newest", "strike", "constant", "newest", "strike"
    );
    for (id, power_prices) in CASES {
        for usd_per_mwh in power_prices {
            let interval = PowerInterval {
                start,
                end,
                usd_per_mwh,
            };
            let (efficiency, [constant, newest, strike, _]) = compare(id, &timeline(&[interval]))?;
            let wrong =
                |tally: &Tally| 100.0 * tally.hours_wrong / (tally.hours_mined + tally.hours_idle);
            let switches = |tally: &Tally| tally.starts + tally.stops;
            println!(
                "{efficiency:<18.1}{usd_per_mwh:>8}{:>12.1}{:>9.1}{:>8.1}{:>20}{:>9}{:>8}",
                wrong(&constant),
                wrong(&newest),
                wrong(&strike),
                switches(&constant),
                switches(&newest),
                switches(&strike),
            );
        }
    }

    println!(
        "\nA made-up power price for each hour    gain as a share of perfect foresight, in %    starts"
    );
    println!(
        "{:<26}{:>12}{:>13}{:>9}{:>8}{:>18}{:>8}",
        "J/TH", "USD/MWh", "constant", "newest", "strike", "newest", "strike"
    );
    for (id, power_prices) in CASES {
        let mean = power_prices[1];
        let (efficiency, [constant, newest, strike, best]) =
            compare(id, &timeline(&made_up_prices(start, end, mean)))?;
        let share = |tally: &Tally| 100.0 * tally.share_of(&best).unwrap_or_default();
        println!(
            "{efficiency:<26.1}{mean:>12}{:>13.1}{:>9.1}{:>8.1}{:>18}{:>8}",
            share(&constant),
            share(&newest),
            share(&strike),
            newest.starts,
            strike.starts,
        );
    }
    Ok(())
}

/// Returns the efficiency of the miner in J/TH, and the totals of four rules: constant, newest
/// block, strike and perfect foresight.
fn compare(id: &str, timeline: &Timeline) -> Result<(f64, [Tally; 4]), Box<dyn Error>> {
    let asics = asic::catalogue();
    let asic = asics.iter().find(|asic| asic.id == id);
    let efficiency = asic
        .ok_or_else(|| format!("`{id}` is not in the catalogue of miners"))?
        .efficiency();
    let site = Site {
        efficiency,
        terms: SiteTerms::default(),
    };
    let constant = site
        .first_strike(timeline)
        .ok_or("the recording is too short for a backtest")?;
    let rules = [
        Rule::Constant(constant),
        Rule::NewestBlock,
        STRIKE,
        Rule::PerfectForesight,
    ];
    let outcomes = site.backtest(timeline, &rules);
    let mut totals = outcomes.iter().map(|outcome| outcome.total());
    let totals = std::array::from_fn(|_| totals.next().unwrap_or_default());
    Ok((efficiency.to_joules_per_th(), totals))
}

/// Hourly prices with a daily cycle and noise, in USD/MWh.
fn made_up_prices(start: Timestamp, end: Timestamp, mean: f64) -> Vec<PowerInterval> {
    let hours = u32::try_from(end.since(start).as_secs()).unwrap_or(u32::MAX) / HOUR_S;
    let hour = std::time::Duration::from_secs(HOUR_S.into());
    let mut noise = 0.0;
    (0..hours)
        .map(|n| {
            let random = f64::from(n.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5; // Knuth's hash.
            noise = 0.9 * noise + 0.5 * random;
            let day_angle = f64::from(n % 24) / 24.0 * std::f64::consts::TAU;
            let start = start + hour * n;
            PowerInterval {
                start,
                end: start + hour,
                usd_per_mwh: mean * (1.0 + 0.3 * day_angle.sin() + noise),
            }
        })
        .collect()
}

fn prices() -> Result<PriceSeries, Box<dyn Error>> {
    let point = |row: PriceRow| -> Result<PricePoint, Box<dyn Error>> {
        let quote = Quote {
            time: Timestamp::from_block_time(row.time_unix),
            usd: UsdPerBtc::new(row.price_usd)?,
            source: "recorded".into(),
        };
        Ok(PricePoint {
            quote,
            resolution_s: 3600,
        })
    };
    let points = rows(PRICES)?.into_iter().map(point);
    let mut prices = PriceSeries::default();
    prices.merge(points.collect::<Result<Vec<_>, _>>()?);
    Ok(prices)
}

fn blocks(prices: &PriceSeries) -> Result<Vec<BacktestBlock>, Box<dyn Error>> {
    let block = |row: BlockRow| {
        let time = Timestamp::from_block_time(row.time);
        let price = prices.price_at(time, &[]);
        Ok(BacktestBlock {
            height: row.height,
            time,
            difficulty: Difficulty::new(row.difficulty)?,
            subsidy: Sats::new(row.subsidy_sat)?,
            fees: Sats::new(row.total_fee_sat)?,
            price: price.quote().map(|quote| quote.usd),
        })
    };
    rows(BLOCKS)?.into_iter().map(block).collect()
}

fn rows<T: DeserializeOwned>(packed: &[u8]) -> Result<Vec<T>, csv::Error> {
    let rows = csv::Reader::from_reader(GzDecoder::new(packed)).into_deserialize();
    rows.collect()
}
