//! Measures how long a backtest of a year of 5-minute power prices takes, for three miner models
//! and all rules.
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

mod chain;

use std::hint::black_box;
use std::time::{Duration, Instant};

use hashlake_core::asic;
use hashlake_core::backtest::Site;
use hashlake_core::backtest::rule::Rule;
use hashlake_core::backtest::timeline::{BacktestBlock, KnownPrice, PowerInterval, Timeline};
use hashlake_core::strike::SiteTerms;
use hashlake_core::timestamp::Timestamp;

const RUNS: usize = 15;
const STEP: Duration = Duration::from_secs(300);
const YEAR: Duration = Duration::from_secs(365 * 86_400);
const MARGIN: Duration = Duration::from_secs(4 * 86_400);
const MINERS: [&str; 3] = [
    "antminer-s19j-pro-100",
    "antminer-s21-pro-234",
    "antminer-s23-hyd-580",
];
const RULES: [Rule; 6] = [
    Rule::Always,
    Rule::Never,
    Rule::Constant(60.0),
    Rule::NewestBlock,
    Rule::Strike {
        band: 0.02,
        hold_blocks: 6,
    },
    Rule::PerfectForesight,
];

fn main() {
    let blocks: Vec<BacktestBlock> = chain::blocks()
        .map(|row| BacktestBlock::from(&row))
        .collect();
    let end = blocks.last().expect("a chain has blocks").time - MARGIN;
    let (start, first) = (end - YEAR, end - YEAR - MARGIN);
    let blocks = &blocks[blocks.partition_point(|block| block.time < first)..];
    let prices: Vec<KnownPrice> = blocks
        .iter()
        .filter_map(|block| {
            let (known_from, usd) = (block.time, block.price?);
            Some(KnownPrice { known_from, usd })
        })
        .step_by(6)
        .collect();
    let power = power_prices(start, end);
    let sites = MINERS.map(|id| {
        let asics = asic::catalogue();
        let asic = asics.iter().find(|asic| asic.id == id);
        Site {
            efficiency: asic.expect("in the catalogue").efficiency(),
            terms: SiteTerms::default(),
        }
    });

    let (mut timelines, mut totals) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let started = Instant::now();
        let timeline = Timeline::new(blocks, &prices, &power);
        timelines.push(started.elapsed());
        let outcomes = sites.map(|site| site.backtest(&timeline, &RULES));
        totals.push(started.elapsed());
        assert!(timeline.left_out_hours() < 1e-9, "all hours are included");
        black_box(outcomes);
    }

    println!(
        "\n{:<64}{:>14}{:>10}",
        format!(
            "{} power prices, {} blocks, {} miners, {} rules",
            power.len(),
            blocks.len(),
            sites.len(),
            RULES.len()
        ),
        "median",
        "target"
    );
    println!(
        "{:<64}{:>14.1}{:>10}",
        "ms in total",
        median_ms(totals),
        300
    );
    println!(
        "{:<64}{:>14.1}",
        "ms for the timeline",
        median_ms(timelines)
    );
}

/// Five-minute prices around 60 USD/MWh, with a daily cycle and spikes.
fn power_prices(start: Timestamp, end: Timestamp) -> Vec<PowerInterval> {
    let starts = std::iter::successors(Some(start), |start| Some(*start + STEP));
    (0_u32..)
        .zip(starts.take_while(|start| *start < end))
        .map(|(n, start)| {
            let of_day = f64::from(n % 288) / 288.0;
            let noise = f64::from(n.wrapping_mul(2_654_435_761) >> 16) / 65_536.0; // Knuth's hash.
            PowerInterval {
                start,
                end: start + STEP,
                usd_per_mwh: 60.0
                    + 40.0 * (of_day * std::f64::consts::TAU).sin()
                    + 60.0 * (noise - 0.5),
            }
        })
        .collect()
}

fn median_ms(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}
