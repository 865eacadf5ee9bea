//! Runs the browser tests of static-site/e2e in Chromium.

use std::process::Command;

use crate::common::{Run, exclusive_turn};
use testenv::tool;

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static-site");
const LAST_RECORDED: u32 = 931_518;
// The tests of missing prices fill a lake from this block. The recorded prices end three days later.
const FIRST_BEFORE_UNPRICED: u32 = 924_400;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_passes_its_browser_tests() {
    let _turn = exclusive_turn().await; // The browser tests measure how fast the page reacts.
    let lake = tempfile::tempdir().expect("a folder");
    let run = Run::start(lake.path());
    run.wait_for_block_above(924_777).await;
    let (_replay, unpriced) = crate::common::replay(LAST_RECORDED, FIRST_BEFORE_UNPRICED).await;

    let ended = Command::new("npm")
        .args(["run", "--silent", "e2e"])
        .current_dir(SITE)
        .envs(unpriced)
        .env("PAGE", &run.page)
        .env("HASHLAKE", env!("CARGO_BIN_EXE_hashlake"))
        .env("SITE_DIR", format!("{SITE}/dist"))
        .env("CHROMIUM", tool("chromium"))
        .status()
        .expect("npm runs");

    assert!(ended.success(), "{ended}: see the output above");
}
