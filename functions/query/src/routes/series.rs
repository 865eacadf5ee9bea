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
use crate::points::time_range::TimeRange;

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
    /// Columns, with commas between. Default: `usd_per_ph_day`, `sat_per_ph_day` and `price_usd`.
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
/// out. The last point may still change. In a mean, every block counts equally. Limits:
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
    let time_range = TimeRange::new(query.interval, from, to)?;
    let format = Format::choose(query.format, &headers);
    let fields = &query.fields.map_or(DEFAULT_FIELDS.to_vec(), |list| list.0);
    api.answer(&uri, &headers, (), |history| async move {
        let range = time_range.resolve(&history);
        let points = time_range
            .points(&history, &range, 1 + fields.len())
            .await?;
        let points = points.points;
        let columns = fields.iter().map(|field| (*field, field.values(&points)));
        let series = Series {
            interval: time_range.interval(),
            from: range.start,
            to: range.end,
            time: points.iter().map(|point| point.start).collect(),
            columns: SeriesColumns(columns.collect()),
        };
        Ok(match format {
            Format::Json => Body::json(&series),
            Format::Csv => series.csv(fields),
        })
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
    use axum::http::Method;
    use serde_json::{Value, json};

    use crate::fixture::{World, get, send};

    #[tokio::test]
    async fn days_are_columns_from_the_daily_table() {
        // Blocks every ten minutes from 2025-10-28T00:00:00Z: 144 a day, priced at 84,714 USD and a
        // dollar more each block.
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

    #[tokio::test]
    async fn a_day_that_the_cursor_cuts_ends_at_the_cursor() {
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
        // 5,000 blocks: 34 d 17 h 10 min, so the last is of 2025-12-01T17:10:00Z.
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
