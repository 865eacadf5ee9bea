//! `GET /series`: columns over time.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::timestamp::Timestamp;
use serde::{Serialize, Serializer};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::http::answer::{Body, Format};
use crate::http::api::Api;
use crate::http::csv::Table;
use crate::http::parameters::{FIELDS, FORMAT, FROM, INTERVAL, Parameter, TO};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::points::field::{Column, Field};
use crate::points::interval::Interval;
use crate::points::window::Window;
use crate::routes::openapi;

const PARAMETERS: [Parameter; 5] = [INTERVAL, FROM, TO, FIELDS, FORMAT];
const DEFAULT_FIELDS: [Field; 3] = [Field::UsdPerPhDay, Field::SatPerPhDay, Field::PriceUsd];

/// Columns over time, of one length.
#[derive(Serialize, ToSchema)]
pub(crate) struct Series {
    /// How much time a point stands for.
    #[schema(value_type = Interval)]
    interval: &'static str,
    /// Points start from here on.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Points start before here.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Where each point's interval starts; a block's median time.
    #[schema(value_type = Vec<String>, format = DateTime)]
    time: Vec<Timestamp>,
    /// The columns that were asked for.
    columns: Columns,
}

pub(crate) fn operation() -> Operation {
    openapi::operation::<Series>("series", "Columns over time", &PARAMETERS)
        .description(Some(
            "A point is a whole interval that starts in `[from, to)`; one without a block is left out, and the last may still \
             grow. Means are means over blocks. Up to 10,000 blocks or hours, and 300,000 values in all.",
        ))
        .build()
}

pub(crate) async fn series(
    State(api): State<Arc<Api>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::parse(&uri, &PARAMETERS)?;
    let window = Window::parse(&params)?;
    let format = Format::of(&params, &headers)?;
    let fields = params.chosen(FIELDS.name, &Field::ALL, Field::name)?;
    let fields = &fields.unwrap_or_else(|| DEFAULT_FIELDS.to_vec());
    api.answer(&uri, &headers, (), |history| async move {
        let range = window.range(&history);
        let points = window
            .points(&history, &range, 1 + fields.len())
            .await?
            .points;
        let series = Series {
            interval: window.interval.name(),
            from: range.start,
            to: range.end,
            time: points.iter().map(|point| point.start).collect(),
            columns: Columns(
                fields
                    .iter()
                    .map(|field| (field.name(), field.column(&points)))
                    .collect(),
            ),
        };
        Ok(Body::of(format, &series, Series::csv))
    })
    .await
}

impl Series {
    fn csv(&self) -> Body {
        let columns = &self.columns.0;
        let mut table = Table::new(
            ["time"]
                .into_iter()
                .chain(columns.iter().map(|(name, _)| *name)),
        );
        for (at, time) in self.time.iter().enumerate() {
            table.cell(time);
            columns
                .iter()
                .for_each(|(_, column)| column.write(at, &mut table));
            table.end_row();
        }
        table.into_body()
    }
}

/// Columns by name, in the order in which they were asked for.
pub(crate) struct Columns(Vec<(&'static str, Column)>);

impl Serialize for Columns {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, column)| (name, column)))
    }
}

impl PartialSchema for Columns {
    fn schema() -> RefOr<Schema> {
        openapi::columns(
            Field::ALL
                .iter()
                .map(|field| (field.about(), field.is_integer())),
        )
    }
}

impl ToSchema for Columns {
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
        // Blocks every ten minutes from 2025-10-28T00:00:00Z: 144 a day, priced at 84,714 USD and a dollar more each block.
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
    async fn a_day_that_the_cursor_cuts_is_added_up_to_the_cursor() {
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
    async fn points_are_the_whole_intervals_that_start_from_from_and_before_to() {
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
    async fn thirty_days_up_to_the_newest_block_are_told_unless_others_are_asked_for() {
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
    async fn what_is_asked_for_wrongly_is_a_problem_that_names_the_parameter() {
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
