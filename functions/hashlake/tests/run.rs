//! `hashlake run` with nothing configured: what everyone sees first.

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::hashlake;
use serde_json::Value;

async fn status(page: &str) -> Option<Value> {
    let answer = reqwest::get(format!("{page}/api/v1/status")).await.ok()?;
    answer.error_for_status().ok()?.json().await.ok()
}

/// Waits until the last block is above `height`.
async fn wait_for_block_above(page: &str, height: u64) -> Value {
    loop {
        if let Some(status) = status(page)
            .await
            .filter(|status| status["tip"]["height"].as_u64() > Some(height))
        {
            return status;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_blocks_are_shown_and_go_on() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let lake = tempfile::tempdir().expect("a folder");
    let mut run = hashlake(&["run"])
        .env("LAKE_URL", lake.path())
        .env("LISTEN", "127.0.0.1:0")
        .env(
            "SITE_DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../static-site"),
        )
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut log = BufReader::new(run.stderr.take().expect("piped"))
        .lines()
        .map_while(Result::ok);
    let page = log
        .find_map(|line| Some(line.split_once("the page is on ")?.1.to_owned()))
        .expect("it says where");
    std::thread::spawn(move || log.for_each(drop)); // Or the pipe fills up.

    let filled = wait_for_block_above(&page, 924_777).await;
    let moved = wait_for_block_above(&page, 924_778).await; // In about half a minute: 1,924 s at sixty times real time.
    let html = reqwest::get(&page)
        .await
        .expect("the page")
        .text()
        .await
        .expect("text");
    let stopped = Command::new("kill")
        .arg(run.id().to_string())
        .status()
        .expect("asked to stop");
    let ended = run.wait().expect("it ends");

    assert_eq!(
        (&filled["chain"], &filled["lake"]["first_height"]),
        (&Value::from("main"), &Value::from(909_578))
    );
    assert!(moved["lake"]["blocks"].as_u64() > Some(15_201), "{moved}");
    assert!(html.contains("<title>"), "{html}");
    assert!(stopped.success() && ended.success(), "{ended}");
    let verified = hashlake(&["verify"])
        .env("LAKE_URL", lake.path())
        .output()
        .expect("it runs");
    assert!(verified.status.success(), "{}", common::said(&verified));
}
