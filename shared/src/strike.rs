//! The strike of a miner, which is the power price up to which mining pays, and the signal that
//! follows from it.

use std::ops::RangeInclusive;

use crate::revenue::ph_days_per_mwh;
use crate::units::JoulesPerTh;

/// Power prices in USD/MWh that are accepted from outside. The price caps of all markets are within
/// this range.
pub const PLAUSIBLE_USD_PER_MWH: RangeInclusive<i32> = -10_000..=100_000;

/// Costs of a site that are not in the market's power price.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SiteTerms {
    /// Fraction of revenue that the pool keeps, from 0 to below 1.
    pub pool_fee: f64,
    /// Power that the site uses besides the machines, as a fraction of their power: 0.05 is a PUE
    /// of 1.05.
    pub overhead: f64,
    /// Charges besides the market's power price (grid, taxes), in USD/MWh; negative for a credit.
    pub adder_usd_per_mwh: f64,
}

impl SiteTerms {
    /// The strike in USD/MWh: mining pays while the market's power price is below it.
    ///
    /// `usd_per_ph_day_144 x 1000 / (24 x efficiency) x (1 - pool_fee) / (1 + overhead) - adder`
    ///
    /// `usd_per_ph_day_144` is the hashprice of the next block: its subsidy and difficulty, and the
    /// mean fees of the last 144 blocks.
    ///
    /// # Examples
    /// ```
    /// use hashlake_core::strike::SiteTerms;
    /// use hashlake_core::units::JoulesPerTh;
    ///
    /// let site = SiteTerms { pool_fee: 0.02, overhead: 0.05, adder_usd_per_mwh: 5.0 };
    /// // 40 x 1000 / 360 x 0.98 / 1.05 - 5
    /// let strike = site.strike_usd_per_mwh(40.0, JoulesPerTh::new(15.0)?);
    /// assert_eq!(format!("{strike:.6}"), "98.703704");
    /// # Ok::<(), hashlake_core::units::UnitError>(())
    /// ```
    pub fn strike_usd_per_mwh(self, usd_per_ph_day_144: f64, efficiency: JoulesPerTh) -> f64 {
        usd_per_ph_day_144 * ph_days_per_mwh(efficiency) * (1.0 - self.pool_fee)
            / (1.0 + self.overhead)
            - self.adder_usd_per_mwh
    }
}

/// What machines should do, or what they do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Mine.
    Mine,
    /// Stop mining.
    Stop,
}

impl Signal {
    /// The word of the signal in the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Stop => "stop",
        }
    }
}

/// A strike, and the band around it in which the signal does not change. All values are in USD/MWh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strike {
    /// Mining pays below this power price.
    pub usd_per_mwh: f64,
    /// Machines that mine stop above this power price.
    pub stop_above: f64,
    /// Machines that do not mine start below this power price.
    pub start_below: f64,
}

impl Strike {
    /// The strike with a band around it. `band` is a fraction of the strike, from 0 to below 1.
    ///
    /// # Examples
    /// ```
    /// use hashlake_core::strike::Strike;
    ///
    /// let strike = Strike::with_band(100.0, 0.02);
    /// assert_eq!((strike.stop_above, strike.start_below), (102.0, 98.0));
    /// // Mining pays only while the power price is below -100 USD/MWh.
    /// let below_zero = Strike::with_band(-100.0, 0.02);
    /// assert_eq!((below_zero.stop_above, below_zero.start_below), (-98.0, -102.0));
    /// ```
    pub fn with_band(usd_per_mwh: f64, band: f64) -> Self {
        let (a, b) = (usd_per_mwh * (1.0 + band), usd_per_mwh * (1.0 - band));
        Self {
            usd_per_mwh,
            stop_above: a.max(b),
            start_below: a.min(b),
        }
    }

    /// The signal at a power price in USD/MWh. `now` is what the machines do now; if it is unknown,
    /// the band is ignored.
    ///
    /// # Examples
    /// ```
    /// use hashlake_core::strike::{Signal, Strike};
    ///
    /// let strike = Strike::with_band(100.0, 0.02);
    /// assert_eq!(strike.signal(101.0, Some(Signal::Mine)), Signal::Mine);
    /// assert_eq!(strike.signal(101.0, Some(Signal::Stop)), Signal::Stop);
    /// assert_eq!(strike.signal(101.0, None), Signal::Stop);
    /// assert_eq!(strike.signal(100.0, None), Signal::Mine);
    /// ```
    pub fn signal(self, power_price: f64, now: Option<Signal>) -> Signal {
        let mine = match now {
            Some(Signal::Mine) => power_price <= self.stop_above,
            Some(Signal::Stop) => power_price < self.start_below,
            None => power_price <= self.usd_per_mwh,
        };
        if mine { Signal::Mine } else { Signal::Stop }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_band_contains_the_strike_and_a_wider_band_never_switches_earlier(
            strike in -1e3..1e4_f64, band in 0.0..0.5_f64, more in 0.0..0.4_f64, power in -1e3..1e4_f64
        ) {
            let narrow = Strike::with_band(strike, band);
            let wide = Strike::with_band(strike, band + more);

            prop_assert!(narrow.start_below <= strike && strike <= narrow.stop_above);
            for now in [Signal::Mine, Signal::Stop] {
                if narrow.signal(power, Some(now)) == now {
                    prop_assert_eq!(wide.signal(power, Some(now)), now);
                }
            }
        }
    }
}
