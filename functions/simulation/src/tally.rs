//! Counts what was simulated.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::case::Case;

/// How many worlds were simulated, and what went wrong in them.
#[derive(Debug, Default)]
pub struct Tally {
    schedules: AtomicU64,
    faults: AtomicU64,
    crashes: AtomicU64,
    violations: AtomicU64,
}

impl Tally {
    /// Runs a case, and returns whether every invariant held.
    pub fn run(&self, case: &Case) -> bool {
        let outcome = case.run(false);
        self.schedules.fetch_add(1, Ordering::Relaxed);
        self.faults
            .fetch_add(outcome.faults.len() as u64, Ordering::Relaxed);
        self.crashes.fetch_add(outcome.crashes, Ordering::Relaxed);
        self.violations
            .fetch_add(outcome.violations.len() as u64, Ordering::Relaxed);
        outcome.violations.is_empty()
    }

    /// How many worlds so far.
    pub fn schedules(&self) -> u64 {
        self.schedules.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [schedules, faults, crashes, violations] = [
            &self.schedules,
            &self.faults,
            &self.crashes,
            &self.violations,
        ]
        .map(|count| count.load(Ordering::Relaxed));
        write!(
            f,
            "{schedules} schedules, {faults} faults, {crashes} crashes, {violations} violations"
        )
    }
}
