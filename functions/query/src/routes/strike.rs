//! `GET /strike`: the power price up to which each miner should mine, and the signal that follows.

mod answer;
mod fleet;
mod prometheus;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use hashlake_core::block::Block;
use hashlake_core::strike::{Signal, SiteTerms, Strike};
use hashlake_core::timestamp::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::http::answer::{Body, Format};
use crate::http::api::Api;
use crate::http::asics::{AsicCount, AsicIds, with_counts};
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::parameters::{Fraction, Number, PowerPrice};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::points::next_block::NextBlock;

use self::answer::{AsicStrike, SignalWord, StrikeAnswer, StrikeBlock};
use self::fleet::{Fleet, fill_counts};

const DEFAULT_BAND: f64 = 0.02;
const MAX_DECIMALS: usize = 10;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StrikeQuery {
    /// Comma-separated list of miner models: identifiers of the catalogue (`/asics`), or
    /// `custom:<TH/s>:<W>`. For a fleet, append `*` and a count to each model (1 if it is
    /// left out). Default: all models of the catalogue, without counts.
    #[param(inline, style = Form, explode = false, example = json!(["antminer-s21-pro-234*120", "custom:200:3500*40"]))]
    asics: Option<AsicIds>,
    /// Fraction of revenue that the pool keeps: 0.02 is 2 %. Default: 0.
    #[param(inline, example = 0.02)]
    pool_fee: Option<Fraction>,
    /// Power that the site uses besides the miners, as a fraction of their power: 0.05 is a PUE of
    /// 1.05. Default: 0.
    #[param(inline, example = 0.05)]
    overhead: Option<Number<0, 10>>,
    /// Charges besides the power price, in USD/MWh; negative for a credit. Default: 0.
    #[param(inline, example = 5)]
    adder: Option<PowerPrice>,
    /// The signal does not change while the power price differs from the strike by less than this
    /// fraction of the strike. Default: 0.02.
    #[param(inline, example = 0.02)]
    band: Option<Fraction>,
    /// What power costs or sells for now, in USD/MWh. Without this parameter, there is no signal.
    #[param(inline, example = 45.5)]
    power_price: Option<PowerPrice>,
    /// Whether the miners run now. If this is not given, the band is ignored.
    #[param(inline, value_type = Option<bool>, example = true)]
    mining: Option<Mining>,
    /// Format of the answer. `text` has one word for each miner model, each on its own line
    /// (`unknown` without `power_price`); `prometheus` is the text format of Prometheus. The header
    /// `Accept: text/csv` also selects CSV. Default: `json`.
    #[param(inline, example = "json")]
    format: Option<StrikeFormat>,
}

/// Whether the miners run.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mining {
    True,
    False,
}

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StrikeFormat {
    Json,
    Csv,
    Text,
    Prometheus,
}

impl StrikeFormat {
    fn choose(named: Option<Self>, headers: &HeaderMap) -> Self {
        named.unwrap_or_else(|| match Format::choose(None, headers) {
            Format::Json => Self::Json,
            Format::Csv => Self::Csv,
        })
    }
}

/// The power price up to which mining pays, and the signal that follows
///
/// All values are for the next block: its subsidy, its difficulty, the mean fees of the last 144
/// blocks, and the newest price. `strike = usd_per_ph_day_144 x 1000 / (24 x efficiency_j_per_th) x
/// (1 - pool_fee) / (1 + overhead) - adder`. The signal is `unknown`, with `stale` and the reason,
/// if the latest block is more than 3 hours old, the newest price is more than 2 hours old or
/// suspect, or fewer than 144 blocks are known. CSV has a row for each miner model.
#[utoipa::path(
    get,
    path = "/strike",
    tag = TAG,
    params(StrikeQuery),
    responses(
        (status = 200, description = "The strikes.", content((StrikeAnswer = "application/json"), (String = "text/csv"), (String = "text/plain"))),
        OtherResponses
    )
)]
pub(crate) async fn strike(
    State(api): State<Arc<Api>>,
    Query(query): Query<StrikeQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let format = StrikeFormat::choose(query.format, &headers);
    let request = &StrikeRequest::new(&query, &api)?;
    api.answer_for_now(&headers, |history, now| async move {
        let next = NextBlock::read(&history, now).await?;
        let answer = request.answer(&next, &history.tip().block, now);
        let body = match format {
            StrikeFormat::Json => Body::json(&answer),
            StrikeFormat::Csv => answer.csv(),
            StrikeFormat::Text => answer.text(),
            StrikeFormat::Prometheus => prometheus::body(&answer),
        };
        let valid_for = match next.valid_until().filter(|_| !answer.stale) {
            Some(until) => until.since(now),
            None => Duration::MAX,
        };
        Ok((body, valid_for))
    })
    .await
}

/// The parameters of a query, with defaults for those that are not given.
struct StrikeRequest {
    asics: Vec<AsicCount>,
    counts: Option<Vec<u32>>,
    terms: SiteTerms,
    band: f64,
    power_price: Option<f64>,
    now: Option<Signal>,
}

impl StrikeRequest {
    fn new(query: &StrikeQuery, api: &Api) -> Result<Self, Problem> {
        let of_catalogue = || {
            let asics = api.asics.iter().cloned();
            asics.map(|asic| AsicCount { asic, count: None }).collect()
        };
        let mut asics = match &query.asics {
            Some(ids) => with_counts(ids, &api.asics)?,
            None => of_catalogue(),
        };
        Ok(Self {
            counts: fill_counts(&mut asics),
            asics,
            terms: SiteTerms {
                pool_fee: query.pool_fee.map_or(0.0, Fraction::get),
                overhead: query.overhead.map_or(0.0, Number::get),
                adder_usd_per_mwh: query.adder.map_or(0.0, PowerPrice::get),
            },
            band: query.band.map_or(DEFAULT_BAND, Fraction::get),
            power_price: query.power_price.map(PowerPrice::get),
            now: query.mining.map(|mining| match mining {
                Mining::True => Signal::Mine,
                Mining::False => Signal::Stop,
            }),
        })
    }

    fn answer(&self, next: &NextBlock, tip: &Block, now: Timestamp) -> StrikeAnswer<'_> {
        let why = next.why_unknown(now);
        let usd_per_ph_day_144 = next.usd_per_ph_day_144();
        let strikes: Vec<Option<Strike>> = self
            .asics
            .iter()
            .map(|AsicCount { asic, .. }| {
                let efficiency = asic.efficiency();
                let strike = self
                    .terms
                    .strike_usd_per_mwh(usd_per_ph_day_144?, efficiency);
                Some(Strike::with_band(strike, self.band))
            })
            .collect();
        let with_strikes = self.asics.iter().zip(&strikes);
        let price = next.price.as_ref();
        StrikeAnswer {
            for_height: next.height,
            block: StrikeBlock {
                height: tip.height,
                hash: tip.hash.to_string(),
                time: tip.time,
            },
            subsidy_sat: next.subsidy.to_sat(),
            fees_sat_144: next.fees_sat_144,
            difficulty: next.bits.map(|bits| bits.difficulty().to_f64()),
            price_usd: price.map(|price| price.usd.to_usd_per_btc()),
            price_time: price.map(|price| price.time),
            price_source: price.map(|price| price.source.to_string()),
            sat_per_ph_day_144: next.sat_per_ph_day_144(),
            usd_per_ph_day_144,
            valid_until: next.valid_until(),
            stale: why.is_some(),
            asics: with_strikes
                .map(|(asic, strike)| self.asic_strike(asic, *strike, why.as_deref()))
                .collect(),
            fleet: self
                .counts
                .as_ref()
                .map(|counts| Fleet::new(&self.asics, counts, &strikes, self.terms.overhead)),
            why,
        }
    }

    fn asic_strike<'a>(
        &self,
        AsicCount { asic, count }: &'a AsicCount,
        strike: Option<Strike>,
        why: Option<&str>,
    ) -> AsicStrike<'a> {
        let decided = self.power_price.map(|power_price| match (strike, why) {
            (Some(strike), None) => self.decide(strike, power_price),
            (_, why) => (SignalWord::Unknown, why.unwrap_or_default().to_owned()),
        });
        let (signal, reason) = decided.unzip();
        AsicStrike {
            asic_id: &asic.id,
            name: &asic.name,
            count: *count,
            efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
            strike_usd_per_mwh: strike.map(|strike| strike.usd_per_mwh),
            stop_above: strike.map(|strike| strike.stop_above),
            start_below: strike.map(|strike| strike.start_below),
            signal,
            reason,
        }
    }

    /// The signal and the reason for it.
    fn decide(&self, strike: Strike, power_price: f64) -> (SignalWord, String) {
        let signal = strike.signal(power_price, self.now);
        let Strike {
            usd_per_mwh,
            stop_above,
            start_below,
        } = strike;
        let (limit, sign) = match self.now {
            None => (usd_per_mwh, None),
            Some(Signal::Mine) => (stop_above, Some('+')),
            Some(Signal::Stop) => (start_below, Some('-')),
        };
        let relation = match (self.now, signal) {
            (Some(Signal::Stop), Signal::Mine) => "below",
            (Some(Signal::Stop), Signal::Stop) => "not below",
            (_, Signal::Mine) => "not above",
            (_, Signal::Stop) => "above",
        };
        let [power, limit] = distinct(power_price, limit);
        let reason = match sign {
            None => format!("power at {power} USD/MWh is {relation} the strike of {limit}"),
            Some(sign) => format!(
                "power at {power} USD/MWh is {relation} {limit} (strike {usd_per_mwh:.2} {sign} {} %)",
                (self.band * 1e4).round() / 1e2
            ),
        };
        let signal = match signal {
            Signal::Mine => SignalWord::Mine,
            Signal::Stop => SignalWord::Stop,
        };
        (signal, reason)
    }
}

/// Two numbers with the fewest decimals that show their difference, but with at least two decimals.
fn distinct(a: f64, b: f64) -> [String; 2] {
    let texts = |decimals| [a, b].map(|number| format!("{number:.decimals$}"));
    let differ = |[a, b]: &[String; 2]| a != b;
    (2..MAX_DECIMALS)
        .map(texts)
        .find(differ)
        .unwrap_or_else(|| texts(2))
}

#[cfg(test)]
mod tests;
