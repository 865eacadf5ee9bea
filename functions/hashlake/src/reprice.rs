//! `hashlake reprice`: assigns prices to blocks again.

use std::error::Error;
use std::process::ExitCode;

use clap::Args;
use hashlake_core::clock::now;
use hashlake_core::table::daily;
use indicatif::ProgressBar;
use ingest::reprice::{Repriced, reprice};

use crate::config::Config;
use crate::node_or_replay::{self, ReplaySpeed};
use crate::output::outln;
use crate::progress;
use crate::upgrade::upgrade_lake;

#[derive(Debug, Args)]
pub(crate) struct RepriceArgs {
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(config: Config, args: RepriceArgs) -> Result<ExitCode, Box<dyn Error>> {
    let (context, _) = node_or_replay::open(&config, ReplaySpeed::Paused).await?;
    upgrade_lake(&context, &|| false).await?;
    let bar = ProgressBar::hidden();
    let days = match context.lake.get(daily::KEY).await? {
        Some(stored) => daily::decode(stored.body)?,
        None => Vec::new(),
    };
    progress::show(&bar, days.iter().map(|day| day.blocks).sum());
    let repriced = reprice(&context, now(), &|blocks| bar.inc(blocks.into())).await;
    bar.finish_and_clear();
    let repriced = repriced?;
    if args.json {
        outln!("{}", serde_json::to_string(&repriced)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Repriced {
        blocks,
        changed,
        unpriced,
        provisional,
        price_removed,
    } = repriced;
    outln!(
        "{blocks} blocks: {changed} have a new price, {unpriced} have no price, {provisional} have a provisional price"
    )?;
    if price_removed > 0 {
        outln!(
            "{price_removed} blocks keep a price that was removed from the table `prices`, because the table has no other price within 36 hours of them. `hashlake verify` lists these blocks. Import prices for their times (`hashlake import-prices`), then run `hashlake reprice` again"
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
