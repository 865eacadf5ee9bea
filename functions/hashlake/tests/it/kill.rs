//! `kill -9` at any moment loses nothing and leaves no trace.

use std::process::Stdio;
use std::time::Instant;

use crate::common::{beside_others, files, hashlake, replay, said};

const TIP: u32 = 919_578; // Three commits from the first block, over two months' ends.
const START: u32 = 909_578;

/// `HASHLAKE_KILLS` says how often; a few times where it does not.
fn kills() -> u32 {
    std::env::var("HASHLAKE_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(8)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_ingest_leaves_the_bytes_of_an_undisturbed_one() {
    let _turn = beside_others().await;
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
    assert!(straight.status.success(), "{}", said(&straight));
    let whole = started.elapsed();

    let mut killed = 0;
    for attempt in 0.. {
        let mut child = ingest(&disturbed).spawn().expect("it starts");
        std::thread::sleep(whole.mul_f64(moment(attempt))); // The moment is the point: there is nothing to wait for.
        child.kill().expect("killed"); // SIGKILL
        if child.wait().expect("it ended").success() {
            std::fs::remove_dir_all(&disturbed).expect("removed"); // It was done: begin anew.
            continue;
        }
        killed += 1;
        if killed == kills() {
            break;
        }
    }
    let last = ingest(&disturbed).output().expect("it runs");

    assert!(last.status.success(), "{}", said(&last));
    assert!(files(&disturbed) == files(&undisturbed), "the files differ");
    let verified = hashlake(&["verify"])
        .env("LAKE_URL", &disturbed)
        .output()
        .expect("it runs");
    assert!(verified.status.success(), "{}", said(&verified));
}

/// Shares of a whole run, from 2 % to 60 %, well spread: multiples of the golden ratio.
fn moment(attempt: u32) -> f64 {
    0.02 + 0.58 * (f64::from(attempt + 1) * 0.618_033_988_749_895).fract()
}
