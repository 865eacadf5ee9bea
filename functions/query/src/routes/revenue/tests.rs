use axum::http::Method;
use serde_json::{Value, json};

use crate::fixture::{World, get, send};

const S21: &str = "antminer-s21-pro-234";
const ALL_DAYS: &str = "/api/v1/revenue?asics=antminer-s21-pro-234&from=0";

fn numbers(values: &Value) -> Vec<f64> {
    values
        .as_array()
        .expect("a column")
        .iter()
        .filter_map(Value::as_f64)
        .collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * b.abs()
}

#[tokio::test]
async fn revenue_of_a_block_equals_the_calculation_by_hand() {
    // 314,500,000 sat at difficulty 2^48 and 84,714 USD, 15 J/TH: 3.6e21 / 15 / 2^80 x 314,500,000,
    // / 1e8 x 84,714. 1 MW is 1e6 / 15 TH/s of 1e21 H/s: 20,966.6667 sat of the block. With bc(1).
    let app = World::with_blocks(3).await.router();

    let path =
        format!("/api/v1/revenue?asics={S21}&interval=block&from=0&power_price=50&pool_fee=0.02");
    let revenue = get(&app, &path).await;

    let asic = &revenue["asics"][0];
    let first = |name: &str| format!("{:.4}", numbers(&asic["columns"][name])[0]);
    assert_eq!(revenue["time"][0], "2025-10-28T00:00:00Z");
    assert_eq!(
        (&revenue["blocks"], &revenue["height"]),
        (&json!([1, 1, 1]), &json!([900_000, 900_001, 900_002]))
    );
    assert_eq!(
        (asic["asic_id"].as_str(), &asic["efficiency_j_per_th"]),
        (Some(S21), &json!(15.0))
    );
    assert_eq!(first("sat_per_mwh"), "62435.5926");
    assert_eq!(first("usd_per_mwh"), "52.8917");
    assert_eq!(first("sat_per_block"), "20966.6667");
    assert_eq!(first("usd_per_block"), "17.7617");
    assert_eq!(first("profit_usd_per_mwh"), "1.8339"); // 52.8917 x 0.98 - 50
}

#[tokio::test]
async fn points_add_up_to_the_totals_for_every_interval() {
    let app = World::with_blocks(1000).await.router();
    let mut seen = Vec::new();
    for interval in ["block", "hour", "day", "week", "month"] {
        let revenue = get(&app, &format!("{ALL_DAYS}&interval={interval}")).await;
        let asic = &revenue["asics"][0];
        let sum = |name: &str| numbers(&asic["columns"][name]).iter().sum::<f64>();
        let totals = &asic["totals"];
        let (usd, sat) = (totals["usd_per_mw"].as_f64(), totals["sat_per_mw"].as_f64());
        let (usd, sat) = (usd.expect("priced"), sat.expect("known"));

        assert!(
            close(sum("usd_per_mw"), usd) && close(sum("sat_per_mw"), sat),
            "{interval}"
        );
        assert!(
            close(sat, 1000.0 * 314_500_000.0 / 15_000.0),
            "{interval}: {sat}"
        ); // 1 MW gets a 15,000th of each block.
        seen.push(usd);
    }
    assert!(seen.iter().all(|usd| close(*usd, seen[0])), "{seen:?}");
}

#[tokio::test]
async fn means_agree_with_the_blocks_and_with_the_series() {
    let app = World::with_blocks(1000).await.router();

    let days = get(&app, ALL_DAYS).await;
    let blocks = get(
        &app,
        &format!("{ALL_DAYS}&interval=block&to=2025-10-29T00:00:00Z"),
    )
    .await;
    let series = get(&app, "/api/v1/series?from=0&fields=usd_per_ph_day").await;

    let day = numbers(&days["asics"][0]["columns"]["usd_per_mwh"]);
    let of_blocks = numbers(&blocks["asics"][0]["columns"]["usd_per_mwh"]);
    let hashprice = numbers(&series["columns"]["usd_per_ph_day"]);
    assert!(close(day[0], of_blocks.iter().sum::<f64>() / 144.0));
    for (usd_per_mwh, usd_per_ph_day) in day.iter().zip(&hashprice) {
        assert!(close(*usd_per_mwh, usd_per_ph_day * 1000.0 / (24.0 * 15.0)));
    }
}

#[tokio::test]
async fn without_a_price_satoshis_are_known_and_usd_is_null() {
    let world = World::with_blocks(18).await; // Six blocks an hour.
    let october = "v1/blocks/year=2025/blocks-2025-10.parquet";
    world
        .lake
        .rewrite_blocks(october, |rows| {
            rows[..8]
                .iter_mut()
                .for_each(|row| row.price = hashlake_core::price::BlockPrice::Missing);
        })
        .await;

    let revenue = get(
        &world.router(),
        &format!("{ALL_DAYS}&interval=hour&power_price=1"),
    )
    .await;

    let asic = &revenue["asics"][0];
    let known = |name: &str| {
        let values = asic["columns"][name].as_array().expect("a column");
        values
            .iter()
            .map(|value| !value.is_null())
            .collect::<Vec<_>>()
    };
    assert_eq!(revenue["priced_blocks"], json!([0, 4, 6]));
    for name in [
        "usd_per_mwh",
        "usd_per_block",
        "usd_per_mw",
        "profit_usd_per_mwh",
    ] {
        assert_eq!(known(name), [false, true, true], "{name}");
    }
    for name in ["sat_per_mwh", "sat_per_block", "sat_per_mw"] {
        assert_eq!(known(name), [true, true, true], "{name}");
    }
    assert!(asic["totals"]["usd_per_mw"].is_f64());
    assert_eq!(asic["totals"]["profit_usd_per_mw"], Value::Null);
}

#[tokio::test]
async fn profit_is_revenue_minus_pool_fee_and_power_over_the_hours_that_the_lake_has() {
    // 1000 blocks from 2025-10-28T00:00:00Z, the last at 2025-11-03T22:30:00Z: 166.5 h.
    let app = World::with_blocks(1000).await.router();

    let revenue = get(&app, &format!("{ALL_DAYS}&power_price=-10&pool_fee=0.5")).await;

    let totals = &revenue["asics"][0]["totals"];
    let (usd, profit) = (
        totals["usd_per_mw"].as_f64(),
        totals["profit_usd_per_mw"].as_f64(),
    );
    assert_eq!(revenue["hours"], 166.5);
    assert!(close(
        profit.expect("priced"),
        usd.expect("priced") / 2.0 + 1665.0
    ));
    let in_part = get(
        &app,
        &format!("{ALL_DAYS}&interval=block&to=2025-10-28T12:00:00Z"),
    )
    .await;
    assert_eq!(in_part["hours"], 12.0);
}

#[tokio::test]
async fn csv_has_a_row_for_each_point_and_miner_model() {
    let app = World::with_blocks(200).await.router();
    let query = "asics=custom:100:3000,antminer-s21-pro-234&from=0&fields=sat_per_mw,usd_per_mw";

    let json = get(&app, &format!("/api/v1/revenue?{query}")).await;
    let csv = send(
        &app,
        Method::GET,
        &format!("/api/v1/revenue?{query}&format=csv"),
    )
    .await
    .body;

    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(
        rows[0],
        "time,height,blocks,priced_blocks,asic_id,sat_per_mw,usd_per_mw"
    );
    assert_eq!(rows.len(), 1 + 2 * 2);
    let last = &json["asics"][1]["columns"];
    let cells = [&last["sat_per_mw"][1], &last["usd_per_mw"][1]]
        .map(|cell| format!("{:?}", cell.as_f64().expect("known")));
    assert_eq!(
        rows[4],
        format!(
            "2025-10-29T00:00:00Z,900199,56,56,{S21},{},{}",
            cells[0], cells[1]
        )
    );
}

#[tokio::test]
async fn miner_models_can_be_custom_and_prices_have_limits() {
    let app = World::with_blocks(3).await.router();
    let cases = [
        ("asics=custom:234:3510", 200, ""),
        ("asics=custom:1.2:10.25", 200, ""),
        ("asics=custom:0.5:10.25", 400, "asics"),
        ("asics=custom:0234:3510", 400, "asics"),
        ("asics=custom:234", 400, "asics"),
        ("asics=custom:0:3510", 400, "asics"),
        ("asics=custom:234:-1", 400, "asics"),
        ("asics=custom:1e3:3510", 400, "asics"),
        ("asics=custom:nan:3510", 400, "asics"),
        ("asics=custom:1234567:3510", 400, "asics"),
        ("asics=antminer-s21-pro-235", 404, "asics"),
        ("power_price=x", 400, "power_price"),
        ("power_price=inf", 400, "power_price"),
        ("power_price=-10001", 400, "power_price"),
        ("pool_fee=2", 400, "pool_fee"),
        ("pool_fee=NaN", 400, "pool_fee"),
        ("fields=usd", 400, "fields"),
    ];
    for (query, status, parameter) in cases {
        let answer = send(&app, Method::GET, &format!("/api/v1/revenue?{query}")).await;

        assert_eq!(answer.status, status, "{query}: {}", answer.body);
        if status != 200 {
            assert_eq!(answer.json()["parameter"], parameter, "{query}");
        }
    }
    let same = get(
        &app,
        &format!("/api/v1/revenue?asics=custom:234:3510,{S21}"),
    )
    .await;
    assert_eq!(same["asics"][0]["columns"], same["asics"][1]["columns"]);
}

#[tokio::test]
async fn an_answer_that_is_too_long_can_be_read_in_pages() {
    let app = World::with_blocks(12_000).await.router();
    let all_asics = get(&app, "/api/v1/asics").await;
    let ids: Vec<&str> = all_asics["asics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|asic| asic["asic_id"].as_str())
        .collect();
    let request = format!("/api/v1/revenue?interval=block&asics={}", ids.join(","));
    let mut from = "2025-10-28T11:11:11Z".to_owned(); // 68 blocks are earlier.
    let mut heights = Vec::new();
    loop {
        let path = format!("{request}&from={from}");
        let answer = send(&app, Method::GET, &path).await;
        let page = match answer.status {
            200 => answer.json(),
            _ => {
                let first_page = &answer.json()["first_page"];
                assert_eq!(first_page["from"], from.as_str());
                let to = first_page["to"].as_str().expect("a time").to_owned();
                let page = get(&app, &format!("{path}&to={to}")).await;
                from = to;
                page
            }
        };
        heights.extend(numbers(&page["height"]));
        if answer.status == 200 {
            break;
        }
    }
    assert!(
        heights
            .iter()
            .copied()
            .eq((900_068..912_000).map(f64::from)),
        "{}",
        heights.len()
    );
}
