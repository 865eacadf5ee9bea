//! `GET /status`: how far the lake is filled, and how fresh it is.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::month::Month;
use hashlake_core::price_note::{FailingSource, HeldPoint, PriceNote};
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::answer::Body;
use crate::http::api::Api;
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::problem::Problem;
use crate::http::query::{NoParameters, Query};
use crate::reader::error::ReadError;
use crate::reader::history::{BlocksInRange, History, JUST_AFTER};

/// An ingest runs every ten minutes, so three runs in a row have failed.
const INGEST_IS_LATE: Duration = Duration::from_mins(30);

/// At ten minutes per block, only one wait in 160,000 takes this long.
const BLOCK_IS_LATE: Duration = Duration::from_hours(2);

/// The lake is behind if the node is this many blocks ahead. A block or two may be found during a
/// run.
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
    /// Number of blocks of this month and the month before whose price is provisional or missing.
    provisional_prices: usize,
    /// How fresh the prices are, and what is wrong with them.
    prices: PriceStatus,
    /// Time of the last ingest that succeeded.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_ingest: Option<Timestamp>,
    /// Seconds since the last ingest that succeeded.
    age_seconds: Option<u64>,
    /// Number of blocks by which the lake was behind the node when an ingest last moved the cursor.
    behind_blocks: Option<u32>,
    /// Whether the blocks are replayed from a recording. If so, their age does not make the answers
    /// stale.
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

/// How fresh the prices are, and what is wrong with them.
#[derive(Serialize, ToSchema)]
#[schema(as = Prices)]
pub(crate) struct PriceStatus {
    /// Time of the newest price that a block of this month or the month before has.
    #[schema(value_type = Option<String>, format = DateTime)]
    newest: Option<Timestamp>,
    /// Seconds since the time of that price.
    age_seconds: Option<u64>,
    /// Number of blocks of this month and the month before whose price is provisional or missing.
    provisional_blocks: usize,
    /// Why there are no newer prices, if they are late.
    why: Option<String>,
    /// Price sources that fail.
    sources: Vec<FailingPriceSource>,
    /// Prices that are not used, because they are far off those before and after. At most 20.
    suspect: Vec<SuspectPrice>,
}

/// A price source that fails.
#[derive(Serialize, ToSchema)]
pub(crate) struct FailingPriceSource {
    /// Name of the source.
    name: String,
    /// Time of the first failure after the last successful call.
    #[schema(value_type = String, format = DateTime)]
    failing_since: Timestamp,
    /// The last failure, as a phrase that continues a sentence after `name`.
    why: String,
}

/// A price that is not used, because it is far off those before and after.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuspectPrice {
    /// Time of the price.
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// The price in USD per BTC.
    usd: f64,
    /// Source of the price.
    source: String,
    /// The price before this one, in USD per BTC.
    before_usd: Option<f64>,
    /// The price after this one, in USD per BTC; null if there is none yet.
    after_usd: Option<f64>,
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
    let recent_blocks = history
        .readable_blocks(month_before.start()..tip.median_time + JUST_AFTER)
        .await?;
    let provisional_blocks = recent_blocks
        .iter()
        .filter(|row| !row.price_is_final)
        .count();
    let newest = newest_price(history, &recent_blocks).await?;
    let prices = price_status(
        &snapshot.price_note,
        newest,
        provisional_blocks,
        now,
        recorded,
    );
    let freshness = Freshness {
        read_error: snapshot.read_error.as_deref(),
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
        provisional_prices: provisional_blocks,
        prices,
        last_ingest: snapshot.cursor.last_run,
        age_seconds: freshness.since_ingest.map(|age| age.as_secs()),
        behind_blocks: freshness.behind_blocks,
        recorded,
        stale: why.is_some(),
        why,
    })
}

/// Time of the price of the latest block that has one.
async fn newest_price(
    history: &History,
    recent_blocks: &BlocksInRange,
) -> Result<Option<Timestamp>, ReadError> {
    if let Some(quote) = history.tip().price.quote() {
        return Ok(Some(quote.time));
    }
    let priced = recent_blocks.iter().rev().find(|row| row.price.is_some());
    let Some(height) = priced.map(|row| row.height) else {
        return Ok(None);
    };
    let rows = history.rows(height..=height).await?;
    Ok(rows.first().and_then(|row| Some(row.price.quote()?.time)))
}

/// Computes the state of the prices. In a recording, prices are never late.
fn price_status(
    note: &PriceNote,
    newest: Option<Timestamp>,
    provisional_blocks: usize,
    now: Timestamp,
    recorded: bool,
) -> PriceStatus {
    let source = |source: &FailingSource| FailingPriceSource {
        name: source.name.clone(),
        failing_since: source.failing_since,
        why: source.why.clone(),
    };
    let suspect = |held: &HeldPoint| SuspectPrice {
        time: held.time,
        usd: held.usd,
        source: held.source.clone(),
        before_usd: held.before_usd,
        after_usd: held.after_usd,
    };
    PriceStatus {
        newest,
        age_seconds: newest.map(|newest| now.since(newest).as_secs()),
        provisional_blocks,
        why: note.why_late(newest, now).filter(|_| !recorded),
        sources: note.sources.iter().map(source).collect(),
        suspect: note.suspects.iter().map(suspect).collect(),
    }
}

#[derive(Clone, Copy)]
struct Freshness<'a> {
    read_error: Option<&'a str>,
    since_ingest: Option<Duration>,
    since_block: Option<Duration>,
    behind_blocks: Option<u32>,
}

impl Freshness<'_> {
    /// Why the answers are older than they should be: the first cause that applies, or `None` if
    /// they are not.
    fn why(&self) -> Option<String> {
        if let Some(read_error) = self.read_error {
            return Some(format!(
                "{read_error}; answers are from the last successful read"
            ));
        }
        match self.since_ingest {
            None => {
                return Some(
                    "no ingest has succeeded yet: the first one may still be running, see its log"
                        .to_owned(),
                );
            }
            Some(age) if age > INGEST_IS_LATE => {
                return Some(format!(
                    "no ingest has succeeded for {}: check that its schedule is enabled, and see its log",
                    duration_text(age)
                ));
            }
            Some(_) => {}
        }
        match self.behind_blocks {
            Some(blocks) if blocks >= BLOCKS_BEHIND => Some(format!(
                "the node is {blocks} blocks ahead: each ingest adds some of them, and its log shows how fast"
            )),
            _ => self
                .since_block
                .filter(|age| *age > BLOCK_IS_LATE)
                .map(|age| {
                    format!(
                        "the latest block is {} old although ingest runs: check that the node is in sync with the network",
                        duration_text(age)
                    )
                }),
        }
    }
}

fn duration_text(age: Duration) -> String {
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
    use hashlake_core::price::BlockPrice;
    use serde_json::json;

    use super::*;
    use crate::fixture::{World, get, hash, send};

    #[tokio::test]
    async fn the_status_reports_how_far_the_lake_is_filled_and_how_old_it_is() {
        // Blocks 900,000 to 900,999 are ten minutes apart from 2025-10-28T00:00:00Z on, and the
        // clock is an hour after the last one. 999 x 600 s = 6 d 22.5 h, so the last one is at
        // 2025-11-03T22:30:00Z.
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
                "prices": {
                    "newest": "2025-11-03T22:30:00Z",
                    "age_seconds": 3600,
                    "provisional_blocks": 1,
                    "why": null,
                    "sources": [],
                    "suspect": [],
                },
                "last_ingest": "2025-11-03T22:31:00Z",
                "age_seconds": 3540,
                "behind_blocks": 0,
                "recorded": false,
                "stale": true,
                "why": "no ingest has succeeded for 59 min: check that its schedule is enabled, and see its log",
            })
        );
    }

    #[tokio::test]
    async fn late_prices_come_with_the_reason_and_suspect_ones_are_listed() {
        let world = World::with_blocks(1000).await;
        let note = json!({
            "sources": [{ "name": "CoinGecko", "failing_since": "2025-11-03T22:00:00Z", "why": "refuses requests from this IP address (HTTP 403, no text)" }],
            "suspects": [{ "time": "2025-11-03T21:00:00Z", "usd": 8.5e7, "source": "coingecko", "before_usd": 85_000.5, "after_usd": null }],
        });
        world.lake.replace("_prices.json", note.to_string()).await;
        let key = "v1/blocks/year=2025/blocks-2025-11.parquet";
        world
            .lake
            .rewrite_blocks(key, |rows| {
                for row in rows.iter_mut().rev().take(300) {
                    row.price = BlockPrice::Missing;
                }
            })
            .await;

        let prices = get(&world.router(), "/api/v1/status").await["prices"].clone();

        // The last block with a price is 300 blocks, or 50 hours, before the last block, and the
        // clock is an hour after the last block.
        assert_eq!(
            prices,
            json!({
                "newest": "2025-11-01T20:30:00Z",
                "age_seconds": 51 * 3600,
                "provisional_blocks": 300,
                "why": "no new BTC price since 2025-11-01T20:30:00Z: CoinGecko refuses requests from this IP address (HTTP 403, no text), since 2025-11-03T22:00:00Z",
                "sources": note["sources"],
                "suspect": note["suspects"],
            })
        );
        world.lake.replace("_prices.json", "{").await;
        world.advance_clock(Duration::from_mins(2));
        let prices = get(&world.router(), "/api/v1/status").await["prices"].clone();
        assert_eq!(
            (&prices["sources"], &prices["suspect"]),
            (&json!([]), &json!([]))
        );
        assert_eq!(
            prices["why"],
            "no new BTC price since 2025-11-01T20:30:00Z: see the log of ingest"
        );
    }

    #[test]
    fn stale_answers_come_with_a_reason_and_advice() {
        let fresh = Freshness {
            read_error: None,
            since_ingest: Some(Duration::from_mins(10)),
            since_block: Some(Duration::from_mins(100)),
            behind_blocks: Some(2),
        };
        let minutes = |minutes| Duration::from_mins(minutes);
        let cases = [
            (Freshness { ..fresh }, None),
            (
                Freshness {
                    read_error: Some("the lake cannot be read now"),
                    ..fresh
                },
                Some("the lake cannot be read now; answers are from the last successful read"),
            ),
            (
                Freshness {
                    since_ingest: None,
                    ..fresh
                },
                Some(
                    "no ingest has succeeded yet: the first one may still be running, see its log",
                ),
            ),
            (
                Freshness {
                    since_ingest: Some(minutes(31)),
                    ..fresh
                },
                Some(
                    "no ingest has succeeded for 31 min: check that its schedule is enabled, and see its log",
                ),
            ),
            (
                Freshness {
                    behind_blocks: Some(4000),
                    ..fresh
                },
                Some(
                    "the node is 4000 blocks ahead: each ingest adds some of them, and its log shows how fast",
                ),
            ),
            (
                Freshness {
                    since_block: Some(minutes(125)),
                    ..fresh
                },
                Some(
                    "the latest block is 2 h 5 min old although ingest runs: check that the node is in sync with the network",
                ),
            ),
        ];
        for (freshness, why) in cases {
            assert_eq!(freshness.why().as_deref(), why);
        }
        assert_eq!(duration_text(minutes(3 * 1440 + 61)), "3 d 1 h");
    }

    #[tokio::test]
    async fn the_number_of_blocks_behind_the_node_is_reported() {
        let world = World::with_blocks(1000).await;
        world.move_cursor_below(900_100, 900_999).await;

        let status = get(&world.router(), "/api/v1/status").await;

        assert_eq!(status["behind_blocks"], 899);
    }

    #[tokio::test]
    async fn blocks_above_the_cursor_are_not_shown() {
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
    async fn a_lake_that_cannot_be_read_is_a_problem_with_retry_after() {
        let empty = World::with_blocks(0).await;
        let damaged = World::with_blocks(1000).await;
        damaged
            .lake
            .replace("v1/blocks/year=2025/blocks-2025-11.parquet", "PAR1 not")
            .await;
        let lost = World::with_blocks(1000).await;
        lost.lake.replace("_cursor.json", "{}").await;
        let unreadable = World::with_blocks(1000).await;
        unreadable.lake.set_unreadable(true);
        let cases = [
            (&empty, "the lake is empty: no block has been ingested yet"),
            (
                &damaged,
                "the lake's file `v1/blocks/year=2025/blocks-2025-11.parquet` is damaged",
            ),
            (&lost, "the lake's cursor cannot be read now"),
            (&unreadable, "the lake's cursor cannot be read now"),
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
    async fn only_requests_that_need_a_damaged_month_fail() {
        let world = World::with_blocks(1000).await; // October and November.
        let key = "v1/blocks/year=2025/blocks-2025-10.parquet";
        world.lake.replace(key, "PAR1 not").await;
        let app = world.router();

        let november = hash(900_999).to_string();
        for path in [
            "status",
            "summary",
            "asics",
            "blocks?limit=5",
            "blocks/900999",
            &format!("blocks/{november}"),
            "series?interval=day",
            "series?interval=hour&from=2025-11-02T00:00:00Z",
        ] {
            let answer = send(&app, Method::GET, &format!("/api/v1/{path}")).await;

            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        }
        let october = hash(900_000).to_string();
        for path in [
            "blocks/900000",
            &format!("blocks/{october}"),
            "series?interval=hour&from=2025-10-30T00:00:00Z&to=2025-11-02T00:00:00Z",
        ] {
            let answer = send(&app, Method::GET, &format!("/api/v1/{path}")).await;

            assert_eq!(answer.status, 503, "{path}: {}", answer.body);
            let detail = format!("the lake's file `{key}` is damaged");
            assert_eq!(answer.json()["detail"], detail, "{path}");
        }
        let summary = get(&app, "/api/v1/summary").await;
        let change = &summary["asics"][0]["change"];
        assert!(
            change["24h"].is_number() && change["7d"].is_null(),
            "{change}"
        );
    }

    #[tokio::test]
    async fn the_status_takes_no_parameters() {
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
