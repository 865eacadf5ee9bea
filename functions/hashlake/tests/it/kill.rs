//! `kill -9` at different moments: the next run leaves the same bytes as an uninterrupted run.

use std::process::Stdio;
use std::time::Instant;

use crate::common::{files, hashlake, printed, replay, shared_turn};

const TIP: u32 = 919_578; // An ingest from START to TIP commits three times.
const START: u32 = 909_578;

/// Number of kills: the variable `HASHLAKE_KILLS`, or 8.
fn kills() -> u32 {
    std::env::var("HASHLAKE_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(8)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ingest_after_kills_leaves_the_same_bytes_as_an_uninterrupted_one() {
    let _turn = shared_turn().await;
    let (_replay, variables) = replay(TIP, START).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (undisturbed, disturbed) = (
        folder.path().join("undisturbed"),
        folder.path().join("disturbed"),
    );
    let ingest = |lake: &std::path::Path| {
        let mut command = hashlake(&["ingest", "--once"]);
        command
            .envs(&variables)
            .env("LAKE_URL", lake)
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    };
    let started = Instant::now();
    let single_run = ingest(&undisturbed).output().expect("it runs");
    assert!(single_run.status.success(), "{}", printed(&single_run));
    let whole = started.elapsed();

    let mut killed = 0;
    for attempt in 0.. {
        let mut child = ingest(&disturbed).spawn().expect("it starts");
        // Kill the process at this moment of the run. No event marks it.
        std::thread::sleep(whole.mul_f64(moment(attempt)));
        child.kill().expect("killed"); // SIGKILL
        if child.wait().expect("it ended").success() {
            // The run had ended before the kill: try again.
            std::fs::remove_dir_all(&disturbed).expect("removed");
            continue;
        }
        killed += 1;
        if killed == kills() {
            break;
        }
    }
    let last = ingest(&disturbed).output().expect("it runs");

    assert!(last.status.success(), "{}", printed(&last));
    assert!(files(&disturbed) == files(&undisturbed), "the files differ");
    let verified = hashlake(&["verify"])
        .env("LAKE_URL", &disturbed)
        .output()
        .expect("it runs");
    assert!(verified.status.success(), "{}", printed(&verified));
}

/// When to kill, as a fraction of the duration of a whole run: from 2 % to 60 %. Multiples of the
/// golden ratio spread the moments evenly.
fn moment(attempt: u32) -> f64 {
    0.02 + 0.58 * (f64::from(attempt + 1) * 0.618_033_988_749_895).fract()
}
