//! A change of the signal of one miner model, as it is printed and passed to `--exec`.

use std::fmt;

use hashlake_core::strike::Signal;
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;

use crate::strike::decision::{Change, PolledValues};

/// A change of the signal of one miner model.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Event {
    pub(crate) time: Timestamp,
    pub(crate) asic_id: String,
    /// `mine` or `stop`.
    pub(crate) signal: &'static str,
    /// `mine`, `stop`, or `unknown` for the first signal.
    pub(crate) previous_signal: &'static str,
    pub(crate) reason: String,
    /// How many miners of this model the user has, if the user gave a count (`MODEL*COUNT`).
    pub(crate) count: Option<u64>,
    /// Height of the newest block.
    pub(crate) height: Option<u32>,
    pub(crate) power_price_usd_per_mwh: Option<f64>,
    pub(crate) strike_usd_per_mwh: Option<f64>,
    pub(crate) stop_above: Option<f64>,
    pub(crate) start_below: Option<f64>,
}

impl Event {
    /// A change without reason and figures; [`Self::with_polled_values`] adds them.
    pub(crate) fn new(time: Timestamp, asic_id: &str, change: Change) -> Self {
        Self {
            time,
            asic_id: asic_id.to_owned(),
            signal: change.to.word(),
            previous_signal: change.from.map_or("unknown", Signal::word),
            reason: String::new(),
            count: None,
            height: None,
            power_price_usd_per_mwh: None,
            strike_usd_per_mwh: None,
            stop_above: None,
            start_below: None,
        }
    }

    /// Adds the figures that caused the change, and the reason.
    pub(crate) fn with_polled_values(self, values: &PolledValues) -> Self {
        Self {
            reason: values.to_string(),
            height: Some(values.height),
            power_price_usd_per_mwh: Some(values.power_price),
            strike_usd_per_mwh: Some(values.strike.usd_per_mwh),
            stop_above: Some(values.strike.stop_above),
            start_below: Some(values.strike.start_below),
            ..self
        }
    }

    /// The environment variables of `--exec`. A variable that is `None` is not set.
    pub(crate) fn variables(&self) -> [(&'static str, Option<String>); 10] {
        let text = |text: &str| Some(text.to_owned());
        let number = |number: Option<f64>| number.map(|number| number.to_string());
        [
            ("HASHLAKE_SIGNAL", text(self.signal)),
            ("HASHLAKE_PREVIOUS_SIGNAL", text(self.previous_signal)),
            ("HASHLAKE_ASIC_ID", text(&self.asic_id)),
            ("HASHLAKE_COUNT", self.count.map(|count| count.to_string())),
            (
                "HASHLAKE_STRIKE_USD_PER_MWH",
                number(self.strike_usd_per_mwh),
            ),
            ("HASHLAKE_STOP_ABOVE_USD_PER_MWH", number(self.stop_above)),
            ("HASHLAKE_START_BELOW_USD_PER_MWH", number(self.start_below)),
            (
                "HASHLAKE_POWER_PRICE_USD_PER_MWH",
                number(self.power_price_usd_per_mwh),
            ),
            (
                "HASHLAKE_HEIGHT",
                self.height.map(|height| height.to_string()),
            ),
            ("HASHLAKE_REASON", text(&self.reason)),
        ]
    }
}

/// One line: time, miner model, change, reason, and the height if it is known.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            time,
            asic_id,
            signal,
            previous_signal,
            reason,
            ..
        } = self;
        write!(
            f,
            "{time} {asic_id} {previous_signal} -> {signal}: {reason}"
        )?;
        match self.height {
            Some(height) => write!(f, ", at block {height}"),
            None => Ok(()),
        }
    }
}
