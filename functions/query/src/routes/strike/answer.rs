//! The answer of `GET /strike` as JSON, CSV and text.

use std::fmt::Write as _;

use hashlake_core::strike::Signal;
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::fleet::Fleet;
use crate::http::answer::Body;
use crate::http::csv::{Float, Table};

/// The power price up to which mining the next block pays, for each miner model.
#[derive(Serialize, ToSchema)]
#[schema(as = Strike)]
pub(crate) struct StrikeAnswer<'a> {
    /// Height of the next block, which has not been found yet.
    pub(super) for_height: u32,
    /// Latest block.
    pub(super) block: StrikeBlock,
    /// Subsidy of the next block in sat.
    pub(super) subsidy_sat: i64,
    /// Mean transaction fees of the last 144 blocks in sat.
    pub(super) fees_sat_144: Option<f64>,
    /// Difficulty of the next block.
    pub(super) difficulty: Option<f64>,
    /// The newest price in USD/BTC.
    pub(super) price_usd: Option<f64>,
    /// Time of the price.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) price_time: Option<Timestamp>,
    /// Source of the price.
    pub(super) price_source: Option<String>,
    /// Hashprice of the next block in sat/PH/day, with the mean fees of the last 144 blocks.
    pub(super) sat_per_ph_day_144: Option<f64>,
    /// Hashprice of the next block in USD/PH/day, with the same mean fees, at the newest price.
    pub(super) usd_per_ph_day_144: Option<f64>,
    /// The time after which the block or the price is too old, unless a newer one comes.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) valid_until: Option<Timestamp>,
    /// Whether the data are too old or too doubtful to act on. If so, the numbers come from
    /// these data, or are null.
    pub(super) stale: bool,
    /// Why `stale` is true; null if `stale` is false.
    pub(super) why: Option<String>,
    /// The miner models, in the order of the request.
    pub(super) asics: Vec<AsicStrike<'a>>,
    /// All miners together; null if `asics` has no counts.
    pub(super) fleet: Option<Fleet<'a>>,
}

/// Latest block.
#[derive(Serialize, ToSchema)]
pub(crate) struct StrikeBlock {
    /// Block height.
    pub(super) height: u32,
    /// Block hash in hex.
    pub(super) hash: String,
    /// Header time.
    #[schema(value_type = String, format = DateTime)]
    pub(super) time: Timestamp,
}

/// The strike of a miner model, and what its miners should do.
#[derive(Serialize, ToSchema)]
#[schema(as = MachineStrike)]
pub(crate) struct AsicStrike<'a> {
    /// Identifier.
    pub(super) asic_id: &'a str,
    /// Name.
    pub(super) name: &'a str,
    /// Number of miners; null if `asics` has no counts.
    pub(super) count: Option<u32>,
    /// Efficiency in J/TH.
    pub(super) efficiency_j_per_th: f64,
    /// Mining pays while power costs less than this, in USD/MWh.
    pub(super) strike_usd_per_mwh: Option<f64>,
    /// Miners that run should stop above this power price, in USD/MWh.
    pub(super) stop_above: Option<f64>,
    /// Miners that stand still should start below this power price, in USD/MWh.
    pub(super) start_below: Option<f64>,
    /// What the miners should do; null without `power_price`.
    pub(super) signal: Option<SignalWord>,
    /// The reason for the signal.
    pub(super) reason: Option<String>,
}

/// What the miners should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Signal)]
pub(crate) enum SignalWord {
    Mine,
    Stop,
    Unknown,
}

impl SignalWord {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Mine => Signal::Mine.word(),
            Self::Stop => Signal::Stop.word(),
            Self::Unknown => "unknown",
        }
    }
}

impl StrikeAnswer<'_> {
    pub(super) fn csv(&self) -> Body {
        let mut table = Table::new([
            "asic_id",
            "name",
            "count",
            "efficiency_j_per_th",
            "strike_usd_per_mwh",
            "stop_above",
            "start_below",
            "signal",
            "reason",
            "for_height",
            "block_time",
            "price_usd",
            "price_time",
            "usd_per_ph_day_144",
            "valid_until",
            "stale",
            "why",
        ]);
        for asic in &self.asics {
            table.cell(asic.asic_id);
            table.cell(asic.name);
            table.optional_cell(asic.count);
            table.cell(Float(asic.efficiency_j_per_th));
            for value in [asic.strike_usd_per_mwh, asic.stop_above, asic.start_below] {
                table.optional_cell(value.map(Float));
            }
            table.optional_cell(asic.signal.map(SignalWord::word));
            table.optional_cell(asic.reason.as_ref());
            table.cell(self.for_height);
            table.cell(self.block.time);
            table.optional_cell(self.price_usd.map(Float));
            table.optional_cell(self.price_time);
            table.optional_cell(self.usd_per_ph_day_144.map(Float));
            table.optional_cell(self.valid_until);
            table.cell(self.stale);
            table.optional_cell(self.why.as_ref());
            table.end_row();
        }
        table.into_body()
    }

    pub(super) fn text(&self) -> Body {
        let mut text = String::new();
        for asic in &self.asics {
            let signal = asic.signal.unwrap_or(SignalWord::Unknown);
            writeln!(text, "{}", signal.word()).expect("writing to memory cannot fail");
        }
        Body::new("text/plain; charset=utf-8", text)
    }
}
