//! Simulates worlds for a night, and prints what failed.

#![expect(clippy::print_stdout, reason = "a program")]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use clap::Parser;
use simulation::{Case, Pair, Tally, Worlds, page, shrink};

/// A planted bug that shows in a month mostly shows in one of so many.
const QUICK_MONTHS: u64 = 20;

#[derive(Parser)]
#[command(about = "Simulates ingest with faults")]
struct Args {
    /// Number of months
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// First seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Stop after this many seconds
    #[arg(long)]
    seconds: Option<u64>,
    /// Print the trace of one month
    #[arg(long)]
    seed: Option<u64>,
    /// Leave out the worlds with one fault and those with two writers
    #[arg(long)]
    months_only: bool,
    /// Print the page about the simulation, given what the planted bugs were found by
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Print only the first world that fails, without its trace. Some months come first
    #[arg(long)]
    brief: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    std::panic::set_hook(Box::new(|_| ())); // A panic is reported as a violation.
    if let Some(seed) = args.seed {
        let case = Case::Month {
            seed,
            spared: BTreeSet::new(),
        };
        let outcome = case.run(true);
        println!("{}{:?}", outcome.trace, outcome.violations);
        return exit(outcome.violations.is_empty());
    }
    let tally = Tally::default();
    let last = args.from.saturating_add(args.seeds);
    if args.brief {
        let middle = last.min(args.from + QUICK_MONTHS);
        let cases = months(args.from..middle).chain(all_worlds());
        return match first_failure(&tally, cases.chain(months(middle..last))) {
            Some(case) => report(&case, true),
            None => ExitCode::SUCCESS,
        };
    }
    if !args.months_only
        && let Some(case) = first_failure(&tally, all_worlds())
    {
        return report(&case, false);
    }
    let before = tally.schedules();
    let started = Instant::now();
    let limit = args.seconds.map_or(Duration::MAX, Duration::from_secs);
    let in_time = months(args.from..last).take_while(|_| started.elapsed() < limit);
    if let Some(case) = first_failure(&tally, in_time) {
        return report(&case, false);
    }
    let seconds = started.elapsed().as_secs_f64();
    let simulated = tally.schedules() - before;
    let months_per_second = f64::from(u32::try_from(simulated).unwrap_or(u32::MAX)) / seconds;
    if let Some(found) = args.page {
        let found = std::fs::read_to_string(found).unwrap_or_default();
        let with_two_writers = before - Case::all_faults().count() as u64;
        let with_one_fault = before - with_two_writers;
        let counts = tally.to_string();
        let worlds = Worlds {
            with_one_fault,
            with_two_writers,
            months: simulated,
            counts,
            months_per_second,
        };
        print!("{}", page(&worlds, &found));
        return ExitCode::SUCCESS;
    }
    if simulated > 0 {
        println!("{months_per_second:.1} months per second");
    }
    println!("{tally}");
    ExitCode::SUCCESS
}

fn months(seeds: Range<u64>) -> impl Iterator<Item = Case> + Send {
    seeds.map(|seed| Case::Month {
        seed,
        spared: BTreeSet::new(),
    })
}

/// Every world with one fault, and every world in which one of two writers waits.
fn all_worlds() -> impl Iterator<Item = Case> + Send {
    Case::all_faults().chain(Pair::ALL.into_iter().flat_map(Case::all_waits))
}

/// Runs these cases on all processors until one fails.
fn first_failure(tally: &Tally, cases: impl Iterator<Item = Case> + Send) -> Option<Case> {
    let (cases, failed) = (Mutex::new(cases), Mutex::new(None));
    let work = || {
        while failed.lock().is_ok_and(|failed| failed.is_none())
            && let Some(case) = cases.lock().ok().and_then(|mut cases| cases.next())
        {
            if !tally.run(&case)
                && let Ok(mut failed) = failed.lock()
            {
                failed.get_or_insert(case);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    failed.into_inner().ok().flatten()
}

fn report(case: &Case, is_brief: bool) -> ExitCode {
    if is_brief {
        let outcome = case.run(false);
        println!(
            "{case}: {}",
            outcome.violations.first().map_or("", String::as_str)
        );
        return ExitCode::FAILURE;
    }
    let violations = case.run(false).violations;
    println!(
        "{case} fails: {}. Leaving out faults ..",
        violations.first().map_or("", String::as_str)
    );
    let case = shrink(case);
    let outcome = case.run(true);
    println!("{}{case}:", outcome.trace);
    for violation in outcome.violations {
        println!("  {violation}");
    }
    ExitCode::FAILURE
}

fn exit(is_good: bool) -> ExitCode {
    if is_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
