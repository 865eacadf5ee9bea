//! `GET /status`: how far the lake is filled, and how fresh that is.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::month::Month;
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::answer::Body;
use crate::http::api::Api;
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::problem::Problem;
use crate::http::query::{NoParameters, Query};
use crate::reader::error::ReadError;
use crate::reader::history::{History, JUST_AFTER};

/// Three runs in a row have failed: there is one every ten minutes.
const INGEST_IS_LATE: Duration = Duration::from_mins(30);

/// At ten minutes per block, one wait in 160,000 is as long.
const BLOCK_IS_LATE: Duration = Duration::from_hours(2);

/// A node may find a block or two while a run is at work.
const BLOCKS_BEHIND: u32 = 3;

/// How far the lake is filled, and how fresh it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    /// Name of the network.
    chain: &'static str,
    /// Latest block.
    tip: Tip,
    /// Last block that is in every table.
    cursor: StatusCursor,
    /// Contents of the lake.
    lake: LakeContents,
    /// Number of blocks of this month and the month before whose price is preliminary.
    provisional_prices: usize,
    /// Time of the last ingest that succeeded.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_ingest: Option<Timestamp>,
    /// Seconds since the last ingest that succeeded.
    age_seconds: Option<u64>,
    /// Number of blocks by which the lake was behind the node when an ingest last moved the cursor.
    behind_blocks: Option<u32>,
    /// Whether the blocks are a recording that is replayed: then their age does not count.
    recorded: bool,
    /// Whether the answers are older than they should be.
    stale: bool,
    /// Why the answers are stale, and what to do.
    why: Option<String>,
}

/// Latest block.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tip {
    /// Block height.
    height: u32,
    /// Block hash in hex.
    hash: String,
    /// Header time.
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// Median time past.
    #[schema(value_type = String, format = DateTime)]
    median_time: Timestamp,
    /// Seconds since the header time.
    age_seconds: u64,
}

/// Last block that is in every table.
#[derive(Serialize, ToSchema)]
#[schema(as = Cursor)]
pub(crate) struct StatusCursor {
    /// Block height.
    height: u32,
    /// Block hash in hex.
    hash: String,
}

/// Contents of the lake.
#[derive(Serialize, ToSchema)]
#[schema(as = Lake)]
pub(crate) struct LakeContents {
    /// Height of the lowest block.
    first_height: u32,
    /// Number of blocks.
    blocks: u64,
    /// Months that have blocks, such as `2025-11`, by median time.
    months: Vec<String>,
}

/// How far the lake is filled, and how fresh it is
#[utoipa::path(
    get,
    path = "/status",
    tag = TAG,
    responses((status = 200, description = "The status.", body = Status), OtherResponses)
)]
pub(crate) async fn status(
    State(api): State<Arc<Api>>,
    Query(NoParameters {}): Query<NoParameters>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (now, recorded) = ((api.now)(), api.is_recording);
    api.answer(&uri, &headers, now.to_secs(), |history| async move {
        let status = build_status(&history, now, recorded).await?;
        Ok(Body::json(&status))
    })
    .await
}

async fn build_status(
    history: &History,
    now: Timestamp,
    recorded: bool,
) -> Result<Status, ReadError> {
    let (snapshot, tip) = (&history.snapshot, &history.tip().block);
    let days = history.days().await?;
    let this_month = Month::of(tip.median_time);
    let month_before = this_month.previous().unwrap_or(this_month);
    let newest = history
        .blocks(month_before.start()..tip.median_time + JUST_AFTER)
        .await?;
    let freshness = Freshness {
        trouble: snapshot.trouble.as_deref(),
        since_ingest: snapshot.cursor.last_run.map(|time| now.since(time)),
        since_block: (!recorded).then(|| now.since(tip.time)),
        behind_blocks: snapshot
            .cursor
            .node_height
            .map(|node| node.saturating_sub(tip.height)),
    };
    let why = freshness.why();
    Ok(Status {
        chain: snapshot.position.chain.name(),
        tip: Tip {
            height: tip.height,
            hash: tip.hash.to_string(),
            time: tip.time,
            median_time: tip.median_time,
            age_seconds: now.since(tip.time).as_secs(),
        },
        cursor: StatusCursor {
            height: snapshot.position.height,
            hash: snapshot.position.hash.to_string(),
        },
        lake: LakeContents {
            first_height: days.first_height().unwrap_or(tip.height),
            blocks: days.blocks(),
            months: days.months().iter().map(Month::to_string).collect(),
        },
        provisional_prices: newest.iter().filter(|row| !row.price_is_final).count(),
        last_ingest: snapshot.cursor.last_run,
        age_seconds: freshness.since_ingest.map(|age| age.as_secs()),
        behind_blocks: freshness.behind_blocks,
        recorded,
        stale: why.is_some(),
        why,
    })
}

#[derive(Clone, Copy)]
struct Freshness<'a> {
    trouble: Option<&'a str>,
    since_ingest: Option<Duration>,
    since_block: Option<Duration>,
    behind_blocks: Option<u32>,
}

impl Freshness<'_> {
    /// Why the answers are older than they should be, if they are: what is nearest to the reader first.
    fn why(&self) -> Option<String> {
        if let Some(trouble) = self.trouble {
            return Some(format!("{trouble}: these are the last good answers"));
        }
        match self.since_ingest {
            None => {
                return Some(
                    "no ingest has ended well yet: is the first one at work? Its log says"
                        .to_owned(),
                );
            }
            Some(age) if age > INGEST_IS_LATE => {
                return Some(format!(
                    "no ingest has ended well for {}: is its schedule on? Its log says why",
                    spoken(age)
                ));
            }
            Some(_) => {}
        }
        match self.behind_blocks {
            Some(blocks) if blocks >= BLOCKS_BEHIND => Some(format!(
                "the node is {blocks} blocks ahead: each ingest takes some of them, its log says how fast"
            )),
            _ => self
                .since_block
                .filter(|age| *age > BLOCK_IS_LATE)
                .map(|age| {
                    format!(
                        "the newest block is {} old, though ingest runs: is the node in step with the network?",
                        spoken(age)
                    )
                }),
        }
    }
}

fn spoken(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

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
                "behind_blocks": 0,
                "recorded": false,
                "stale": true,
                "why": "no ingest has ended well for 59 min: is its schedule on? Its log says why",
            })
        );
    }

    #[test]
    fn what_is_stale_says_why_and_what_to_do() {
        let fresh = Freshness {
            trouble: None,
            since_ingest: Some(Duration::from_mins(10)),
            since_block: Some(Duration::from_mins(100)),
            behind_blocks: Some(2),
        };
        let minutes = |minutes| Duration::from_mins(minutes);
        let cases = [
            (Freshness { ..fresh }, None),
            (
                Freshness {
                    trouble: Some("the lake cannot be read now"),
                    ..fresh
                },
                Some("the lake cannot be read now: these are the last good answers"),
            ),
            (
                Freshness {
                    since_ingest: None,
                    ..fresh
                },
                Some("no ingest has ended well yet: is the first one at work? Its log says"),
            ),
            (
                Freshness {
                    since_ingest: Some(minutes(31)),
                    ..fresh
                },
                Some("no ingest has ended well for 31 min: is its schedule on? Its log says why"),
            ),
            (
                Freshness {
                    behind_blocks: Some(4000),
                    ..fresh
                },
                Some(
                    "the node is 4000 blocks ahead: each ingest takes some of them, its log says how fast",
                ),
            ),
            (
                Freshness {
                    since_block: Some(minutes(125)),
                    ..fresh
                },
                Some(
                    "the newest block is 2 h 5 min old, though ingest runs: is the node in step with the network?",
                ),
            ),
        ];
        for (freshness, why) in cases {
            assert_eq!(freshness.why().as_deref(), why);
        }
        assert_eq!(spoken(minutes(3 * 1440 + 61)), "3 d 1 h");
    }

    #[tokio::test]
    async fn how_far_the_node_was_ahead_is_told() {
        let world = World::with_blocks(1000).await;
        world.move_cursor_below(900_100, 900_999).await;

        let status = get(&world.router(), "/api/v1/status").await;

        assert_eq!(status["behind_blocks"], 899);
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
        silent.lake.silence(true);
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
