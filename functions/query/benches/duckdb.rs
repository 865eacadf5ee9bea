//! Runs equivalent queries in DuckDB, and checks that its results equal those of the API.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use chrono::DateTime;
use hashlake_core::table::{asics, daily};
use serde::Deserialize;
use serde_json::Value;

use crate::cases::{Case, DuckDbQuery};
use crate::lake;
use crate::measure::Times;

const TOLERANCE: f64 = 1e-9; // Relative difference.

/// The times of a query in DuckDB, and the size of its result.
pub(crate) struct Measured {
    /// Time of the first run, in a new process.
    pub(crate) cold_ms: f64,
    /// Times of the runs after the first. There are as many as for the API.
    pub(crate) warm: Times,
    /// Number of rows of the result.
    pub(crate) rows: usize,
}

#[derive(Deserialize)]
struct DuckDbResult {
    cold_ms: f64,
    warm_ms: Vec<f64>,
    columns: Columns,
}

type Columns = BTreeMap<String, Vec<Option<f64>>>;

/// Runs a query in DuckDB, and compares its result with `ours`, the response of the API.
pub(crate) fn measure(case: &Case, query: &DuckDbQuery, ours: &[u8]) -> Measured {
    let ours: Value = serde_json::from_slice(ours).expect("JSON");
    let result = run(case, query, &machines(&ours));
    let expected = columns(&ours);
    let mut rows = 0;
    for (name, values) in &result.columns {
        let expected = expected
            .get(name)
            .unwrap_or_else(|| panic!("{}: the API's response has no `{name}`", case.path));
        assert_eq!(
            expected.len(),
            values.len(),
            "{}: number of rows of `{name}`",
            case.path
        );
        rows = values.len();
        for (row, (ours, theirs)) in expected.iter().zip(values).enumerate() {
            assert!(
                same(*ours, *theirs),
                "{}: `{name}` in row {row}: {ours:?} in the API, {theirs:?} in DuckDB",
                case.path
            );
        }
    }
    assert!(rows > 0, "{}: DuckDB returned no rows", case.path);
    Measured {
        cold_ms: result.cold_ms,
        warm: Times::new(result.warm_ms),
        rows,
    }
}

fn run(case: &Case, query: &DuckDbQuery, machines: &[&str]) -> DuckDbResult {
    let output = Command::new(testenv::tool("python"))
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/benches/duckdb_side.py"
        ))
        .args([
            query.name,
            &case.runs.to_string(),
            &query.from.to_string(),
            &machines.join(","),
        ])
        .args([lake::path(daily::KEY), lake::path(asics::KEY)])
        .args(
            case.files
                .iter()
                .filter(|key| key.starts_with("v1/blocks/"))
                .map(|key| lake::path(key)),
        )
        .stderr(Stdio::inherit())
        .output()
        .expect("Python runs");
    assert!(
        output.status.success(),
        "duckdb_side.py {}: {}",
        query.name,
        output.status
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The identifiers of the miners in a response, sorted.
fn machines(response: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = list(&response["asics"])
        .iter()
        .filter_map(|asic| asic["asic_id"].as_str())
        .collect();
    ids.sort_unstable();
    ids
}

/// The numbers of a response, as columns. The columns of several miners are concatenated, and values
/// that the response has once for all miners are repeated for each.
fn columns(response: &Value) -> Columns {
    let mut asics: Vec<&Value> = list(&response["asics"]).iter().collect();
    asics.sort_by_key(|asic| asic["asic_id"].as_str());
    let mut columns = Columns::new();
    if asics.is_empty() {
        add(&mut columns, response);
    }
    for asic in asics {
        add(&mut columns, response);
        add(&mut columns, asic);
    }
    columns
}

fn add(columns: &mut Columns, part: &Value) {
    for (name, value) in part.as_object().into_iter().flatten() {
        match value {
            Value::Object(_) => add(columns, value),
            Value::Array(values) => columns
                .entry(name.clone())
                .or_default()
                .extend(values.iter().map(number)),
            value => columns.entry(name.clone()).or_default().push(number(value)),
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A value as a number: a time becomes seconds since 1970.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| secs(value.as_str()?))
}

fn secs(time: &str) -> Option<f64> {
    let time = DateTime::parse_from_rfc3339(time).ok()?;
    Some(u32::try_from(time.timestamp()).ok()?.into())
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()),
        (a, b) => a == b,
    }
}
