//! Tests of `hashlake run` without configuration, which replays recorded blocks.

use crate::common::{Run, hashlake, shared_turn};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn recorded_blocks_are_served_and_new_ones_follow() {
    let _turn = shared_turn().await;
    let lake = tempfile::tempdir().expect("a folder");
    let mut run = Run::start(lake.path());

    let filled = run.wait_for_block_above(924_777).await;
    // This takes about half a minute: the next block is 1,924 s later, at sixty times real time.
    let moved = run.wait_for_block_above(924_778).await;
    let html = reqwest::get(&run.page)
        .await
        .expect("the page")
        .text()
        .await
        .expect("text");
    let ended = run.stop();

    assert_eq!(
        (&filled["chain"], &filled["lake"]["first_height"]),
        (&Value::from("main"), &Value::from(909_578))
    );
    assert!(moved["lake"]["blocks"].as_u64() > Some(15_201), "{moved}");
    assert!(html.contains("<title>"), "{html}");
    assert!(ended.success(), "{ended}");
    let verified = hashlake(&["verify"])
        .env("LAKE_URL", lake.path())
        .output()
        .expect("it runs");
    assert!(
        verified.status.success(),
        "{}",
        crate::common::printed(&verified)
    );
}
