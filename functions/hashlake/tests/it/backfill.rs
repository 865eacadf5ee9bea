//! Tests of `hashlake backfill` as a process.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{exclusive_turn, files, hashlake, printed, replay, shared_turn};
use serde_json::Value;

const FIRST: u32 = 909_578; // The recording has 120 blocks before it, only to compute the hash rate.
const LAST: u32 = 931_518;

fn backfill(from: u32, to: u32, variables: &BTreeMap<String, String>, lake: &Path) -> Command {
    let heights = [from.to_string(), to.to_string()];
    let mut command = hashlake(&[
        "backfill",
        "--json",
        "--from",
        &heights[0],
        "--to",
        &heights[1],
    ]);
    command
        .envs(variables)
        .env("LAKE_URL", lake)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the command until it exits, and returns its summary.
fn summary(mut command: Command) -> Value {
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", printed(&output));
    serde_json::from_slice(&output.stdout).expect("a summary in JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn shuffled_ranges_with_three_kills_give_the_bytes_of_one_uninterrupted_run() {
    // The duration of an uninterrupted run determines when to kill the others.
    let _turn = exclusive_turn().await;
    let (_replay, variables) = replay(LAST, FIRST).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (single_run, shuffled) = (
        folder.path().join("single_run"),
        folder.path().join("shuffled"),
    );
    let started = Instant::now();
    let whole = summary(backfill(FIRST, LAST, &variables, &single_run));
    let quarter = started.elapsed() / 4;
    assert_eq!(
        (&whole["blocks"], &whole["cursor"]),
        (&Value::from(LAST + 1 - FIRST), &Value::from(LAST))
    );

    let pieces = [
        (920_001, 925_432),
        (FIRST, 914_999),
        (925_433, LAST),
        (915_000, 920_000),
    ];
    let mut killed = 0;
    for (place, (from, to)) in pieces.into_iter().enumerate() {
        let mut child = backfill(from, to, &variables, &shuffled)
            .spawn()
            .expect("it starts");
        if place < 3 {
            // Kill the process when about half of the range is filled. No event marks that moment.
            std::thread::sleep(quarter / 2);
            child.kill().expect("killed"); // SIGKILL
        }
        if !child.wait().expect("it ended").success() {
            killed += 1;
        }
    }
    for (from, to) in pieces {
        summary(backfill(from, to, &variables, &shuffled));
    }

    assert_eq!(killed, 3);
    assert!(files(&shuffled) == files(&single_run), "the files differ");
    let again = summary(backfill(FIRST, LAST, &variables, &shuffled));
    assert_eq!(
        (&again["blocks"], &again["cursor"]),
        (&Value::from(0), &Value::from(LAST))
    );
    let verified = hashlake(&["verify"])
        .env("LAKE_URL", &shuffled)
        .output()
        .expect("it runs");
    assert!(verified.status.success(), "{}", printed(&verified));
}

#[tokio::test(flavor = "multi_thread")]
async fn history_can_be_filled_while_ingest_follows_the_tip() {
    let _turn = shared_turn().await;
    let (replay, variables) = replay(918_000, 916_000).await;
    let folder = tempfile::tempdir().expect("a folder");
    let lake = folder.path();
    let ingest = || {
        let output = hashlake(&["ingest", "--once"])
            .envs(&variables)
            .env("LAKE_URL", lake)
            .output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{}", printed(&output));
    };
    ingest();

    let below = summary(backfill(FIRST, 915_999, &variables, lake));
    replay.release_to(918_010);
    ingest();

    assert_eq!(
        (&below["blocks"], &below["cursor"]),
        (&Value::from(916_000 - FIRST), &Value::from(918_000))
    );
    let verified = hashlake(&["verify"])
        .env("LAKE_URL", lake)
        .output()
        .expect("it runs");
    let blocks = 918_011 - FIRST;
    assert!(
        printed(&verified).starts_with(&format!("no errors: {blocks} blocks")),
        "{}",
        printed(&verified)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_backfill_keeps_the_blocks_read_so_far_and_prints_how_to_resume() {
    let _turn = shared_turn().await;
    let (_replay, variables) = replay(LAST, FIRST).await;
    let lake = tempfile::tempdir().expect("a folder");
    let child = backfill(FIRST, LAST, &variables, lake.path())
        .spawn()
        .expect("it starts");
    let blocks = lake.path().join("v1/blocks");
    while !blocks.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }

    let signal = Command::new("kill").arg(child.id().to_string()).status();
    assert!(signal.expect("`kill` runs").success());
    let output = child.wait_with_output().expect("it ends");

    assert_eq!(output.status.code(), Some(1));
    assert!(
        printed(&output).contains("run the same range again to resume"),
        "{}",
        printed(&output)
    );
    let rest = summary(backfill(FIRST, LAST, &variables, lake.path()));
    assert!(
        rest["blocks"].as_u64() < Some(u64::from(LAST + 1 - FIRST)),
        "{rest}"
    );
    assert_eq!(rest["cursor"], LAST);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_reports_missing_blocks_and_changes_nothing() {
    let _turn = shared_turn().await;
    let (_replay, variables) = replay(LAST, FIRST).await;
    let lake = tempfile::tempdir().expect("a folder");
    let mut dry = backfill(FIRST, LAST, &variables, lake.path());
    dry.arg("--dry-run");

    let expected = summary(dry);

    assert_eq!(expected["blocks"], LAST + 1 - FIRST);
    assert_eq!(expected["months"], 6); // The blocks are from August 2025 to January 2026.
    assert_eq!(expected["price_calls"], 2); // The blocks span 155 days.
    assert!(expected["seconds"].as_f64() > Some(0.0), "{expected}");
    assert!(!lake.path().join("v1").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_names_the_heights_that_the_node_does_not_have() {
    let _turn = shared_turn().await;
    let (_replay, variables) = replay(LAST, FIRST).await;
    let lake = tempfile::tempdir().expect("a folder");
    for (from, to) in [(LAST, LAST + 1), (LAST, FIRST)] {
        let output = backfill(from, to, &variables, lake.path())
            .output()
            .expect("it runs");

        assert!(!output.status.success());
        let printed = printed(&output);
        for height in [from, to, LAST] {
            assert!(printed.contains(&height.to_string()), "{printed}");
        }
    }
}
