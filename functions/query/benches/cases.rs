//! The requests of the bench, with their target times and the data that each response needs.

use std::ops::RangeInclusive;
use std::time::Duration;

use hashlake_core::table::daily;
use hashlake_core::timestamp::Timestamp;

use crate::lake::Contents;

const ASICS: &str = "antminer-s19-pro-110,antminer-s19j-pro-100,antminer-s21-pro-234,antminer-s21-xp-270,antminer-s23-hyd-580";
const HOUR_FIELDS: &str = "price_usd,usd_per_ph_day,fees_sat";
const BLOCK_VALUES: usize = 21; // Number of columns of the table of blocks.
/// Number of points of the longest response. With five miners and all columns, it has nearly 300,000
/// values.
const LONGEST_RESPONSE: u32 = 8_800;

/// A request, and what is expected of its response.
pub(crate) struct Case {
    /// Name in the bench's output.
    pub(crate) name: &'static str,
    pub(crate) path: String,
    pub(crate) expect: Expect,
    /// How often the request is sent to an API that has responded to it before.
    pub(crate) runs: usize,
    /// Target for the 99th percentile of the times.
    pub(crate) target_ms: Option<f64>,
    /// Keys of the files that the API reads for the response.
    pub(crate) files: Vec<String>,
    /// Number of 8-byte values from which the response is calculated.
    pub(crate) values: usize,
    /// The equivalent query for DuckDB.
    pub(crate) duckdb: Option<DuckDbQuery>,
}

/// A query of `duckdb_side.py`.
pub(crate) struct DuckDbQuery {
    pub(crate) name: &'static str,
    /// Start of the time range.
    pub(crate) from: Timestamp,
}

/// The kind of response that a case expects.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Expect {
    Json,
    /// Compressed JSON.
    Gzip,
    /// Status 304 without a body.
    NotModified,
}

impl Case {
    fn new(name: &'static str, path: impl Into<String>) -> Self {
        Self {
            name,
            path: path.into(),
            expect: Expect::Json,
            runs: 300,
            target_ms: None,
            files: ["_cursor.json", daily::KEY].map(str::to_owned).into(),
            values: 0,
            duckdb: None,
        }
    }

    fn small(self) -> Self {
        Self { runs: 2000, ..self }
    }

    fn large(self) -> Self {
        Self { runs: 20, ..self }
    }

    fn within_ms(self, target_ms: f64) -> Self {
        Self {
            target_ms: Some(target_ms),
            ..self
        }
    }

    fn expecting(self, expect: Expect) -> Self {
        Self { expect, ..self }
    }

    fn reading(mut self, lake: &Contents, heights: RangeInclusive<u32>) -> Self {
        self.files.extend(lake.block_files(heights));
        self
    }

    fn of_values(self, values: usize) -> Self {
        Self { values, ..self }
    }

    fn compared_with_duckdb(self, name: &'static str, from: Timestamp) -> Self {
        Self {
            duckdb: Some(DuckDbQuery { name, from }),
            ..self
        }
    }
}

/// All requests.
pub(crate) async fn all(lake: &Contents) -> Vec<Case> {
    let (days, tip) = (lake.days(), lake.tip());
    let latest = lake.median_time(tip).await;
    let ago = |days: u64| latest - Duration::from_hours(24 * days);
    let (first, month_ago, year_ago) = (Timestamp::from_block_time(0), ago(30), hour_of(ago(365)));
    let month = || lake.first_height_of_day(month_ago)..=tip;
    let year = || lake.first_height_of_day(year_ago)..=tip;
    let series = |rest: &str| format!("/api/v1/series?interval={rest}");
    let revenue = |rest: &str| format!("/api/v1/revenue?asics={ASICS}&interval={rest}");
    let all_days = |name| Case::new(name, series("day&from=0")).of_values(4 * days);
    vec![
        Case::new("summary", "/api/v1/summary")
            .small()
            .within_ms(2.0)
            .reading(lake, month())
            .of_values(4 * BLOCK_VALUES)
            .compared_with_duckdb("summary", latest),
        Case::new("status", "/api/v1/status")
            .small()
            .reading(lake, tip..=tip)
            .of_values(BLOCK_VALUES),
        Case::new("strike of 60", strike_of_60())
            .small()
            .within_ms(2.0)
            .reading(lake, tip - 143..=tip)
            .of_values(143 + BLOCK_VALUES),
        Case::new("difficulty", "/api/v1/difficulty")
            .small()
            .within_ms(2.0)
            .reading(lake, tip - 2015..=tip)
            .of_values(2 * BLOCK_VALUES),
        all_days("series, all days")
            .within_ms(15.0)
            .compared_with_duckdb("series_by_day", first),
        all_days("same, gzip")
            .within_ms(15.0)
            .expecting(Expect::Gzip),
        all_days("same, not modified")
            .small()
            .within_ms(0.5)
            .expecting(Expect::NotModified)
            .of_values(0),
        Case::new(
            "mean fees, all days",
            series("day&from=0&fields=sat_per_ph_day_144,usd_per_ph_day_144"),
        )
        .large()
        .within_ms(15.0)
        .reading(lake, 0..=tip)
        .of_values(3 * days)
        .compared_with_duckdb("mean_fees_by_day", first),
        Case::new(
            "series, 365 days by hour",
            series(&format!("hour&from={year_ago}&fields={HOUR_FIELDS}")),
        )
        .reading(lake, year())
        .of_values(4 * year().count())
        .compared_with_duckdb("series_by_hour", year_ago),
        Case::new(
            "series, 30 days by block",
            series(&format!("block&from={month_ago}")),
        )
        .within_ms(15.0)
        .reading(lake, month())
        .of_values(4 * month().count())
        .compared_with_duckdb("series_by_block", month_ago),
        Case::new("revenue of 5, all days", revenue("day&from=0"))
            .within_ms(15.0)
            .of_values(5 * days),
        Case::new(
            "per MWh of 5, all days",
            revenue("day&from=0&fields=usd_per_mwh,sat_per_mwh"),
        )
        .of_values(3 * days)
        .compared_with_duckdb("revenue_by_day", first),
        Case::new(
            "revenue of 5, 30 days by block",
            revenue(&format!("block&from={month_ago}")),
        )
        .within_ms(15.0)
        .reading(lake, month())
        .of_values(5 * month().count()),
        Case::new(
            "per MWh of 5, 30 days by block",
            revenue(&format!(
                "block&from={month_ago}&fields=usd_per_mwh,sat_per_mwh"
            )),
        )
        .reading(lake, month())
        .of_values(3 * month().count())
        .compared_with_duckdb("revenue_by_block", month_ago),
        Case::new("100 blocks", "/api/v1/blocks?from_height=500000&limit=100")
            .small()
            .within_ms(5.0)
            .reading(lake, 500_000..=500_099)
            .of_values(100 * BLOCK_VALUES),
        Case::new("one block", "/api/v1/blocks/500000")
            .small()
            .within_ms(5.0)
            .reading(lake, 500_000..=500_000)
            .of_values(BLOCK_VALUES),
    ]
}

/// A fleet of 60 models, at a power price.
fn strike_of_60() -> String {
    let asics: Vec<String> = (0..60)
        .map(|n| format!("custom:200:{}*10", 3000 + n))
        .collect();
    let asics = asics.join(",");
    format!(
        "/api/v1/strike?asics={asics}&pool_fee=0.02&overhead=0.05&adder=5&power_price=50&mining=true"
    )
}

/// The path of the longest possible response: the revenue of the last 8,800 blocks.
pub(crate) async fn longest(lake: &Contents) -> String {
    // The range must start after the time of the block before them, because blocks can share a time.
    let before = lake.median_time(lake.tip() - LONGEST_RESPONSE).await;
    let from = before + Duration::from_secs(1);
    format!("/api/v1/revenue?asics={ASICS}&interval=block&from={from}")
}

/// Start of the hour of `time`.
fn hour_of(time: Timestamp) -> Timestamp {
    time - Duration::from_secs(time.to_secs().rem_euclid(3600).unsigned_abs())
}
