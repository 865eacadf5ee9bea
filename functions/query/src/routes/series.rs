//! `GET /series`: columns over time.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::timestamp::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::http::answer::{Body, Format};
use crate::http::api::Api;
use crate::http::csv::{Float, Table};
use crate::http::openapi::{ColumnSchema, OtherResponses, TAG, columns};
use crate::http::parameters::{List, Time};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::points::field::{Field, FieldValues};
use crate::points::interval::Interval;
use crate::points::time_range::{Points, TimeRange};

const DEFAULT_FIELDS: [Field; 3] = [Field::UsdPerPhDay, Field::SatPerPhDay, Field::PriceUsd];

type Fields = List<Field>;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeriesQuery {
    /// Time interval of one point, in UTC. Weeks start on Monday. Default: `day`.
    #[param(inline, example = "day")]
    interval: Option<Interval>,
    /// Points are whole intervals that start at this time or later. RFC 3339, or seconds since
    /// 1970. Default: 30 days before `to`.
    #[param(inline, example = "2025-10-01T00:00:00Z")]
    from: Option<Time>,
    /// Points are intervals that start before this time. RFC 3339, or seconds since 1970. Default:
    /// after the latest block.
    #[param(inline, example = "2025-11-01T00:00:00Z")]
    to: Option<Time>,
    /// Comma-separated columns. Default: `usd_per_ph_day`, `sat_per_ph_day` and `price_usd`.
    #[param(inline, style = Form, explode = false, example = json!(["usd_per_ph_day", "fee_share"]))]
    fields: Option<Fields>,
    /// Format of the answer; the header `Accept: text/csv` also selects CSV. Default: `json`.
    #[param(inline, example = "json")]
    format: Option<Format>,
}

/// Columns over time. All have the same length.
#[derive(Serialize, ToSchema)]
pub(crate) struct Series {
    /// Time interval of one point.
    interval: Interval,
    /// Points start at this time or later.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Points start before this time.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Start of each point's interval; for `block`, the block's median time past.
    #[schema(value_type = Vec<String>, format = DateTime)]
    time: Vec<Timestamp>,
    /// The requested columns, in the order of the request.
    columns: SeriesColumns,
}

/// Columns over time
///
/// A point is a whole interval that starts in `[from, to)`. An interval without a block is left
/// out. The last point may still change. In a mean, every block has the same weight. Limits:
/// 10,000 blocks or hours, and 300,000 values.
#[utoipa::path(
    get,
    path = "/series",
    tag = TAG,
    params(SeriesQuery),
    responses(
        (status = 200, description = "The columns.", content((Series = "application/json"), (String = "text/csv"))),
        OtherResponses
    )
)]
pub(crate) async fn series(
    State(api): State<Arc<Api>>,
    Query(query): Query<SeriesQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (from, to) = (query.from.map(|time| time.0), query.to.map(|time| time.0));
    let fields = &query.fields.map_or(DEFAULT_FIELDS.to_vec(), |list| list.0);
    let mut time_range = TimeRange::new(query.interval, from, to)?;
    if fields.iter().any(|field| field.needs_sums_144()) {
        time_range = time_range.with_sums_144();
    }
    let format = Format::choose(query.format, &headers);
    api.answer(&uri, &headers, (), |history| async move {
        let range = time_range.resolve(&history);
        let Points { points, turn, .. } = time_range
            .points(&history, &range, 1 + fields.len())
            .await?;
        let columns = fields.iter().map(|field| (*field, field.values(&points)));
        let series = Series {
            interval: time_range.interval(),
            from: range.start,
            to: range.end,
            time: points.iter().map(|point| point.start).collect(),
            columns: SeriesColumns(columns.collect()),
        };
        let body = match format {
            Format::Json => Body::json(&series),
            Format::Csv => series.csv(fields),
        };
        Ok(body.in_turn(turn))
    })
    .await
}

impl Series {
    fn csv(&self, fields: &[Field]) -> Body {
        let mut table = Table::new(("time", fields));
        for (row, time) in self.time.iter().enumerate() {
            table.cell(time);
            for (_, values) in &self.columns.0 {
                match values {
                    FieldValues::Ints(values) => table.cell(values[row]),
                    FieldValues::Floats(values) => table.optional_cell(values[row].map(Float)),
                }
            }
            table.end_row();
        }
        table.into_body()
    }
}

/// Columns by name, in the order of the request.
pub(crate) struct SeriesColumns(Vec<(Field, FieldValues)>);

impl Serialize for SeriesColumns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, values)| (field, values)))
    }
}

impl PartialSchema for SeriesColumns {
    fn schema() -> RefOr<Schema> {
        columns(Field::ALL.map(|field| ColumnSchema {
            field,
            meaning: field.meaning(),
            is_integer: field.is_integer(),
        }))
    }
}

impl ToSchema for SeriesColumns {
    fn name() -> Cow<'static, str> {
        "SeriesColumns".into()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Method;
    use hashlake_core::revenue::PricedBlock;
    use hashlake_core::units::Sats;
    use serde_json::{Value, json};

    use crate::fixture::{World, get, rows, send};

    #[tokio::test]
    async fn a_series_of_days_comes_from_the_daily_table() {
        // Blocks are ten minutes apart from 2025-10-28T00:00:00Z, so a day has 144. The first price
        // is 84,714 USD, and each next one is a dollar higher.
        let world = World::with_blocks(200).await;

        let series = get(
            &world.router(),
            "/api/v1/series?fields=blocks,height,fees_sat,price_usd",
        )
        .await;

        // (0 + .. + 143) / 144 = 71.5 and (144 + .. + 199) / 56 = 171.5 above 84,714.
        assert_eq!(
            series,
            json!({
                "interval": "day",
                "from": "2025-09-29T00:00:00Z",
                "to": "2025-10-29T09:10:01Z",
                "time": ["2025-10-28T00:00:00Z", "2025-10-29T00:00:00Z"],
                "columns": {
                    "blocks": [144, 56],
                    "height": [900_143, 900_199],
                    "fees_sat": [288_000_000, 112_000_000],
                    "price_usd": [84_785.5, 84_885.5],
                },
            })
        );
    }

    /// The world's 1,000 blocks with fees of 0, 10,000, 20,000 sat and so on, and their hashprices
    /// with the mean fees of 144 blocks by the definition: 8.64e19 / 2^80 x (312,500,000 + mean).
    fn blocks_with_rising_fees() -> (Vec<PricedBlock>, Vec<Option<f64>>) {
        let mut rows = rows(1000);
        for (row, n) in rows.iter_mut().zip(0..) {
            row.block.fees = Sats::new(10_000 * n).expect("an amount");
        }
        // The mean of 10,000 x (n - 143) to 10,000 x n.
        let hashprice = |n: u32| {
            let fees = 10_000.0 * (f64::from(n) - 71.5);
            (n >= 143).then(|| 8.64e19 / 2_f64.powi(80) * (312_500_000.0 + fees))
        };
        (rows, (0..1000).map(hashprice).collect())
    }

    fn mean(values: &[Option<f64>]) -> Option<f64> {
        let known: Vec<f64> = values.iter().copied().flatten().collect();
        let count = f64::from(u32::try_from(known.len()).expect("few"));
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / count)
    }

    fn assert_near(found: &Value, expected: Option<f64>) {
        let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-12 * expected;
        match (found.as_f64(), expected) {
            (Some(found), Some(expected)) => assert!(near(found, expected), "{found} {expected}"),
            (found, expected) => assert_eq!(found, expected),
        }
    }

    /// Checks the columns with mean fees at every interval against the values of the blocks.
    async fn assert_means(world: &World, hashprices: &[Option<f64>]) {
        // The price of block n is 84,714 + n USD. Blocks are ten minutes apart from Tuesday,
        // 2025-10-28T00:00:00Z, so the first week has 864 blocks, and October has 576.
        let usd: Vec<Option<f64>> = hashprices
            .iter()
            .zip(0..)
            .map(|(sat, n)| Some((*sat)? / 1e8 * (84_714.0 + f64::from(n))))
            .collect();
        for (interval, parts) in [
            ("block", (0..1000).map(|n| n..n + 1).collect::<Vec<_>>()),
            (
                "hour",
                (0..167).map(|n| 6 * n..(6 * n + 6).min(1000)).collect(),
            ),
            (
                "day",
                (0..7).map(|n| 144 * n..(144 * n + 144).min(1000)).collect(),
            ),
            ("week", vec![0..864, 864..1000]),
            ("month", vec![0..576, 576..1000]),
        ] {
            let path = format!(
                "/api/v1/series?from=0&interval={interval}&fields=sat_per_ph_day_144,usd_per_ph_day_144"
            );
            let columns = get(&world.router(), &path).await["columns"].take();

            let column = |name: &str| columns[name].as_array().expect("a list").clone();
            let (in_sat, in_usd) = (column("sat_per_ph_day_144"), column("usd_per_ph_day_144"));
            assert_eq!(
                (in_sat.len(), in_usd.len()),
                (parts.len(), parts.len()),
                "{interval}"
            );
            for ((sat_mean, usd_mean), part) in in_sat.iter().zip(&in_usd).zip(parts) {
                assert_near(sat_mean, mean(&hashprices[part.clone()]));
                assert_near(usd_mean, mean(&usd[part]));
            }
        }
    }

    #[tokio::test]
    async fn missing_hashprices_with_mean_fees_are_computed_from_the_fees_of_the_lake() {
        let (rows, hashprices) = blocks_with_rising_fees();

        assert_means(&World::with_rows(&rows).await, &hashprices).await;
    }

    #[tokio::test]
    async fn stored_hashprices_with_mean_fees_are_used_from_the_first_block_on() {
        let (mut rows, _) = blocks_with_rising_fees();
        let stored = |n: u32| Some(40_000.0 + f64::from(n));
        for (row, n) in rows.iter_mut().zip(0..) {
            row.block.sat_per_ph_day_144 = stored(n);
        }

        let hashprices: Vec<_> = (0..1000).map(stored).collect();
        assert_means(&World::with_rows(&rows).await, &hashprices).await;
    }

    #[tokio::test]
    async fn means_by_day_change_if_a_file_is_rewritten() {
        let (mut rows, _) = blocks_with_rising_fees();
        let world = World::with_rows(&rows).await;
        let path = "/api/v1/series?interval=month&from=0&fields=sat_per_ph_day_144";
        get(&world.router(), path).await;

        for row in &mut rows {
            row.block.sat_per_ph_day_144 = Some(1.0);
        }
        world.lake.write_blocks(&rows).await;
        world.advance_clock(Duration::from_mins(1));

        let columns = get(&world.router(), path).await["columns"].take();
        assert_eq!(columns["sat_per_ph_day_144"], json!([1.0, 1.0]));
    }

    #[tokio::test]
    async fn means_by_day_are_computed_once() {
        let (rows, _) = blocks_with_rising_fees();
        let world = World::with_rows(&rows).await;
        let path = "/api/v1/series?interval=day&from=0&fields=usd_per_ph_day_144";

        let first = get(&world.router(), path).await;
        let gets = world.lake.gets();

        assert_eq!(get(&world.router(), path).await, first);
        assert_eq!(world.lake.gets(), gets);
    }

    #[tokio::test]
    async fn the_last_day_has_only_the_blocks_up_to_the_cursor() {
        let world = World::with_blocks(200).await;
        world.move_cursor(900_149).await;

        for interval in ["day", "week", "month", "hour", "block"] {
            let series = get(
                &world.router(),
                &format!("/api/v1/series?interval={interval}&fields=blocks,height"),
            )
            .await;

            let blocks: u64 = series["columns"]["blocks"]
                .as_array()
                .expect("a list")
                .iter()
                .filter_map(Value::as_u64)
                .sum();
            assert_eq!(blocks, 150, "{interval}");
            assert_eq!(
                series["columns"]["height"]
                    .as_array()
                    .and_then(|heights| heights.last()),
                Some(&json!(900_149))
            );
        }
    }

    #[tokio::test]
    async fn points_are_whole_intervals_that_start_at_from_or_later_and_before_to() {
        let app = World::with_blocks(1000).await.router();
        let cases = [
            (
                "interval=hour&from=2025-10-31T23:00:00Z&to=2025-11-01T01:00:00Z",
                "2025-10-31T23:00:00Z 2025-11-01T00:00:00Z",
                "6 6",
            ),
            (
                "interval=hour&from=2025-10-31T22:00:01Z&to=2025-10-31T23:00:01Z",
                "2025-10-31T23:00:00Z",
                "6",
            ),
            (
                "interval=block&from=2025-10-31T23:50:00Z&to=2025-11-01T00:10:00Z",
                "2025-10-31T23:50:00Z 2025-11-01T00:00:00Z",
                "1 1",
            ),
            (
                "interval=day&from=2025-10-31T00:00:00Z&to=2025-11-01T00:00:01Z",
                "2025-10-31T00:00:00Z 2025-11-01T00:00:00Z",
                "144 144",
            ),
            (
                "interval=week&from=0",
                "2025-10-27T00:00:00Z 2025-11-03T00:00:00Z",
                "864 136",
            ),
            (
                "interval=month&from=0",
                "2025-10-01T00:00:00Z 2025-11-01T00:00:00Z",
                "576 424",
            ),
            ("interval=hour&from=2030-01-01T00:00:00Z", "", ""),
            ("interval=hour&to=2009-01-03T00:00:00Z", "", ""),
        ];
        let joined = |values: &Value| {
            let texts = values
                .as_array()
                .expect("a list")
                .iter()
                .map(|value| value.to_string().replace('"', ""));
            texts.collect::<Vec<_>>().join(" ")
        };
        for (query, times, blocks) in cases {
            let series = get(&app, &format!("/api/v1/series?fields=blocks&{query}")).await;

            assert_eq!(
                (
                    joined(&series["time"]),
                    joined(&series["columns"]["blocks"])
                ),
                (times.into(), blocks.into()),
                "{query}"
            );
        }
    }

    #[tokio::test]
    async fn the_default_is_thirty_days_up_to_the_latest_block() {
        // The last of the 5,000 blocks is 34 d 17 h 10 min after the first, at
        // 2025-12-01T17:10:00Z.
        let app = World::with_blocks(5000).await.router();
        let first = async |interval| {
            let series = get(&app, &format!("/api/v1/series?interval={interval}")).await;
            series["time"][0]
                .as_str()
                .map(ToOwned::to_owned)
                .expect("a time")
        };

        assert_eq!(first("block").await, "2025-11-01T17:20:00Z");
        assert_eq!(first("hour").await, "2025-11-01T17:00:00Z");
        assert_eq!(first("day").await, "2025-11-01T00:00:00Z");
        assert_eq!(first("month").await, "2025-11-01T00:00:00Z");
    }

    #[tokio::test]
    async fn a_wrong_value_is_a_problem_that_names_the_parameter() {
        let app = World::with_blocks(3).await.router();
        let cases = [
            ("interval=minute", "interval"),
            ("interval=", "interval"),
            ("interval=day&interval=day", "interval"),
            ("fields=price", "fields"),
            ("fields=", "fields"),
            ("fields=blocks,blocks", "fields"),
            ("from=yesterday", "from"),
            ("to=1e400", "to"),
            ("from=20&to=20", "from"),
            ("from=21&to=20", "from"),
            ("asics=antminer-t21-190", "asics"),
            ("%ff=%00", "\u{fffd}"),
        ];
        for (query, parameter) in cases {
            let answer = send(&app, Method::GET, &format!("/api/v1/series?{query}")).await;

            assert_eq!(
                (answer.status, answer.json()["parameter"].as_str()),
                (400, Some(parameter)),
                "{query}"
            );
        }
    }

    #[tokio::test]
    async fn a_plus_in_a_time_must_be_written_as_2b() {
        let app = World::with_blocks(3).await.router();
        let series = async |from: &str| {
            let path = format!("/api/v1/series?from={from}&fields=height");
            send(&app, Method::GET, &path).await
        };

        let plus = series("2025-10-28T01:00:00+01:00").await;
        let encoded = series("2025-10-28T01:00:00%2B01:00").await;

        assert_eq!(
            (plus.status, plus.json()["parameter"].as_str()),
            (400, Some("from"))
        );
        assert!(plus.body.contains("%2B"), "{}", plus.body);
        assert_eq!(encoded.json()["from"], "2025-10-28T00:00:00Z");
    }

    #[tokio::test]
    async fn more_than_10_000_points_are_refused() {
        let app = World::with_blocks(10_001).await.router();

        let refused = send(&app, Method::GET, "/api/v1/series?interval=block&from=0").await;

        assert_eq!(
            (refused.status, refused.json()["parameter"].as_str()),
            (400, Some("from"))
        );
        assert!(refused.body.contains("more than 10000"), "{}", refused.body);
        assert_eq!(
            refused.json()["first_page"],
            json!({ "from": "1970-01-01T00:00:00Z", "to": "2026-01-05T10:40:00Z" })
        );
        let served = get(
            &app,
            "/api/v1/series?interval=block&from=2025-10-28T00:10:00Z&fields=height",
        )
        .await;
        assert_eq!(served["time"].as_array().map(Vec::len), Some(10_000));
        assert_eq!(
            get(&app, "/api/v1/series?interval=hour&from=0&fields=height").await["time"]
                .as_array()
                .map(Vec::len),
            Some(1667)
        );
    }
}
