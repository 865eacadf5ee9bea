//! `GET /blocks` and `GET /blocks/{id}`: rows of the lake's table `blocks`.

use std::slice;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::hash::BlockHash;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::{HashesPerSecond, Sats};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::answer::{Body, Failure, Format};
use crate::http::api::Api;
use crate::http::csv;
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::parameters::WholeNumber;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::reader::history::History;

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1000;
const ID: &str = "id";

type Height = WholeNumber<0, { u32::MAX }>;
type Limit = WholeNumber<1, MAX_LIMIT>;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BlocksQuery {
    /// Height of the first block. Without it, the last `limit` blocks are returned.
    #[param(inline, example = 909_578)]
    from_height: Option<Height>,
    /// Maximum number of blocks. Default: 100.
    #[param(inline, example = 10)]
    limit: Option<Limit>,
    /// Format of the answer; the header `Accept: text/csv` also selects CSV. Default: `json`.
    #[param(inline, example = "json")]
    format: Option<Format>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BlockQuery {
    /// Format of the answer; the header `Accept: text/csv` also selects CSV. Default: `json`.
    #[param(inline, example = "json")]
    format: Option<Format>,
}

/// Blocks in order of height.
#[derive(Serialize, ToSchema)]
#[schema(as = Blocks)]
pub(crate) struct BlocksJson {
    /// Height of the lowest block in the lake.
    first_height: u32,
    /// Height of the latest block.
    last_height: u32,
    blocks: Vec<BlockJson>,
}

/// A block.
#[derive(Serialize, ToSchema)]
#[schema(as = Block)]
pub(crate) struct BlockJson {
    /// Block height.
    height: u32,
    /// Block hash in hex, as explorers show it.
    hash: String,
    /// Hash of the previous block.
    prev_hash: String,
    /// Header time, as the miner set it.
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// Median time past (BIP 113).
    #[schema(value_type = String, format = DateTime)]
    median_time: Timestamp,
    /// Compact target in hex.
    bits: String,
    /// Difficulty.
    difficulty: f64,
    /// Number of transactions, including the coinbase.
    tx_count: u32,
    /// Block subsidy in sat.
    subsidy_sat: i64,
    /// Transaction fees in sat.
    fees_sat: i64,
    /// Sum of the coinbase's outputs in sat; null if the coinbase was not read.
    claimed_sat: Option<i64>,
    /// Hash rate of the network in H/s: the work of the last 120 blocks divided by the time that
    /// they took.
    network_hashrate_hs: Option<f64>,
    /// Hashprice of this block in sat/PH/day.
    sat_per_ph_day: f64,
    /// Price in USD/BTC that is nearest in time to the header.
    price_usd: Option<f64>,
    /// Time of the price.
    #[schema(value_type = Option<String>, format = DateTime)]
    price_time: Option<Timestamp>,
    /// Source of the price.
    price_source: Option<String>,
    /// Whether the price is final; a provisional price may still be replaced by a nearer one.
    price_final: bool,
    /// Hashprice of this block in USD/PH/day.
    usd_per_ph_day: Option<f64>,
    /// Hashprice in sat/PH/day with the mean fees of this block and the 143 before it; null if some
    /// of these fees are unknown.
    sat_per_ph_day_144: Option<f64>,
    /// Hashprice in USD/PH/day with the mean fees of this block and the 143 before it.
    usd_per_ph_day_144: Option<f64>,
    /// Subsidy plus fees in sat.
    reward_sat: i64,
}

impl From<&PricedBlock> for BlockJson {
    fn from(row: &PricedBlock) -> Self {
        let (block, quote, economics) = (&row.block, row.price.quote(), row.economics());
        Self {
            height: block.height,
            hash: block.hash.to_string(),
            prev_hash: block.prev_hash.to_string(),
            time: block.time,
            median_time: block.median_time,
            bits: block.bits.to_string(),
            difficulty: economics.difficulty.to_f64(),
            tx_count: block.tx_count,
            subsidy_sat: block.subsidy.to_sat(),
            fees_sat: block.fees.to_sat(),
            claimed_sat: block.claimed.map(Sats::to_sat),
            network_hashrate_hs: economics.network_hashrate.map(HashesPerSecond::to_hs),
            sat_per_ph_day: economics.sat_per_ph_day(),
            price_usd: quote.map(|quote| quote.usd.to_usd_per_btc()),
            price_time: quote.map(|quote| quote.time),
            price_source: quote.map(|quote| quote.source.to_string()),
            price_final: row.price.is_final(),
            usd_per_ph_day: economics.usd_per_ph_day(),
            sat_per_ph_day_144: economics.sat_per_ph_day_144,
            usd_per_ph_day_144: economics.usd_per_ph_day_144(),
            reward_sat: block.reward().to_sat(),
        }
    }
}

/// Blocks in order of height
///
/// If `from_height` is above the latest block, the list is empty. To wait for new blocks, send the
/// same request again.
#[utoipa::path(
    get,
    path = "/blocks",
    tag = TAG,
    params(BlocksQuery),
    responses(
        (status = 200, description = "The blocks.", content((BlocksJson = "application/json"), (String = "text/csv"))),
        OtherResponses
    )
)]
pub(crate) async fn blocks(
    State(api): State<Arc<Api>>,
    Query(query): Query<BlocksQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let from_height = query.from_height.map(Height::get);
    let limit = query.limit.map_or(DEFAULT_LIMIT, Limit::get);
    let format = Format::choose(query.format, &headers);
    api.answer(&uri, &headers, (), |history| async move {
        let last_height = history.tip().block.height;
        let first = from_height.unwrap_or((last_height + 1).saturating_sub(limit));
        let rows = history
            .rows(first..=first.saturating_add(limit - 1))
            .await?;
        let blocks: Vec<BlockJson> = rows.iter().map(BlockJson::from).collect();
        Ok(match format {
            Format::Csv if blocks.is_empty() => csv::header(&BlockJson::from(history.tip())),
            Format::Csv => csv::rows(&blocks),
            Format::Json => Body::json(&BlocksJson {
                first_height: history.days().await?.first_height().unwrap_or(last_height),
                last_height,
                blocks,
            }),
        })
    })
    .await
}

/// A block by height or hash
#[utoipa::path(
    get,
    path = "/blocks/{id}",
    tag = TAG,
    params(
        BlockQuery,
        (
            "id" = String,
            Path,
            description = "Block height, or block hash in hex as explorers show it.",
            pattern = "^([0-9]{1,9}|[0-9a-fA-F]{64})$",
            example = "909578"
        )
    ),
    responses(
        (status = 200, description = "The block.", content((BlockJson = "application/json"), (String = "text/csv"))),
        OtherResponses
    )
)]
pub(crate) async fn block(
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    Query(query): Query<BlockQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(id) = id.map_err(|error| Problem::bad_parameter(ID, error.body_text()))?;
    let id: BlockId = id.parse()?;
    let format = Format::choose(query.format, &headers);
    api.answer(&uri, &headers, (), |history| async move {
        let block = BlockJson::from(&find(&history, id).await?);
        Ok(match format {
            Format::Json => Body::json(&block),
            Format::Csv => csv::rows(slice::from_ref(&block)),
        })
    })
    .await
}

/// The height or the hash of a block.
#[derive(Clone, Copy)]
enum BlockId {
    Height(u32),
    Hash(BlockHash),
}

impl FromStr for BlockId {
    type Err = Problem;

    fn from_str(id: &str) -> Result<Self, Problem> {
        let is_height = id.len() < 10 && id.bytes().all(|b| b.is_ascii_digit());
        match (id.parse().ok().filter(|_| is_height), id.parse()) {
            (Some(height), _) => Ok(Self::Height(height)),
            (None, Ok(hash)) => Ok(Self::Hash(hash)),
            (None, Err(_)) => Err(Problem::wrong_value(
                ID,
                id,
                "expected a height of at most nine digits, or a hash of 64 hex digits",
            )),
        }
    }
}

async fn find(history: &History, id: BlockId) -> Result<PricedBlock, Failure> {
    let tip = &history.tip().block;
    let found = match id {
        BlockId::Height(height) => history.rows(height..=height).await?.pop(),
        BlockId::Hash(hash) => history.row_of(hash).await?,
    };
    if let Some(row) = found {
        return Ok(row);
    }
    let first = history.days().await?.first_height().unwrap_or(tip.height);
    let (what, nearest) = match id {
        BlockId::Height(height) if height < first => {
            (format!("height {height}"), first.to_string())
        }
        BlockId::Height(height) => (format!("height {height}"), tip.height.to_string()),
        BlockId::Hash(hash) => (format!("hash {hash}"), tip.hash.to_string()),
    };
    let detail = format!(
        "no block with {what}; the lake has heights {first} to {}, and the latest block is {}",
        tip.height, tip.hash
    );
    Err(Problem::unknown(ID, detail, vec![nearest]).into())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::{Value, json};

    use crate::fixture::{World, get, hash, send};

    fn heights(answer: &Value) -> Vec<u64> {
        let blocks = answer["blocks"].as_array().expect("a list");
        blocks
            .iter()
            .filter_map(|block| block["height"].as_u64())
            .collect()
    }

    #[tokio::test]
    async fn rows_equal_those_of_the_table() {
        let app = World::with_blocks(1000).await.router();

        let block = get(&app, "/api/v1/blocks/900600").await;

        // 600 x 600 s = 4 d 4 h; priced at 84,714 + 600 USD. 8.64e19 / 2^80 x 314,500,000 =
        // 22476.8133 sat/PH/day.
        // All blocks have the same fees, so the hashprice with mean fees is the same.
        for (name, value) in [
            ("sat_per_ph_day", "22476.8133"),
            ("sat_per_ph_day_144", "22476.8133"),
            ("usd_per_ph_day", "19.1759"),
            ("usd_per_ph_day_144", "19.1759"),
        ] {
            let found = block[name].as_f64().expect("a number");
            assert_eq!(format!("{found:.4}"), value, "{name}");
        }
        let mut rest = block.clone();
        rest.as_object_mut()
            .expect("an object")
            .retain(|name, _| !name.contains("_per_ph_day"));
        assert_eq!(
            rest,
            json!({
                "height": 900_600,
                "hash": hash(900_600).to_string(),
                "prev_hash": hash(900_599).to_string(),
                "time": "2025-11-01T04:00:00Z",
                "median_time": "2025-11-01T04:00:00Z",
                "bits": "1700ffff",
                "difficulty": 281_474_976_710_656.0, // 2^48
                "tx_count": 3000,
                "subsidy_sat": 312_500_000,
                "fees_sat": 2_000_000,
                "claimed_sat": null,
                "network_hashrate_hs": 1e21,
                "price_usd": 85_314.0,
                "price_time": "2025-11-01T04:00:00Z",
                "price_source": "test",
                "price_final": true,
                "reward_sat": 314_500_000,
            })
        );
        assert_eq!(
            get(&app, &format!("/api/v1/blocks/{}", hash(900_600))).await,
            block
        );
    }

    #[tokio::test]
    async fn a_list_starts_at_a_height_and_may_span_months_up_to_the_latest_block() {
        let app = World::with_blocks(1000).await.router(); // 576 blocks of October, and 424 of November.
        let list =
            async |query: &str| heights(&get(&app, &format!("/api/v1/blocks?{query}")).await);

        assert_eq!(
            list("from_height=900574&limit=4").await,
            [900_574, 900_575, 900_576, 900_577]
        );
        assert_eq!(list("limit=3").await, [900_997, 900_998, 900_999]);
        assert_eq!(list("").await.len(), 100);
        assert_eq!(list("from_height=0&limit=1000").await, [0; 0]);
        assert_eq!(list("from_height=899999&limit=2").await, [900_000]);
        assert_eq!(
            list("from_height=900998&limit=1000").await,
            [900_998, 900_999]
        );
        assert_eq!(list("from_height=901000").await, [0; 0]);
        assert_eq!(list("from_height=4294967295").await, [0; 0]);
        let whole = get(&app, "/api/v1/blocks?from_height=5").await;
        assert_eq!(
            (&whole["first_height"], &whole["last_height"]),
            (&json!(900_000), &json!(900_999))
        );
    }

    #[tokio::test]
    async fn a_missing_block_is_reported_with_the_nearest_one() {
        let app = World::with_blocks(1000).await.router();
        let tip = hash(900_999).to_string();
        let unknown = hash(5).to_string();
        let cases = [
            ("900_000", 400, Value::Null),
            ("-1", 400, Value::Null),
            ("%20900000", 400, Value::Null),
            ("9000000000", 400, Value::Null),
            ("abc", 400, Value::Null),
            ("%ff", 400, Value::Null),
            ("899999", 404, json!(["900000"])),
            ("901000", 404, json!(["900999"])),
            (unknown.as_str(), 404, json!([tip])),
        ];
        for (id, status, nearest) in cases {
            let answer = send(&app, Method::GET, &format!("/api/v1/blocks/{id}")).await;

            assert_eq!(
                (answer.status, &answer.json()["nearest"]),
                (status, &nearest),
                "{id}: {}",
                answer.body
            );
            assert_eq!(answer.json()["parameter"], "id", "{id}");
        }
        for query in [
            "limit=0",
            "limit=1001",
            "limit=x",
            "from_height=-1",
            "from_height=1.5",
            "to_height=1",
        ] {
            let answer = send(&app, Method::GET, &format!("/api/v1/blocks?{query}")).await;
            let name = query.split('=').next();
            assert_eq!(
                (answer.status, answer.json()["parameter"].as_str()),
                (400, name),
                "{query}"
            );
        }
    }

    #[tokio::test]
    async fn a_hash_is_found_by_reading_one_file_and_the_ends_of_the_others() {
        let world = World::with_blocks(20_000).await; // Half of a year.
        let app = world.router();
        get(&app, "/api/v1/blocks?limit=1").await;
        let gets = world.lake.gets();

        get(&app, &format!("/api/v1/blocks/{}", hash(900_000))).await;
        // The whole file of October, and the ends of six files.
        assert_eq!((world.lake.gets() - gets, world.lake.tails()), (1, 6));
        get(&app, &format!("/api/v1/blocks/{}", hash(900_001))).await;

        assert_eq!((world.lake.gets() - gets, world.lake.tails()), (1, 6));
    }

    #[tokio::test]
    async fn csv_has_the_same_values() {
        let app = World::with_blocks(3).await.router();

        let csv = send(&app, Method::GET, "/api/v1/blocks?format=csv")
            .await
            .body;
        let one = send(&app, Method::GET, "/api/v1/blocks/900002?format=csv")
            .await
            .body;

        let rows: Vec<&str> = csv.lines().collect();
        let json = get(&app, "/api/v1/blocks/900002").await;
        let cell = |name: &str| match &json[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Number(number) if number.is_f64() => {
                format!("{:?}", number.as_f64().expect("a float"))
            }
            other => other.to_string(),
        };
        let expected: Vec<String> = rows[0].split(',').map(cell).collect();
        assert_eq!((rows.len(), rows[3]), (4, expected.join(",").as_str()));
        assert_eq!(one.lines().collect::<Vec<_>>(), [rows[0], rows[3]]);
    }
}
