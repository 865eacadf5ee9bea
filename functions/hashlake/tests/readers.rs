//! The lake as outside programs see it: DuckDB and pyarrow compute everything anew from the recording.

mod common;

use std::path::Path;
use std::process::Command;

use common::{hashlake, said};

#[test]
fn outside_readers_find_in_the_lake_what_they_compute_themselves() {
    let lake = tempfile::tempdir().expect("a folder");
    let ingest = hashlake(&["ingest", "--once"])
        .env("LAKE_URL", lake.path())
        .output()
        .expect("it runs");
    assert!(ingest.status.success(), "{}", said(&ingest));
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../localstack/replay/recording");

    let read = Command::new(testenv::tool("python"))
        .arg("tests/readers.py")
        .arg(lake.path())
        .args([
            recording.join("blocks.csv.gz"),
            recording.join("prices.csv.gz"),
        ])
        .output()
        .expect("Python runs");

    assert!(read.status.success(), "{}", said(&read));
}
