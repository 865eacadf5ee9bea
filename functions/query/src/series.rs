//! `GET /series`: columns over time.
//!
//! A point is a whole interval that starts in `[from, to)`; an interval without a block is no point. The last one may still
//! grow.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use hashlake::table::daily::DayRow;
use hashlake::timestamp::Timestamp;
use serde_json::{Map, Value, json};

use crate::Api;
use crate::bucket::{self, Bucket, Field, Interval};
use crate::history::{History, ReadError};
use crate::params::{Params, shown};
use crate::problem::Problem;

const DEFAULT_FIELDS: [Field; 3] = [Field::UsdPerPhDay, Field::SatPerPhDay, Field::PriceUsd];
const DEFAULT_SPAN: Duration = Duration::from_hours(30 * 24);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const JUST_AFTER: Duration = Duration::from_millis(1); // The finest step of time that the lake knows.
const MAX_POINTS: u64 = 10_000;

pub(crate) async fn series(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let params = Params::parse(&uri, &["interval", "from", "to", "fields"])?;
    let Query {
        interval,
        span,
        fields,
    } = Query::parse(&params)?;
    let history = api.reader.history().await?;
    let range = span.range(interval, &history).await?;
    limit(points_ahead(interval, history.days(), &range))?;
    let mut buckets = match interval {
        Interval::Block => bucket::of_blocks(interval, history.blocks(range.clone()).await?.iter()),
        Interval::Hour => bucket::of_blocks(
            interval,
            history.blocks(range.start..range.end + HOUR).await?.iter(),
        ),
        Interval::Day | Interval::Week | Interval::Month => {
            bucket::of_days(interval, history.days())
        }
    };
    buckets.retain(|bucket| range.contains(&bucket.start));
    limit(buckets.len() as u64)?;
    let column = |field: &Field| {
        buckets
            .iter()
            .map(|bucket| bucket.value(*field))
            .collect::<Value>()
    };
    Ok(Json(json!({
        "interval": interval.name(),
        "time": buckets.iter().map(|bucket: &Bucket| bucket.start.to_string()).collect::<Vec<_>>(),
        "columns": fields.iter().map(|field| (field.name().to_owned(), column(field))).collect::<Map<_, _>>(),
    })))
}

/// What is asked for.
struct Query {
    interval: Interval,
    span: Span,
    fields: Vec<Field>,
}

/// From when to when, as far as the caller says.
struct Span {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Query {
    fn parse(params: &Params) -> Result<Self, Problem> {
        let interval = match params.text("interval") {
            None => Interval::Day,
            Some(name) => name.parse().map_err(|()| {
                let detail = format!("interval=`{}`: expected {}", shown(name), Interval::NAMES);
                Problem::bad_parameter("interval", detail)
            })?,
        };
        let fields = match params.list("fields")? {
            None => DEFAULT_FIELDS.to_vec(),
            Some(names) => names.into_iter().map(field).collect::<Result<_, _>>()?,
        };
        let span = Span {
            from: params.time("from")?,
            to: params.time("to")?,
        };
        if let (Some(from), Some(to)) = (span.from, span.to)
            && from >= to
        {
            return Err(Problem::bad_parameter(
                "from",
                format!("from ({from}) must be before to ({to})"),
            ));
        }
        Ok(Self {
            interval,
            span,
            fields,
        })
    }
}

impl Span {
    /// What is not said is up to the newest block, and 30 days.
    async fn range(
        &self,
        interval: Interval,
        history: &History<'_>,
    ) -> Result<Range<Timestamp>, ReadError> {
        if let (Some(from), Some(to)) = (self.from, self.to) {
            return Ok(from..to);
        }
        let newest = history
            .newest(DAY)
            .await?
            .iter()
            .next_back()
            .map(|row| row.block.median_time);
        let end = self
            .to
            .unwrap_or(newest.ok_or(ReadError::Empty)? + JUST_AFTER);
        Ok(self.from.unwrap_or(interval.start_of(end - DEFAULT_SPAN))..end)
    }
}

fn field(name: &str) -> Result<Field, Problem> {
    name.parse().map_err(|()| {
        let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
        Problem::bad_parameter(
            "fields",
            format!(
                "`{}` is not a field: expected some of {}",
                shown(name),
                names.join(", ")
            ),
        )
    })
}

/// Points that are to be expected before any block is read: at least so many blocks; at most so many hours.
fn points_ahead<'a>(
    interval: Interval,
    days: impl Iterator<Item = &'a DayRow>,
    range: &Range<Timestamp>,
) -> u64 {
    let points = |day: &DayRow| {
        let (start, end) = (day.day.start(), day.day.end());
        match interval {
            Interval::Block if range.start <= start && end <= range.end => u64::from(day.blocks),
            Interval::Hour => hours(start.max(range.start)..end.min(range.end)),
            Interval::Block | Interval::Day | Interval::Week | Interval::Month => 0,
        }
    };
    days.map(points).sum()
}

/// Hours that start in `range`.
fn hours(range: Range<Timestamp>) -> u64 {
    let before = |end: Timestamp| (end + HOUR - JUST_AFTER).to_ms().div_euclid(3_600_000);
    u64::try_from(before(range.end) - before(range.start)).unwrap_or(0)
}

fn limit(points: u64) -> Result<(), Problem> {
    if points > MAX_POINTS {
        let detail = "an answer has at most 10,000 points, and this would have more: choose a shorter time or a longer interval";
        return Err(Problem::bad_parameter("from", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::fixture::{World, at, get, send};

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
        assert!(refused.body.contains("10,000"), "{}", refused.body);
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

    #[test]
    fn hours_are_counted_by_their_starts() {
        let count = |from, to| hours(at(from)..at(to));

        assert_eq!(count("2025-11-01T00:00:00Z", "2025-11-02T00:00:00Z"), 24);
        assert_eq!(count("2025-11-01T00:00:01Z", "2025-11-01T01:00:00Z"), 0);
        assert_eq!(count("2025-11-01T00:00:00Z", "2025-11-01T00:00:01Z"), 1);
        assert_eq!(count("2025-11-02T00:00:00Z", "2025-11-01T00:00:00Z"), 0);
    }
}
