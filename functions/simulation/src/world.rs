//! A world, and what processes do in it.

use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};
use std::time::Duration;

use hashlake_core::asic::{self, Asic};
use hashlake_core::cursor::Cursor;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::lake::Lake;
use hashlake_core::price::{PricePoint, Quote};
use hashlake_core::units::UsdPerBtc;
use ingest::backfill::Backfill;
use ingest::node::Node;
use ingest::pipeline::{IngestContext, IngestError, Report, Run, follow_tip};
use ingest::plan::Redo;
use ingest::prices::PriceSources;
use ingest::prices::store::{Precedence, merge_prices_by};
use ingest::reprice::reprice;
use ingest::upgrade::{Mode, upgrade};
use tokio::time::Instant;

use crate::chain::{LAKE_START, SimChain};
use crate::clock;
use crate::cursor::SimCursor;
use crate::dice::mix;
use crate::fault::{Kind, Plan};
use crate::gate::Gate;
use crate::lake::SimLake;
use crate::market::{Habit, Market, time_of};
use crate::node::SimNode;
use crate::objects::Objects;
use crate::prices::SimPrices;
use crate::state::State;
use crate::watch::Watch;

/// A run has this much time, as in Lambda.
const DEADLINE: Duration = Duration::from_secs(14 * 60);

/// Where the cursor is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CursorStore {
    /// In DynamoDB.
    #[default]
    Table,
    /// In the lake.
    Lake,
}

/// How a world begins. By default, its lake is empty, and there are no faults.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) plan: Plan,
    pub(crate) habit: Habit,
    pub(crate) cursor: CursorStore,
    /// The lake as it is at first.
    pub(crate) lake: Saved,
    /// Whether the machines are those of an earlier version.
    pub(crate) has_older_machines: bool,
    pub(crate) is_traced: bool,
}

/// A lake to begin with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Saved {
    objects: Objects,
    watch: Watch,
}

/// A simulated world. It runs on one thread, whose clock is paused.
pub(crate) struct World {
    state: Arc<Mutex<State>>,
    cursor: CursorStore,
}

/// What happened in a world.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was wrong.
    pub violations: Vec<String>,
    /// Every call, if they were traced.
    pub trace: String,
    /// What the calls of each process were for.
    pub kinds: Vec<Vec<Kind>>,
    /// Numbers of the calls that had a fault, over all processes.
    pub faults: Vec<u64>,
    pub crashes: u64,
}

/// A process of the program.
pub(crate) struct Process {
    pub(crate) gate: Gate,
    context: Arc<IngestContext>,
}

/// The machines of all worlds: two are enough.
static MACHINES: LazyLock<Vec<Asic>> =
    LazyLock::new(|| asic::catalogue().into_iter().take(2).collect());

impl World {
    /// A world that begins now, in a runtime whose clock is paused.
    pub(crate) fn new(setting: Setting) -> Self {
        let Setting {
            seed,
            plan,
            habit,
            cursor,
            lake,
            has_older_machines,
            is_traced,
        } = setting;
        fastrand::seed(seed); // The jitter of retries.
        let state = State {
            seed,
            started: clock::start(),
            plan,
            all_calls: 0,
            kinds: Vec::new(),
            faults: Vec::new(),
            crashes: 0,
            is_traced,
            trace: String::new(),
            asics: MACHINES[..if has_older_machines { 1 } else { 2 }].to_vec(),
            chain: SimChain::first(),
            market: Market {
                habit,
                seed,
                calls_of_day: (0, 0),
            },
            objects: lake.objects,
            watch: lake.watch,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            cursor,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics while it holds the lock")
    }

    /// Starts a process.
    pub(crate) fn process(&self, name: &str) -> Process {
        let gate = Gate::new(self.state.clone(), name);
        let lake = Arc::new(SimLake(gate.clone()));
        let cursor: Arc<dyn Cursor> = match self.cursor {
            CursorStore::Table => Arc::new(SimCursor::new(gate.clone())),
            CursorStore::Lake => Arc::new(ObjectCursor::new(lake.clone())),
        };
        let context = IngestContext {
            node: Node::over(Box::new(SimNode(gate.clone()))),
            prices: PriceSources::new(vec![Box::new(SimPrices(gate.clone()))]),
            lake,
            cursor,
            asics: self.state().asics.clone(),
            inspection: Default::default(),
        };
        Process {
            gate,
            context: Arc::new(context),
        }
    }

    /// A process that only reads.
    pub(crate) fn reader(&self) -> (Gate, Arc<dyn Lake>, Arc<dyn Cursor>) {
        let Process { gate, context } = self.process("reader");
        (gate, context.lake.clone(), context.cursor.clone())
    }

    pub(crate) fn note(&self, line: &str) {
        self.state().note(line);
    }

    /// The lake of this world, to begin another one with.
    pub(crate) fn saved(&self) -> Saved {
        let state = self.state();
        Saved {
            objects: state.objects.clone(),
            watch: state.watch.clone(),
        }
    }

    /// Two processes may write at the same time.
    pub(crate) fn has_two_writers(&self) {
        self.state().watch.has_two_writers = true;
    }

    /// The clock may be moved, so that leases expire early or late.
    pub(crate) fn has_moved_clock(&self) {
        self.state().watch.has_moved_clock = true;
    }

    pub(crate) fn violation(&self, text: String) {
        self.state().violation(text);
    }

    /// From now on, faults happen as planned.
    pub(crate) fn set_plan(&self, plan: Plan) {
        self.state().plan = plan;
    }

    /// Finds a block, and `depth` of the last ones are replaced.
    pub(crate) fn mine(&self, depth: u32) {
        let found_s = u32::try_from(clock::true_now().to_secs()).expect("before 2106");
        let mut state = self.state();
        let salt = mix(state.seed, state.all_calls + 1);
        match depth {
            0 => state.chain.mine(found_s, salt),
            depth => state.chain.reorganize(depth, found_s, salt),
        }
        let tip = state.chain.tip().clone();
        state.note(&format!(
            "block {} {} was found (depth {depth})",
            tip.height, tip.hash
        ));
    }

    /// What happened so far.
    pub(crate) fn outcome(&self) -> Outcome {
        let state = self.state();
        Outcome {
            violations: state.watch.violations.clone(),
            trace: state.trace.clone(),
            kinds: state.kinds.clone(),
            faults: state.faults.clone(),
            crashes: state.crashes,
        }
    }

    /// After the last fault: two healthy runs, after which the lake must be that of an undisturbed world.
    pub(crate) async fn settle(&self, first: u32) {
        self.set_plan(Plan::Healthy);
        clock::move_by(0);
        let habit = self.state().market.habit;
        // Leases expire, and the newest blocks get final prices.
        tokio::time::sleep(Duration::from_secs(25 * 3600)).await;
        for name in ["first", "second"] {
            let process = self.process(name);
            let ended = process.ingest().await;
            if let Some(Err(error)) = ended {
                self.state()
                    .violation(format!("the {name} healthy run failed: {error}"));
            }
            tokio::time::sleep(Duration::from_secs(2 * 3600)).await;
        }
        self.state().check_settled(first, habit == Habit::Regular);
    }
}

impl Process {
    /// Follows the tip; `None` if the process dies.
    pub(crate) async fn ingest(&self) -> Option<Result<Report, IngestError>> {
        let deadline = Instant::now() + DEADLINE;
        let run = Run {
            owner: self.gate.name().to_owned(),
            start_height: Some(LAKE_START),
            time_left: &|| deadline.saturating_duration_since(Instant::now()),
            now: &clock::now,
            progress: &|_| (),
        };
        self.gate.live(follow_tip(&self.context, &run)).await
    }

    /// Fills a range as the function does for a message of the queue.
    pub(crate) async fn backfill(
        &self,
        range: RangeInclusive<u32>,
        redo: Redo,
    ) -> Option<Result<(), IngestError>> {
        let deadline = Instant::now() + DEADLINE;
        let job = Arc::new(Backfill {
            context: self.context.clone(),
            parallel: 2,
            time_left: Box::new(move || deadline.saturating_duration_since(Instant::now())),
            now: clock::now,
            progress: Box::new(|_| ()),
        });
        let work = async {
            job.check(&range).await?;
            let plan = job.plan(range, redo).await?;
            let unfetched = job.fetch_prices(&plan).await?;
            job.fill(&plan, &unfetched).await
        };
        self.gate.live(work).await
    }

    /// Prices all blocks again.
    pub(crate) async fn reprice(&self) -> Option<Result<(), IngestError>> {
        let work = async {
            reprice(&self.context, clock::now(), &|_| ())
                .await
                .map(drop)
        };
        self.gate.live(work).await
    }

    /// Stores these prices, and replaces those that are stored for the same hours.
    pub(crate) async fn import(
        &self,
        hours: RangeInclusive<i64>,
    ) -> Option<Result<(), IngestError>> {
        let point = |hour| PricePoint {
            quote: Quote {
                time: time_of(hour),
                usd: UsdPerBtc::new(Market::true_usd(hour)).expect("a price"),
                source: "imported".into(),
            },
            resolution_s: 3600,
        };
        let points: Vec<PricePoint> = hours.map(point).collect();
        self.gate.state().watch.has_replaced_prices = true;
        let lake = self.context.lake.as_ref();
        let work = async {
            Ok(merge_prices_by(lake, &points, Precedence::New)
                .await
                .map(drop)?)
        };
        self.gate.live(work).await
    }

    /// Brings the lake up to date.
    pub(crate) async fn upgrade(&self) -> Option<Result<(), IngestError>> {
        let IngestContext {
            lake,
            cursor,
            asics,
            ..
        } = self.context.as_ref();
        let owner = (self.gate.name(), clock::now as fn() -> _);
        let work = async {
            upgrade(
                (lake.as_ref(), cursor.as_ref()),
                asics,
                Mode::Write,
                owner,
                &|| false,
            )
            .await
            .map(drop)
        };
        self.gate.live(work).await
    }
}

/// Runs a world on this thread, with its own clock.
pub(crate) fn simulate<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime
        .expect("a runtime without input and output")
        .block_on(work)
}

/// A lake that an undisturbed run has just filled.
pub(crate) fn filled() -> Saved {
    static FILLED: LazyLock<Saved> = LazyLock::new(|| fill(false));
    FILLED.clone()
}

/// Such a lake that an earlier version has filled, which knew other machines.
pub(crate) fn filled_by_earlier_version() -> Saved {
    static FILLED: LazyLock<Saved> = LazyLock::new(|| fill(true));
    FILLED.clone()
}

fn fill(has_older_machines: bool) -> Saved {
    let work = async move {
        let world = World::new(Setting {
            has_older_machines,
            ..Setting::default()
        });
        match world.process("filler").ingest().await {
            Some(Err(error)) => world.violation(format!("an undisturbed run failed: {error}")),
            _ => world.state().check_settled(LAKE_START, false),
        }
        world.saved()
    };
    // On a thread of its own, because the caller may be in a world.
    let filled = std::thread::spawn(|| simulate(work));
    filled.join().expect("an undisturbed run")
}
