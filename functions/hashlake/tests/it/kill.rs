//! `kill -9` at any moment: the next run restores the bytes of an uninterrupted run.

use std::process::Stdio;
use std::time::Instant;

use crate::common::{files, hashlake, printed, replay, shared_turn};

const TIP: u32 = 919_578; // Ingest commits three times from START to here.
const START: u32 = 909_578;

/// Number of kills: `HASHLAKE_KILLS`. Default: 8.
fn kills() -> u32 {
    std::env::var("HASHLAKE_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(8)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_ingest_leaves_the_bytes_of_an_uninterrupted_one() {
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
    let straight = ingest(&undisturbed).output().expect("it runs");
    assert!(straight.status.success(), "{}", printed(&straight));
    let whole = started.elapsed();

    let mut killed = 0;
    for attempt in 0.. {
        let mut child = ingest(&disturbed).spawn().expect("it starts");
        // The kill comes at a chosen moment; there is no event to wait for.
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

/// Fractions of a whole run from 2 % to 60 %, spread evenly by multiples of the golden ratio.
fn moment(attempt: u32) -> f64 {
    0.02 + 0.58 * (f64::from(attempt + 1) * 0.618_033_988_749_895).fract()
}
