//! `GET /summary`: what mining pays now, and on which machine.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use hashlake_core::asic::Asic;
use hashlake_core::revenue::BlockEconomics;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::HashesPerSecond;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::Operation;

use crate::http::answer::{Body, Failure};
use crate::http::api::Api;
use crate::http::asics::asked_for;
use crate::http::parameters::{ASICS, Parameter};
use crate::http::params::Params;
use crate::http::problem::Problem;
use crate::points::bucket::fee_share;
use crate::points::change::{GAP, change};
use crate::reader::history::{History, JUST_AFTER};
use crate::routes::openapi;

const PARAMETERS: [Parameter; 1] = [ASICS];
const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(7 * 24);
const THIRTY_DAYS: Duration = Duration::from_hours(30 * 24);

/// What mining pays at the newest block.
#[derive(Serialize, ToSchema)]
pub(crate) struct Summary<'a> {
    /// The newest block.
    block: Newest,
    /// USD/BTC, nearest in time to the block.
    price_usd: Option<f64>,
    /// When that was the price.
    #[schema(value_type = Option<String>, format = DateTime)]
    price_time: Option<Timestamp>,
    /// Who said so.
    price_source: Option<&'a str>,
    /// False while a nearer price may still come.
    price_final: bool,
    /// Easiest target over this target.
    difficulty: f64,
    /// H/s of the network.
    network_hashrate_hs: Option<f64>,
    /// Hashprice in sat/PH/day.
    sat_per_ph_day: f64,
    /// Hashprice in USD/PH/day.
    usd_per_ph_day: Option<f64>,
    /// The machines, in the order in which they were asked for.
    asics: Vec<Earning<'a>>,
}

/// The newest block.
#[derive(Serialize, ToSchema)]
pub(crate) struct Newest {
    /// Blocks below it.
    height: u32,
    /// Hash in hex.
    hash: String,
    /// Header time.
    #[schema(value_type = String, format = DateTime)]
    time: Timestamp,
    /// Median time past.
    #[schema(value_type = String, format = DateTime)]
    median_time: Timestamp,
    /// Transactions with the coinbase.
    tx_count: u32,
    /// sat that the block may create.
    subsidy_sat: i64,
    /// sat that its transactions paid.
    fees_sat: i64,
    /// Both.
    reward_sat: i64,
    /// Part of the reward that is fees, from 0 to 1.
    fee_share: Option<f64>,
}

/// What a machine earns at the newest block.
#[derive(Serialize, ToSchema)]
pub(crate) struct Earning<'a> {
    /// Identifier.
    asic_id: &'a str,
    /// Name.
    name: &'a str,
    /// J/TH.
    efficiency_j_per_th: f64,
    /// sat that a MWh expects to mine.
    sat_per_mwh: f64,
    /// USD that a MWh expects to earn; also the break-even power price.
    usd_per_mwh: Option<f64>,
    /// Of `usd_per_mwh` against earlier: 0.1 is a tenth more.
    change: Change,
}

/// Relative change in USD since the last block that is so much older; null where either has no price.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Change {
    /// Since 24 hours.
    #[serde(rename = "24h")]
    day: Option<f64>,
    /// Since 7 days.
    #[serde(rename = "7d")]
    week: Option<f64>,
    /// Since 30 days.
    #[serde(rename = "30d")]
    thirty_days: Option<f64>,
}

pub(crate) fn operation() -> Operation {
    openapi::operation::<Summary>(
        "summary",
        "What mining pays now, and on which machine",
        &PARAMETERS,
    )
    .build()
}

pub(crate) async fn summary(
    State(api): State<Arc<Api>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let params = Params::parse(&uri, &PARAMETERS)?;
    let asics = &asked_for(&params, &api.asics)?;
    api.answer(&uri, &headers, (), |history| async move {
        Ok(Body::json(&of(&history, asics).await?))
    })
    .await
}

async fn of<'a>(history: &'a History, asics: &'a [Asic]) -> Result<Summary<'a>, Failure> {
    let tip = history.tip();
    let (block, quote, economics) = (&tip.block, tip.price.quote(), tip.economics());
    let start = block.median_time - THIRTY_DAYS - GAP;
    let blocks = history
        .blocks(start..block.median_time + JUST_AFTER)
        .await?;
    let rows: Vec<&BlockEconomics> = blocks.iter().collect();
    let change = Change {
        day: change(&rows, DAY),
        week: change(&rows, WEEK),
        thirty_days: change(&rows, THIRTY_DAYS),
    };
    let earning = |asic: &'a Asic| {
        let sat_per_mwh = economics.sat_per_mwh(asic);
        Earning {
            asic_id: &asic.id,
            name: &asic.name,
            efficiency_j_per_th: asic.efficiency().to_joules_per_th(),
            sat_per_mwh,
            usd_per_mwh: economics.usd(sat_per_mwh),
            change,
        }
    };
    Ok(Summary {
        block: Newest {
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
        asics: asics.iter().map(earning).collect(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::{Value, json};

    use crate::fixture::{World, get, hash, send};

    fn rounded(value: &Value, decimals: usize) -> String {
        format!("{:.decimals$}", value.as_f64().expect("a number"))
    }

    #[tokio::test]
    async fn tells_the_newest_block_and_what_it_pays_on_each_machine() {
        let world = World::with_blocks(1000).await;

        let summary = get(
            &world.router(),
            "/api/v1/summary?asics=antminer-s21-pro-234",
        )
        .await;

        // The world's blocks pay 312,500,000 + 2,000,000 sat at difficulty 2^48; the last is priced at 84,714 + 999 USD.
        // 3.6e21 / 15 / 2^80 x 314,500,000 and 8.64e19 / 2^80 x 314,500,000, then / 1e8 x 85,713, with bc(1).
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
        // A dollar more each block, 144 blocks a day: 85713 / 85569 - 1. The lake does not reach back 7 days.
        assert_eq!(rounded(&asic["change"]["24h"], 8), "0.00168285");
        assert_eq!(
            (&asic["change"]["7d"], &asic["change"]["30d"]),
            (&Value::Null, &Value::Null)
        );
    }

    #[tokio::test]
    async fn three_machines_are_told_unless_others_are_asked_for() {
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
    async fn a_machine_that_is_not_known_is_a_problem_with_names_near_it() {
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
