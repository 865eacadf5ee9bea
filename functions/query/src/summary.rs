//! `GET /summary`: what mining pays now, and on which machine.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use hashlake::revenue::PricedBlock;
use hashlake::units::HashesPerSecond;
use serde_json::{Value, json};

use crate::Api;
use crate::bucket::fee_share;
use crate::catalogue;
use crate::change::{GAP, change};
use crate::history::ReadError;
use crate::params::Params;
use crate::problem::Problem;

const DEFAULT_ASICS: [&str; 3] = [
    "antminer-s19j-pro-100",
    "antminer-s21-pro-234",
    "antminer-s23-hyd-580",
];
const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(7 * 24);
const THIRTY_DAYS: Duration = Duration::from_hours(30 * 24);

pub(crate) async fn summary(State(api): State<Arc<Api>>, uri: Uri) -> Result<Json<Value>, Problem> {
    let params = Params::parse(&uri, &["asics"])?;
    let ids = params
        .list("asics")?
        .unwrap_or_else(|| DEFAULT_ASICS.to_vec());
    let asics = ids
        .into_iter()
        .map(|id| catalogue::find(&api.asics, "asics", id))
        .collect::<Result<Vec<_>, _>>()?;
    let history = api.reader.history().await?;
    let blocks = history.newest(THIRTY_DAYS + GAP).await?;
    let rows: Vec<&PricedBlock> = blocks.iter().collect();
    let newest = *rows.last().ok_or(ReadError::Empty)?;
    let (block, quote) = (&newest.block, newest.price.quote());
    let change = json!({ "24h": change(&rows, DAY), "7d": change(&rows, WEEK), "30d": change(&rows, THIRTY_DAYS) });
    let machines = asics.iter().map(|asic| {
        let sat_per_mwh = newest.sat_per_mwh(asic);
        json!({
            "asic_id": asic.id,
            "name": asic.name,
            "efficiency_j_per_th": asic.efficiency().to_joules_per_th(),
            "sat_per_mwh": sat_per_mwh,
            "usd_per_mwh": newest.usd(sat_per_mwh),
            "change": change,
        })
    });
    Ok(Json(json!({
        "block": {
            "height": block.height,
            "hash": block.hash.to_string(),
            "time": block.time.to_string(),
            "median_time": block.median_time.to_string(),
            "tx_count": block.tx_count,
            "subsidy_sat": block.subsidy.to_sat(),
            "fees_sat": block.fees.to_sat(),
            "reward_sat": block.reward().to_sat(),
            "fee_share": fee_share(block.subsidy, block.fees),
        },
        "price_usd": quote.map(|quote| quote.usd.to_usd_per_btc()),
        "price_time": quote.map(|quote| quote.time.to_string()),
        "price_source": quote.map(|quote| &*quote.source),
        "price_final": newest.price.is_final(),
        "difficulty": block.bits.difficulty().to_f64(),
        "network_hashrate_hs": HashesPerSecond::new(block.network_hashrate_hs).ok().map(HashesPerSecond::to_hs),
        "sat_per_ph_day": newest.sat_per_ph_day(),
        "usd_per_ph_day": newest.usd_per_ph_day(),
        "asics": machines.collect::<Vec<_>>(),
    })))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
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

        assert_eq!(ids, DEFAULT_ASICS.map(Some));
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
