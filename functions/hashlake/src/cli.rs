//! The command line.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

use crate::backfill::BackfillArgs;
use crate::config::Config;
use crate::reprice::RepriceArgs;
use crate::{backfill, import_prices, ingest_once, reprice, run, status, verify};

/// What one MWh earns when it mines Bitcoin, for every block, on every modern ASIC.
///
/// Where things are is said by environment variables: LAKE_URL, CURSOR_URL, BITCOIN_RPC_URL, COINGECKO_PLAN and others (see
/// the README). With none of them set, hashlake replays real recorded blocks into the directory `lake`.
#[derive(Debug, Parser)]
#[command(name = "hashlake", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "Examples:
  hashlake run                                       recorded blocks, page on http://127.0.0.1:8080
  BITCOIN_RPC_URL=http://127.0.0.1:8332 BITCOIN_RPC_COOKIE_FILE=~/.bitcoin/.cookie hashlake run
                                                     follow this node
  LAKE_URL=s3://my-lake CURSOR_URL=dynamodb://cursor hashlake ingest --once
  hashlake backfill --from 0 --to 919999            all history, only what is missing
  hashlake verify && echo in order";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Follow the tip, and serve the API and the page.
    #[command(
        after_help = "Examples:\n  hashlake run\n  LISTEN=127.0.0.1:9000 LAKE_URL=/var/lib/hashlake hashlake run"
    )]
    Run,
    /// Bring the lake up to the tip, and end.
    #[command(
        after_help = "Examples:\n  hashlake ingest --once\n  START_HEIGHT=840000 hashlake ingest --once"
    )]
    Ingest(IngestArgs),
    /// Fill a range of blocks, such as all history below the first block of the lake.
    ///
    /// Only what is missing is fetched: after an interruption, the same command goes on. It can run beside `hashlake run`.
    #[command(
        after_help = "Examples:\n  hashlake backfill --from 0 --to 919999\n  hashlake backfill --from 840000 --to 919999 --dry-run\n  hashlake backfill --from 0 --to 919999 --parallel 4 --json\n  hashlake backfill --from 0 --to 919999 --queue https://sqs.us-east-1.amazonaws.com/123456789012/hashlake-backfill"
    )]
    Backfill(BackfillArgs),
    /// Take prices from a CSV file into the lake.
    ///
    /// Its first line names the columns. One of them is the time: `time`, `time_unix` or `timestamp`, in RFC 3339, or in seconds
    /// or milliseconds since 1970. One is the price of a bitcoin in USD at that time: `usd`, `price_usd`, `price` or `close`.
    /// What the lake knows of a moment stays. Nothing is written unless the whole file can be read.
    #[command(
        after_help = "Examples:\n  hashlake import-prices btc-usd-hourly.csv\n  hashlake import-prices --source kraken XBTUSD_60.csv"
    )]
    ImportPrices(ImportPricesArgs),
    /// Give blocks without a price, or with one from further away than is now known, the nearest.
    ///
    /// Prices that the lake lacks around them are fetched first.
    #[command(after_help = "Examples:\n  hashlake reprice")]
    Reprice(RepriceArgs),
    /// Read the whole lake and check it: exit code 1 and a list where something is wrong.
    #[command(
        after_help = "Examples:\n  hashlake verify\n  LAKE_URL=s3://my-lake CURSOR_URL=dynamodb://cursor hashlake verify"
    )]
    Verify,
    /// Say how far the lake is filled, and how fresh it is.
    #[command(after_help = "Examples:\n  hashlake status")]
    Status,
}

#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// One run: there is no other kind so far, and it must be said.
    #[arg(long, required = true)]
    once: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportPricesArgs {
    /// The CSV file.
    pub(crate) file: PathBuf,
    /// Who said so, as each row names it; the file's name, unless told otherwise.
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) source: Option<String>,
}

impl Command {
    /// Does it, with what the environment says.
    pub(crate) async fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let config = Config::from_lookup(|name| std::env::var(name).ok())?;
        match self {
            Self::Run => run::run(config).await,
            Self::Ingest(_) => ingest_once::run(config).await,
            Self::Backfill(args) => backfill::run(config, args).await,
            Self::Reprice(args) => reprice::run(config, args).await,
            Self::ImportPrices(args) => import_prices::run(args, &config).await,
            Self::Verify => verify::run(&config).await,
            Self::Status => status::run(&config).await,
        }
    }

    /// What is logged where `RUST_LOG` does not say.
    pub(crate) const fn log_level(&self) -> LevelFilter {
        match self {
            Self::Run | Self::Ingest(_) => LevelFilter::INFO,
            Self::Backfill(_)
            | Self::ImportPrices(_)
            | Self::Reprice(_)
            | Self::Verify
            | Self::Status => LevelFilter::WARN,
        }
    }
}
