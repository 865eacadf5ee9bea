//! The arguments of `hashlake strike`.

use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use ingest::remote_api::RemoteApi;
use tracing::warn;

use crate::number_args::{fraction, overhead, usd_per_mwh};
use crate::strike::decision::OnUnknown;
use crate::strike::power;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("power").args(["power_price", "power_price_command"])))]
pub(crate) struct StrikeArgs {
    /// Miner models: IDs from `/api/v1/asics`, or `custom:<TH/s>:<W>`; append `*120` for 120 miners
    #[arg(long = "asic", value_name = "ID", required = true, num_args = 1.., value_delimiter = ',')]
    asics: Vec<String>,
    /// Current power price, in USD/MWh: what power costs, or what it can be sold for
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = usd_per_mwh)]
    power_price: Option<f64>,
    /// Command that prints the current power price, in USD/MWh, as a number in its first line
    ///
    /// It runs with `sh -c`. If it fails, or prints anything else, the signal is unknown. If it
    /// only has an old price, it must fail.
    #[arg(long, value_name = "CMD")]
    power_price_command: Option<String>,
    /// Fraction of revenue that the pool keeps, such as 0.02 [default: 0]
    #[arg(long, value_name = "FRACTION", value_parser = fraction)]
    pool_fee: Option<f64>,
    /// Power that the site uses besides the miners, as a fraction of their power, such as 0.05 [default: 0]
    #[arg(long, value_name = "FRACTION", value_parser = overhead)]
    overhead: Option<f64>,
    /// Charges besides the power price, in USD/MWh; negative for a credit [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = usd_per_mwh)]
    adder: Option<f64>,
    /// Do not switch while the power price differs from the strike by less than this fraction of the strike [default: 0.02]
    #[arg(long, value_name = "FRACTION", value_parser = fraction)]
    band: Option<f64>,
    /// Use the API of the hashlake server at this URL, instead of the lake at LAKE_URL
    #[arg(long, value_name = "URL", value_parser = RemoteApi::new)]
    pub(crate) api: Option<RemoteApi>,
    /// Output format: `text` has one word for each miner model, `prometheus` has metrics [default: readable lines]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    /// Keep running, and print a line for each change of a signal (JSON with `--format json`)
    #[arg(long, requires = "power")]
    pub(crate) watch: bool,
    /// With --watch: command to call with `sh -c` for each change (see below)
    #[arg(long, value_name = "CMD", requires = "watch")]
    pub(crate) exec: Option<String>,
    /// With --watch: keep the signal for this number of blocks after a change
    #[arg(long, value_name = "BLOCKS", default_value_t = 6, requires = "watch")]
    pub(crate) hold: u32,
    /// With --watch: what to do when the signal has been unknown for three polls
    #[arg(long, value_enum, default_value_t = OnUnknown::Keep, requires = "watch")]
    pub(crate) on_unknown: OnUnknown,
    /// With --watch: seconds between polls
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds, requires = "watch")]
    pub(crate) every: Duration,
    /// Seconds after which a command is killed, with all processes that it started
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub(crate) command_timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Csv,
    Prometheus,
}

impl Format {
    /// The format's name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Prometheus => "prometheus",
        }
    }
}

/// The end of the help.
pub(crate) const HELP: &str = "\
Exit code:
  0   mine: all signals are `mine`
  10  stop: all signals are known, and at least one is `stop`
  20  unknown, for example because the data are old or the power price is unknown; stderr has the reason
  1   no answer, for example because the lake cannot be read or a miner model does not exist
  2   invalid arguments

--watch starts without a signal, so the first signal is also a change, from `unknown`. From then on, the band applies.
After each change, the hold applies: until it ends, the signal does not change, whatever the power price is. With real-time
prices, which can jump, use --hold 0. A change because of --on-unknown can also happen during a hold.

The --exec command gets the change as JSON on standard input, and in environment variables: HASHLAKE_SIGNAL (mine or stop),
HASHLAKE_PREVIOUS_SIGNAL, HASHLAKE_ASIC_ID, HASHLAKE_COUNT, HASHLAKE_STRIKE_USD_PER_MWH,
HASHLAKE_STOP_ABOVE_USD_PER_MWH, HASHLAKE_START_BELOW_USD_PER_MWH, HASHLAKE_POWER_PRICE_USD_PER_MWH, HASHLAKE_HEIGHT (newest
block) and HASHLAKE_REASON; unknown values are not set. The command is called once per miner model, one call at a time. If it
fails or times out, it is called again at the next poll, until it succeeds or the model's signal changes again. So the
command must be safe to repeat. Its output goes to stderr.

hashlake only gives the signal. Your command switches the miners, so hashlake needs no password of a miner or a pool.

Examples:
  hashlake strike --asic antminer-s21-pro-234 --power-price 45
  hashlake strike --asic 'antminer-s21-pro-234*120' 'custom:200:3500*40' --power-price 45 --pool-fee 0.02 --overhead 0.05
  hashlake strike --api https://hashlake.example.org --asic antminer-s21-pro-234 --power-price-command ./price-now
  hashlake strike --asic antminer-s21-pro-234 --power-price-command ./price-now --watch --exec ./switch --on-unknown stop";

impl StrikeArgs {
    pub(crate) fn check(&self) -> Result<(), String> {
        if let Some(price) = self
            .power_price
            .filter(|price| (0.0..1.0).contains(&price.abs()) && *price != 0.0)
        {
            warn!(
                "--power-price is {price} USD/MWh. If you mean USD/kWh, set --power-price {}",
                price * 1000.0
            );
        }
        let ids = self.asic_ids();
        if let Some((_, duplicate)) = ids
            .iter()
            .enumerate()
            .find(|(index, id)| ids[..*index].contains(id))
        {
            return Err(format!(
                "--asic {duplicate} is given twice: give it once, with the sum of the counts"
            ));
        }
        match (self.watch, self.format) {
            (true, Some(Format::Text | Format::Csv | Format::Prometheus)) => {
                Err("--watch supports only --format json: use it, or leave --format out".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Identifiers of the miner models, without counts.
    pub(crate) fn asic_ids(&self) -> Vec<String> {
        let id = |asic: &String| asic.split('*').next().unwrap_or_default().to_owned();
        self.asics.iter().map(id).collect()
    }

    /// The power price now, in USD/MWh, or why it is unknown.
    pub(crate) async fn power_price_now(&self) -> Result<f64, String> {
        match (self.power_price, &self.power_price_command) {
            (Some(usd_per_mwh), _) => Ok(usd_per_mwh),
            (None, Some(command)) => power::printed_by(command, self.command_timeout).await,
            (None, None) => Err(
                "the power price is missing: set --power-price or --power-price-command".to_owned(),
            ),
        }
    }

    /// The parameters of the API's route.
    pub(crate) fn parameters(&self, power_price: Option<f64>) -> Vec<(&'static str, String)> {
        let numbers = [
            ("pool_fee", self.pool_fee),
            ("overhead", self.overhead),
            ("adder", self.adder),
            ("band", self.band),
            ("power_price", power_price),
        ];
        let given = numbers
            .into_iter()
            .filter_map(|(name, number)| Some((name, number?.to_string())));
        [("asics", self.asics.join(","))]
            .into_iter()
            .chain(given)
            .collect()
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|duration| {
            (Duration::from_millis(10)..=Duration::from_secs(86_400)).contains(duration)
        })
        .ok_or_else(|| "expected a number of seconds from 0.01 to 86400".to_owned())
}
