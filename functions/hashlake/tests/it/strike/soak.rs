//! Runs `--watch --exec` with a fast replay of recorded blocks, for minutes or hours.
//!
//! Blocks are replayed 2,000 times as fast as they were found; ingest writes them to a lake, and the
//! API answers from it by the replay's clock. The power price swings through the strikes of three
//! miners. One price in 40 cannot be read, and the API is down for one second in 20. Of every six calls,
//! one fails, and one hangs until it is killed. `make soak MINUTES=60` runs it for an hour, which is 83
//! days of blocks.

#![expect(clippy::print_stdout, reason = "`--nocapture` shows the figures")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hashlake_core::timestamp::Timestamp;
use serde_json::Value;

use crate::common::{Resources, shared_turn};
use crate::strike::recorded::RecordedWorld;
use crate::strike::watching::{Watching, children};

const SPEED: f64 = 2_000.0;
const TICK: Duration = Duration::from_millis(200);
/// A process that has ended, and whose parent does not notice it for this long, is a zombie.
const ZOMBIE: Duration = Duration::from_secs(2);
const HOLD: u64 = 6;
const ASICS: &str = "antminer-s19j-pro-100,antminer-s21-pro-234,antminer-s23-hyd-580";

/// How long to run: `HASHLAKE_SOAK_MINUTES`. The default is a quarter of a minute.
fn duration() -> Duration {
    let minutes = std::env::var("HASHLAKE_SOAK_MINUTES").ok();
    let minutes = minutes
        .and_then(|minutes| minutes.parse().ok())
        .unwrap_or(0.25);
    Duration::from_secs_f64(60.0 * minutes)
}

/// Power price in USD/MWh. It swings daily and every five hours, around the strikes of late 2025.
fn power_price(time: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a recorded time")]
    let turn = |hours: f64| time.to_secs() as f64 / 3600.0 / hours * std::f64::consts::TAU;
    100.0 + 40.0 * turn(24.0).sin() + 80.0 * turn(5.0).sin()
}

/// Replaces the file in one step, so that a reader never finds half of it.
fn replace(file: &Path, text: &str) {
    let new = file.with_extension("new");
    std::fs::write(&new, text).expect("written");
    std::fs::rename(new, file).expect("replaced");
}

/// The last signal of each miner model. Each line is an identifier and a signal.
fn last_signals(lines: &str) -> BTreeMap<String, String> {
    let pairs = lines.lines().filter_map(|line| line.split_once(' '));
    pairs
        .map(|(asic, signal)| (asic.to_owned(), signal.to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_follows_recorded_blocks_without_leaks_and_every_change_is_carried_out() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let world = RecordedWorld::start(&path("lake"), 909_578, 910_000, SPEED).await;
    let (price, calls, done) = (path("price"), path("calls"), path("done"));
    replace(&price, "100");
    std::fs::write(&calls, "").expect("written");
    let exec = format!(
        "cat > /dev/null; n=$(wc -l < {calls}); echo x >> {calls}; case $((n % 6)) in 2) exit 1;; 5) sleep 1000;; esac; \
         echo $HASHLAKE_ASIC_ID $HASHLAKE_SIGNAL >> {done}",
        calls = calls.display(),
        done = done.display()
    );
    let power = format!("cat {}", price.display());
    let mut watch = Watching::start_every(
        "0.1",
        &world.url,
        &[
            "--asic",
            ASICS,
            "--power-price-command",
            &power,
            "--exec",
            &exec,
            "--format",
            "json",
            "--hold",
            &HOLD.to_string(),
            "--command-timeout",
            "1",
        ],
    );
    let (started, duration) = (Instant::now(), duration());
    let mut changes: Vec<Value> = Vec::new();
    let mut ticks = 0_u32;
    let mut zombies = BTreeSet::new();
    let mut before: Option<Resources> = None;
    let mut dead: BTreeMap<u32, Instant> = BTreeMap::new();

    let mut ticker = tokio::time::interval(TICK);
    while started.elapsed() < duration {
        ticker.tick().await;
        ticks += 1;
        match ticks % 40 {
            39 => replace(&price, "n/a"),
            _ => replace(&price, &power_price(world.clock()).to_string()),
        }
        let is_down = ticks % 100 >= 95;
        world.is_down.store(is_down, Ordering::Relaxed);
        if ticks.is_multiple_of(5) {
            world.ingest(None).await;
        }
        changes.extend(
            watch
                .changes_so_far()
                .iter()
                .map(|line| serde_json::from_str(line).expect("JSON")),
        );
        // A process that ended a moment ago is a zombie until its parent has noticed it.
        let is_dead = |(pid, state): (u32, char)| (state == 'Z').then_some(pid);
        let seen: Vec<u32> = children(watch.pid())
            .into_iter()
            .filter_map(is_dead)
            .collect();
        dead.retain(|pid, _| seen.contains(pid));
        for pid in seen {
            let since = dead.entry(pid).or_insert_with(Instant::now);
            if ZOMBIE < since.elapsed() {
                zombies.insert(pid);
            }
        }
        if before.is_none() && duration / 5 < started.elapsed() {
            before = Some(Resources::of(watch.pid()));
        }
        if ticks.is_multiple_of(300) {
            println!(
                "{:?}: {} changes, {:?}",
                world.clock(),
                changes.len(),
                Resources::of(watch.pid())
            );
        }
    }
    // From here on, nothing changes. Wait until the last change of every miner model is carried out.
    world.is_down.store(false, Ordering::Relaxed);
    replace(&price, &power_price(world.clock()).to_string());
    let printed = |changes: &[Value]| {
        let lines = changes.iter().map(|change| {
            let word = |name: &str| change[name].as_str().expect("a word").to_owned();
            format!("{} {}\n", word("asic_id"), word("signal"))
        });
        last_signals(&lines.collect::<String>())
    };
    while last_signals(&std::fs::read_to_string(&done).unwrap_or_default()) != printed(&changes) {
        tokio::time::sleep(TICK).await;
        changes.extend(
            watch
                .changes_so_far()
                .iter()
                .map(|line| serde_json::from_str(line).expect("JSON")),
        );
    }
    let (before, after) = (
        before.expect("a fifth of the time is over"),
        Resources::of(watch.pid()),
    );
    let left = children(watch.pid());
    let log = watch.log_so_far();
    let (status, _, _) = watch.stop().await;

    let logged = |text: &str| log.iter().filter(|line| line.contains(text)).count();
    println!(
        "{:?} at {SPEED} times real time: {} polls with a price, {} changes, {} calls, of which {} were repeated after a failure and {} \
         after a timeout, {} dropped; {} times unknown; {} zombies; RSS {} kB -> {} kB, open files {} -> {}",
        started.elapsed(),
        ticks,
        changes.len(),
        std::fs::read_to_string(&calls)
            .expect("calls")
            .lines()
            .count(),
        logged("command failed"),
        logged("was killed"),
        logged("a newer change of this miner model replaces"),
        logged("the signal is unknown"),
        zombies.len(),
        before.memory_kb,
        after.memory_kb,
        before.open_files,
        after.open_files,
    );
    assert!(status.success(), "{status}");
    assert!(changes.len() > 3, "{changes:?}");
    assert_eq!((zombies.len(), left.len()), (0, 0), "{left:?}");
    assert!(
        after.memory_kb < before.memory_kb + 8 * 1024,
        "{before:?} {after:?}"
    );
    assert!(
        after.open_files < before.open_files + 8,
        "{before:?} {after:?}"
    );
    let mut last: BTreeMap<String, Value> = BTreeMap::new();
    for change in changes {
        let number = |name: &str| change[name].as_f64().expect("a number");
        let (power, limit, holds) = match change["signal"].as_str() {
            Some("stop") => (
                number("power_price_usd_per_mwh"),
                number("stop_above"),
                f64::gt as fn(&f64, &f64) -> bool,
            ),
            _ => (
                number("power_price_usd_per_mwh"),
                number("start_below"),
                f64::lt as fn(&f64, &f64) -> bool,
            ),
        };
        let asic = change["asic_id"].as_str().expect("an ID").to_owned();
        if let Some(earlier) = last.insert(asic, change.clone()) {
            assert!(holds(&power, &limit), "{change}");
            assert_ne!(earlier["signal"], change["signal"]);
            let height = |change: &Value| change["height"].as_u64().expect("a height");
            assert!(
                height(&earlier) + HOLD <= height(&change),
                "{earlier} {change}"
            );
        }
    }
}
