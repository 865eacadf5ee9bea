//! `hashlake backtest`: computes what miners would have earned under several rules, at the user's
//! power prices.

mod history;
mod report;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use hashlake_core::asic::Asic;
use hashlake_core::backtest::Site;
use hashlake_core::backtest::rule::Rule;
use hashlake_core::backtest::tally::View;
use hashlake_core::backtest::timeline::{PowerInterval, Timeline};
use hashlake_core::strike::SiteTerms;

use self::history::History;
use self::report::{AsicReport, Report};
use crate::config::Config;
use crate::number_args::{fraction, overhead, usd_per_mwh};
use crate::power_csv;

const DEFAULT_ASIC: &str = "antminer-s21-pro-234";
const PERFECT_FORESIGHT: Rule = Rule::PerfectForesight;

#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    /// CSV file with power prices
    #[arg(long, value_name = "FILE")]
    power_prices: PathBuf,
    /// Miner models: IDs from `/api/v1/asics`, or `custom:<TH/s>:<W>`
    #[arg(long = "asic", value_name = "ID", num_args = 1.., value_delimiter = ',', default_value = DEFAULT_ASIC)]
    asics: Vec<String>,
    /// Fraction of revenue that the pool keeps: 0.02 is 2 %
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = fraction)]
    pool_fee: f64,
    /// Power that the site uses besides the miners, as a fraction of their power: 0.05 is a PUE of 1.05
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = overhead)]
    overhead: f64,
    /// Charges besides the power price, such as grid fees, in USD/MWh; negative for a credit
    #[arg(long, value_name = "USD", default_value_t = 0.0, value_parser = usd_per_mwh, allow_negative_numbers = true)]
    adder: f64,
    /// Do not switch while the power price differs from the strike by less than this fraction of the strike: 0.02 is 2 %
    #[arg(long, value_name = "FRACTION", default_value_t = 0.02, value_parser = fraction)]
    band: f64,
    /// Minimum number of blocks between two changes of the signal
    #[arg(long, value_name = "BLOCKS", default_value_t = 6)]
    hold: u32,
    /// Price limit of the rule `constant`, in USD/MWh [default: the strike at the start of the compared period]
    #[arg(long, value_name = "USD", value_parser = usd_per_mwh, allow_negative_numbers = true)]
    constant: Option<f64>,
    /// Whose profit to show
    #[arg(long, value_enum, default_value_t = ViewArg::Buyer)]
    view: ViewArg,
    /// Print JSON, with the results of each month
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV, with a row for each miner model, rule and month
    #[arg(long)]
    csv: bool,
}

/// Whose profit to show.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ViewArg {
    /// Buys power only while mining; pays nothing while idle
    Buyer,
    /// Owns the power, and sells it while not mining
    Owner,
}

impl From<ViewArg> for View {
    fn from(view: ViewArg) -> Self {
        match view {
            ViewArg::Buyer => Self::Buyer,
            ViewArg::Owner => Self::Owner,
        }
    }
}

pub(crate) async fn run(args: BacktestArgs, config: &Config) -> Result<ExitCode, Box<dyn Error>> {
    let name = args.power_prices.display();
    let text = std::fs::read(&args.power_prices)
        .map_err(|error| format!("cannot read {name}: {error}"))?;
    let power = power_csv::parse(&text).map_err(|error| format!("{name}: {error}"))?;
    if let Some(id) = args.asics.iter().find(|id| id.contains('*')) {
        return Err(
            format!("--asic {id}: the figures are for 1 MW, so leave out the count").into(),
        );
    }
    let asics = query::models(&args.asics)?;
    let (lake, cursor) = config.stores.open().await;
    let position = cursor.read().await?.position.ok_or_else(|| {
        let lake = &config.stores.lake;
        format!(
            "the lake {lake} is empty: run `hashlake run` or `hashlake ingest --once` to fill it"
        )
    })?;
    let history = History::read(lake.as_ref(), position.height, &power).await?;
    let timeline = Timeline::new(&history.blocks, &history.prices, &power);
    if timeline.included_hours() == 0.0 {
        return Err(nothing_to_compare(&args, &power, &history).into());
    }
    let asics = asics.iter().map(|asic| backtest(asic, &timeline, &args));
    let report = Report::new(&args, &power, &timeline, asics.collect());
    report.print(&args)?;
    Ok(ExitCode::SUCCESS)
}

fn backtest(asic: &Asic, timeline: &Timeline, args: &BacktestArgs) -> AsicReport {
    let site = Site {
        efficiency: asic.efficiency(),
        terms: SiteTerms {
            pool_fee: args.pool_fee,
            overhead: args.overhead,
            adder_usd_per_mwh: args.adder,
        },
    };
    let constant = args.constant.or_else(|| site.first_strike(timeline));
    let strike = Rule::Strike {
        band: args.band,
        hold_blocks: args.hold,
    };
    let rules = [Rule::Always, Rule::Never].into_iter();
    let rules = rules.chain(constant.map(Rule::Constant)).chain([
        Rule::NewestBlock,
        strike,
        PERFECT_FORESIGHT,
    ]);
    let outcomes = site.backtest(timeline, &rules.collect::<Vec<_>>());
    AsicReport::new(asic, &outcomes, args.view.into())
}

fn nothing_to_compare(args: &BacktestArgs, power: &[PowerInterval], history: &History) -> String {
    let power = match (power.first(), power.last()) {
        (Some(first), Some(last)) => format!("cover {} to {}", first.start, last.end),
        _ => "are missing".to_owned(),
    };
    let priced = || history.blocks.iter().filter(|block| block.price.is_some());
    let blocks = match (priced().next(), priced().next_back()) {
        (Some(first), Some(last)) => {
            format!(
                "blocks with a bitcoin price from {} to {}",
                first.time, last.time
            )
        }
        _ => "no blocks with a bitcoin price around that time".to_owned(),
    };
    format!(
        "{}: nothing to compare, because the power prices {power}, but the lake has {blocks}. Each decision needs the 144 \
         blocks before it, and its result needs the 71 blocks after it. Fill the lake (`hashlake backfill`), or use power \
         prices of another period",
        args.power_prices.display()
    )
}
