//! A month that follows from a seed: blocks and reorgs, schedules, backfills, commands, readers, and an
//! operator, each at its own times, with faults at random calls.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use ingest::plan::Redo;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::chain::{BLOCK_S, LAKE_START};
use crate::clock;
use crate::dice::mix;
use crate::fault::Plan;
use crate::market::Habit;
use crate::reader::Reader;
use crate::world::{
    CursorStore, Outcome, Process, Saved, Setting, World, filled, filled_by_earlier_version,
};

const HOUR_S: u64 = 3600;
const DAY_S: u64 = 24 * HOUR_S;
const MONTH: Duration = Duration::from_secs(30 * DAY_S);

/// What a month is like.
#[derive(Clone, Debug)]
pub(crate) struct Month {
    seed: u64,
    habit: Habit,
    cursor: CursorStore,
    /// One in so many calls has a fault.
    one_in: u64,
    schedules: u64,
    /// The first block of the backfills.
    backfill: Option<u32>,
    has_commands: bool,
    moves_clock: bool,
    is_empty: bool,
    is_older: bool,
}

impl Month {
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Rng::with_seed(mix(seed, 1));
        Self {
            seed,
            habit: if dice.u8(..3) == 0 {
                Habit::Irregular
            } else {
                Habit::Regular
            },
            cursor: if dice.bool() {
                CursorStore::Table
            } else {
                CursorStore::Lake
            },
            one_in: [20, 50, 150][dice.usize(..3)],
            schedules: if dice.u8(..3) == 0 { 2 } else { 1 },
            backfill: (dice.u8(..3) == 0).then(|| dice.u32(60..LAKE_START)),
            has_commands: dice.u8(..4) == 0,
            moves_clock: dice.u8(..5) == 0,
            is_empty: dice.u8(..4) == 0,
            is_older: dice.u8(..4) == 0,
        }
    }

    fn dice(&self, actor: u64) -> Rng {
        Rng::with_seed(mix(self.seed, 100 + actor))
    }
}

/// Runs a month, and then two healthy runs.
pub(crate) async fn run_month(month: Month, spared: BTreeSet<u64>, is_traced: bool) -> Outcome {
    let lake = match (month.is_empty, month.is_older) {
        (true, _) => Saved::default(),
        (false, true) => filled_by_earlier_version(),
        (false, false) => filled(),
    };
    let (seed, habit, cursor) = (month.seed, month.habit, month.cursor);
    let plan = Plan::Random {
        seed: mix(seed, 2),
        one_in: month.one_in,
        spared,
    };
    let world = World::new(Setting {
        seed,
        plan,
        habit,
        cursor,
        lake,
        is_traced,
        ..Setting::default()
    });
    world.has_two_writers();
    world.note(&format!("{month:?}"));
    let (world, month) = (Arc::new(world), Arc::new(month));
    let mut actors = JoinSet::new();
    actors.spawn(mine(world.clone(), month.clone()));
    for actor in 0..month.schedules {
        actors.spawn(follow(world.clone(), month.clone(), actor));
    }
    if let Some(first) = month.backfill {
        actors.spawn(backfill(world.clone(), month.clone(), first));
    }
    if month.has_commands {
        actors.spawn(command(world.clone(), month.clone()));
    }
    if month.moves_clock {
        world.has_moved_clock();
        actors.spawn(move_clock(month.clone()));
    }
    actors.spawn(read(world.clone(), month.clone()));
    while let Some(ended) = actors.join_next().await {
        if let Err(error) = ended {
            world.violation(format!("an actor panicked: {error}"));
        }
    }
    world.set_plan(Plan::Healthy);
    clock::move_by(0);
    let mut first = LAKE_START;
    if let Some(begin) = month.backfill {
        // The queue delivers the message again until it is done.
        sleep(Duration::from_secs(HOUR_S)).await;
        drop(world.process("first").ingest().await);
        let ended = world
            .process("again")
            .backfill(begin..=LAKE_START, Redo::Nothing)
            .await;
        if let Some(Err(error)) = ended {
            world.violation(format!("the repeated backfill failed: {error}"));
        }
        first = begin;
    }
    world.settle(first).await;
    world.outcome()
}

async fn mine(world: Arc<World>, month: Arc<Month>) {
    let (mut dice, began) = (month.dice(1), Instant::now());
    while began.elapsed() < MONTH {
        sleep(Duration::from_secs(dice.u64(600..u64::from(2 * BLOCK_S)))).await;
        world.mine(match dice.u8(..) {
            0..3 => dice.u32(4..60),
            3..16 => dice.u32(1..4),
            _ => 0,
        });
    }
}

/// Follows the tip by a schedule, as a function that is kept warm, or started again.
async fn follow(world: Arc<World>, month: Arc<Month>, actor: u64) {
    let (mut dice, began) = (month.dice(10 + actor), Instant::now());
    let mut process: Option<Process> = None;
    sleep(Duration::from_secs(dice.u64(..HOUR_S))).await;
    while began.elapsed() < MONTH {
        let running = process.take().filter(|_| dice.u8(..4) > 0);
        let running = running.unwrap_or_else(|| world.process("ingest"));
        let ended = running.ingest().await;
        let wait_s = match &ended {
            Some(Ok(_)) => dice.u64(6 * HOUR_S..8 * DAY_S),
            _ if dice.bool() => dice.u64(60..20 * 60),
            _ => dice.u64(HOUR_S..2 * DAY_S),
        };
        process = ended.is_some().then_some(running);
        sleep(Duration::from_secs(wait_s)).await;
    }
}

async fn backfill(world: Arc<World>, month: Arc<Month>, first: u32) {
    let mut dice = month.dice(20);
    let range = first..=dice.u32(LAKE_START - 1..LAKE_START + 40);
    sleep(Duration::from_secs(dice.u64(..20 * DAY_S))).await;
    for _ in 0..dice.u8(1..3) {
        let redo = match dice.bool() {
            true => Redo::Everything,
            false => Redo::Nothing,
        };
        let process = world.process("backfill");
        if dice.u8(..3) == 0 {
            // The queue delivers the message twice.
            let other = world.process("redelivery");
            tokio::join!(
                process.backfill(range.clone(), redo),
                other.backfill(range.clone(), redo)
            );
        } else {
            drop(process.backfill(range.clone(), redo).await);
        }
        sleep(Duration::from_secs(dice.u64(60..3 * DAY_S))).await;
    }
}

async fn command(world: Arc<World>, month: Arc<Month>) {
    let mut dice = month.dice(30);
    for _ in 0..2 {
        sleep(Duration::from_secs(dice.u64(..15 * DAY_S))).await;
        let process = world.process("command");
        match dice.u8(..5) {
            0 | 1 => drop(process.reprice().await),
            2 | 3 => drop(process.upgrade().await),
            _ => {
                let hour = clock::true_now().to_secs() / 3600 - dice.i64(0..600);
                drop(process.import(hour..=hour + dice.i64(0..30)).await);
            }
        }
    }
}

async fn move_clock(month: Arc<Month>) {
    let mut dice = month.dice(40);
    for _ in 0..3 {
        sleep(Duration::from_secs(dice.u64(..10 * DAY_S))).await;
        clock::move_by(dice.i64(-7_200_000..7_200_000));
    }
}

async fn read(world: Arc<World>, month: Arc<Month>) {
    let (mut dice, began) = (month.dice(50), Instant::now());
    let reader = Reader::new(&world);
    while began.elapsed() < MONTH {
        let limit = match dice.u8(..4) {
            0 => 60,
            _ => dice.u32(1..10),
        };
        reader.read(limit).await;
        let wait_s = if dice.bool() {
            dice.u64(1..10)
        } else {
            dice.u64(HOUR_S..6 * DAY_S)
        };
        sleep(Duration::from_secs(wait_s)).await;
    }
}
