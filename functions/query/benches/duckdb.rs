//! The same queries in DuckDB, and a check that its answers equal ours.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use chrono::DateTime;
use hashlake_core::table::{asics, daily};
use serde::Deserialize;
use serde_json::Value;

use crate::cases::{Case, DuckDbQuery};
use crate::lake;
use crate::measure::Times;

const TOLERANCE: f64 = 1e-9; // Relative.

/// How DuckDB answered a query.
pub(crate) struct Measured {
    /// Time of the first run, in a process of its own.
    pub(crate) cold_ms: f64,
    /// Times of the runs after that, as many as ours.
    pub(crate) warm: Times,
    /// Number of rows of the answer.
    pub(crate) rows: usize,
}

#[derive(Deserialize)]
struct DuckDbAnswer {
    cold_ms: f64,
    warm_ms: Vec<f64>,
    columns: Columns,
}

type Columns = BTreeMap<String, Vec<Option<f64>>>;

/// Runs a query in DuckDB, and compares its answer with `ours`.
pub(crate) fn measure(case: &Case, query: &DuckDbQuery, ours: &[u8]) -> Measured {
    let ours: Value = serde_json::from_slice(ours).expect("JSON");
    let answer = run(case, query, &machines(&ours));
    let expected = columns(&ours);
    let mut rows = 0;
    for (name, values) in &answer.columns {
        let expected = expected
            .get(name)
            .unwrap_or_else(|| panic!("{}: `{name}` is not in our answer", case.path));
        assert_eq!(
            expected.len(),
            values.len(),
            "{}: rows of `{name}`",
            case.path
        );
        rows = values.len();
        for (row, (ours, theirs)) in expected.iter().zip(values).enumerate() {
            assert!(
                same(*ours, *theirs),
                "{}: `{name}` in row {row}: {ours:?}, and {theirs:?} in DuckDB",
                case.path
            );
        }
    }
    assert!(rows > 0, "{}: DuckDB found nothing", case.path);
    Measured {
        cold_ms: answer.cold_ms,
        warm: Times::new(answer.warm_ms),
        rows,
    }
}

fn run(case: &Case, query: &DuckDbQuery, machines: &[&str]) -> DuckDbAnswer {
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

/// The machines of an answer, in order of identifier.
fn machines(answer: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = list(&answer["asics"])
        .iter()
        .filter_map(|asic| asic["asic_id"].as_str())
        .collect();
    ids.sort_unstable();
    ids
}

/// The numbers of an answer as columns. Those of several machines follow each other, each with what
/// the answer has for all of them.
fn columns(answer: &Value) -> Columns {
    let mut asics: Vec<&Value> = list(&answer["asics"]).iter().collect();
    asics.sort_by_key(|asic| asic["asic_id"].as_str());
    let mut columns = Columns::new();
    if asics.is_empty() {
        add(&mut columns, answer);
    }
    for asic in asics {
        add(&mut columns, answer);
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

/// A number; a time is a number of seconds since 1970.
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
