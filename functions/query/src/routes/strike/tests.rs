//! The world of these tests: difficulty 2^48, a subsidy of 312,500,000 sat, fees of 2,000,000 sat,
//! and 85,713 USD/BTC in the last of 1,000 blocks.
//!
//! 8.64e19 / 2^80 x 314,500,000 = 22,476.813349 sat/PH/day; / 1e8 x 85,713 = 19.265551 USD/PH/day;
//! x 1000 / (24 x 15) = 53.515420 USD/MWh at 15 J/TH. Computed with Python's `fractions`.

use std::time::Duration;

use axum::http::Method;
use hashlake_core::price::BlockPrice;
use serde_json::{Value, json};

use crate::fixture::{World, at, get, get_with, hash, rows, send};

const S21: &str = "/api/v1/strike?asics=antminer-s21-pro-234";

fn rounded(value: &Value) -> String {
    format!(
        "{:.6}",
        value
            .as_f64()
            .unwrap_or_else(|| panic!("{value} is not a number"))
    )
}

#[tokio::test]
async fn the_strike_is_for_the_next_block_and_comes_with_its_inputs() {
    let app = World::with_blocks(1000).await.router();

    let mut answer = get(&app, &format!("{S21}&pool_fee=0.02&overhead=0.05&adder=5")).await;

    assert_eq!(rounded(&answer["sat_per_ph_day_144"]), "22476.813349");
    assert_eq!(rounded(&answer["usd_per_ph_day_144"]), "19.265551");
    // 53.515420 x 0.98 / 1.05 - 5; then 2 % more, and 2 % less.
    let asic = answer["asics"][0].take();
    assert_eq!(rounded(&asic["strike_usd_per_mwh"]), "44.947725");
    assert_eq!(rounded(&asic["stop_above"]), "45.846679");
    assert_eq!(rounded(&asic["start_below"]), "44.048770");
    for name in ["sat_per_ph_day_144", "usd_per_ph_day_144"] {
        answer[name].take();
    }
    assert_eq!(
        answer,
        json!({
            "for_height": 901_000,
            "block": { "height": 900_999, "hash": hash(900_999).to_string(), "time": "2025-11-03T22:30:00Z" },
            "subsidy_sat": 312_500_000,
            "fees_sat_144": 2_000_000.0,
            "difficulty": 281_474_976_710_656.0,
            "price_usd": 85_713.0,
            "price_time": "2025-11-03T22:30:00Z",
            "price_source": "test",
            "sat_per_ph_day_144": null,
            "usd_per_ph_day_144": null,
            "valid_until": "2025-11-04T00:30:00Z",
            "stale": false,
            "why": null,
            "asics": [null],
            "fleet": null,
        })
    );
}

#[tokio::test]
async fn the_signal_follows_from_strike_band_and_whether_the_miners_run() {
    let app = World::with_blocks(1000).await.router();
    // The strike is 53.515420; 2 % more is 54.585728, and 2 % less is 52.445111.
    let cases = [
        (
            "power_price=53.5",
            "mine",
            "power at 53.50 USD/MWh is not above the strike of 53.52",
        ),
        (
            "power_price=53.52",
            "stop",
            "power at 53.520 USD/MWh is above the strike of 53.515",
        ),
        (
            "power_price=54&mining=true",
            "mine",
            "power at 54.00 USD/MWh is not above 54.59 (strike 53.52 + 2 %)",
        ),
        (
            "power_price=55&mining=true",
            "stop",
            "power at 55.00 USD/MWh is above 54.59 (strike 53.52 + 2 %)",
        ),
        (
            "power_price=53&mining=false",
            "stop",
            "power at 53.00 USD/MWh is not below 52.45 (strike 53.52 - 2 %)",
        ),
        (
            "power_price=52&mining=false",
            "mine",
            "power at 52.00 USD/MWh is below 52.45 (strike 53.52 - 2 %)",
        ),
        (
            "power_price=-10&mining=false&band=0",
            "mine",
            "power at -10.00 USD/MWh is below 53.52 (strike 53.52 - 0 %)",
        ),
        // 53.515420 - 100 is below zero. The limit above which miners stop is still the higher one.
        (
            "power_price=-46&mining=true&adder=100",
            "mine",
            "power at -46.00 USD/MWh is not above -45.55 (strike -46.48 + 2 %)",
        ),
        (
            "power_price=-45&mining=true&adder=100",
            "stop",
            "power at -45.00 USD/MWh is above -45.55 (strike -46.48 + 2 %)",
        ),
    ];
    for (query, signal, reason) in &cases {
        let asic = get(&app, &format!("{S21}&{query}")).await["asics"][0].take();

        assert_eq!(
            (&asic["signal"], &asic["reason"]),
            (&json!(signal), &json!(reason)),
            "{query}"
        );
    }
}

#[tokio::test]
async fn without_a_power_price_there_is_no_signal() {
    let app = World::with_blocks(1000).await.router();

    let asic = get(&app, &format!("{S21}&mining=true")).await["asics"][0].take();

    assert_eq!(
        (&asic["signal"], &asic["reason"]),
        (&Value::Null, &Value::Null)
    );
    let text = send(&app, Method::GET, &format!("{S21}&format=text")).await;
    assert_eq!((text.status, text.body.as_str()), (200, "unknown\n"));
}

#[tokio::test]
async fn a_model_without_a_count_counts_as_one_miner_if_other_models_have_a_count() {
    let app = World::with_blocks(1000).await.router();

    let path = "/api/v1/strike?asics=antminer-s21-pro-234*2,custom:200:3500";
    let answer = get(&app, path).await;

    assert_eq!(answer["asics"][1]["count"], 1);
    // 2 x 3510 W and 3500 W.
    assert_eq!(rounded(&answer["fleet"]["total_mw"]), "0.010520");
}

#[tokio::test]
async fn the_default_is_the_catalogue() {
    let app = World::with_blocks(1000).await.router();
    let catalogue = get(&app, "/api/v1/asics").await;

    let answer = get(&app, "/api/v1/strike").await;

    let ids = |asics: &Value| -> Vec<Value> {
        let asics = asics.as_array().expect("a list");
        asics.iter().map(|asic| asic["asic_id"].clone()).collect()
    };
    assert_eq!(ids(&answer["asics"]), ids(&catalogue["asics"]));
    assert_eq!(answer["fleet"], Value::Null);
}

#[tokio::test]
async fn a_fleet_has_its_totals_merit_order_and_curve() {
    let app = World::with_blocks(1000).await.router();
    let path = "/api/v1/strike?asics=antminer-s21-pro-234*120,custom:200:3500*40";

    let fleet = get(&app, path).await["fleet"].take();

    // 120 x 3,510 W and 40 x 3,500 W; 120 x 234 TH/s and 40 x 200 TH/s; 561,200 W / 36,080 TH/s;
    // 53.515420 x 15 / 17.5 USD/MWh.
    assert_eq!(rounded(&fleet["total_mw"]), "0.561200");
    assert_eq!(rounded(&fleet["total_ph_per_s"]), "36.080000");
    assert_eq!(rounded(&fleet["efficiency_j_per_th"]), "15.554324");
    assert_eq!(
        fleet["merit_order"],
        json!(["custom:200:3500", "antminer-s21-pro-234"])
    );
    let curve = fleet["curve"].as_array().expect("a list");
    let steps: Vec<[String; 3]> = curve
        .iter()
        .map(|step| ["power_price", "mw", "ph_per_s"].map(|name| rounded(&step[name])))
        .collect();
    assert_eq!(
        steps,
        [
            ["45.870360", "0.561200", "36.080000"],
            ["53.515420", "0.421200", "28.080000"],
        ]
    );
    // Power with overhead: 0.5612 x 1.05. The efficiency does not change.
    let with_overhead = get(&app, &format!("{path}&overhead=0.05")).await["fleet"].take();
    assert_eq!(rounded(&with_overhead["total_mw"]), "0.589260");
    assert_eq!(rounded(&with_overhead["efficiency_j_per_th"]), "15.554324");
}

#[tokio::test]
async fn miners_of_the_same_efficiency_are_one_step_of_the_curve() {
    let app = World::with_blocks(1000).await.router();

    let path = "/api/v1/strike?asics=custom:200:3000*1,custom:100:1500*2";
    let fleet = get(&app, path).await["fleet"].take();

    assert_eq!(fleet["curve"].as_array().map(Vec::len), Some(1));
    assert_eq!(rounded(&fleet["curve"][0]["mw"]), "0.006000");
}

#[tokio::test]
async fn wrong_parameters_are_problems_that_name_them() {
    let app = World::with_blocks(3).await.router();
    let cases = [
        (
            "asics=custom:1:20*2,custom:1:20*3",
            400,
            "asics",
            "`custom:1:20` is listed twice",
        ),
        (
            "asics=custom:1:20*0",
            400,
            "asics",
            "from 1 to 9999999 after `*`",
        ),
        (
            "asics=antminer*3",
            404,
            "asics",
            "unknown miner model `antminer`",
        ),
        (
            "pool_fee=1",
            400,
            "pool_fee",
            "expected a number from 0 to below 1",
        ),
        (
            "band=-0.01",
            400,
            "band",
            "expected a number from 0 to below 1",
        ),
        (
            "band=nan",
            400,
            "band",
            "expected a number from 0 to below 1",
        ),
        (
            "overhead=11",
            400,
            "overhead",
            "expected a number from 0 to 10",
        ),
        (
            "adder=inf",
            400,
            "adder",
            "expected a number from -10000 to 100000",
        ),
        (
            "power_price=1e6",
            400,
            "power_price",
            "expected a number from -10000 to 100000",
        ),
        ("mining=yes", 400, "mining", "expected one of true, false"),
        (
            "format=xml",
            400,
            "format",
            "expected one of json, csv, text, prometheus",
        ),
    ];
    for (query, status, parameter, detail) in cases {
        let answer = send(&app, Method::GET, &format!("/api/v1/strike?{query}")).await;

        let problem = answer.json();
        assert_eq!(
            (answer.status, &problem["parameter"]),
            (status, &json!(parameter)),
            "{query}"
        );
        assert!(
            problem["detail"].to_string().contains(detail),
            "{query}: {problem}"
        );
    }
}

#[tokio::test]
async fn text_is_a_word_for_each_miner_model_in_the_order_of_the_request() {
    let world = World::with_blocks(1000).await;
    let path =
        "/api/v1/strike?asics=antminer-s21-pro-234,custom:200:3500&power_price=50&format=text";

    let text = send(&world.router(), Method::GET, path).await;
    world.advance_clock(Duration::from_hours(2));
    let stale = send(&world.router(), Method::GET, path).await;

    // The strikes are 53.52 and 45.87.
    assert_eq!(
        (text.header("content-type"), &*text.body),
        ("text/plain; charset=utf-8", "mine\nstop\n")
    );
    assert_eq!((stale.status, &*stale.body), (200, "unknown\nunknown\n"));
}

#[tokio::test]
async fn csv_has_a_row_for_each_miner_model_with_the_inputs_of_its_strike() {
    let app = World::with_blocks(1000).await.router();
    let path = "/api/v1/strike?asics=antminer-s21-pro-234*2&power_price=60";

    let csv = get_with(&app, path, &[("accept", "text/csv")]).await;

    let mut reader = csv::Reader::from_reader(csv.body.as_bytes());
    let rows: Vec<std::collections::BTreeMap<String, String>> = reader
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("rows");
    let [row] = &rows[..] else { panic!("{rows:?}") };
    let cells = [
        "asic_id",
        "count",
        "signal",
        "for_height",
        "block_time",
        "price_usd",
        "valid_until",
        "stale",
        "why",
    ];
    assert_eq!(
        cells.map(|name| &*row[name]),
        [
            "antminer-s21-pro-234",
            "2",
            "stop",
            "901000",
            "2025-11-03T22:30:00Z",
            "85713.0",
            "2025-11-04T00:30:00Z",
            "false",
            ""
        ]
    );
}

#[tokio::test]
async fn prometheus_gets_strikes_inputs_and_a_signal_only_if_it_is_known() {
    let world = World::with_blocks(1000).await;
    let path = "/api/v1/strike?asics=custom:200:3500&format=prometheus";
    let text =
        async |query: &str| send(&world.router(), Method::GET, &format!("{path}{query}")).await;

    let known = text("&power_price=40").await;

    assert_eq!(
        known.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let lines: Vec<&str> = known.body.lines().collect();
    let comments = lines.iter().filter(|line| line.starts_with('#'));
    assert_eq!(comments.count(), 12); // HELP and TYPE of six metrics.
    let labels = r#"{asic_id="custom:200:3500",name="Custom (200 TH/s, 3500 W)"}"#;
    let strike = lines
        .iter()
        .find_map(|line| line.strip_prefix(&format!("hashlake_strike_usd_per_mwh{labels} ")));
    let strike: f64 = strike
        .and_then(|value| value.parse().ok())
        .expect("a strike");
    assert_eq!(format!("{strike:.6}"), "45.870360");
    // `date -ud 2025-11-03T22:30:00Z +%s`: 1762209000.
    for line in [
        &*format!("hashlake_signal{labels} 1"),
        "hashlake_block_time_seconds 1762209000",
        "hashlake_price_time_seconds 1762209000",
        "hashlake_strike_stale 0",
    ] {
        assert!(lines.contains(&line), "{line}:\n{}", known.body);
    }
    assert!(
        text("&power_price=50")
            .await
            .body
            .contains(&format!("hashlake_signal{labels} 0\n"))
    );
    assert!(!text("").await.body.contains("hashlake_signal"));
    world.advance_clock(Duration::from_hours(2));
    let stale = text("&power_price=40").await.body;
    assert!(!stale.contains("hashlake_signal"));
    assert!(
        stale.contains("hashlake_strike_usd_per_mwh{")
            && stale.contains("hashlake_strike_stale 1\n")
    );
}

#[tokio::test]
async fn an_answer_that_turns_stale_gets_a_new_entity_tag_and_no_cache_keeps_the_old_answer() {
    let world = World::with_blocks(1000).await;
    let path = format!("{S21}&power_price=40");
    let first = send(&world.router(), Method::GET, &path).await;
    let tag = first.header("etag").to_owned();
    let again = async || get_with(&world.router(), &path, &[("if-none-match", &tag)]).await;
    assert_eq!(
        first.header("cache-control"),
        "public, max-age=2, must-revalidate"
    );
    assert_eq!(again().await.status, 304);

    // The price is an hour old now, and is valid for two hours, until 2025-11-04T00:30:00Z.
    world.set_clock(at("2025-11-04T00:29:59Z"));
    let last = again().await;
    world.set_clock(at("2025-11-04T00:30:01Z"));
    let stale = again().await;

    assert_eq!(
        (last.status, last.header("cache-control")),
        (304, "public, max-age=1, must-revalidate")
    );
    assert_eq!(stale.status, 200);
    assert_eq!(stale.json()["asics"][0]["signal"], "unknown");
}

/// `stale`, `why`, and the signal and the strike of the miner model, at 40 USD/MWh.
async fn at_40_usd(world: &World) -> (Value, Value, Value, Value) {
    let mut answer = get(&world.router(), &format!("{S21}&power_price=40")).await;
    let mut asic = answer["asics"][0].take();
    assert!(asic["signal"] != "unknown" || asic["reason"] == answer["why"]);
    (
        answer["stale"].take(),
        answer["why"].take(),
        asic["signal"].take(),
        asic["strike_usd_per_mwh"].take(),
    )
}

async fn assert_unknown(world: &World, why: &str) {
    let (stale, reported, signal, _) = at_40_usd(world).await;

    assert_eq!(
        (stale, reported, signal),
        (json!(true), json!(why), json!("unknown"))
    );
}

#[tokio::test]
async fn blocks_are_too_old_after_three_hours_and_prices_after_two() {
    let world = World::with_blocks(1000).await; // The last block is of 22:30.
    let price = |time: &str| [(at(time), 85_000.0)];

    world.add_prices(&price("2025-11-04T01:00:00Z")).await;
    world.set_clock(at("2025-11-04T01:30:00Z"));
    assert_eq!(at_40_usd(&world).await.2, "mine");
    world.set_clock(at("2025-11-04T01:30:01Z"));
    assert_unknown(
        &world,
        "the latest block, 900999 at 2025-11-03T22:30:00Z, is 3 h 1 min old, and the limit is 3 h",
    )
    .await;

    world.add_prices(&price("2025-11-03T23:00:00Z")).await;
    world.advance_clock(Duration::from_mins(1)); // The files are listed again.
    get(&world.router(), S21).await;
    world.set_clock(at("2025-11-04T01:00:01Z"));
    assert_unknown(
        &world,
        "the newest BTC price, at 2025-11-03T23:00:00Z, is 2 h 1 min old, and the limit is 2 h",
    )
    .await;
    assert!(at_40_usd(&world).await.3.is_number());
}

#[tokio::test]
async fn a_block_or_price_in_the_future_makes_the_signal_unknown() {
    let world = World::with_blocks(1000).await;
    world.set_clock(at("2025-11-03T20:29:59Z"));

    assert_unknown(
        &world,
        "the time of block 900999, 2025-11-03T22:30:00Z, is 2 h 1 min ahead of the clock, which shows 2025-11-03T20:29:59Z",
    )
    .await;
    // Nodes accept two hours. The block's own price is then in the future.
    world.set_clock(at("2025-11-03T20:30:00Z"));
    assert_unknown(
        &world,
        "the time of the price, 2025-11-03T22:30:00Z, is 2 h ahead of the clock, which shows 2025-11-03T20:30:00Z",
    )
    .await;
}

#[tokio::test]
async fn a_price_in_the_future_is_not_used() {
    let world = World::with_blocks(1000).await;
    let prices = [
        (at("2025-11-03T23:00:00Z"), 85_000.0),
        (at("2025-11-03T23:40:00Z"), 86_000.0),
        (at("2025-12-03T23:40:00Z"), 10.0),
    ];
    world.add_prices(&prices).await;
    world.set_clock(at("2025-11-03T23:30:00Z"));

    let answer = get(&world.router(), S21).await;

    assert_eq!(
        (&answer["price_usd"], &answer["stale"]),
        (&json!(85_000.0), &json!(false))
    );
}

#[tokio::test]
async fn the_newest_price_is_used_and_not_that_of_the_latest_block() {
    let world = World::with_blocks(1000).await;
    world
        .add_prices(&[
            (at("2025-11-03T22:00:00Z"), 84_000.0),
            (at("2025-11-03T23:00:00Z"), 85_713.0 * 2.0 / 1.5),
        ])
        .await;

    let answer = get(&world.router(), S21).await;

    assert_eq!(answer["price_time"], "2025-11-03T23:00:00Z");
    assert_eq!(answer["valid_until"], "2025-11-04T01:00:00Z");
    assert_eq!(rounded(&answer["usd_per_ph_day_144"]), "25.687401"); // 19.265551 x 2 / 1.5
}

#[tokio::test]
async fn a_suspect_price_makes_the_signal_unknown() {
    let world = World::with_blocks(1000).await;
    world
        .add_prices(&[
            (at("2025-11-03T22:00:00Z"), 84_000.0),
            (at("2025-11-03T23:00:00Z"), 42_000.0),
        ])
        .await;
    let why = "the newest price of test, 42000 USD at 2025-11-03T23:00:00Z, is far off the prices before it; the next price will show whether it is right";

    assert_unknown(&world, why).await;

    // The next price shows that it is right. It is 2025-11-03T23:30:00Z now.
    let stays = [
        (at("2025-11-03T22:00:00Z"), 84_000.0),
        (at("2025-11-03T23:00:00Z"), 42_000.0),
        (at("2025-11-03T23:30:00Z"), 42_100.0),
    ];
    world.add_prices(&stays).await;
    world.advance_clock(Duration::from_mins(1));
    assert_eq!(at_40_usd(&world).await.2, "stop");
}

#[tokio::test]
async fn a_price_that_ingest_holds_back_makes_the_signal_unknown() {
    let world = World::with_blocks(1000).await;
    let note = |time: &str| json!({ "suspects": [{ "time": time, "usd": 42_000.0, "source": "coingecko", "before_usd": 85_000.5, "after_usd": null }] });
    world
        .lake
        .replace("_prices.json", note("2025-11-03T22:45:00Z").to_string())
        .await;

    assert_unknown(&world, "the newest price of coingecko, 42000 USD at 2025-11-03T22:45:00Z, is far off the prices before it; the next price will show whether it is right").await;

    // A suspect price that is older than the newest price does not matter.
    world
        .lake
        .replace("_prices.json", note("2025-11-03T22:15:00Z").to_string())
        .await;
    world.advance_clock(Duration::from_mins(1));
    assert_eq!(at_40_usd(&world).await.2, "mine");
}

#[tokio::test]
async fn fewer_than_144_blocks_in_a_row_are_too_few() {
    for (count, why) in [
        (
            143,
            "the mean fees need the last 144 blocks, but the lake has only 143 in a row up to block 900142",
        ),
        (
            1,
            "the mean fees need the last 144 blocks, but the lake has only 1 in a row up to block 900000",
        ),
    ] {
        let world = World::with_blocks(count).await;

        assert_unknown(&world, why).await;
        assert_eq!(at_40_usd(&world).await.3, Value::Null);
    }
    assert_eq!(at_40_usd(&World::with_blocks(144).await).await.2, "mine");

    let world = World::with_blocks(1000).await;
    let key = "v1/blocks/year=2025/blocks-2025-11.parquet";
    world
        .lake
        .rewrite_blocks(key, |rows| rows.retain(|row| row.block.height != 900_900))
        .await;
    assert_unknown(&world, "the mean fees need the last 144 blocks, but the lake has only 99 in a row up to block 900999").await;
}

#[tokio::test]
async fn mean_fees_that_ingest_stored_with_the_latest_block_are_used_in_a_lake_of_few_blocks() {
    let mut blocks = rows(3);
    // 8.64e19 / 2^80 x (312,500,000 + 2,222,222) sat/PH/day.
    blocks[2].block.sat_per_ph_day_144 = Some(22_492.695_200_660_062);
    let world = World::with_rows(&blocks).await;

    let answer = get(&world.router(), S21).await;

    let fees = answer["fees_sat_144"].as_f64().expect("a number");
    assert_eq!(format!("{fees:.3}"), "2222222.000");
    assert_eq!(at_40_usd(&world).await.2, "mine");
}

#[tokio::test]
async fn blocks_of_the_month_before_are_among_the_144() {
    // 576 blocks are of October and 44 of November, so 100 of the last 144 are of October.
    let world = World::with_blocks(620).await;
    let key = "v1/blocks/year=2025/blocks-2025-10.parquet";
    world
        .lake
        .rewrite_blocks(key, |rows| {
            for row in rows.iter_mut() {
                row.block.fees = hashlake_core::units::Sats::ZERO;
            }
        })
        .await;

    let answer = get(&world.router(), S21).await;

    // 44 x 2,000,000 / 144.
    assert_eq!(rounded(&answer["fees_sat_144"]), "611111.111111");
}

#[tokio::test]
async fn without_a_price_there_is_no_strike() {
    let world = World::with_blocks(1000).await;
    let key = "v1/blocks/year=2025/blocks-2025-11.parquet";
    world
        .lake
        .rewrite_blocks(key, |rows| {
            for row in rows.iter_mut() {
                row.price = BlockPrice::Missing;
            }
        })
        .await;

    assert_unknown(&world, "the lake has no BTC price near the latest blocks").await;
    let answer = get(&world.router(), S21).await;
    assert_eq!(
        (&answer["valid_until"], &answer["usd_per_ph_day_144"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(rounded(&answer["sat_per_ph_day_144"]), "22476.813349");
}

#[tokio::test]
async fn at_a_retarget_the_next_block_has_the_new_difficulty() {
    // The next block is 2016 x 448 = 903,168. Block 901,152 is 2015 x 600 s before the last one.
    let world = World::with_blocks(3168).await;

    let answer = get(&world.router(), S21).await;

    // The target 0x00ffff x 256^20, x 1,209,000 / 1,209,600 rounded down, is 1700ffde in compact form.
    assert_eq!(answer["for_height"], 903_168);
    assert_eq!(answer["difficulty"], 281_616_784_200_983.8);
    assert_eq!(rounded(&answer["sat_per_ph_day_144"]), "22465.495201");
}

#[tokio::test]
async fn a_retarget_from_blocks_that_the_lake_lacks_is_unknown() {
    // The next block is 901,152, and block 899,136 is below the first block of the lake.
    let world = World::with_blocks(1152).await;

    assert_unknown(
        &world,
        "the difficulty of block 901152 cannot be computed: the lake lacks block 899136, or the network has other rules than main",
    )
    .await;
    let answer = get(&world.router(), S21).await;
    assert_eq!(
        (
            &answer["difficulty"],
            &answer["asics"][0]["strike_usd_per_mwh"]
        ),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn at_a_halving_the_next_block_has_the_new_subsidy() {
    let mut rows = rows(200);
    for (row, height) in rows.iter_mut().zip(1_049_800..) {
        (row.block.height, row.block.hash) = (height, hash(height));
    }
    let world = World::with_rows(&rows).await;

    let answer = get(&world.router(), S21).await;

    assert_eq!(
        (&answer["for_height"], &answer["subsidy_sat"]),
        (&json!(1_050_000), &json!(156_250_000))
    );
}

#[tokio::test]
async fn a_damaged_file_of_prices_is_treated_like_a_missing_one() {
    let world = World::with_blocks(1000).await;
    world
        .lake
        .replace("v1/prices/year=2025/prices-2025-11.parquet", "not parquet")
        .await;

    assert_eq!(at_40_usd(&world).await.2, "mine"); // The price of the latest block is used.
}

/// Tests a thousand worlds with faults. The expected signal is computed here, with separate
/// formulas, from the data before the faults.
mod faults {
    use hashlake_core::hash::BlockHash;
    use hashlake_core::price::Quote;
    use hashlake_core::revenue::PricedBlock;
    use hashlake_core::timestamp::Timestamp;
    use hashlake_core::units::{Sats, UsdPerBtc};

    use super::*;

    const CASES: u64 = 1000;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Expected {
        Signal,
        Unknown,
        NoAnswer,
    }

    #[derive(Clone, Copy, Debug)]
    enum Fault {
        IngestStopped,
        ClockBehind,
        BlockInTheFuture,
        PricesStopped,
        PriceHalved,
        PriceTimesThousand,
        PriceHeldBack,
        PricesInTheFuture,
        BlocksWithoutPrice,
        NoPrices,
        BlockMissing,
        FewBlocks,
        Reorg,
        ReorgUnderWay,
    }

    const FAULTS: [Fault; 14] = [
        Fault::IngestStopped,
        Fault::ClockBehind,
        Fault::BlockInTheFuture,
        Fault::PricesStopped,
        Fault::PriceHalved,
        Fault::PriceTimesThousand,
        Fault::PriceHeldBack,
        Fault::PricesInTheFuture,
        Fault::BlocksWithoutPrice,
        Fault::NoPrices,
        Fault::BlockMissing,
        Fault::FewBlocks,
        Fault::Reorg,
        Fault::ReorgUnderWay,
    ];

    /// The random number generator SplitMix64 (Steele, Lea and Flood, 2014).
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }

        fn below(&mut self, limit: u32) -> u32 {
            u32::try_from(self.next() % u64::from(limit)).expect("below 2^32")
        }

        /// From `low` to `high`.
        fn between(&mut self, low: f64, high: f64) -> f64 {
            low + (high - low) * f64::from(self.below(1_000_001)) / 1e6
        }
    }

    struct Case {
        rows: Vec<PricedBlock>,
        /// The blocks that were in the lake before, if the fault replaces some.
        before: Option<Vec<PricedBlock>>,
        are_blocks_priced: bool,
        prices: Vec<(Timestamp, f64)>,
        held: Option<(Timestamp, f64)>,
        now: Timestamp,
        cursor: (u32, BlockHash),
        query: String,
        signal: &'static str,
        expected: Expected,
    }

    fn secs(n: u32) -> Duration {
        Duration::from_secs(u64::from(n))
    }

    /// A world without a fault, and the signal that is right in it.
    fn case(random: &mut Random) -> Case {
        let mut rows = rows(145 + random.below(40));
        let start = at("2025-10-20T00:00:00Z") + secs(random.below(30 * 86_400));
        let mut time = start;
        for row in &mut rows {
            time = time + secs(random.below(1_200));
            (row.block.time, row.block.median_time) = (time, time);
            row.block.fees = Sats::new(random.below(30_000_000).into()).expect("an amount");
        }
        let now = time + secs(random.below(7_000));
        let mut usd = random.between(20_000.0, 150_000.0);
        let mut price_time = start - secs(random.below(3_600));
        let mut prices = Vec::new();
        while price_time <= now {
            prices.push((price_time, usd));
            price_time = price_time + secs(3_600);
            usd *= random.between(0.97, 1.03);
        }
        let (fee, overhead) = (random.between(0.0, 0.2), random.between(0.0, 0.5));
        let (adder, band) = (random.between(-20.0, 30.0), random.between(0.0, 0.1));
        let mut case = Case {
            cursor: cursor(&rows),
            rows,
            before: None,
            are_blocks_priced: true,
            prices,
            held: None,
            now,
            query: String::new(),
            signal: "",
            expected: Expected::Signal,
        };
        // The definition, step by step, for 15 J/TH and difficulty 2^48.
        let fees = case
            .rows
            .iter()
            .rev()
            .take(144)
            .map(|row| row.block.fees.to_f64());
        let reward = 312_500_000.0 + fees.sum::<f64>() / 144.0;
        let (_, price) = case.prices.last().expect("a price");
        let usd_per_ph_day = 1e15 * 86_400.0 / 2_f64.powi(80) * reward * 1e-8 * price;
        let joules_per_ph_day = 15.0 * 1e3 * 86_400.0;
        let usd_per_mwh = usd_per_ph_day / (joules_per_ph_day / 3.6e9);
        let strike = usd_per_mwh * (1.0 - fee) / (1.0 + overhead) - adder;
        let power = strike + strike.abs() * random.between(-0.15, 0.15);
        let (mining, limit) = match random.below(3) {
            0 => ("", strike),
            1 => ("&mining=true", strike + strike.abs() * band),
            _ => ("&mining=false", strike - strike.abs() * band),
        };
        case.signal = if power <= limit { "mine" } else { "stop" };
        case.query = format!(
            "{S21}&pool_fee={fee}&overhead={overhead}&adder={adder}&band={band}&power_price={power}{mining}"
        );
        case
    }

    fn cursor(rows: &[PricedBlock]) -> (u32, BlockHash) {
        let tip = &rows.last().expect("a block").block;
        (tip.height, tip.hash)
    }

    /// The same chain with other blocks at its end.
    fn branch(rows: &[PricedBlock], random: &mut Random) -> Vec<PricedBlock> {
        let mut rows = rows.to_vec();
        for (row, _) in rows.iter_mut().rev().zip(0..=random.below(6)) {
            row.block.hash = hash(row.block.height + 5_000_000);
            row.block.fees = Sats::new(random.below(2_000_000_000).into()).expect("an amount");
        }
        rows
    }

    impl Case {
        /// Index of the newest price at `now`.
        fn newest(&self) -> Option<usize> {
            self.prices.iter().rposition(|(time, _)| *time <= self.now)
        }

        fn tip_time(&self) -> Timestamp {
            self.rows.last().expect("a block").block.time
        }
    }

    impl Fault {
        /// Adds the fault to the case, and returns what is expected then.
        fn apply(self, case: &mut Case, random: &mut Random) -> Expected {
            match self {
                Self::IngestStopped => {
                    case.now = case.tip_time() + secs(3 * 3_600 + 1 + random.below(1_000_000));
                    Expected::Unknown
                }
                Self::ClockBehind => {
                    case.now = case.tip_time() - secs(7_201 + random.below(1_000_000));
                    Expected::Unknown
                }
                Self::BlockInTheFuture => {
                    let time = case.now + secs(7_201 + random.below(100_000));
                    case.rows.last_mut().expect("a block").block.time = time;
                    Expected::Unknown
                }
                Self::PricesStopped => {
                    let newest = case.now - secs(7_201 + random.below(20_000));
                    case.prices.retain(|(time, _)| *time < newest);
                    Expected::Unknown
                }
                Self::PriceHalved | Self::PriceTimesThousand => {
                    let factor = match self {
                        Self::PriceHalved => 0.5,
                        _ => 1e3,
                    };
                    if let Some(newest) = case.newest() {
                        case.prices[newest].1 *= factor;
                    }
                    Expected::Unknown
                }
                Self::PriceHeldBack => {
                    case.held = case.newest().map(|newest| case.prices.remove(newest));
                    Expected::Unknown
                }
                Self::PricesInTheFuture => {
                    for _ in 0..=random.below(3) {
                        let time = case.now + secs(301 + random.below(100_000_000));
                        case.prices.push((time, random.between(1.0, 1e6)));
                    }
                    case.prices.sort_by_key(|(time, _)| *time);
                    Expected::Signal
                }
                Self::BlocksWithoutPrice => {
                    case.are_blocks_priced = false;
                    Expected::Signal
                }
                Self::NoPrices => {
                    case.prices.clear();
                    Expected::Unknown
                }
                Self::BlockMissing => {
                    let from_end = 2 + random.below(142) as usize;
                    if let Some(at) = case.rows.len().checked_sub(from_end) {
                        case.rows.remove(at);
                    }
                    Expected::Unknown
                }
                Self::FewBlocks => {
                    let keep = 1 + random.below(143) as usize;
                    case.rows.drain(..case.rows.len().saturating_sub(keep));
                    Expected::Unknown
                }
                Self::Reorg => {
                    case.before = Some(branch(&case.rows, random));
                    Expected::Signal
                }
                Self::ReorgUnderWay => {
                    case.rows = branch(&case.rows, random);
                    Expected::NoAnswer
                }
            }
        }
    }

    /// Each block gets the nearest price, as ingest would give it.
    fn price_blocks(rows: &mut [PricedBlock], prices: &[(Timestamp, f64)]) {
        for row in rows {
            let time = row.block.time;
            let distance = |(of, _): &&(Timestamp, f64)| of.since(time).max(time.since(*of));
            let nearest = prices.iter().min_by_key(distance);
            row.price = nearest.map_or(BlockPrice::Missing, |(time, usd)| {
                BlockPrice::Provisional(Quote {
                    time: *time,
                    usd: UsdPerBtc::new(*usd).expect("a price"),
                    source: "test".into(),
                })
            });
        }
    }

    async fn world(case: &Case) -> World {
        let world = World::with_rows(case.before.as_ref().unwrap_or(&case.rows)).await;
        world.add_prices(&case.prices).await;
        if let Some((time, usd)) = case.held {
            let suspect = json!({ "time": time, "usd": usd, "source": "test", "before_usd": null, "after_usd": null });
            let note = json!({ "suspects": [suspect] });
            world.lake.replace("_prices.json", note.to_string()).await;
        }
        if case.before.is_some() {
            world.set_clock(case.now - secs(2));
            get(&world.router(), &case.query).await;
            world.lake.write_blocks(&case.rows).await;
        }
        world.move_cursor_to(case.cursor.0, case.cursor.1).await;
        world.set_clock(case.now);
        world
    }

    #[tokio::test]
    async fn a_fault_makes_the_signal_unknown_and_never_wrong() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..CASES {
            let random = &mut Random(seed);
            let mut case = case(random);
            let faults: Vec<Fault> = (0..random.below(3))
                .map(|_| FAULTS[random.below(14) as usize])
                .collect();
            for fault in &faults {
                case.expected = match (case.expected, fault.apply(&mut case, random)) {
                    (Expected::Signal, next) => next,
                    (before, Expected::Signal) => before,
                    (Expected::NoAnswer, _) | (_, Expected::NoAnswer) => Expected::NoAnswer,
                    (Expected::Unknown, Expected::Unknown) => Expected::Unknown,
                };
            }

            let of_blocks = if case.are_blocks_priced {
                &*case.prices
            } else {
                &[]
            };
            price_blocks(&mut case.rows, of_blocks);

            let answer = send(&world(&case).await.router(), Method::GET, &case.query).await;

            let expected = match case.expected {
                Expected::Signal => case.signal,
                Expected::Unknown => "unknown",
                Expected::NoAnswer => "503",
            };
            let found = match answer.status {
                200 => answer.json()["asics"][0]["signal"]
                    .as_str()
                    .expect("a signal")
                    .to_owned(),
                status => status.to_string(),
            };
            assert_eq!(
                found, expected,
                "seed {seed}, {faults:?}: {}\n{}",
                case.query, answer.body
            );
            *counts.entry(found).or_insert(0) += 1;
        }
        // Every outcome occurred often enough.
        assert!(counts.values().all(|count| *count > 50), "{counts:?}");
    }
}
