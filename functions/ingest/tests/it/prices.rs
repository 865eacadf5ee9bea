//! Prices from CoinGecko and Bitstamp over real HTTP, with the limits of both.

use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::common::price_apis::{
    Api, COINGECKO_OFFSET_S, DAY_S, HOUR_S, bitstamp_usd, coingecko_usd, is_traded,
};
use crate::common::{bitstamp, blocks_of, coingecko, memory, outside, replay, unhurried};
use hashlake_core::price::PricePoint;
use hashlake_core::timestamp::Timestamp;
use ingest::pipeline::{Run, follow_tip};
use ingest::prices::PriceSources;
use ingest::prices::coingecko::CoinGeckoTier;

const NOW_S: i64 = 1_768_435_200; // 2026-01-15T00:00:00Z
const YEAR_AGO_S: i64 = NOW_S - 365 * DAY_S;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs).expect("a date")
}

async fn apis() -> (Api, Api) {
    (Api::coingecko(NOW_S).await, Api::bitstamp(NOW_S).await)
}

/// CoinGecko on this plan, then Bitstamp.
fn sources(first: &Api, second: &Api, plan: CoinGeckoTier) -> PriceSources {
    PriceSources::new(vec![coingecko(&first.url, plan), bitstamp(&second.url)])
}

fn times_s(points: &[PricePoint], source: &str) -> Vec<i64> {
    points
        .iter()
        .filter(|point| &*point.quote.source == source)
        .map(|point| point.quote.time.to_secs())
        .collect()
}

fn hours(range_s: Range<i64>, offset_s: i64) -> Vec<i64> {
    let first = (range_s.start - offset_s + HOUR_S - 1).div_euclid(HOUR_S);
    (first..)
        .map(|n| n * HOUR_S + offset_s)
        .take_while(|time_s| range_s.contains(time_s))
        .collect()
}

#[tokio::test]
async fn a_year_is_five_calls_to_coingecko_and_what_is_older_comes_from_bitstamp() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let from_s = NOW_S - 500 * DAY_S;

    let range = at(from_s)..at(NOW_S);
    let fetched = prices.fetch(&[range], at(NOW_S), &unhurried).await;

    let begin_s = YEAR_AGO_S + HOUR_S;
    let older = hours(from_s..begin_s + 1, 0);
    let traded: Vec<i64> = older.into_iter().filter(|hour| is_traded(*hour)).collect();
    assert_eq!(times_s(&fetched.points, "bitstamp"), traded);
    assert_eq!(
        times_s(&fetched.points, "coingecko"),
        hours(begin_s..NOW_S, COINGECKO_OFFSET_S)
    );
    for point in &fetched.points {
        let time_s = point.quote.time.to_secs();
        let usd = match &*point.quote.source {
            "bitstamp" => bitstamp_usd(time_s),
            _ => coingecko_usd(time_s),
        };
        assert_eq!(point.quote.usd.to_usd_per_btc(), usd);
        assert_eq!(point.resolution_s, 3600);
    }
    assert!(fetched.points.is_sorted_by_key(|point| point.quote.time));
    assert_eq!(
        (fetched.unanswered, fetched.before_history),
        (vec![], vec![])
    );
    // 135 days and an hour are four calls of 34 days.
    assert_eq!((gecko.calls().len(), stamp.calls().len()), (5, 4));
    assert!(gecko.calls().iter().all(|call| call.status == 200));
    let calls = prices.calls_of_day(at(NOW_S));
    let calls: Vec<String> = calls.iter().map(ToString::to_string).collect();
    assert_eq!(calls, ["CoinGecko 5 of 320", "Bitstamp 4 of 2000"]);
}

#[tokio::test]
async fn no_candle_is_lost_between_two_calls() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let (from_s, to_s) = (1_420_071_234, 1_430_005_678); // Not on the hour.

    let range = at(from_s)..at(to_s);
    let fetched = prices.fetch(&[range], at(NOW_S), &unhurried).await;

    let hours = hours(from_s..to_s, 0);
    let traded: Vec<i64> = hours.into_iter().filter(|hour| is_traded(*hour)).collect();
    assert_eq!(times_s(&fetched.points, "bitstamp"), traded);
    assert_eq!((gecko.calls().len(), stamp.calls().len()), (0, 3));
}

#[tokio::test]
async fn before_the_history_of_bitstamp_no_source_is_called() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let of_2010 = at(1_262_304_000)..at(1_293_840_000);

    let fetched = prices
        .fetch(std::slice::from_ref(&of_2010), at(NOW_S), &unhurried)
        .await;

    assert_eq!(fetched.before_history, [of_2010]);
    assert_eq!((fetched.points.len(), fetched.unanswered.len()), (0, 0));
    assert_eq!((gecko.calls().len(), stamp.calls().len()), (0, 0));
}

#[tokio::test]
async fn a_source_that_fails_for_now_is_not_replaced_by_the_next() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    gecko.fail_once(429, &[("retry-after", "3600")], "");
    let ranges = [
        at(NOW_S - 400 * DAY_S)..at(NOW_S - 390 * DAY_S),
        at(NOW_S - 20 * DAY_S)..at(NOW_S - 10 * DAY_S),
    ];

    let fetched = prices.fetch(&ranges, at(NOW_S), &unhurried).await;
    let again = prices.fetch(&ranges, at(NOW_S), &unhurried).await;

    assert_eq!(fetched.unanswered, ranges[1..]);
    assert!(times_s(&fetched.points, "coingecko").is_empty());
    assert!(times_s(&fetched.points, "bitstamp").len() > 200);
    assert_eq!(again, fetched);
    assert_eq!((gecko.calls().len(), stamp.calls().len()), (1, 2));
}

#[tokio::test]
async fn a_history_shorter_than_expected_is_remembered() {
    let (gecko, stamp) = apis().await;
    // The history of this plan is not known before the first call.
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Pro);
    let range = at(NOW_S - 400 * DAY_S)..at(NOW_S);

    let first = prices
        .fetch(std::slice::from_ref(&range), at(NOW_S), &unhurried)
        .await;
    let refused: Vec<_> = gecko
        .calls()
        .iter()
        .filter(|call| call.status == 401)
        .map(|call| (call.from_s, call.to_s))
        .collect();
    let before_the_year = range.start..at(NOW_S - 380 * DAY_S);
    let second = prices
        .fetch(&[before_the_year], at(NOW_S), &unhurried)
        .await;

    assert_eq!(refused, [(NOW_S - 400 * DAY_S, NOW_S - 320 * DAY_S)]);
    assert_eq!(gecko.calls().len(), 5);
    assert!(times_s(&second.points, "bitstamp").len() > 450);
    let known = times_s(&first.points, "bitstamp");
    assert_eq!(known.last(), Some(&(NOW_S - 320 * DAY_S)));
}

#[tokio::test]
async fn a_rate_limit_of_bitstamp_differs_from_a_wrong_request() {
    let stamp = Api::bitstamp(NOW_S).await;
    let prices = PriceSources::new(vec![bitstamp(&stamp.url)]);
    let day = at(NOW_S - 2 * DAY_S)..at(NOW_S - DAY_S);
    stamp.fail_once(
        400,
        &[("retry-after", "1")],
        r#"{"response_code": "400.002", "response_explanation": "Request rejected due to exceeded rate limit."}"#,
    );

    let waited = prices
        .fetch(std::slice::from_ref(&day), at(NOW_S), &unhurried)
        .await;
    stamp.fail_once(400, &[], r#"{"code": "Not a valid choice."}"#);
    let refused = prices
        .fetch(std::slice::from_ref(&day), at(NOW_S), &unhurried)
        .await;

    assert_eq!(waited.unanswered, []);
    assert!(waited.points.len() >= 23);
    assert_eq!((refused.points.len(), refused.unanswered), (0, vec![day]));
    let statuses: Vec<u16> = stamp.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [400, 200, 400]);
}

#[tokio::test]
async fn an_endless_reply_is_not_read_to_its_end() {
    let stamp = Api::bitstamp(NOW_S).await;
    let prices = PriceSources::new(vec![bitstamp(&stamp.url)]);
    let day = at(NOW_S - 2 * DAY_S)..at(NOW_S - DAY_S);
    stamp.fail_once(200, &[], &"endless ".repeat(2 << 20));

    let fetched = prices
        .fetch(std::slice::from_ref(&day), at(NOW_S), &unhurried)
        .await;

    assert_eq!((fetched.points.len(), fetched.unanswered), (0, vec![day]));
}

#[tokio::test]
async fn a_run_without_time_makes_no_call_and_the_next_run_can() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let range = [at(NOW_S - 20 * DAY_S)..at(NOW_S - 10 * DAY_S)];

    let hurried = prices.fetch(&range, at(NOW_S), &|| Duration::ZERO).await;
    assert_eq!(
        (hurried.points.len(), hurried.unanswered.as_slice()),
        (0, &range[..])
    );
    assert_eq!(prices.calls_of_day(at(NOW_S))[0].made, 0);

    let unhurried = prices.fetch(&range, at(NOW_S), &unhurried).await;
    assert_eq!(unhurried.points.len(), 240);
}

#[tokio::test]
async fn a_run_whose_time_ends_keeps_the_prices_that_it_fetched() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let until_two_calls = || match gecko.calls().len() {
        0 | 1 => Duration::from_secs(60),
        _ => Duration::ZERO,
    };

    let year = at(NOW_S - 360 * DAY_S)..at(NOW_S);
    let fetched = prices
        .fetch(std::slice::from_ref(&year), at(NOW_S), &until_two_calls)
        .await;

    assert_eq!(gecko.calls().len(), 2);
    let middle = at(NOW_S - 180 * DAY_S); // Four calls of 90 days.
    assert_eq!(fetched.points.len(), 180 * 24);
    assert_eq!(
        fetched.unanswered.first().map(|left| left.start),
        Some(middle)
    );
    assert_eq!(
        fetched.unanswered.last().map(|left| left.end),
        Some(year.end)
    );
}

#[tokio::test]
async fn a_sixth_call_in_a_minute_is_not_made_by_a_run_with_less_time() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let days = |ago: i64| at(NOW_S - ago * DAY_S)..at(NOW_S - (ago - 2) * DAY_S);
    let five: Vec<_> = (1..=5).rev().map(|n| days(10 * n)).collect();
    prices.fetch(&five, at(NOW_S), &unhurried).await;

    let fetched = prices
        .fetch(&[days(60)], at(NOW_S), &|| Duration::from_secs(30))
        .await;

    assert_eq!(fetched.unanswered, [days(60)]);
    let statuses: Vec<u16> = gecko.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [200; 5]);
}

#[tokio::test]
async fn blocks_take_their_price_from_the_source_of_their_time_and_name_it() {
    let middle_s = 1_755_107_723; // Of block 909878, one of 601.
    let now_s = middle_s - middle_s % HOUR_S - HOUR_S + 365 * DAY_S;
    let (_replay, node) = replay(910_178).await;
    let (gecko, stamp) = (Api::coingecko(now_s).await, Api::bitstamp(now_s).await);
    let mut outside = outside(&node, memory());
    outside.prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let run = Run {
        owner: "test".to_owned(),
        start_height: Some(909_578),
        time_left: &|| Duration::MAX,
        now: &|| at(now_s),
        progress: &|_| (),
    };

    follow_tip(&outside, &run).await.expect("it ends well");

    let rows = blocks_of(outside.lake.as_ref()).await;
    assert_eq!(rows.len(), 601);
    let mut priced = std::collections::BTreeMap::new();
    for row in &rows {
        let quote = row.price.quote().expect("every block has a price");
        let (time_s, price_s) = (row.block.time.to_secs(), quote.time.to_secs());
        let source = &*quote.source;
        assert!(row.price.is_final());
        assert!((time_s - price_s).abs() <= HOUR_S);
        match source {
            "bitstamp" => assert!(time_s < middle_s && price_s % HOUR_S == 0),
            _ => assert!(time_s > middle_s - HOUR_S && price_s % HOUR_S == COINGECKO_OFFSET_S),
        }
        *priced.entry(source.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(priced.len(), 2);
    assert!(priced.values().all(|blocks| *blocks >= 290), "{priced:?}");
}

#[tokio::test]
async fn a_late_run_writes_its_blocks_without_prices_and_the_next_run_fetches_them() {
    let now_s = 1_755_000_000 + 30 * DAY_S;
    let (_replay, node) = replay(909_600).await;
    let (gecko, stamp) = (Api::coingecko(now_s).await, Api::bitstamp(now_s).await);
    let mut outside = outside(&node, memory());
    outside.prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let is_late = AtomicBool::new(false);
    let time_left = || Duration::from_secs(if is_late.load(Relaxed) { 14 } else { 60 });
    let run = Run {
        owner: "test".to_owned(),
        start_height: Some(909_578),
        time_left: &time_left,
        now: &|| at(now_s),
        progress: &|_| is_late.store(true, Relaxed),
    };

    let late = follow_tip(&outside, &run).await;
    let calls_late = gecko.calls().len();
    is_late.store(false, Relaxed);
    let next = follow_tip(&outside, &run).await;

    let (late, next) = (late.expect("it ends well"), next.expect("it ends well"));
    assert_eq!((late.blocks, late.provisional, calls_late), (23, 23, 0));
    assert_eq!((next.blocks, next.provisional), (0, 0));
    assert_eq!(gecko.calls().len(), 1);
}
