//! Numbers on the command line, with their ranges.

use hashlake_core::strike::PLAUSIBLE_USD_PER_MWH;

/// A fraction: 0.02 is 2 %.
pub(crate) fn fraction(text: &str) -> Result<f64, String> {
    let is_valid = |fraction| (0.0..1.0).contains(&fraction);
    number(text, is_valid, "from 0 to below 1, such as 0.02 for 2 %")
}

pub(crate) fn overhead(text: &str) -> Result<f64, String> {
    let is_valid = |fraction| (0.0..=10.0).contains(&fraction);
    number(text, is_valid, "from 0 to 10, such as 0.05 for 5 %")
}

/// A power price.
pub(crate) fn usd_per_mwh(text: &str) -> Result<f64, String> {
    let (lowest, highest) = (PLAUSIBLE_USD_PER_MWH.start(), PLAUSIBLE_USD_PER_MWH.end());
    let range = format!("in USD/MWh from {lowest} to {highest}, such as 45.5");
    number(text, is_plausible_usd_per_mwh, &range)
}

/// Whether a number can be a power price in USD/MWh.
pub(crate) fn is_plausible_usd_per_mwh(usd: f64) -> bool {
    let (lowest, highest) = (PLAUSIBLE_USD_PER_MWH.start(), PLAUSIBLE_USD_PER_MWH.end());
    (f64::from(*lowest)..=f64::from(*highest)).contains(&usd)
}

fn number(text: &str, is_valid: impl Fn(f64) -> bool, range: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| is_valid(*number));
    number.ok_or_else(|| format!("expected a number {range}"))
}
