//! Metrics for CloudWatch, as log lines in its embedded metric format (EMF), which cost nothing to
//! send.
//!
//! Each metric costs about 0.30 USD a month, so there are only five.

use std::io::{self, Write};

use hashlake_core::timestamp::Timestamp;
use serde_json::{Value, json};

use crate::pipeline::Report;

const NAMESPACE: &str = "hashlake";

/// Writes the metrics of a run to standard output, which CloudWatch collects.
pub(crate) fn publish(function: &str, now: Timestamp, report: &Report) {
    // A metric that cannot be written must not fail the run.
    let _ = writeln!(io::stdout(), "{}", line(function, now, report));
}

fn line(function: &str, now: Timestamp, report: &Report) -> Value {
    let metric = |name, unit| json!({ "Name": name, "Unit": unit });
    let count = |name| metric(name, "Count");
    let mut metrics = vec![count("BehindBlocks"), count("Blocks"), count("ReorgDepth")];
    let price_age_s = report.priced_until.map(|time| now.since(time).as_secs());
    if price_age_s.is_some() {
        metrics.push(metric("PriceAge", "Seconds"));
    }
    if report.usd_per_ph_day_144.is_some() {
        metrics.push(metric("hashprice_usd_per_ph_day_144", "None"));
    }
    json!({
        "_aws": {
            "Timestamp": now.to_ms(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["FunctionName"]],
                "Metrics": metrics,
            }],
        },
        "FunctionName": function,
        "BehindBlocks": report.tip.saturating_sub(report.position.height),
        "Blocks": report.blocks,
        "ReorgDepth": report.reorg_depth(),
        "PriceAge": price_age_s,
        "hashprice_usd_per_ph_day_144": report.usd_per_ph_day_144,
    })
}

#[cfg(test)]
mod tests {
    use hashlake_core::chain::Chain;
    use hashlake_core::cursor::Position;
    use hashlake_core::hash::BlockHash;

    use super::*;
    use crate::pipeline::Reorg;

    #[test]
    fn a_line_has_the_fields_of_the_embedded_metric_format() {
        let hash: BlockHash = "00".repeat(32).parse().expect("a hash");
        let report = Report {
            position: Position {
                chain: Chain::Main,
                height: 900_000,
                hash,
            },
            tip: 900_007,
            blocks: 3,
            reorg: Some(Reorg {
                common_height: 899_998,
                dropped: vec![hash, hash],
            }),
            provisional: 1,
            usd_per_ph_day_144: Some(35.25),
            priced_until: Timestamp::from_secs(1_762_214_400 - 3600),
        };
        let now = Timestamp::from_secs(1_762_214_400).expect("a time");

        let line = line("stack-ingest", now, &report);

        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
        let metrics = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(line["_aws"]["Timestamp"], 1_762_214_400_000_i64);
        assert_eq!(metrics["Namespace"], "hashlake");
        assert_eq!(metrics["Dimensions"], json!([["FunctionName"]]));
        assert_eq!(line["FunctionName"], "stack-ingest");
        let values: Vec<_> = metrics["Metrics"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|metric| line[metric["Name"].as_str().expect("a name")].as_f64())
            .collect();
        assert_eq!(values, [7.0, 3.0, 2.0, 3600.0, 35.25].map(Some));
    }
}
