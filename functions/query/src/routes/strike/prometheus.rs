//! The strikes in the text format of Prometheus.

use std::fmt::Write as _;

use hashlake_core::timestamp::Timestamp;

use super::answer::{AsicStrike, SignalWord, StrikeAnswer};
use crate::http::answer::Body;

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The answer as metrics. A value that is unknown has no sample.
pub(super) fn body(answer: &StrikeAnswer) -> Body {
    let mut text = String::new();
    let mut metric = |name: &str, help: &str, samples: &[(String, f64)]| {
        if samples.is_empty() {
            return;
        }
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge")
            .expect("writing to memory cannot fail");
        for (labels, value) in samples {
            writeln!(text, "{name}{labels} {value}").expect("writing to memory cannot fail");
        }
    };
    metric(
        "hashlake_strike_usd_per_mwh",
        "Highest power price at which mining the next block is profitable.",
        &by_asic(answer, |asic| asic.strike_usd_per_mwh),
    );
    metric(
        "hashlake_signal",
        "What the miners should do: 1 mine, 0 stop. Absent if unknown.",
        &by_asic(answer, |asic| match asic.signal? {
            SignalWord::Mine => Some(1.0),
            SignalWord::Stop => Some(0.0),
            SignalWord::Unknown => None,
        }),
    );
    metric(
        "hashlake_hashprice_usd_per_ph_day",
        "Hashprice of the next block, with the mean fees of the last 144 blocks.",
        &single(answer.usd_per_ph_day_144),
    );
    metric(
        "hashlake_block_time_seconds",
        "Header time of the latest block, in seconds since 1970.",
        &single(Some(seconds(answer.block.time))),
    );
    metric(
        "hashlake_price_time_seconds",
        "Time of the newest BTC price, in seconds since 1970.",
        &single(answer.price_time.map(seconds)),
    );
    metric(
        "hashlake_strike_stale",
        "1 if the other values are from old or doubtful data and should not be acted on, else 0.",
        &single(Some(f64::from(u8::from(answer.stale)))),
    );
    Body::new(CONTENT_TYPE, text)
}

fn by_asic(
    answer: &StrikeAnswer,
    value: impl Fn(&AsicStrike) -> Option<f64>,
) -> Vec<(String, f64)> {
    let sample = |asic: &AsicStrike| {
        let labels = format!(
            "{{asic_id=\"{}\",name=\"{}\"}}",
            escaped(asic.asic_id),
            escaped(asic.name)
        );
        Some((labels, value(asic)?))
    };
    answer.asics.iter().filter_map(sample).collect()
}

fn single(value: Option<f64>) -> Vec<(String, f64)> {
    value
        .map(|value| (String::new(), value))
        .into_iter()
        .collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "times end with the year 9999, so their seconds are far below 2^53"
)]
fn seconds(time: Timestamp) -> f64 {
    time.to_secs() as f64
}

fn escaped(label: &str) -> String {
    label
        .replace('\\', r"\\")
        .replace('"', "\\\"")
        .replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        assert_eq!(escaped("a \"b\" \\ c\nd"), r#"a \"b\" \\ c\nd"#);
    }
}
