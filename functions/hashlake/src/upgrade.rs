//! `hashlake upgrade`: rewrites what an earlier version stored.

use std::error::Error;
use std::process::ExitCode;

use clap::Args;
use hashlake_core::asic;
use hashlake_core::clock::now;
use hashlake_core::month::Month;
use hashlake_core::table::{asics, blocks, mwh_revenue};
use ingest::pipeline::{IngestContext, IngestError};
use ingest::upgrade::{Mode, Upgraded, upgrade};
use serde_json::json;

use crate::config::Config;
use crate::interrupt::Interrupt;
use crate::lease_owner::lease_owner;
use crate::output::outln;

#[derive(Debug, Args)]
pub(crate) struct UpgradeArgs {
    /// Show what would be rewritten, without rewriting it
    #[arg(long)]
    dry_run: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(config: Config, args: UpgradeArgs) -> Result<ExitCode, Box<dyn Error>> {
    let interrupt = Interrupt::listen()?;
    let (lake, cursor) = config.stores.open().await;
    let mode = match args.dry_run {
        true => Mode::DryRun,
        false => Mode::Write,
    };
    let mut upgraded = upgrade(
        (lake.as_ref(), cursor.as_ref()),
        &asic::catalogue(),
        mode,
        (&lease_owner(), now),
        &|| interrupt.is_set(),
    )
    .await?;
    upgraded.blocks.sort_unstable();
    upgraded.mwh_revenue.sort_unstable();
    match args.json {
        true => outln!("{}", as_json(&upgraded))?,
        false => outln!("{}", summary(&upgraded, mode).trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Brings the lake up to date, as `hashlake upgrade` does.
pub(crate) async fn upgrade_lake(
    context: &IngestContext,
    should_stop: &(dyn Fn() -> bool + Sync),
) -> Result<(), IngestError> {
    upgrade(
        (context.lake.as_ref(), context.cursor.as_ref()),
        &context.asics,
        Mode::Write,
        (&lease_owner(), now),
        should_stop,
    )
    .await
    .map(drop)
}

fn as_json(upgraded: &Upgraded) -> serde_json::Value {
    let names = |months: &[Month]| months.iter().map(Month::to_string).collect::<Vec<_>>();
    json!({
        blocks::NAME: names(&upgraded.blocks),
        mwh_revenue::NAME: names(&upgraded.mwh_revenue),
        asics::NAME: upgraded.asics,
    })
}

fn summary(upgraded: &Upgraded, mode: Mode) -> String {
    if *upgraded == Upgraded::default() {
        return "nothing to do: every file is up to date\n".to_owned();
    }
    let done = match mode {
        Mode::Write => "rewritten",
        Mode::DryRun => "to rewrite",
    };
    let mut lines = String::new();
    for (table, months) in [
        (blocks::NAME, &upgraded.blocks),
        (mwh_revenue::NAME, &upgraded.mwh_revenue),
    ] {
        if !months.is_empty() {
            let count = months.len();
            let unit = if count == 1 { "month" } else { "months" };
            lines += &format!("{done}: {table}, {count} {unit}: {}\n", in_runs(months));
        }
    }
    if upgraded.asics {
        lines += &format!("{done}: {}\n", asics::NAME);
    }
    lines
}

/// The months in a short form, such as `2025-08 to 2025-10, 2026-01`.
fn in_runs(months: &[Month]) -> String {
    let runs = months.chunk_by(|a, b| a.next() == Some(*b));
    let run = |run: &[Month]| match run {
        [first, .., last] => format!("{first} to {last}"),
        _ => run.iter().map(Month::to_string).collect(),
    };
    runs.map(run).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(names: &[&str]) -> Vec<Month> {
        let parsed = names.iter().map(|name| name.parse().expect("a month"));
        parsed.collect()
    }

    #[test]
    fn months_are_listed_in_runs() {
        let upgraded = Upgraded {
            blocks: months(&["2025-11", "2025-12", "2026-01", "2026-03"]),
            mwh_revenue: months(&["2026-03"]),
            asics: true,
        };

        let text = summary(&upgraded, Mode::DryRun);

        assert_eq!(
            text,
            "to rewrite: blocks, 4 months: 2025-11 to 2026-01, 2026-03\nto rewrite: mwh_revenue, 1 month: 2026-03\nto rewrite: asics\n"
        );
    }
}
