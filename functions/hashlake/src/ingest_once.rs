//! `hashlake ingest --once`: fills the lake up to the tip once.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use hashlake_core::clock::now;
use indicatif::ProgressBar;
use ingest::pipeline::{IngestContext, IngestError, Progress, Report, Run, follow_tip};
use ingest::prices::Calls;
use tokio::time::sleep;
use tracing::info;

use crate::config::Config;
use crate::interrupt::{INTERRUPTED, Interrupt};
use crate::lease_owner::lease_owner;
use crate::node_or_replay::{self, ReplaySpeed};
use crate::progress;

/// How long a run may take to write its blocks after a request to stop.
const STOP_MAX: Duration = Duration::from_secs(8);

const POLL: Duration = Duration::from_millis(500);

#[derive(Debug, Args)]
pub(crate) struct IngestArgs {
    /// Run once and exit (required)
    #[arg(long, required = true)]
    once: bool,
}

pub(crate) async fn run(config: Config, _: IngestArgs) -> Result<ExitCode, Box<dyn Error>> {
    let interrupt = Interrupt::listen()?;
    let opened = node_or_replay::open(&config, ReplaySpeed::Paused);
    let (context, start_height) = interrupt.or(opened).await?;
    let time_left = || interrupt.time_left();
    match once(&context, start_height, &time_left).await {
        Ok(report) => {
            log(&report, &context.prices.calls_of_day(now()));
            if report.position.height < report.tip && interrupt.is_set() {
                info!(
                    "interrupted: the next run reads the blocks up to {}",
                    report.tip
                );
                return Ok(INTERRUPTED.into());
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.is_busy() => {
            info!("{error}: nothing to do");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error.into()),
    }
}

/// One run, with a progress bar if there is a terminal and more than a few blocks.
pub(crate) async fn once(
    context: &IngestContext,
    start_height: Option<u32>,
    time_left: &(dyn Fn() -> Duration + Sync),
) -> Result<Report, IngestError> {
    let bar = ProgressBar::hidden();
    let progress = |Progress { read, total }: Progress| {
        if bar.length().is_none() {
            progress::show(&bar, total);
        }
        bar.set_position(read.into());
    };
    let run = Run {
        owner: lease_owner(),
        start_height,
        time_left,
        now: &now,
        progress: &progress,
    };
    let result = tokio::select! {
        biased;
        result = follow_tip(context, &run) => result,
        () = until_overdue(time_left) => Err(IngestError::StoreUnresponsive),
    };
    bar.finish_and_clear();
    result
}

/// Waits for a request to stop, and then for [`STOP_MAX`], so that the run can write its blocks.
async fn until_overdue(time_left: &(dyn Fn() -> Duration + Sync)) {
    while !time_left().is_zero() {
        sleep(POLL).await;
    }
    sleep(STOP_MAX).await;
}

fn log(report: &Report, calls: &[Calls]) {
    let Report {
        position,
        blocks,
        provisional,
        ..
    } = report;
    let height = position.height;
    let price_calls: u32 = calls.iter().map(|calls| calls.made).sum();
    let calls: Vec<String> = calls.iter().map(Calls::to_string).collect();
    let calls = calls.join(", ");
    info!(
        height,
        blocks,
        provisional,
        price_calls,
        "at height {height}: {blocks} new blocks, {provisional} blocks have a provisional price; \
         price calls today: {calls}"
    );
}
