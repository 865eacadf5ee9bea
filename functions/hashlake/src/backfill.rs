//! `hashlake backfill`: a range of blocks into the lake.

use std::error::Error;
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
use crate::hand_out::hand_out;
use crate::interrupt::Interrupt;
use crate::outside::{self, ReplaySpeed};
use crate::owner::owner;
use crate::progress;
use crate::queue::Queue;

#[derive(Debug, Args)]
pub(crate) struct BackfillArgs {
    /// Height of the first block
    #[arg(long, value_name = "H")]
    from: u32,
    /// Height of the last block
    #[arg(long, value_name = "H")]
    to: u32,
    /// Months at a time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=16))]
    parallel: u8,
    /// Fetch and write blocks anew that the lake has; interrupted, the same command begins again
    #[arg(long)]
    force: bool,
    /// Say what there is to do and how long it would take, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    /// Leave the work to the ingest function: put a message for each month on its SQS queue, and look on
    #[arg(long, value_name = "URL", conflicts_with_all = ["parallel", "force", "dry_run"])]
    queue: Option<String>,
}

/// What was done; or, of a dry run, what there is to do.
#[derive(Clone, Copy, Debug, Serialize)]
struct Summary {
    from: u32,
    to: u32,
    months: usize,
    blocks: u32,
    price_calls: u32,
    seconds: f64,
    /// Height of the cursor afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<u32>,
}

/// Plans, and does it.
pub(crate) async fn run(config: Config, args: BackfillArgs) -> Result<ExitCode, Box<dyn Error>> {
    let range = args.from..=args.to;
    let redo = if args.force {
        Redo::Everything
    } else {
        Redo::Nothing
    };
    let (outside, _) = outside::open(&config, ReplaySpeed::Standing).await?;
    let (bar, interrupt) = (ProgressBar::hidden(), Interrupt::listen()?);
    let job = Arc::new(Backfill {
        outside: Arc::new(outside),
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
    let tip = job.check(&range).await?;
    let plan = job.plan(range, redo).await?;
    if args.dry_run {
        show(&expected(&job, &plan).await?, &args);
        return Ok(ExitCode::SUCCESS);
    }
    let unanswered = job.fetch_prices(&plan).await?;
    progress::show(&bar, plan.blocks());
    bar.set_message(price_calls_left(&job));
    let filled: Result<(), Box<dyn Error>> = match &args.queue {
        None => job.fill(&plan, &unanswered).await.map_err(Into::into),
        Some(url) => {
            let queue = Queue::open(url.clone()).await;
            let lake = job.outside.lake.as_ref();
            hand_out(plan.clone(), &queue, lake, &bar, interrupt)
                .await
                .map_err(Into::into)
        }
    };
    bar.finish_and_clear();
    filled?;
    let position = job.move_cursor(&owner(), &plan, &tip).await?;
    let calls = job.outside.prices.calls_of_day(now());
    let price_calls = calls.iter().map(|calls| calls.made).sum();
    let cursor = position.map(|position| position.height);
    show(
        &Summary::new(&plan, price_calls, started.elapsed(), cursor),
        &args,
    );
    Ok(ExitCode::SUCCESS)
}

/// Of each source, for the progress bar.
fn price_calls_left(job: &Backfill) -> String {
    let calls = job.outside.prices.calls_of_day(now());
    let left = calls.iter().map(|calls| {
        let left = calls.allowed - calls.made;
        format!(", {left} calls to {} left", calls.source)
    });
    left.collect()
}

async fn expected(job: &Backfill, plan: &BackfillPlan) -> Result<Summary, IngestError> {
    let gaps = job.price_gaps(plan).await?;
    let price_calls = job.outside.prices.calls_for(&gaps, now());
    Ok(Summary::new(
        plan,
        price_calls,
        job.expected_time(plan).await?,
        None,
    ))
}

impl Summary {
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

#[expect(clippy::print_stdout, reason = "this is what the command is asked for")]
fn show(summary: &Summary, args: &BackfillArgs) {
    let Summary {
        from,
        to,
        months,
        blocks,
        price_calls,
        seconds,
        cursor,
    } = *summary;
    if args.json {
        println!(
            "{}",
            serde_json::to_string(summary).expect("it has a JSON form")
        );
        return;
    }
    let of_months = format!("{blocks} blocks of {from} to {to}, in {months} months");
    if args.dry_run {
        println!("to do: {of_months}; {price_calls} price calls; about {seconds:.0} s");
        return;
    }
    let rate = f64::from(blocks) / seconds;
    println!("done: {of_months}; {price_calls} price calls; {seconds:.1} s, {rate:.0} blocks/s");
    if let Some(height) = cursor {
        println!("the cursor stands at {height}");
    }
}
