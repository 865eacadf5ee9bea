//! Numbers on the command line, with their ranges.

/// A fraction: 0.02 is 2 %.
pub(crate) fn fraction(text: &str) -> Result<f64, String> {
    let is_valid = |fraction| (0.0..1.0).contains(&fraction);
    number(text, is_valid, "from 0 to below 1, such as 0.02 for 2 %")
}

pub(crate) fn overhead(text: &str) -> Result<f64, String> {
    let is_valid = |fraction| (0.0..=10.0).contains(&fraction);
    number(text, is_valid, "from 0 to 10, such as 0.05 for 5 %")
}

/// A power price in the range that the API accepts.
pub(crate) fn usd_per_mwh(text: &str) -> Result<f64, String> {
    let is_valid = |usd| (-1e4..=1e5).contains(&usd);
    number(
        text,
        is_valid,
        "in USD/MWh from -10000 to 100000, such as 45.5",
    )
}

fn number(text: &str, is_valid: impl Fn(f64) -> bool, range: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| is_valid(*number));
    number.ok_or_else(|| format!("expected a number {range}"))
}
