//! `GET /difficulty`: when difficulty and subsidy change next.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::chain::Chain;
use hashlake_core::difficulty::{BlockPace, blocks_until, next_halving, period_start};
use hashlake_core::target::BLOCKS_PER_RETARGET;
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::answer::Body;
use crate::http::api::Api;
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::problem::Problem;
use crate::http::query::{NoParameters, Query};
use crate::reader::error::ReadError;
use crate::reader::history::History;

/// The next change of difficulty, and the next halving of the subsidy.
#[derive(Serialize, ToSchema)]
#[schema(as = Difficulty)]
pub(crate) struct DifficultyAnswer {
    /// Latest block.
    block: DifficultyBlock,
    /// Difficulty of the latest block.
    difficulty: f64,
    /// Height of the first block with this difficulty.
    period_first_height: u32,
    /// Header time of that block; null if the lake does not have the block.
    #[schema(value_type = Option<String>, format = DateTime)]
    period_first_time: Option<Timestamp>,
    /// Number of blocks with this difficulty so far.
    period_blocks: u32,
    /// The next change of difficulty; null for networks with other rules than main.
    retarget: Option<Retarget>,
    /// The next halving of the subsidy.
    halving: HalvingJson,
}

/// Latest block.
#[derive(Serialize, ToSchema)]
pub(crate) struct DifficultyBlock {
    /// Block height.
    height: u32,
    /// Block hash in hex.
    hash: String,
    /// Header time.
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
}

/// The next change of difficulty. The forecast assumes that the rest of the 2016 blocks come as
/// fast as those so far. It is null if only the first of them has come, or if the lake lacks the
/// first one.
#[derive(Serialize, ToSchema)]
pub(crate) struct Retarget {
    /// Height of the first block with the new difficulty.
    height: u32,
    /// Number of blocks from the latest one to that block.
    blocks_left: u32,
    /// Forecast of the time of that block.
    #[schema(value_type = Option<String>, format = DateTime)]
    time: Option<Timestamp>,
    /// Forecast of the relative change of difficulty: 0.1 means +10 %. From -0.75 to 3.
    change: Option<f64>,
    /// The forecast minus its standard error. After n + 1 of 2016 blocks, this error is `sqrt(1/n -
    /// 1/2015)` of the new difficulty: about `1/sqrt(n)` at first, and 0 after the last block.
    change_low: Option<f64>,
    /// The forecast plus its standard error.
    change_high: Option<f64>,
}

/// The next halving of the subsidy.
#[derive(Serialize, ToSchema)]
#[schema(as = Halving)]
pub(crate) struct HalvingJson {
    /// Height of the first block with the new subsidy.
    height: u32,
    /// Number of blocks from the latest one to that block.
    blocks_left: u32,
    /// Forecast of the time of that block. Up to the next change of difficulty, blocks are assumed
    /// to come as fast as so far; after it, every ten minutes. Null if `retarget` has no forecast.
    #[schema(value_type = Option<String>, format = DateTime)]
    time: Option<Timestamp>,
    /// The new subsidy in sat.
    subsidy_sat: i64,
}

/// When difficulty and subsidy change next
#[utoipa::path(
    get,
    path = "/difficulty",
    tag = TAG,
    responses((status = 200, description = "The next changes.", body = DifficultyAnswer), OtherResponses)
)]
pub(crate) async fn difficulty(
    State(api): State<Arc<Api>>,
    Query(NoParameters {}): Query<NoParameters>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    api.answer(&uri, &headers, (), |history| async move {
        Ok(Body::json(&build_difficulty(&history).await?))
    })
    .await
}

async fn build_difficulty(history: &History) -> Result<DifficultyAnswer, ReadError> {
    let (chain, tip) = (history.snapshot.position.chain, &history.tip().block);
    let period_first_height = period_start(tip.height);
    let period_first_time = history.period_start_time().await?;
    let pace = period_first_time
        .filter(|_| chain == Chain::Main)
        .and_then(|time| BlockPace::new(time, tip));
    let forecast = pace.map(BlockPace::forecast);
    let halving = next_halving(chain, tip.height);
    Ok(DifficultyAnswer {
        block: DifficultyBlock {
            height: tip.height,
            hash: tip.hash.to_string(),
            time: tip.time,
        },
        difficulty: tip.bits.difficulty().to_f64(),
        period_first_height,
        period_first_time,
        period_blocks: tip.height - period_first_height + 1,
        retarget: (chain == Chain::Main).then(|| Retarget {
            height: period_first_height + BLOCKS_PER_RETARGET,
            blocks_left: blocks_until(BLOCKS_PER_RETARGET, tip.height),
            time: forecast.map(|forecast| forecast.time),
            change: forecast.map(|forecast| forecast.change),
            change_low: forecast.map(|forecast| forecast.change_low),
            change_high: forecast.map(|forecast| forecast.change_high),
        }),
        halving: HalvingJson {
            height: halving.height,
            blocks_left: halving.blocks_left,
            time: pace.map(|pace| pace.time_of(halving.height)),
            subsidy_sat: halving.subsidy.to_sat(),
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::fixture::{World, get, hash};

    #[tokio::test]
    async fn the_next_changes_are_reported_with_forecasts_from_the_blocks_so_far() {
        // Blocks are ten minutes apart, from block 900,000 on. The period starts at block 2016 x
        // 447 = 901,152.
        let world = World::with_blocks(2161).await;

        let mut answer = get(&world.router(), "/api/v1/difficulty").await;

        // The change is 2016 / 2015 - 1. Its standard error is sqrt(1/1008 - 1/2015) = 0.022266 of
        // the new difficulty.
        let mut number = |name: &str| {
            let value = answer["retarget"][name].take();
            format!("{:.6}", value.as_f64().expect("a number"))
        };
        assert_eq!(number("change"), "0.000496");
        assert_eq!(number("change_low"), "-0.021781");
        assert_eq!(number("change_high"), "0.022774");
        assert_eq!(
            answer,
            json!({
                "block": { "height": 902_160, "hash": hash(902_160).to_string(), "time": "2025-11-12T00:00:00Z" },
                "difficulty": 281_474_976_710_656.0,
                "period_first_height": 901_152,
                "period_first_time": "2025-11-05T00:00:00Z",
                "period_blocks": 1009,
                "retarget": {
                    "height": 903_168,
                    "blocks_left": 1008,
                    "time": "2025-11-19T00:00:00Z",
                    "change": null,
                    "change_low": null,
                    "change_high": null,
                },
                "halving": {
                    "height": 1_050_000,
                    "blocks_left": 147_840,
                    // 147,840 x 600 s are 1,026 d 16 h.
                    "time": "2028-09-03T16:00:00Z",
                    "subsidy_sat": 156_250_000,
                },
            })
        );
    }

    #[tokio::test]
    async fn without_the_first_block_of_the_period_there_is_no_forecast() {
        let app = World::with_blocks(1000).await.router();

        let answer = get(&app, "/api/v1/difficulty").await;

        assert_eq!(answer["period_first_time"], Value::Null);
        assert_eq!(answer["retarget"]["blocks_left"], 153); // 901,152 - 900,999
        for name in ["time", "change", "change_low", "change_high"] {
            assert_eq!(answer["retarget"][name], Value::Null, "{name}");
        }
        assert_eq!(answer["halving"]["time"], Value::Null);
    }

    #[tokio::test]
    async fn after_only_the_first_block_of_a_period_there_is_no_forecast() {
        let app = World::with_blocks(1153).await.router();

        let answer = get(&app, "/api/v1/difficulty").await;

        assert_eq!(answer["period_blocks"], 1);
        assert_eq!(answer["retarget"]["blocks_left"], 2016);
        assert_eq!(answer["retarget"]["change"], Value::Null);
    }
}
