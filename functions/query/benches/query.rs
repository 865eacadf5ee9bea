//! How fast the API responds on one core, with a lake of 950,000 blocks, compared with DuckDB.
#![expect(clippy::print_stdout, reason = "a bench prints its results")]

mod cases;
#[path = "../../../shared/benches/chain/mod.rs"]
mod chain;
mod duckdb;
mod http;
mod lake;
mod measure;
mod memory;

use serde_json::Value;

use crate::cases::Case;
use crate::lake::Contents;

const OUR_COLUMNS: &str = "                               points    bytes     cold  files  runs      min      p50      p99      max target   floor";
const DUCKDB_COLUMNS: &str = "                                 rows API cold  API p50  API p99 DDB cold  DDB p50  DDB p99   x cold    x p50    x p99";

fn main() {
    let one_core = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let one_core = one_core.expect("a runtime");
    match memory::path_to_build() {
        Some(path) => println!("{}", one_core.block_on(memory::build_and_measure(&path))),
        None => one_core.block_on(run()),
    }
}

async fn run() {
    if let Some(took) = lake::build().await {
        println!(
            "Created a lake of 950,000 blocks in {:.1} s.",
            took.as_secs_f64()
        );
    }
    let lake = Contents::read().await;
    let measured = measure_all(&lake).await;
    compare_with_duckdb(&measured);
    let peak_mb = memory::peak_mb(&cases::longest(&lake).await);
    println!(
        "\nPeak memory of a process that only builds the longest response: {peak_mb:.1} MB; target: {} MB.",
        memory::TARGET_MB
    );
}

async fn measure_all(lake: &Contents) -> Vec<(Case, http::Measured)> {
    let bytes_per_ms = measure::memory_bytes_per_ms();
    println!("
Times in ms. cold: first response of a new API, which has read nothing yet. files: time to read the files of the response
from the system's cache. floor: time to copy the response and the values from which it is calculated, at the measured
speed of {:.1} GB/s: no response can be faster.
", bytes_per_ms / 1e6);
    println!("{OUR_COLUMNS}");
    let mut measured = Vec::new();
    for case in cases::all(lake).await {
        let ours = http::measure(&case).await;
        let files: Vec<_> = case.files.iter().map(|key| lake::path(key)).collect();
        let touched = u32::try_from(ours.body.len() + case.values * size_of::<f64>());
        println!(
            "{:30} {:>6} {:>8} {:>8.2} {:>6.2} {:>5} {:>8.3} {:>8.3} {:>8.3} {:>8.3} {:>6} {:>7.4}",
            case.name,
            points(&ours.body),
            ours.body.len(),
            ours.cold.percentile(50),
            measure::read_ms(&files),
            ours.warm.len(),
            ours.warm.percentile(0),
            ours.warm.percentile(50),
            ours.warm.percentile(99),
            ours.warm.percentile(100),
            case.target_ms.map_or("-".to_owned(), |ms| ms.to_string()),
            f64::from(touched.expect("less than 4 GB")) / bytes_per_ms
        );
        measured.push((case, ours));
    }
    measured
}

fn compare_with_duckdb(measured: &[(Case, http::Measured)]) {
    println!("
Comparison with DuckDB (DDB), which runs on one thread and returns NumPy arrays instead of JSON. Times in ms.
cold: the first query of a new process. x: DuckDB's time divided by the API's time.
The bench fails if a result differs from the API's by more than 1e-9 (relative difference).
");
    println!("{DUCKDB_COLUMNS}");
    for (case, ours) in measured {
        let Some(query) = &case.duckdb else {
            continue;
        };
        let its = duckdb::measure(case, query, &ours.body);
        let our_ms = [
            ours.cold.percentile(50),
            ours.warm.percentile(50),
            ours.warm.percentile(99),
        ];
        let its_ms = [
            its.cold_ms,
            its.warm.percentile(50),
            its.warm.percentile(99),
        ];
        print!("{:30} {:>6}", case.name, its.rows);
        our_ms
            .iter()
            .chain(&its_ms)
            .for_each(|ms| print!(" {ms:>8.2}"));
        our_ms
            .iter()
            .zip(&its_ms)
            .for_each(|(ours, its)| print!(" {:>8.1}", its / ours));
        println!();
    }
}

/// Number of points of a response, or `-` if it has no points.
fn points(body: &[u8]) -> String {
    let response: Value = serde_json::from_slice(body).unwrap_or_default();
    let points = response["time"]
        .as_array()
        .or_else(|| response["blocks"].as_array());
    points.map_or("-".to_owned(), |points| points.len().to_string())
}
