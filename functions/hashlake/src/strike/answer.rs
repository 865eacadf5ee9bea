//! The part of the response of `/api/v1/strike` that `hashlake strike` reads.

use hashlake_core::strike::Strike;
use hashlake_core::timestamp::Timestamp;
use serde::Deserialize;

use crate::strike::decision::PolledValues;

/// The response of `/api/v1/strike`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StrikeResponse {
    pub(crate) block: Option<NewestBlock>,
    pub(crate) price_usd: Option<f64>,
    pub(crate) price_time: Option<Timestamp>,
    pub(crate) price_source: Option<String>,
    pub(crate) usd_per_ph_day_144: Option<f64>,
    pub(crate) valid_until: Option<Timestamp>,
    pub(crate) stale: bool,
    pub(crate) why: Option<String>,
    pub(crate) asics: Vec<AsicResponse>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NewestBlock {
    pub(crate) height: u32,
    pub(crate) time: Timestamp,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct AsicResponse {
    pub(crate) asic_id: String,
    pub(crate) count: Option<u64>,
    strike_usd_per_mwh: Option<f64>,
    stop_above: Option<f64>,
    start_below: Option<f64>,
    signal: Option<String>,
    reason: Option<String>,
}

impl StrikeResponse {
    /// The miner model with this identifier.
    pub(crate) fn asic(&self, asic_id: &str) -> Option<&AsicResponse> {
        self.asics.iter().find(|asic| asic.asic_id == asic_id)
    }

    /// Returns the values that determine the signal of a miner model. `power_price` is in USD/MWh.
    ///
    /// # Errors
    /// The error is the reason why the signal is unknown, for example that the response comes from a
    /// cache and its `valid_until` has passed.
    pub(crate) fn polled_values(
        &self,
        asic_id: &str,
        power_price: Result<f64, &str>,
        now: Timestamp,
    ) -> Result<PolledValues, String> {
        if self.stale {
            return Err(reason_or_default(self.why.as_deref()));
        }
        if let Some(valid_until) = self.valid_until.filter(|valid_until| *valid_until < now) {
            return Err(format!("the answer was only valid until {valid_until}"));
        }
        let Some(asic) = self.asic(asic_id) else {
            return Err(format!("the answer has no miner model `{asic_id}`"));
        };
        if asic.signal.as_deref() == Some("unknown") {
            return Err(reason_or_default(asic.reason.as_deref()));
        }
        let power_price = power_price?;
        let (Some(block), Some(strike)) = (&self.block, asic.strike()) else {
            return Err("the answer has no strike".to_owned());
        };
        Ok(PolledValues {
            strike,
            power_price,
            height: block.height,
        })
    }
}

impl AsicResponse {
    /// The strike with its band, in USD/MWh.
    pub(crate) fn strike(&self) -> Option<Strike> {
        Some(Strike {
            usd_per_mwh: self.strike_usd_per_mwh?,
            stop_above: self.stop_above?,
            start_below: self.start_below?,
        })
    }
}

fn reason_or_default(why: Option<&str>) -> String {
    why.unwrap_or("the answer gives no reason").to_owned()
}
