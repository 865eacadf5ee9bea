//! Reads the lake with DuckDB and pyarrow, and compares it with values that they compute from the
//! recording.

use std::path::Path;
use std::process::Command;

use crate::common::{hashlake, printed, shared_turn};

#[tokio::test(flavor = "multi_thread")]
async fn duckdb_and_pyarrow_compute_the_values_that_the_lake_has() {
    let _turn = shared_turn().await;
    let lake = tempfile::tempdir().expect("a folder");
    let ingest = hashlake(&["ingest", "--once"])
        .env("LAKE_URL", lake.path())
        .output()
        .expect("it runs");
    assert!(ingest.status.success(), "{}", printed(&ingest));
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("../replay/recording");

    let read = Command::new(testenv::tool("python"))
        .arg("tests/services/readers.py")
        .arg(lake.path())
        .args([
            recording.join("blocks.csv.gz"),
            recording.join("prices.csv.gz"),
        ])
        .output()
        .expect("Python runs");

    assert!(read.status.success(), "{}", printed(&read));
}

#[tokio::test(flavor = "multi_thread")]
async fn duckdb_finds_the_imported_prices_of_a_file() {
    let _turn = shared_turn().await;
    let lake = tempfile::tempdir().expect("a folder");
    let file = lake.path().join("other-source.csv");
    let recording = Path::new(env!("CARGO_MANIFEST_DIR")).join("../replay/recording/prices.csv.gz");
    let duckdb = |sql: String| {
        let python = Command::new(testenv::tool("python"))
            .args(["-c", "import sys, duckdb; print(duckdb.sql(sys.argv[1]).fetchall() if sys.argv[1].startswith('SELECT') else duckdb.execute(sys.argv[1]))"])
            .arg(sql)
            .output()
            .expect("Python runs");
        assert!(python.status.success(), "{}", printed(&python));
        printed(&python)
    };
    // DuckDB writes the file: times are in milliseconds, newest first, and the newest 100 are left out.
    duckdb(format!(
        "COPY (SELECT price_usd AS close, time_unix * 1000 AS timestamp FROM read_csv('{}') ORDER BY time_unix DESC OFFSET 100) TO '{}'",
        recording.display(),
        file.display()
    ));
    let import = hashlake(&["import-prices"])
        .arg(&file)
        .env("LAKE_URL", lake.path())
        .output()
        .expect("it runs");
    assert!(import.status.success(), "{}", printed(&import));

    let found = duckdb(format!(
        "SELECT count(*), count_if(usd = price_usd), min(source), max(source), min(resolution_s), max(resolution_s)
         FROM read_parquet('{}/v1/prices/*/*.parquet', hive_partitioning = true) JOIN read_csv('{}') ON epoch(time) = time_unix",
        lake.path().display(),
        recording.display()
    ));

    assert_eq!(
        found.trim(),
        "[(4568, 4568, 'other-source.csv', 'other-source.csv', 3600, 3600)]"
    );
}
