//! Simulates worlds for a night, and prints what failed.

#![expect(clippy::print_stdout, reason = "a program")]

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use simulation::{Case, Pair, Tally, shrink};

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
    /// Print only the first world that fails, without its trace. Months come first
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
    if !args.months_only
        && !args.brief
        && let Some(case) = first_failure_of_all(&tally)
    {
        return report(&case, false);
    }
    let (next, started) = (AtomicU64::new(args.from), Instant::now());
    let end = args.from + args.seeds;
    let limit = args.seconds.map_or(Duration::MAX, Duration::from_secs);
    let failed = std::sync::Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while started.elapsed() < limit
                    && failed.lock().is_ok_and(|failed| failed.is_none())
                {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    let case = Case::Month {
                        seed,
                        spared: BTreeSet::new(),
                    };
                    if !tally.run(&case) {
                        *failed.lock().expect("no thread panics with it") = Some(case);
                    }
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    if let Some(case) = failed.into_inner().expect("no thread panics with it") {
        return report(&case, args.brief);
    }
    println!(
        "{:.1} months per second",
        f64::from(u32::try_from(next.into_inner().min(end) - args.from).unwrap_or(u32::MAX))
            / seconds
    );
    println!("{tally}");
    ExitCode::SUCCESS
}

/// Every world with one fault, and every world in which one of two writers waits.
fn first_failure_of_all(tally: &Tally) -> Option<Case> {
    let pairs = Pair::ALL.into_iter().flat_map(Case::all_waits);
    Case::all_faults()
        .chain(pairs)
        .find(|case| !tally.run(case))
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
