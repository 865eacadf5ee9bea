//! `hashlake backfill`: fills a range of blocks.

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use hashlake_core::clock::now;
use indicatif::ProgressBar;
use ingest::backfill::Backfill;
use ingest::pipeline::IngestError;
use ingest::plan::{BackfillPlan, Redo};
use serde::Serialize;

use crate::config::Config;
use crate::dispatch::dispatch;
use crate::interrupt::Interrupt;
use crate::lease_owner::lease_owner;
use crate::node_or_replay::{self, ReplaySpeed};
use crate::output::outln;
use crate::progress;
use crate::queue::Queue;
use crate::upgrade::upgrade_lake;

#[derive(Debug, Args)]
pub(crate) struct BackfillArgs {
    /// Height of the first block
    #[arg(long, value_name = "H", value_parser = height)]
    from: u32,
    /// Height of the last block
    #[arg(long, value_name = "H", value_parser = height)]
    to: u32,
    /// Number of months to fill at the same time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16))]
    parallel: u8,
    /// Refetch and rewrite blocks that the lake already has. After an interruption, the same
    /// command starts over
    #[arg(long)]
    force: bool,
    /// Show what is missing and how long it would take to fill, without filling it
    #[arg(long)]
    dry_run: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Let the ingest function do the work: send a message for each month to its SQS queue, and
    /// report progress
    #[arg(long, value_name = "URL", conflicts_with_all = ["parallel", "force", "dry_run"])]
    queue: Option<String>,
}

fn height(text: &str) -> Result<u32, &'static str> {
    text.parse()
        .map_err(|_| "expected a block height in digits, such as 840000")
}

/// What was done, or in a dry run, what is to be done.
#[derive(Clone, Copy, Debug, Serialize)]
struct BackfillSummary {
    from: u32,
    to: u32,
    months: usize,
    blocks: u32,
    price_calls: u32,
    seconds: f64,
    /// Height of the cursor at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<u32>,
}

pub(crate) async fn run(config: Config, args: BackfillArgs) -> Result<ExitCode, Box<dyn Error>> {
    let range = args.from..=args.to;
    let redo = if args.force {
        Redo::Everything
    } else {
        Redo::Nothing
    };
    let (bar, interrupt) = (ProgressBar::hidden(), Interrupt::listen()?);
    let opened = node_or_replay::open(&config, ReplaySpeed::Paused);
    let (context, _) = interrupt.or(opened).await?;
    let job = Arc::new(Backfill {
        context: Arc::new(context),
        parallel: args.parallel.into(),
        time_left: {
            let interrupt = interrupt.clone();
            Box::new(move || interrupt.time_left())
        },
        now,
        progress: {
            let bar = bar.clone();
            Box::new(move |blocks| bar.inc(blocks.into()))
        },
    });
    let started = Instant::now();
    let tip = interrupt.or(job.check(&range)).await?;
    let plan = interrupt.or(job.plan(range, redo)).await?;
    if args.dry_run {
        print(&interrupt.or(expected(&job, &plan)).await?, &args)?;
        return Ok(ExitCode::SUCCESS);
    }
    upgrade_lake(&job.context, &|| interrupt.is_set()).await?;
    let missing_prices = job.fetch_prices(&plan).await?;
    progress::show(&bar, plan.blocks());
    bar.set_message(price_calls_left(&job));
    let filled: Result<(), Box<dyn Error>> = match &args.queue {
        None => job.fill(&plan, &missing_prices).await.map_err(Into::into),
        Some(url) => {
            let queue = Queue::open(url.clone()).await;
            let lake = job.context.lake.as_ref();
            dispatch(plan.clone(), &queue, lake, &bar, interrupt.clone())
                .await
                .map_err(Into::into)
        }
    };
    bar.finish_and_clear();
    filled?;
    // Blocks above the range may lack their mean fees, because blocks in the range were missing.
    upgrade_lake(&job.context, &|| interrupt.is_set()).await?;
    let position = job.move_cursor(&lease_owner(), &plan, &tip).await?;
    let calls = job.context.prices.calls_of_day(now());
    let price_calls = calls.iter().map(|calls| calls.made).sum();
    let cursor = position.map(|position| position.height);
    print(
        &BackfillSummary::new(&plan, price_calls, started.elapsed(), cursor),
        &args,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The calls that each price source has left today, for the progress bar.
fn price_calls_left(job: &Backfill) -> String {
    let calls = job.context.prices.calls_of_day(now());
    let left = calls.iter().map(|calls| {
        let left = calls.allowed - calls.made;
        format!(", {left} calls to {} left today", calls.source)
    });
    left.collect()
}

async fn expected(job: &Backfill, plan: &BackfillPlan) -> Result<BackfillSummary, IngestError> {
    let gaps = job.price_gaps(plan).await?;
    let price_calls = job.context.prices.calls_for(&gaps, now());
    Ok(BackfillSummary::new(
        plan,
        price_calls,
        job.expected_time(plan).await?,
        None,
    ))
}

impl BackfillSummary {
    fn new(plan: &BackfillPlan, price_calls: u32, time: Duration, cursor: Option<u32>) -> Self {
        let heights = plan.heights();
        Self {
            from: *heights.start(),
            to: *heights.end(),
            months: plan.unfilled().count(),
            blocks: plan.blocks(),
            price_calls,
            seconds: time.as_secs_f64(),
            cursor,
        }
    }
}

fn print(summary: &BackfillSummary, args: &BackfillArgs) -> io::Result<()> {
    let BackfillSummary {
        from,
        to,
        months,
        blocks,
        price_calls,
        seconds,
        cursor,
    } = *summary;
    if args.json {
        return outln!(
            "{}",
            serde_json::to_string(summary).expect("numbers have a JSON form")
        );
    }
    let scope = format!(
        "{blocks} blocks from {from} to {to}, in {months} {}",
        if months == 1 { "month" } else { "months" }
    );
    if args.dry_run {
        return outln!("to do: {scope}; {price_calls} price calls; about {seconds:.0} s");
    }
    let rate = f64::from(blocks) / seconds;
    outln!("done: {scope}; {price_calls} price calls; {seconds:.1} s, {rate:.0} blocks/s")?;
    if let Some(height) = cursor {
        outln!("the cursor is at {height}")?;
    }
    Ok(())
}
