//! Tests of `hashlake backtest`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::{hashlake, printed, replay, shared_turn};

const FIRST: u32 = 909_578;
const LAST: u32 = 910_300; // 2025-08-16
const START_S: u32 = 1_755_000_000; // 2025-08-12T12:00:00Z, before the 144th block arrived.

struct Fixture {
    folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (_replay, variables) = replay(LAST, FIRST).await;
        let ingest = hashlake(&["ingest", "--once"])
            .envs(&variables)
            .env("LAKE_URL", folder.path().join("lake"))
            .output()
            .expect("it runs");
        assert!(ingest.status.success(), "{}", printed(&ingest));
        Self { folder }
    }

    fn write(&self, text: &str) -> PathBuf {
        let file = self.folder.path().join("prices.csv");
        std::fs::write(&file, text).expect("written");
        file
    }

    fn run(&self, file: &Path, arguments: &[&str]) -> Output {
        hashlake(&["backtest", "--power-prices"])
            .arg(file)
            .args(arguments)
            .env("LAKE_URL", self.folder.path().join("lake"))
            .output()
            .expect("it runs")
    }

    fn json(&self, file: &Path, arguments: &[&str]) -> Value {
        let output = self.run(file, &[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", printed(&output)))
    }
}

/// 72 hours: cheap for 12 hours, expensive for the next 12, and so on. The price of the 30th hour
/// is missing.
fn half_days() -> String {
    let mut text = "start,usd_per_mwh\n".to_owned();
    for hour in (0..72).filter(|hour| *hour != 29) {
        let usd_per_mwh = if hour % 24 < 12 { 60 } else { 240 };
        writeln!(text, "{},{usd_per_mwh}", START_S + 3600 * hour).expect("a string grows");
    }
    text
}

fn rule<'a>(report: &'a Value, name: &str) -> &'a Value {
    let rules = report["asics"][0]["rules"].as_array().expect("rules");
    let rule = rules.iter().find(|rule| rule["rule"] == name);
    rule.unwrap_or_else(|| panic!("no rule {name} in {report}"))
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is not a number"))
}

fn assert_near(value: &Value, expected: f64) {
    assert!(
        (number(value) - expected).abs() < 1e-6,
        "{value}: {expected}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strike_mines_in_the_cheap_hours_and_earns_as_much_as_perfect_foresight() {
    let _turn = shared_turn().await;
    let fixture = Fixture::new().await;
    let file = fixture.write(&half_days());

    // An S21 Pro earns about 160 USD/MWh in these days.
    let table = printed(&fixture.run(&file, &[]));
    let buyer = fixture.json(&file, &[]);
    let owner = fixture.json(&file, &["--view", "owner"]);
    let csv = printed(&fixture.run(&file, &["--csv"]));

    for line in [
        "power prices  from 2025-08-12T12:00:00Z to 2025-08-15T12:00:00Z\n",
        "gaps          1, 1.0 h in total",
        "Antminer S21 Pro (234 TH/s) (antminer-s21-pro-234), 15.0 J/TH\n",
        "\nperfect foresight ",
    ] {
        assert!(table.contains(line), "{table}");
    }
    let hours = number(&buyer["counted_hours"]);
    let left_out = number(&buyer["left_out_hours"]);
    assert!((hours + left_out - 71.0).abs() < 1e-9 && left_out > 1.0);
    let (strike, best) = (rule(&buyer, "strike"), rule(&buyer, "perfect_foresight"));
    let (always, never) = (rule(&buyer, "always"), rule(&buyer, "never"));
    assert_eq!(strike["profit_usd"], best["profit_usd"]);
    assert_eq!(number(&strike["share_of_foresight"]), 1.0);
    assert_eq!(
        (&strike["starts"], &always["starts"]),
        (&2.into(), &0.into())
    );
    assert_near(&strike["hours_idle"], 36.0);
    assert_near(&strike["power_usd"], 60.0 * number(&strike["mwh_mined"]));
    assert_near(&never["profit_usd"], 0.0);
    assert_near(&always["hours_mined"], hours);
    // In the 36 expensive hours, always mining pays 240 USD/MWh, and earns only about 160.
    let lost = number(&best["profit_usd"]) - number(&always["profit_usd"]);
    assert!((2_000.0..4_000.0).contains(&lost), "{lost}");
    // An owner who never mines sells all power.
    let sold = 240.0 * 36.0 + 60.0 * (hours - 36.0);
    assert_near(&rule(&owner, "never")["profit_usd"], sold);
    let gained = number(&strike["profit_usd"]);
    assert_near(&rule(&owner, "strike")["profit_usd"], sold + gained);
    assert!(
        csv.starts_with("asic_id,rule,month,profit_usd,gain_usd,mwh_mined,hours_mined,hours_idle,hours_wrong,starts,stops,mining_usd,power_usd,sold_usd\n\
                         antminer-s21-pro-234,always,2025-08,"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn miners_terms_and_the_constant_can_be_chosen() {
    let _turn = shared_turn().await;
    let fixture = Fixture::new().await;
    let file = fixture.write(&half_days());

    let plain = fixture.json(&file, &["--asic", "custom:234:3510"]);
    let terms = [
        "--asic",
        "custom:234:3510,antminer-s19j-pro-100",
        "--pool-fee",
        "0.02",
        "--overhead",
        "0.05",
        "--adder",
        "-3",
        "--constant",
        "250",
    ];
    let report = fixture.json(&file, &terms);

    assert_eq!(report["asics"][1]["asic_id"], "antminer-s19j-pro-100");
    // Each MWh earns its revenue x 0.98 / 1.05, plus 3 USD.
    let (plain, site) = (rule(&plain, "always"), rule(&report, "always"));
    let expected = number(&plain["mining_usd"]) * 0.98 / 1.05 + 3.0 * number(&plain["mwh_mined"]);
    assert_near(&site["mining_usd"], expected);
    // 240 USD/MWh is below the constant, so the rule always mines.
    let constant = rule(&report, "constant");
    assert_eq!(constant["constant_usd_per_mwh"], 250.0);
    assert_eq!(constant["profit_usd"], site["profit_usd"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_computed_is_an_error_that_says_what_to_do() {
    let _turn = shared_turn().await;
    let fixture = Fixture::new().await;
    let good = fixture.write(&half_days());
    let empty = Fixture {
        folder: tempfile::tempdir().expect("a folder"),
    };
    let error = |output: Output| {
        assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
        printed(&output)
    };

    let empty_lake = error(empty.run(&good, &[]));
    let unknown = error(fixture.run(&good, &["--asic", "antminer-s21-pro-235"]));
    let missing = error(fixture.run(&good.with_file_name("no.csv"), &[]));
    let other_year = "start,end,usd_per_mwh\n2024-01-01T00:00:00Z,2024-01-02T00:00:00Z,50\n";
    let other_year = error(fixture.run(&fixture.write(other_year), &[]));
    let invalid = error(fixture.run(&fixture.write("start,usd_per_mwh\n2025-08-12,50\n"), &[]));
    let arguments = fixture.run(&good, &["--pool-fee", "1"]);

    assert!(
        empty_lake.contains("is empty: run `hashlake run` or `hashlake ingest --once`"),
        "{empty_lake}"
    );
    assert!(
        unknown.contains("did you mean antminer-s21-pro-234"),
        "{unknown}"
    );
    assert!(
        missing.contains("cannot read") && missing.contains("no.csv"),
        "{missing}"
    );
    assert!(
        other_year.contains("power prices cover 2024-01-01T00:00:00Z to 2024-01-02T00:00:00Z, but the lake has no blocks with a bitcoin price around that time"),
        "{other_year}"
    );
    assert!(
        invalid.contains("prices.csv: line 2, column start: `2025-08-12` is not a time"),
        "{invalid}"
    );
    assert_eq!(arguments.status.code(), Some(2));
    assert!(
        printed(&arguments).contains("expected a number from 0 to below 1"),
        "{}",
        printed(&arguments)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_above_the_cursor_are_not_read() {
    let _turn = shared_turn().await;
    let fixture = Fixture::new().await;
    let file = fixture.write(&half_days());
    let before = fixture.json(&file, &[]);

    let cursor = fixture.folder.path().join("lake/_cursor.json");
    let text = std::fs::read_to_string(&cursor).expect("a cursor");
    std::fs::write(&cursor, text.replace("910300", "909900")).expect("written");
    let after = fixture.json(&file, &[]);

    assert!(number(&after["counted_hours"]) < number(&before["counted_hours"]) - 12.0);
}
