//! What is run in a world: one run with a fault at a call, two writers of which one waits at a call, or a
//! month in which much goes wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use ingest::pipeline::IngestError;
use ingest::plan::Redo;

use crate::chain::LAKE_START;
use crate::fault::{Fault, Plan};
use crate::month::{Month, run_month};
use crate::world::{
    CursorStore, Outcome, Process, Saved, Setting, World, filled, filled_by_earlier_version,
    simulate,
};

/// The blocks of the backfills that run beside another writer. The last ones are also in the lake.
const BACKFILLED: RangeInclusive<u32> = 120..=LAKE_START + 10;

/// A world, and what happens in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case {
    /// A run with a fault at a call, or without.
    Alone {
        before: Before,
        cursor: CursorStore,
        fault: Option<(u64, Fault)>,
    },
    /// The first writer waits before a call until the second one has ended, or waits before a call
    /// itself until the first one has ended.
    Pair {
        pair: Pair,
        first_call: u64,
        second_call: Option<u64>,
    },
    /// A month that follows from a seed, without the faults of the spared calls.
    Month { seed: u64, spared: BTreeSet<u64> },
}

/// What happened before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: the lake is empty.
    Nothing,
    /// Blocks were found, and a reorg dropped blocks of two months.
    Reorg,
    /// An earlier version, which knew fewer machines, filled the lake.
    EarlierVersion,
}

/// Two writers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// The second one begins when the lease of the first one has expired, and sees a reorg.
    IngestAndIngest,
    IngestAndBackfill,
    BackfillAndIngest,
    BackfillAndBackfill,
    IngestAndReprice,
    RepriceAndIngest,
    IngestAndUpgrade,
    UpgradeAndIngest,
    UpgradeAndBackfill,
    /// Blocks of the backfill are dropped between the two.
    IngestAndBackfillOfOthers,
    BackfillAndIngestOfOthers,
    /// As these two, but the backfill also replaces the blocks that are stored.
    IngestAndRefillOfOthers,
    RefillAndIngestOfOthers,
}

#[derive(Clone, Copy)]
enum Writer {
    Ingest,
    Backfill,
    /// A backfill that replaces what is stored.
    Refill,
    Reprice,
    Upgrade,
}

impl Pair {
    /// All pairs.
    pub const ALL: [Self; 13] = [
        Self::IngestAndIngest,
        Self::IngestAndBackfill,
        Self::BackfillAndIngest,
        Self::BackfillAndBackfill,
        Self::IngestAndReprice,
        Self::RepriceAndIngest,
        Self::IngestAndUpgrade,
        Self::UpgradeAndIngest,
        Self::UpgradeAndBackfill,
        Self::IngestAndBackfillOfOthers,
        Self::BackfillAndIngestOfOthers,
        Self::IngestAndRefillOfOthers,
        Self::RefillAndIngestOfOthers,
    ];

    const fn writers(self) -> (Writer, Writer) {
        use Writer::{Backfill, Ingest, Refill, Reprice, Upgrade};
        match self {
            Self::IngestAndIngest => (Ingest, Ingest),
            Self::IngestAndBackfill | Self::IngestAndBackfillOfOthers => (Ingest, Backfill),
            Self::BackfillAndIngest | Self::BackfillAndIngestOfOthers => (Backfill, Ingest),
            Self::BackfillAndBackfill => (Backfill, Backfill),
            Self::IngestAndRefillOfOthers => (Ingest, Refill),
            Self::RefillAndIngestOfOthers => (Refill, Ingest),
            Self::IngestAndReprice => (Ingest, Reprice),
            Self::RepriceAndIngest => (Reprice, Ingest),
            Self::IngestAndUpgrade => (Ingest, Upgrade),
            Self::UpgradeAndIngest => (Upgrade, Ingest),
            Self::UpgradeAndBackfill => (Upgrade, Backfill),
        }
    }

    fn has_backfill(self) -> bool {
        let (first, second) = self.writers();
        [first, second]
            .iter()
            .any(|writer| matches!(writer, Writer::Backfill | Writer::Refill))
    }
}

impl Case {
    /// Runs the world of the case. A panic is a violation, too.
    pub fn run(&self, is_traced: bool) -> Outcome {
        let ran = catch_unwind(AssertUnwindSafe(|| match self {
            Self::Alone {
                before,
                cursor,
                fault,
            } => simulate(alone(*before, *cursor, *fault, is_traced)),
            Self::Pair {
                pair,
                first_call,
                second_call,
            } => simulate(two_writers(*pair, *first_call, *second_call, is_traced)),
            Self::Month { seed, spared } => {
                simulate(run_month(Month::of(*seed), spared.clone(), is_traced))
            }
        }));
        ran.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Outcome {
                violations: vec![format!("panicked: {}", text.unwrap_or_default())],
                ..Outcome::default()
            }
        })
    }

    /// Every fault at every call of a run, after each of the beginnings.
    pub fn all_faults() -> impl Iterator<Item = Self> + Send {
        let beginnings = [
            (Before::EarlierVersion, CursorStore::Table),
            (Before::Nothing, CursorStore::Table),
            (Before::Reorg, CursorStore::Table),
            (Before::Reorg, CursorStore::Lake),
        ];
        beginnings.into_iter().flat_map(|(before, cursor)| {
            let undisturbed = Self::Alone {
                before,
                cursor,
                fault: None,
            };
            let kinds = undisturbed.run(false).kinds.swap_remove(0);
            let faults = (0..).zip(kinds).flat_map(|(call, kind)| {
                let faults = kind.faults().into_iter();
                faults.map(move |fault| Some((call, fault)))
            });
            let faults: Vec<_> = std::iter::once(None).chain(faults).collect();
            faults.into_iter().map(move |fault| Self::Alone {
                before,
                cursor,
                fault,
            })
        })
    }

    /// Every call of the first writer at which it can wait while the second one runs.
    pub fn all_waits(pair: Pair) -> impl Iterator<Item = Self> + Send {
        let calls = Self::Pair {
            pair,
            first_call: u64::MAX,
            second_call: None,
        };
        let calls = calls.run(false).kinds[0].len() as u64;
        (0..calls).map(move |first_call| Self::Pair {
            pair,
            first_call,
            second_call: None,
        })
    }

    /// Every pair of calls at which the first writer waits, and then the second one.
    pub fn all_double_waits(pair: Pair) -> impl Iterator<Item = Self> {
        Self::all_waits(pair).flat_map(move |case| {
            let calls = case.run(false).kinds.get(1).map_or(0, Vec::len) as u64;
            (0..calls).map(move |second_call| match &case {
                Self::Pair { first_call, .. } => Self::Pair {
                    pair,
                    first_call: *first_call,
                    second_call: Some(second_call),
                },
                other => other.clone(),
            })
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alone {
                before,
                cursor,
                fault: None,
            } => write!(f, "{before:?}, cursor in {cursor:?}"),
            Self::Alone {
                before,
                cursor,
                fault: Some((call, fault)),
            } => {
                write!(
                    f,
                    "{before:?}, cursor in {cursor:?}, {fault:?} at call {call}"
                )
            }
            Self::Pair {
                pair,
                first_call,
                second_call: None,
            } => write!(f, "{pair:?}, wait at call {first_call}"),
            Self::Pair {
                pair,
                first_call,
                second_call: Some(second),
            } => {
                write!(f, "{pair:?}, waits at calls {first_call} and {second}")
            }
            Self::Month { seed, spared } if spared.is_empty() => write!(f, "seed {seed}"),
            Self::Month { seed, spared } => {
                write!(f, "seed {seed} without {} faults", spared.len())
            }
        }
    }
}

async fn alone(
    before: Before,
    cursor: CursorStore,
    fault: Option<(u64, Fault)>,
    is_traced: bool,
) -> Outcome {
    let lake = match before {
        Before::Nothing => Saved::default(),
        Before::Reorg => filled(),
        Before::EarlierVersion => filled_by_earlier_version(),
    };
    let world = World::new(Setting {
        lake,
        cursor,
        is_traced,
        ..Setting::default()
    });
    if before != Before::Nothing {
        grow(&world).await;
        world.mine(if before == Before::Reorg { 45 } else { 0 });
    }
    let faults = fault.map(|(call, fault)| ((0, call), fault));
    world.set_plan(Plan::At(faults.into_iter().collect()));
    drop(world.process("disturbed").ingest().await);
    world.settle(LAKE_START).await;
    world.outcome()
}

async fn grow(world: &World) {
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_secs(7 * 3600)).await;
        world.mine(0);
    }
    tokio::time::sleep(Duration::from_secs(7 * 3600)).await;
}

async fn two_writers(
    pair: Pair,
    first_call: u64,
    second_call: Option<u64>,
    is_traced: bool,
) -> Outcome {
    let (first, second) = pair.writers();
    let is_older = matches!((first, second), (Writer::Upgrade, _) | (_, Writer::Upgrade));
    let lake = if is_older {
        filled_by_earlier_version()
    } else {
        filled()
    };
    let world = World::new(Setting {
        lake,
        is_traced,
        ..Setting::default()
    });
    world.has_two_writers();
    grow(&world).await;
    let (a, b) = (world.process("first"), world.process("second"));
    let mut faults = BTreeMap::from([((0, first_call), Fault::Held)]);
    faults.extend(second_call.map(|call| ((1, call), Fault::Held)));
    world.set_plan(Plan::At(faults));
    let first_ends = write(&a, first);
    let others = async {
        a.gate.held().await;
        // The lease of the first one expires.
        tokio::time::sleep(Duration::from_secs(6 * 60)).await;
        match pair {
            Pair::IngestAndIngest => world.mine(3),
            Pair::IngestAndBackfillOfOthers
            | Pair::BackfillAndIngestOfOthers
            | Pair::IngestAndRefillOfOthers
            | Pair::RefillAndIngestOfOthers => world.mine(48),
            _ => {}
        }
        let second_ends = write(&b, second);
        let release = async {
            b.gate.held().await;
            a.gate.release();
            tokio::time::sleep(Duration::from_secs(60)).await;
            b.gate.release();
        };
        tokio::select! {
            biased;
            _ = second_ends => {}
            never = async { release.await; std::future::pending::<()>().await } => never,
        }
        a.gate.release();
    };
    tokio::select! {
        biased;
        _ = async { tokio::join!(first_ends, others) } => {}
        // The first writer had fewer calls.
        () = tokio::time::sleep(Duration::from_secs(3 * 3600)) => {}
    }
    let mut begin = LAKE_START;
    if pair.has_backfill() {
        // The queue delivers a message again until it is done.
        world.set_plan(Plan::Healthy);
        tokio::time::sleep(Duration::from_secs(600)).await;
        drop(world.process("again").ingest().await);
        if let Some(Err(error)) = write(&world.process("again"), Writer::Backfill).await {
            world.violation(format!("the repeated backfill failed: {error}"));
        }
        begin = *BACKFILLED.start();
    }
    world.settle(begin).await;
    world.outcome()
}

async fn write(process: &Process, writer: Writer) -> Option<Result<(), IngestError>> {
    match writer {
        Writer::Ingest => process.ingest().await.map(|ended| ended.map(drop)),
        Writer::Backfill => process.backfill(BACKFILLED, Redo::Nothing).await,
        Writer::Refill => process.backfill(BACKFILLED, Redo::Everything).await,
        Writer::Reprice => process.reprice().await,
        Writer::Upgrade => process.upgrade().await,
    }
}
