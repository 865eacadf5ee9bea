//! `hashlake strike` without `--watch`: one answer, and an exit code.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use hashlake_core::clock::now;
use hashlake_core::strike::Signal;
use serde_json::Value;

use crate::strike::answer::StrikeResponse;
use crate::strike::args::{Format, StrikeArgs};
use crate::strike::decision::PolledValues;
use crate::strike::source::Source;

const STOP: u8 = 10;
const UNKNOWN: u8 = 20;

/// The result for one miner model: its signal with the values from which it follows, or why the
/// signal is unknown.
type Verdict = Result<(Signal, PolledValues), String>;

/// Prints the answer. The exit code is the signal of all miner models together.
pub(crate) async fn run(source: &Source, args: &StrikeArgs) -> Result<ExitCode, Box<dyn Error>> {
    let power_price = args.power_price_now().await;
    let parameters = args.parameters(power_price.as_ref().ok().copied());
    let mut json: Value = source.answer(&parameters).await?;
    let answer: StrikeResponse = serde_json::from_value(json.clone())
        .map_err(|error| format!("unexpected answer of /api/v1/strike: {error}"))?;
    let (power_price, now) = (power_price.as_ref(), now());
    let verdict = |asic_id: &String| {
        let power_price = power_price.copied().map_err(String::as_str);
        let values = answer.polled_values(asic_id, power_price, now)?;
        Ok((values.strike.signal(values.power_price, None), values))
    };
    let asic_ids = args.asic_ids();
    let verdicts: Vec<Verdict> = asic_ids.iter().map(verdict).collect();

    let printed = match args.format {
        None => lines(&answer, &asic_ids, &verdicts),
        Some(Format::Text) => verdicts
            .iter()
            .map(|one| format!("{}\n", word(one)))
            .collect(),
        Some(Format::Json) => {
            mark_unknown(&mut json, &asic_ids, &verdicts);
            format!("{json}\n")
        }
        Some(format @ (Format::Csv | Format::Prometheus)) => {
            // If a signal is unknown only to this command, ask without the power price, so that the
            // answer has no signals.
            let is_shared = answer.stale || verdicts.iter().all(Result::is_ok);
            let power_price = power_price.ok().copied().filter(|_| is_shared);
            let mut parameters = args.parameters(power_price);
            parameters.push(("format", format.name().to_owned()));
            String::from_utf8_lossy(&source.ask(&parameters).await?).into_owned()
        }
    };
    // The exit code is also an answer, so a closed output is not an error.
    drop(io::stdout().write_all(printed.as_bytes()));
    if let Some(why) = verdicts.iter().find_map(|verdict| verdict.as_ref().err()) {
        drop(writeln!(
            io::stderr(),
            "hashlake: the signal is unknown: {why}"
        ));
    }
    Ok(exit_code(&verdicts))
}

/// 0 only if all miners should mine, so that `hashlake strike && mine` never mines at a loss.
fn exit_code(verdicts: &[Verdict]) -> ExitCode {
    let is = |signal| move |verdict: &Verdict| matches!(verdict, Ok((it, _)) if *it == signal);
    match verdicts {
        _ if verdicts.iter().any(Result::is_err) => ExitCode::from(UNKNOWN),
        _ if verdicts.iter().any(is(Signal::Stop)) => ExitCode::from(STOP),
        _ => ExitCode::SUCCESS,
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Ok((signal, _)) => signal.word(),
        Err(_) => "unknown",
    }
}

/// The answer as lines that people can read.
fn lines(answer: &StrikeResponse, asic_ids: &[String], verdicts: &[Verdict]) -> String {
    let width = asic_ids.iter().map(String::len).max().unwrap_or_default();
    let mut text = String::new();
    for (asic_id, verdict) in asic_ids.iter().zip(verdicts) {
        let strike = || answer.asic(asic_id).and_then(|asic| asic.strike());
        let figures = match verdict {
            Ok((_, values)) => values.to_string(),
            Err(_) => strike().map_or_else(
                || "no strike".to_owned(),
                |strike| format!("strike {:.2} USD/MWh", strike.usd_per_mwh),
            ),
        };
        text += &format!("{:7}  {asic_id:width$}  {figures}\n", word(verdict));
    }
    if let Some(block) = &answer.block {
        text += &format!("block {} at {}", block.height, block.time);
        if let (Some(usd), Some(time)) = (answer.price_usd, answer.price_time) {
            let source = answer.price_source.as_deref().unwrap_or("unknown source");
            text += &format!("; {usd:.2} USD/BTC at {time} ({source})");
        }
        if let Some(hashprice) = answer.usd_per_ph_day_144 {
            text += &format!("; hashprice {hashprice:.2} USD/PH/day (144 blocks)");
        }
        if let Some(valid_until) = answer.valid_until {
            text += &format!("; valid until {valid_until}");
        }
        text += "\n";
    }
    text
}

/// Marks the miner models whose signal is unknown only to this command, for example because the power
/// price is unknown.
fn mark_unknown(json: &mut Value, asic_ids: &[String], verdicts: &[Verdict]) {
    let Some(asics) = json["asics"].as_array_mut() else {
        return;
    };
    for asic in asics {
        let index = asic_ids
            .iter()
            .position(|id| asic["asic_id"] == id.as_str());
        if let Some(Err(why)) = index.map(|index| &verdicts[index]) {
            asic["signal"] = "unknown".into();
            asic["reason"] = why.as_str().into();
        }
    }
}
