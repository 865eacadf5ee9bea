//! `GET /summary`: revenue at the latest block, for each miner model.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::asic::Asic;
use hashlake_core::revenue::{BlockEconomics, fee_share, ph_days_per_mwh, sat_per_ph_day_144};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::HashesPerSecond;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::answer::Body;
use crate::http::api::Api;
use crate::http::asics::{AsicIds, models};
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::points::change::{MAX_POINT_GAP, change};
use crate::points::mean_fees::MeanFees;
use crate::reader::error::ReadError;
use crate::reader::history::{History, JUST_AFTER};

const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(7 * 24);
const THIRTY_DAYS: Duration = Duration::from_hours(30 * 24);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryQuery {
    /// Comma-separated list of miner models: identifiers of the catalogue (`/asics`), or
    /// `custom:<TH/s>:<W>`. Default: three models of different years. A count, as in
    /// `antminer-s21-pro-234*120`, has no effect, because the values are for 1 MWh.
    #[param(inline, style = Form, explode = false, example = json!(["antminer-s21-pro-234", "custom:200:3500"]))]
    asics: Option<AsicIds>,
}

/// Mining revenue at the latest block.
#[derive(Serialize, ToSchema)]
pub(crate) struct Summary<'a> {
    /// Latest block.
    block: LatestBlock,
    /// Price in USD/BTC that is nearest in time to the block.
    price_usd: Option<f64>,
    /// Time of the price.
    #[schema(value_type = Option<String>, format = DateTime)]
    price_time: Option<Timestamp>,
    /// Source of the price.
    price_source: Option<&'a str>,
    /// Whether the price is final; a provisional price may still be replaced by a nearer one.
    price_final: bool,
    /// Difficulty.
    difficulty: f64,
    /// Hash rate of the network in H/s.
    network_hashrate_hs: Option<f64>,
    /// Hashprice in sat/PH/day.
    sat_per_ph_day: f64,
    /// Hashprice in USD/PH/day.
    usd_per_ph_day: Option<f64>,
    /// Mean transaction fees of the last 144 blocks in sat; null if some of these fees are unknown.
    fees_sat_144: Option<f64>,
    /// Hashprice in sat/PH/day with the mean fees of the last 144 blocks.
    sat_per_ph_day_144: Option<f64>,
    /// Hashprice in USD/PH/day with the mean fees of the last 144 blocks.
    usd_per_ph_day_144: Option<f64>,
    /// Revenue of each miner model, in the order of the request.
    asics: Vec<AsicNow<'a>>,
}

/// Latest block.
#[derive(Serialize, ToSchema)]
#[schema(as = Newest)]
pub(crate) struct LatestBlock {
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
    /// Number of transactions, including the coinbase.
    tx_count: u32,
    /// Block subsidy in sat.
    subsidy_sat: i64,
    /// Transaction fees in sat.
    fees_sat: i64,
    /// Subsidy plus fees in sat.
    reward_sat: i64,
    /// Fees as a fraction of the reward, from 0 to 1.
    fee_share: Option<f64>,
}

/// Revenue of a miner model at the latest block.
#[derive(Serialize, ToSchema)]
#[schema(as = Earning)]
pub(crate) struct AsicNow<'a> {
    /// Identifier.
    asic_id: &'a str,
    /// Name.
    name: &'a str,
    /// Efficiency in J/TH.
    efficiency_j_per_th: f64,
    /// Expected revenue in sat/MWh.
    sat_per_mwh: f64,
    /// Expected revenue in USD/MWh; also the break-even power price.
    usd_per_mwh: Option<f64>,
    /// Expected revenue in sat/MWh with the mean fees of the last 144 blocks.
    sat_per_mwh_144: Option<f64>,
    /// Expected revenue in USD/MWh with the mean fees of the last 144 blocks.
    usd_per_mwh_144: Option<f64>,
    /// Change of `usd_per_mwh_144`.
    change: Change,
}

/// Relative change of USD revenue since the latest block that is at least 24 hours, 7 days or 30
/// days older: 0.1 means +10 %. Both revenues are with the mean fees of 144 blocks, so that the
/// fees of a single block do not look like a change. Null if there is no such block, or if a price
/// or mean fees are unknown.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Change over 24 hours.
    #[serde(rename = "24h")]
    day: Option<f64>,
    /// Change over 7 days.
    #[serde(rename = "7d")]
    week: Option<f64>,
    /// Change over 30 days.
    #[serde(rename = "30d")]
    thirty_days: Option<f64>,
}

/// Mining revenue at the latest block, for each miner model
#[utoipa::path(
    get,
    path = "/summary",
    tag = TAG,
    params(SummaryQuery),
    responses((status = 200, description = "The summary.", body = Summary), OtherResponses)
)]
pub(crate) async fn summary(
    State(api): State<Arc<Api>>,
    Query(query): Query<SummaryQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asics = &models(query.asics.as_ref(), &api.asics)?;
    api.answer(&uri, &headers, (), |history| async move {
        Ok(Body::json(&build_summary(&history, asics).await?))
    })
    .await
}

async fn build_summary<'a>(
    history: &'a History,
    asics: &'a [Asic],
) -> Result<Summary<'a>, ReadError> {
    let tip = history.tip();
    let (block, quote, economics) = (&tip.block, tip.price.quote(), tip.economics());
    let start = block.median_time - THIRTY_DAYS - MAX_POINT_GAP;
    let blocks = history
        .readable_blocks(start..block.median_time + JUST_AFTER)
        .await?;
    let rows: Vec<&BlockEconomics> = blocks.iter().collect();
    let change = Change {
        day: change(&rows, DAY),
        week: change(&rows, WEEK),
        thirty_days: change(&rows, THIRTY_DAYS),
    };
    let MeanFees { fees_sat_144, .. } = MeanFees::read(history).await?;
    let hashprice_144 =
        fees_sat_144.map(|fees| sat_per_ph_day_144(economics.difficulty, economics.subsidy, fees));
    let asic_now = |asic: &'a Asic| {
        let sat_per_mwh = economics.sat_per_mwh(asic);
        let sat_per_mwh_144 = hashprice_144.map(|sat| sat * ph_days_per_mwh(asic.efficiency()));
        AsicNow {
            asic_id: &asic.id,
            name: &asic.name,
            efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
            sat_per_mwh,
            usd_per_mwh: economics.usd(sat_per_mwh),
            sat_per_mwh_144,
            usd_per_mwh_144: sat_per_mwh_144.and_then(|sat| economics.usd(sat)),
            change,
        }
    };
    Ok(Summary {
        block: LatestBlock {
            height: block.height,
            hash: block.hash.to_string(),
            time: block.time,
            median_time: block.median_time,
            tx_count: block.tx_count,
            subsidy_sat: block.subsidy.to_sat(),
            fees_sat: block.fees.to_sat(),
            reward_sat: block.reward().to_sat(),
            fee_share: fee_share(block.subsidy, block.fees),
        },
        price_usd: quote.map(|quote| quote.usd.to_usd_per_btc()),
        price_time: quote.map(|quote| quote.time),
        price_source: quote.map(|quote| &*quote.source),
        price_final: tip.price.is_final(),
        difficulty: economics.difficulty.to_f64(),
        network_hashrate_hs: economics.network_hashrate.map(HashesPerSecond::to_hs),
        sat_per_ph_day: economics.sat_per_ph_day(),
        usd_per_ph_day: economics.usd_per_ph_day(),
        fees_sat_144,
        sat_per_ph_day_144: hashprice_144,
        usd_per_ph_day_144: hashprice_144.and_then(|sat| economics.usd(sat)),
        asics: asics.iter().map(asic_now).collect(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use hashlake_core::units::Sats;
    use serde_json::{Value, json};

    use crate::fixture::{World, get, hash, rows, send};

    fn rounded(value: &Value, decimals: usize) -> String {
        format!("{:.decimals$}", value.as_f64().expect("a number"))
    }

    #[tokio::test]
    async fn the_summary_reports_the_latest_block_and_the_revenue_of_each_miner_model() {
        let world = World::with_blocks(1000).await;

        let summary = get(
            &world.router(),
            "/api/v1/summary?asics=antminer-s21-pro-234",
        )
        .await;

        // Each block pays 312,500,000 + 2,000,000 sat at difficulty 2^48, and the price of the last
        // one is 84,714 + 999 USD. 3.6e21 / 15 / 2^80 x 314,500,000 and 8.64e19 / 2^80 x
        // 314,500,000, then / 1e8 x 85,713, with bc(1).
        assert_eq!(
            summary["block"],
            json!({
                "height": 900_999,
                "hash": hash(900_999).to_string(),
                "time": "2025-11-03T22:30:00Z",
                "median_time": "2025-11-03T22:30:00Z",
                "tx_count": 3000,
                "subsidy_sat": 312_500_000,
                "fees_sat": 2_000_000,
                "reward_sat": 314_500_000,
                "fee_share": 2_000_000.0 / 314_500_000.0,
            })
        );
        assert_eq!(summary["price_usd"], 85_713.0);
        assert_eq!(summary["price_source"], "test");
        assert_eq!(summary["price_final"], false);
        assert_eq!(rounded(&summary["sat_per_ph_day"], 4), "22476.8133");
        assert_eq!(rounded(&summary["usd_per_ph_day"], 4), "19.2656");
        let asic = &summary["asics"][0];
        assert_eq!(asic["asic_id"], "antminer-s21-pro-234");
        assert_eq!(asic["efficiency_j_per_th"], 15.0);
        assert_eq!(
            (
                rounded(&asic["sat_per_mwh"], 4),
                rounded(&asic["usd_per_mwh"], 4)
            ),
            ("62435.5926".into(), "53.5154".into())
        );
        // All blocks have the same fees, so the mean is the same.
        assert_eq!(summary["fees_sat_144"], 2_000_000.0);
        assert_eq!(rounded(&summary["sat_per_ph_day_144"], 4), "22476.8133");
        assert_eq!(rounded(&summary["usd_per_ph_day_144"], 4), "19.2656");
        assert_eq!(rounded(&asic["sat_per_mwh_144"], 4), "62435.5926");
        assert_eq!(rounded(&asic["usd_per_mwh_144"], 4), "53.5154");
        // The price rises by a dollar with each of the 144 blocks a day: 85713 / 85569 - 1. The
        // lake has less than 7 days.
        assert_eq!(rounded(&asic["change"]["24h"], 8), "0.00168285");
        assert_eq!(
            (&asic["change"]["7d"], &asic["change"]["30d"]),
            (&Value::Null, &Value::Null)
        );
    }

    #[tokio::test]
    async fn changes_compare_revenues_with_mean_fees() {
        let mut blocks = rows(1000);
        // One block, a day ago, has fees of ten times the subsidy.
        blocks[1000 - 1 - 144].block.fees = Sats::new(3_125_000_000).expect("an amount");
        let app = World::with_rows(&blocks).await.router();

        let summary = get(&app, "/api/v1/summary").await;

        // The mean fees are 2,000,000 sat now. A day ago, they were the mean of 143 x 2,000,000 and
        // 3,125,000,000 sat: 23,687,500.
        // 314,500,000 x 85,713 / (336,187,500 x 85,569) - 1.
        assert_eq!(summary["fees_sat_144"], 2_000_000.0);
        assert_eq!(
            rounded(&summary["asics"][0]["change"]["24h"], 8),
            "-0.06293584"
        );
    }

    #[tokio::test]
    async fn mean_fees_are_unknown_in_a_lake_of_few_blocks_unless_ingest_stored_them() {
        let mut blocks = rows(3);
        let few = get(&World::with_rows(&blocks).await.router(), "/api/v1/summary").await;
        // 8.64e19 / 2^80 x (312,500,000 + 2,222,222)
        blocks[2].block.sat_per_ph_day_144 = Some(22_492.695_200_660_062);
        let stored = get(&World::with_rows(&blocks).await.router(), "/api/v1/summary").await;

        for name in ["fees_sat_144", "sat_per_ph_day_144", "usd_per_ph_day_144"] {
            assert_eq!(few[name], Value::Null, "{name}");
        }
        assert_eq!(few["asics"][0]["usd_per_mwh_144"], Value::Null);
        assert_eq!(rounded(&stored["fees_sat_144"], 3), "2222222.000");
    }

    #[tokio::test]
    async fn the_default_is_three_miner_models() {
        let summary = get(&World::with_blocks(3).await.router(), "/api/v1/summary").await;

        let ids: Vec<_> = summary["asics"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|asic| asic["asic_id"].as_str())
            .collect();

        let of_three_years = [
            "antminer-s19j-pro-100",
            "antminer-s21-pro-234",
            "antminer-s23-hyd-580",
        ];
        assert_eq!(ids, of_three_years.map(Some));
    }

    #[tokio::test]
    async fn an_unknown_miner_model_is_a_problem_that_suggests_the_nearest_ones() {
        let app = World::with_blocks(3).await.router();

        let answer = send(
            &app,
            Method::GET,
            "/api/v1/summary?asics=antminer-s21-pro-243",
        )
        .await;

        assert_eq!(
            (answer.status, answer.json()["parameter"].as_str()),
            (404, Some("asics"))
        );
        assert!(
            answer.body.contains("did you mean antminer-s21-pro-234"),
            "{}",
            answer.body
        );
        for query in [
            "asics=",
            "asics=antminer-t21-190,",
            "asics=antminer-t21-190,antminer-t21-190",
            "asic=antminer-t21-190",
        ] {
            assert_eq!(
                send(&app, Method::GET, &format!("/api/v1/summary?{query}"))
                    .await
                    .status,
                400,
                "{query}"
            );
        }
    }
}
