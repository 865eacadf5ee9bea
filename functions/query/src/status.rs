//! `GET /status`: how far the lake is filled, and how old that is.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use hashlake::month::Month;
use serde_json::{Value, json};

use crate::Api;
use crate::history::ReadError;
use crate::params::Params;
use crate::problem::Problem;

pub(crate) async fn status(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Value>, Problem> {
    Params::parse(&uri, &[])?;
    let history = api.reader.history().await?;
    let months = history.months();
    let first = history.days().next().ok_or(ReadError::Empty)?;
    let last = history.days().next_back().ok_or(ReadError::Empty)?;
    let month_before = Month::of(last.day.month().start() - Duration::from_secs(1));
    let newest = history.blocks(month_before.start()..last.day.end()).await?;
    let tip = &newest.iter().next_back().ok_or(ReadError::Empty)?.block;
    let now = (api.now)();
    Ok(Json(json!({
        "chain": history.position.chain.name(),
        "tip": {
            "height": tip.height,
            "hash": tip.hash.to_string(),
            "time": tip.time.to_string(),
            "median_time": tip.median_time.to_string(),
            "age_seconds": now.since(tip.time).as_secs(),
        },
        "cursor": { "height": history.position.height, "hash": history.position.hash.to_string() },
        "lake": {
            "first_height": first.first_height,
            "blocks": history.days().map(|day| u64::from(day.blocks)).sum::<u64>(),
            "months": months.iter().map(Month::to_string).collect::<Vec<_>>(),
        },
        "provisional_prices": newest.iter().filter(|row| !row.price.is_final()).count(),
        "last_ingest": history.last_run.map(|time| time.to_string()),
        "age_seconds": history.last_run.map(|time| now.since(time).as_secs()),
    })))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::fixture::{World, get, hash, send};

    #[tokio::test]
    async fn says_how_far_the_lake_is_filled_and_how_old_that_is() {
        // Blocks 900000 to 900999, ten minutes apart from 2025-10-28T00:00:00Z on; the clock is an hour after the last.
        // 999 x 600 s = 6 d 22.5 h: the last is of 2025-11-03T22:30:00Z.
        let world = World::with_blocks(1000).await;

        let status = get(&world.router(), "/api/v1/status").await;

        assert_eq!(
            status,
            json!({
                "chain": "main",
                "tip": {
                    "height": 900_999,
                    "hash": hash(900_999).to_string(),
                    "time": "2025-11-03T22:30:00Z",
                    "median_time": "2025-11-03T22:30:00Z",
                    "age_seconds": 3600,
                },
                "cursor": { "height": 900_999, "hash": hash(900_999).to_string() },
                "lake": { "first_height": 900_000, "blocks": 1000, "months": ["2025-10", "2025-11"] },
                "provisional_prices": 1,
                "last_ingest": "2025-11-03T22:31:00Z",
                "age_seconds": 3540,
            })
        );
    }

    #[tokio::test]
    async fn blocks_beyond_the_cursor_are_not_shown() {
        let world = World::with_blocks(1000).await;
        world.move_cursor(900_100).await;

        let status = get(&world.router(), "/api/v1/status").await;

        // 100 x 600 s = 16 h 40 min.
        assert_eq!(status["tip"]["height"], 900_100);
        assert_eq!(status["tip"]["median_time"], "2025-10-28T16:40:00Z");
        assert_eq!(
            status["lake"],
            json!({ "first_height": 900_000, "blocks": 101, "months": ["2025-10"] })
        );
        assert_eq!(status["provisional_prices"], 0);
    }

    #[tokio::test]
    async fn what_cannot_be_shown_is_a_problem_that_says_when_to_come_back() {
        let empty = World::with_blocks(0).await;
        let damaged = World::with_blocks(1000).await;
        damaged
            .lake
            .replace("v1/blocks/year=2025/blocks-2025-11.parquet", "PAR1 not")
            .await;
        let lost = World::with_blocks(1000).await;
        lost.lake.replace("_cursor.json", "{}").await;
        let silent = World::with_blocks(1000).await;
        silent.lake.fall_silent();
        let cases = [
            (&empty, "the lake is empty so far"),
            (
                &damaged,
                "the lake's file `v1/blocks/year=2025/blocks-2025-11.parquet` is damaged",
            ),
            (&lost, "the lake's cursor cannot be read now"),
            (&silent, "the lake's cursor cannot be read now"),
        ];
        for (world, detail) in cases {
            for path in [
                "/api/v1/status",
                "/api/v1/summary",
                "/api/v1/series?interval=hour",
            ] {
                let answer = send(&world.router(), Method::GET, path).await;

                assert_eq!(
                    (answer.status, answer.header("retry-after")),
                    (503, "5"),
                    "{path}"
                );
                assert_eq!(answer.header("content-type"), "application/problem+json");
                let expected = json!({ "type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": detail });
                assert_eq!(answer.json(), expected);
            }
        }
    }

    #[tokio::test]
    async fn takes_no_parameter() {
        let answer = send(
            &World::with_blocks(3).await.router(),
            Method::GET,
            "/api/v1/status?a=1",
        )
        .await;

        assert_eq!(
            (answer.status, answer.json()["parameter"].as_str()),
            (400, Some("a"))
        );
    }
}
