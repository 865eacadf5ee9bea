//! The command line.

use std::error::Error;
use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

use crate::backfill::BackfillArgs;
use crate::backtest::BacktestArgs;
use crate::config::Config;
use crate::import_prices::ImportPricesArgs;
use crate::ingest_once::IngestArgs;
use crate::reprice::RepriceArgs;
use crate::strike::args::{self, StrikeArgs};
use crate::upgrade::UpgradeArgs;
use crate::verify::VerifyArgs;
use crate::{
    backfill, backtest, import_prices, ingest_once, reprice, run, status, strike, upgrade, verify,
};

/// Bitcoin mining revenue per MWh, for every block and every ASIC miner model.
///
/// Environment variables configure hashlake: LAKE_URL, CURSOR_URL, BITCOIN_RPC_URL, COINGECKO_PLAN
/// and others (see static-site/docs/operate.md). If none of them is set, hashlake replays recorded
/// real blocks into the directory `lake`.
#[derive(Debug, Parser)]
#[command(name = "hashlake", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "Examples:
  hashlake run                                      replay recorded blocks; open http://127.0.0.1:8080
  BITCOIN_RPC_URL=http://127.0.0.1:8332 BITCOIN_RPC_COOKIE_FILE=~/.bitcoin/.cookie hashlake run
                                                    follow this node
  LAKE_URL=s3://my-lake CURSOR_URL=dynamodb://cursor hashlake ingest --once
  hashlake backfill --from 0 --to 919999            fill all history that is missing
  hashlake verify && echo ok";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Follow the tip, and serve the API and the page.
    #[command(
        after_help = "Examples:\n  hashlake run\n  LISTEN=127.0.0.1:9000 LAKE_URL=/var/lib/hashlake hashlake run"
    )]
    Run,
    /// Fill the lake up to the tip, and exit.
    #[command(
        after_help = "Examples:\n  hashlake ingest --once\n  START_HEIGHT=840000 hashlake ingest --once"
    )]
    Ingest(IngestArgs),
    /// Fill a range of blocks, such as all history before the first block of the lake.
    ///
    /// It fetches only missing blocks. Safe to interrupt: the same command resumes. It can run at
    /// the same time as `hashlake run`.
    #[command(
        after_help = "Examples:\n  hashlake backfill --from 0 --to 919999\n  hashlake backfill --from 840000 --to 919999 --dry-run\n  hashlake backfill --from 0 --to 919999 --parallel 4 --json\n  hashlake backfill --from 0 --to 919999 --queue https://sqs.us-east-1.amazonaws.com/123456789012/hashlake-backfill"
    )]
    Backfill(BackfillArgs),
    /// Import prices from a CSV file into the lake.
    ///
    /// The first line of the file names its columns. The time is in `time`, `time_unix` or
    /// `timestamp`: per RFC 3339, or in seconds or milliseconds since 1970. The price of one
    /// bitcoin in USD is in `usd`, `price_usd`, `price` or `close`, and must be the price at the time
    /// in its row. If the file has candles and their start times, as exchanges export them, rename
    /// the column `open` to `price`. Two different prices for one time are refused. Prices that the lake already
    /// has are kept, unless `--replace` is given. If any line cannot be read, nothing is imported.
    #[command(
        after_help = "Examples:\n  hashlake import-prices btc-usd-hourly.csv\n  hashlake import-prices --source kraken XBTUSD_60.csv\n  hashlake import-prices --replace corrections.csv && hashlake reprice"
    )]
    ImportPrices(ImportPricesArgs),
    /// Give every block the price nearest in time.
    ///
    /// It changes blocks that have no price, a price that is not the nearest, or a price that was
    /// replaced. It first fetches the prices that are missing around these blocks. At the end, it
    /// recomputes the revenue of the blocks, and the daily summaries (table `daily`).
    #[command(after_help = "Examples:\n  hashlake reprice")]
    Reprice(RepriceArgs),
    /// Rewrite what an earlier version of hashlake stored.
    ///
    /// It adds this version's new columns to the block files, and recomputes revenue for this
    /// version's miner models. It needs only the stored data, and no node. `run`, `ingest`,
    /// `backfill` and `reprice` do the same before they change anything else. Safe to interrupt: the
    /// same command resumes.
    #[command(
        after_help = "Examples:\n  hashlake upgrade --dry-run\n  LAKE_URL=s3://my-lake CURSOR_URL=dynamodb://cursor hashlake upgrade"
    )]
    Upgrade(UpgradeArgs),
    /// Show what miners would have earned at your power prices, under rules such as the strike.
    ///
    /// It compares six rules. Two do not depend on prices: always mine, and never mine. Three mine
    /// while the power price is at most a constant, the revenue of the newest block, or the strike
    /// (with the band and hold of `hashlake strike`). One has perfect foresight; the others use
    /// only blocks and prices that were known at the time. All figures are for 1 MW of power.
    ///
    /// The first line of the CSV file names its columns: `start`, `usd_per_mwh`, and optionally `end`.
    /// Times are per RFC 3339, or in seconds or milliseconds since 1970. Without an `end`, a price
    /// applies until the next row, but no longer than the usual time between rows.
    #[command(
        after_help = "Examples:\n  hashlake backtest --power-prices prices.csv\n  hashlake backtest --power-prices prices.csv --asic antminer-s21-pro-234 custom:200:3500 --pool-fee 0.02 --overhead 0.05\n  hashlake backtest --power-prices prices.csv --constant 60 --view owner\n  hashlake backtest --power-prices prices.csv --csv > months.csv"
    )]
    Backtest(BacktestArgs),
    /// Check the whole lake. If there are errors, list them and exit with code 1.
    ///
    /// Without `--repair`, it changes nothing and needs no node. With `--repair`, it first brings the
    /// lake up to date (see `hashlake upgrade`), and checks the lake again at the end. Prices that were
    /// imported and that no block uses cannot be restored: import them again.
    #[command(
        after_help = "Examples:\n  hashlake verify\n  hashlake verify --repair\n  LAKE_URL=s3://my-lake CURSOR_URL=dynamodb://cursor hashlake verify"
    )]
    Verify(VerifyArgs),
    /// Show how far the lake is filled, and how old its data are.
    #[command(after_help = "Examples:\n  hashlake status")]
    Status,
    /// Show whether miners should mine or stop now, at a power price.
    ///
    /// The strike is the highest power price at which mining is profitable. It is computed for the
    /// next block, with the mean fees of the last 144 blocks.
    #[command(after_help = args::HELP)]
    Strike(Box<StrikeArgs>),
}

impl Command {
    /// Runs the command, configured by the environment.
    pub(crate) async fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let config = Config::from_lookup(hashlake_core::env::variable)?;
        match self {
            Self::Run => run::run(config).await,
            Self::Ingest(args) => ingest_once::run(config, args).await,
            Self::Backfill(args) => backfill::run(config, args).await,
            Self::Reprice(args) => reprice::run(config, args).await,
            Self::ImportPrices(args) => import_prices::run(args, &config).await,
            Self::Upgrade(args) => upgrade::run(config, args).await,
            Self::Backtest(args) => backtest::run(args, &config).await,
            Self::Verify(args) => verify::run(&config, &args).await,
            Self::Status => status::run(&config).await,
            Self::Strike(args) => strike::run(&config.stores, &args).await,
        }
    }

    /// The log level, if `RUST_LOG` is not set.
    pub(crate) fn log_level(&self) -> LevelFilter {
        match self {
            Self::Run | Self::Ingest(_) | Self::Upgrade(_) => LevelFilter::INFO,
            Self::Backfill(_) if !stderr().is_terminal() => LevelFilter::INFO, // There is no progress bar then.
            Self::Backfill(_)
            | Self::ImportPrices(_)
            | Self::Reprice(_)
            | Self::Backtest(_)
            | Self::Verify(_)
            | Self::Status
            | Self::Strike(_) => LevelFilter::WARN,
        }
    }
}
