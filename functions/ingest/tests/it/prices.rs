//! Fetches prices over HTTP from the APIs of [`crate::common::price_apis`], with their limits.

use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::common::price_apis::{
    Api, COINGECKO_OFFSET_S, DAY_S, HOUR_S, bitstamp_usd, coingecko_usd, is_traded,
};
use crate::common::{
    NO_PRICES, bitstamp, blocks_of, coingecko, context, memory, replay, unlimited_time,
};
use hashlake_core::price::{PricePoint, PriceSeries, Quote};
use hashlake_core::price_note::{self, PriceNote};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::UsdPerBtc;
use ingest::pipeline::{IngestContext, Report, Run, follow_tip};
use ingest::prices::coingecko::CoinGeckoTier;
use ingest::prices::{PriceSources, SourceState};

const NOW_S: i64 = 1_768_435_200; // 2026-01-15T00:00:00Z
const YEAR_AGO_S: i64 = NOW_S - 365 * DAY_S;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs).expect("a date")
}

async fn apis() -> (Api, Api) {
    (Api::coingecko(NOW_S).await, Api::bitstamp(NOW_S).await)
}

/// CoinGecko with this plan as the preferred source, and Bitstamp as the second.
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
async fn a_year_takes_five_calls_to_coingecko_and_older_prices_come_from_bitstamp() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let from_s = NOW_S - 500 * DAY_S;

    let range = at(from_s)..at(NOW_S);
    let fetched = prices
        .fetch(&[range], &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;

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
        (fetched.unfetched, fetched.before_history),
        (vec![], vec![])
    );
    // Bitstamp: the older part is 135 days and an hour, which takes four calls of 34 days each.
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
    let (from_s, to_s) = (1_420_071_234, 1_430_005_678); // Neither is at the start of an hour.

    let range = at(from_s)..at(to_s);
    let fetched = prices
        .fetch(&[range], &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;

    let hours = hours(from_s..to_s, 0);
    let traded: Vec<i64> = hours.into_iter().filter(|hour| is_traded(*hour)).collect();
    assert_eq!(times_s(&fetched.points, "bitstamp"), traded);
    assert_eq!((gecko.calls().len(), stamp.calls().len()), (0, 3));
}

#[tokio::test]
async fn no_source_is_called_for_times_before_the_history_of_all_sources() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let year_2010 = at(1_262_304_000)..at(1_293_840_000);

    let fetched = prices
        .fetch(
            std::slice::from_ref(&year_2010),
            &NO_PRICES,
            at(NOW_S),
            &unlimited_time,
        )
        .await;

    assert_eq!(fetched.before_history, [year_2010]);
    assert_eq!((fetched.points.len(), fetched.unfetched.len()), (0, 0));
    assert_eq!((gecko.calls().len(), stamp.calls().len()), (0, 0));
}

#[tokio::test]
async fn a_source_that_fails_temporarily_is_not_replaced_by_the_next_source() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    // A time this many seconds from now does not fit into an `Instant`.
    gecko.fail_once(429, &[("retry-after", "18446744073709551615")], "");
    let ranges = [
        at(NOW_S - 400 * DAY_S)..at(NOW_S - 390 * DAY_S),
        at(NOW_S - 20 * DAY_S)..at(NOW_S - 10 * DAY_S),
    ];

    let fetched = prices
        .fetch(&ranges, &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;
    let again = prices
        .fetch(&ranges, &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;

    assert_eq!(fetched.unfetched, ranges[1..]);
    assert!(times_s(&fetched.points, "coingecko").is_empty());
    assert!(times_s(&fetched.points, "bitstamp").len() > 200);
    assert_eq!(again, fetched);
    assert_eq!((gecko.calls().len(), stamp.calls().len()), (1, 2));
}

#[tokio::test]
async fn a_history_shorter_than_expected_is_remembered() {
    let (gecko, stamp) = apis().await;
    // How far back this plan's history goes is unknown before the first call.
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Pro);
    let range = at(NOW_S - 400 * DAY_S)..at(NOW_S);

    let first = prices
        .fetch(
            std::slice::from_ref(&range),
            &NO_PRICES,
            at(NOW_S),
            &unlimited_time,
        )
        .await;
    let refused: Vec<_> = gecko
        .calls()
        .iter()
        .filter(|call| call.status == 401)
        .map(|call| (call.from_s, call.to_s))
        .collect();
    let before_the_year = range.start..at(NOW_S - 380 * DAY_S);
    let second = prices
        .fetch(&[before_the_year], &NO_PRICES, at(NOW_S), &unlimited_time)
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
        .fetch(
            std::slice::from_ref(&day),
            &NO_PRICES,
            at(NOW_S),
            &unlimited_time,
        )
        .await;
    stamp.fail_once(400, &[], r#"{"code": "Not a valid choice."}"#);
    let refused = prices
        .fetch(
            std::slice::from_ref(&day),
            &NO_PRICES,
            at(NOW_S),
            &unlimited_time,
        )
        .await;

    assert_eq!(waited.unfetched, []);
    assert!(waited.points.len() >= 23);
    assert_eq!((refused.points.len(), refused.unfetched), (0, vec![day]));
    let statuses: Vec<u16> = stamp.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [400, 200, 400]);
}

fn failing(why: &str) -> SourceState {
    SourceState::Failing(why.to_owned())
}

#[tokio::test]
async fn recorded_prices_of_half_a_year_have_no_suspect_point() {
    let (_replay, url) = replay(924_778).await;
    let prices = PriceSources::new(vec![coingecko(&url, CoinGeckoTier::Pro)]);

    let all = [at(1_747_000_000)..at(1_763_900_000)];
    let fetched = prices
        .fetch(&all, &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;

    assert_eq!((fetched.points.len(), fetched.suspects), (4668, vec![]));
}

#[tokio::test]
async fn daily_prices_instead_of_hourly_ones_are_kept_but_leave_their_range_unfetched() {
    let gecko = Api::coingecko(NOW_S).await;
    gecko.hourly_up_to(0);
    let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let range = at(NOW_S - 5 * DAY_S)..at(NOW_S);
    let fetch = || {
        prices.fetch(
            std::slice::from_ref(&range),
            &NO_PRICES,
            at(NOW_S),
            &unlimited_time,
        )
    };

    let fetched = fetch().await;
    let again = fetch().await;

    // The client requests shorter and shorter ranges: 5 days, 1.25 days and 0.625 days. Then it stops.
    let lengths: Vec<i64> = gecko
        .calls()
        .iter()
        .map(|call| call.to_s - call.from_s)
        .collect();
    assert_eq!(lengths, [5 * DAY_S, DAY_S * 5 / 4, DAY_S * 5 / 8]);
    let days = (0..=5).rev().map(|ago| NOW_S - ago * DAY_S);
    assert_eq!(
        times_s(&fetched.points, "coingecko"),
        days.collect::<Vec<_>>()
    );
    assert!(
        fetched
            .points
            .iter()
            .all(|point| point.resolution_s == 86_400)
    );
    let unfetched = (fetched.unfetched.first(), fetched.unfetched.last());
    assert_eq!(unfetched.0.map(|first| first.start), Some(range.start));
    assert_eq!(unfetched.1.map(|last| last.end), Some(range.end));
    let why = failing(
        "sent daily prices, or ones many hours apart, instead of hourly ones from 2026-01-10T00:00:00Z to 2026-01-10T15:00:00Z",
    );
    assert_eq!(fetched.states, [("CoinGecko", why.clone())]);
    assert_eq!(again.states, [("CoinGecko", why)]);
}

#[tokio::test]
async fn a_source_that_has_hourly_prices_only_for_short_ranges_gets_short_requests() {
    let gecko = Api::coingecko(NOW_S).await;
    gecko.hourly_up_to(10 * DAY_S);
    let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let range = at(NOW_S - 20 * DAY_S)..at(NOW_S);

    let ranges = std::slice::from_ref(&range);
    let fetched = prices
        .fetch(ranges, &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;

    assert_eq!(fetched.points.len(), 20 * 24);
    assert!(
        fetched
            .points
            .iter()
            .all(|point| point.resolution_s == 3600)
    );
    assert_eq!(fetched.unfetched, []);
    assert_eq!(fetched.states, [("CoinGecko", SourceState::Answered)]);
    assert_eq!(gecko.calls().len(), 5); // One call for 20 days, and then four calls for 5 days each.
}

#[tokio::test]
async fn an_empty_reply_is_a_failure_unless_the_source_may_lack_prices() {
    let day = |ago: i64| at(NOW_S - ago * DAY_S)..at(NOW_S - (ago - 1) * DAY_S);
    let empty = r#"{"prices":[],"market_caps":[],"total_volumes":[]}"#;
    for (body, range, stays_unfetched) in [
        (empty, at(NOW_S - 5 * DAY_S)..at(NOW_S), true),
        (r#"{"prices":[[1768390000000,null]]}"#, day(1), true),
        (empty, at(NOW_S - 100 * DAY_S)..at(NOW_S - 90 * DAY_S), true),
        // The source may have a gap of a few hours in its history.
        (
            empty,
            at(NOW_S - 100 * DAY_S)..at(NOW_S - 100 * DAY_S + 4 * HOUR_S),
            false,
        ),
        // An hourly source need not have a point in every hour.
        (empty, at(NOW_S - HOUR_S)..at(NOW_S), false),
    ] {
        let gecko = Api::coingecko(NOW_S).await;
        let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
        gecko.fail_once(200, &[], body);

        let fetched = prices
            .fetch(
                std::slice::from_ref(&range),
                &NO_PRICES,
                at(NOW_S),
                &unlimited_time,
            )
            .await;

        let why = format!("sent no prices from {} to {}", range.start, range.end);
        let expected = match stays_unfetched {
            true => (vec![range], failing(&why)),
            false => (vec![], SourceState::Answered),
        };
        assert_eq!((fetched.unfetched, fetched.states[0].1.clone()), expected);
    }
}

#[tokio::test]
async fn a_recent_gap_in_a_reply_stays_unfetched_and_the_failure_names_it() {
    let hourly = |hours: &[i64]| {
        let entry = |hour: &i64| format!("[{},100000]", (NOW_S - hour * HOUR_S) * 1000);
        let entries: Vec<String> = hours.iter().map(entry).collect();
        format!(r#"{{"prices":[{}]}}"#, entries.join(","))
    };
    let range = at(NOW_S - 12 * HOUR_S)..at(NOW_S);
    let cases = [
        (hourly(&[12, 11, 10, 6, 5, 4, 3, 2, 1]), Some((10, 6))),
        (hourly(&[12, 11, 10, 9, 8, 7, 6, 5, 4]), Some((4, 0))),
        (hourly(&[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]), None),
    ];
    for (body, gap) in cases {
        let gecko = Api::coingecko(NOW_S).await;
        let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
        gecko.fail_once(200, &[], &body);

        let fetched = prices
            .fetch(
                std::slice::from_ref(&range),
                &NO_PRICES,
                at(NOW_S),
                &unlimited_time,
            )
            .await;

        let gap = gap.map(|(from, to)| at(NOW_S - from * HOUR_S)..at(NOW_S - to * HOUR_S));
        assert_eq!(
            fetched.unfetched,
            gap.clone().into_iter().collect::<Vec<_>>()
        );
        let state = match gap {
            None => SourceState::Answered,
            Some(gap) if gap.end == range.end => {
                failing(&format!("has sent no prices after {}", gap.start))
            }
            Some(gap) => failing(&format!("sent no prices from {} to {}", gap.start, gap.end)),
        };
        assert_eq!(fetched.states, [("CoinGecko", state)]);
    }
}

#[tokio::test]
async fn a_single_point_far_off_its_neighbours_is_not_used_until_the_next_one_confirms_it() {
    let gecko = Api::coingecko(NOW_S).await;
    let (spike, newest) = (
        NOW_S - 30 * HOUR_S + COINGECKO_OFFSET_S,
        NOW_S - HOUR_S + COINGECKO_OFFSET_S,
    );
    gecko.spike(spike, 100.0);
    gecko.spike(newest, 0.5);
    let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let range = at(NOW_S - 5 * DAY_S)..at(NOW_S);

    let fetched = prices
        .fetch(&[range], &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;

    assert_eq!(fetched.points.len(), 5 * 24 - 2);
    let suspects: Vec<i64> = fetched
        .suspects
        .iter()
        .map(|suspects| suspects.quote.time.to_secs())
        .collect();
    assert_eq!(suspects, [spike, newest]);
    assert!(
        !times_s(&fetched.points, "coingecko")
            .iter()
            .any(|time_s| suspects.contains(time_s))
    );
    // The price of the blocks around the first spike is not final.
    assert_eq!(fetched.unfetched, [at(spike - HOUR_S)..at(spike + HOUR_S)]);
    // One hour later, the next point has half the price too: the drop is real.
    let later = NOW_S + HOUR_S;
    let gecko = Api::coingecko(later).await;
    for time_s in [newest, newest + HOUR_S] {
        gecko.spike(time_s, 0.5);
    }
    let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let mut known = PriceSeries::default();
    known.merge(fetched.points);

    let gap = [at(newest - 2 * DAY_S)..at(later)];
    let fetched = prices.fetch(&gap, &known, at(later), &unlimited_time).await;

    assert_eq!(fetched.suspects, []);
    assert_eq!(
        fetched.points.last().map(|point| point.quote.time),
        Some(at(newest + HOUR_S))
    );
}

#[tokio::test]
async fn a_single_new_point_is_compared_with_the_stored_ones() {
    let gecko = Api::coingecko(NOW_S).await;
    let spike = NOW_S - HOUR_S + COINGECKO_OFFSET_S;
    let body = format!(r#"{{"prices":[[{},1]]}}"#, spike * 1000);
    gecko.fail_once(200, &[], &body);
    let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let mut known = PriceSeries::default();
    known.merge((1..20).map(|n| PricePoint {
        quote: Quote {
            time: at(spike - n * HOUR_S),
            usd: UsdPerBtc::new(coingecko_usd(spike)).expect("a price"),
            source: "imported".into(),
        },
        resolution_s: 3600,
    }));

    let gap = [at(spike - HOUR_S)..at(NOW_S)];
    let fetched = prices.fetch(&gap, &known, at(NOW_S), &unlimited_time).await;

    assert_eq!((fetched.points.len(), fetched.suspects.len()), (0, 1));
    assert_eq!(
        fetched.suspects[0]
            .before
            .as_ref()
            .map(|before| &*before.source),
        Some("imported")
    );
}

#[tokio::test]
async fn a_reply_with_many_points_far_off_their_neighbours_is_refused() {
    let gecko = Api::coingecko(NOW_S).await;
    for n in 0..12 {
        gecko.spike(NOW_S - (2 * n + 5) * HOUR_S + COINGECKO_OFFSET_S, 3.0);
    }
    let prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let range = at(NOW_S - 2 * DAY_S)..at(NOW_S);

    let fetched = prices
        .fetch(
            std::slice::from_ref(&range),
            &NO_PRICES,
            at(NOW_S),
            &unlimited_time,
        )
        .await;

    assert_eq!((fetched.points.len(), fetched.unfetched), (0, vec![range]));
    assert!(matches!(&fetched.states[0].1, SourceState::Failing(why) if why.contains("far off")));
}

#[tokio::test]
async fn a_reply_that_is_too_long_is_refused() {
    let stamp = Api::bitstamp(NOW_S).await;
    let prices = PriceSources::new(vec![bitstamp(&stamp.url)]);
    let day = at(NOW_S - 2 * DAY_S)..at(NOW_S - DAY_S);
    stamp.fail_once(200, &[], &"endless ".repeat(2 << 20));

    let fetched = prices
        .fetch(
            std::slice::from_ref(&day),
            &NO_PRICES,
            at(NOW_S),
            &unlimited_time,
        )
        .await;

    assert_eq!((fetched.points.len(), fetched.unfetched), (0, vec![day]));
}

#[tokio::test]
async fn a_run_without_time_left_makes_no_call_and_the_next_run_makes_it() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let range = [at(NOW_S - 20 * DAY_S)..at(NOW_S - 10 * DAY_S)];

    let hurried = prices
        .fetch(&range, &NO_PRICES, at(NOW_S), &|| Duration::ZERO)
        .await;
    assert_eq!(
        (hurried.points.len(), hurried.unfetched.as_slice()),
        (0, &range[..])
    );
    assert_eq!(prices.calls_of_day(at(NOW_S))[0].made, 0);

    let unlimited_time = prices
        .fetch(&range, &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;
    assert_eq!(unlimited_time.points.len(), 240);
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
        .fetch(
            std::slice::from_ref(&year),
            &NO_PRICES,
            at(NOW_S),
            &until_two_calls,
        )
        .await;

    assert_eq!(gecko.calls().len(), 2);
    let middle = at(NOW_S - 180 * DAY_S); // Two of the four calls of 90 days each were made.
    assert_eq!(fetched.points.len(), 180 * 24);
    assert_eq!(
        fetched.unfetched.first().map(|left| left.start),
        Some(middle)
    );
    assert_eq!(
        fetched.unfetched.last().map(|left| left.end),
        Some(year.end)
    );
}

#[tokio::test]
async fn a_sixth_call_in_a_minute_is_not_made_if_the_run_cannot_wait_for_it() {
    let (gecko, stamp) = apis().await;
    let prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    let days = |ago: i64| at(NOW_S - ago * DAY_S)..at(NOW_S - (ago - 2) * DAY_S);
    let five: Vec<_> = (1..=5).rev().map(|n| days(10 * n)).collect();
    prices
        .fetch(&five, &NO_PRICES, at(NOW_S), &unlimited_time)
        .await;

    let fetched = prices
        .fetch(&[days(60)], &NO_PRICES, at(NOW_S), &|| {
            Duration::from_secs(30)
        })
        .await;

    assert_eq!(fetched.unfetched, [days(60)]);
    let statuses: Vec<u16> = gecko.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [200; 5]);
}

/// Follows the tip from block 909578 on, at the time `now_s`.
async fn run_at(context: &IngestContext, now_s: i64) -> Report {
    let run = Run {
        owner: "test".to_owned(),
        start_height: Some(909_578),
        time_left: &|| Duration::MAX,
        now: &|| at(now_s),
        progress: &|_| (),
    };
    follow_tip(context, &run).await.expect("the run succeeds")
}

#[tokio::test]
async fn each_block_has_a_price_of_the_source_for_its_time_and_names_that_source() {
    let middle_s = 1_755_107_723; // Time of block 909878, the middle one of 601.
    let now_s = middle_s - middle_s % HOUR_S - HOUR_S + 365 * DAY_S;
    let (_replay, node) = replay(910_178).await;
    let (gecko, stamp) = (Api::coingecko(now_s).await, Api::bitstamp(now_s).await);
    let mut context = context(&node, memory());
    context.prices = sources(&gecko, &stamp, CoinGeckoTier::Public);

    run_at(&context, now_s).await;

    let rows = blocks_of(context.lake.as_ref()).await;
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
    let mut context = context(&node, memory());
    context.prices = sources(&gecko, &stamp, CoinGeckoTier::Public);
    // The run asks for the time before it loads the lake, and again before it fetches prices.
    let (is_read, is_late) = (AtomicBool::new(false), AtomicBool::new(false));
    let time_left = || Duration::from_secs(if is_late.load(Relaxed) { 14 } else { 60 });
    let now = || {
        is_late.fetch_or(is_read.load(Relaxed), Relaxed);
        at(now_s)
    };
    let run = Run {
        owner: "test".to_owned(),
        start_height: Some(909_578),
        time_left: &time_left,
        now: &now,
        progress: &|_| is_read.store(true, Relaxed),
    };

    let late = follow_tip(&context, &run).await;
    let calls_late = gecko.calls().len();
    is_read.store(false, Relaxed);
    is_late.store(false, Relaxed);
    let next = follow_tip(&context, &run).await;

    let (late, next) = (
        late.expect("the run succeeds"),
        next.expect("the run succeeds"),
    );
    assert_eq!((late.blocks, late.provisional, calls_late), (23, 23, 0));
    assert_eq!((next.blocks, next.provisional), (0, 0));
    assert_eq!(gecko.calls().len(), 1);
}

#[tokio::test]
async fn an_hour_without_trades_is_not_requested_again_at_once() {
    let stamp = Api::bitstamp(NOW_S).await;
    let prices = PriceSources::new(vec![bitstamp(&stamp.url)]);
    let hour_s = (0..)
        .map(|n| NOW_S - n * HOUR_S)
        .find(|time_s| !is_traded(*time_s));
    let hour_s = hour_s.expect("one hour in 50");
    let hole = at(hour_s - HOUR_S)..at(hour_s + HOUR_S);
    let fetch = || {
        let ranges = std::slice::from_ref(&hole);
        prices.fetch(ranges, &NO_PRICES, at(NOW_S), &unlimited_time)
    };

    let (first, second) = (fetch().await, fetch().await);

    assert_eq!((first.points.len(), first.unfetched), (2, vec![]));
    assert_eq!(
        (second.points, second.unfetched),
        (vec![], vec![hole.clone()])
    );
    assert_eq!(stamp.calls().len(), 1);
}

/// Of the blocks 909578 to 909600, 17 are within an hour of this time, and others before and after.
const LEFT_OUT_S: i64 = 1_754_935_200;

/// Follows the tip in a new process, which remembers no calls. Bitstamp's price at [`LEFT_OUT_S`] is
/// multiplied by `factor`. Returns the blocks, and the time ranges of the calls.
async fn follow(
    context: &mut IngestContext,
    now_s: i64,
    factor: f64,
) -> (Vec<PricedBlock>, Vec<(i64, i64)>) {
    let stamp = Api::bitstamp(now_s).await;
    stamp.spike(LEFT_OUT_S, factor);
    context.prices = PriceSources::new(vec![bitstamp(&stamp.url)]);
    run_at(context, now_s).await;
    let rows = blocks_of(context.lake.as_ref()).await;
    let calls = stamp.calls();
    let calls = calls.iter().map(|call| (call.from_s, call.to_s)).collect();
    (rows, calls)
}

#[tokio::test]
async fn prices_around_one_that_is_left_out_are_final_once_it_comes_or_after_a_week() {
    let (before_s, after_s) = (LEFT_OUT_S - HOUR_S, LEFT_OUT_S + HOUR_S);
    let now_s = LEFT_OUT_S + 3 * DAY_S;
    let (_replay, node) = replay(909_600).await;
    let (undisturbed, _) = follow(&mut context(&node, memory()), now_s, 1.0).await;
    assert!(undisturbed.iter().all(|row| row.price.is_final()));
    let assert_provisional = |rows: &[PricedBlock]| {
        for row in rows {
            let is_around = (before_s..after_s).contains(&row.block.time.to_secs());
            assert_eq!(row.price.is_final(), !is_around, "{row:?}");
        }
        assert_eq!(rows.iter().filter(|row| !row.price.is_final()).count(), 17);
    };
    // Negative, zero, not a number, and far off its neighbours.
    for factor in [-1.0, 0.0, f64::NAN, 100.0] {
        let mut context = context(&node, memory());

        let (first, _) = follow(&mut context, now_s, factor).await;
        let (again, calls) = follow(&mut context, now_s + HOUR_S, factor).await;
        assert_provisional(&first);
        assert_provisional(&again);
        assert!(calls.contains(&(before_s, after_s)), "{calls:?}");
        let (healed, calls) = follow(&mut context, now_s + 2 * HOUR_S, 1.0).await;
        assert_eq!(healed, undisturbed);
        assert!(calls.contains(&(before_s, after_s)), "{calls:?}");
        let (_, calls) = follow(&mut context, now_s + 3 * HOUR_S, 1.0).await;
        assert_eq!(calls, []);
    }
    let mut context = context(&node, memory());
    follow(&mut context, now_s, -1.0).await;
    let (late, _) = follow(&mut context, after_s + 7 * DAY_S, -1.0).await;
    assert!(late.iter().all(|row| row.price.is_final()));
    for row in &late {
        let price_s = row.price.quote().map(|quote| quote.time.to_secs());
        assert_ne!(price_s, Some(LEFT_OUT_S));
    }
}

#[tokio::test]
async fn blocks_with_daily_prices_stay_provisional_until_hourly_prices_are_available() {
    let now_s = 1_755_000_000 + 3 * DAY_S;
    let (_replay, node) = replay(909_600).await;
    let gecko = Api::coingecko(now_s).await;
    let mut context = context(&node, memory());
    let note = async |context: &IngestContext| {
        let stored = context
            .lake
            .get(price_note::KEY)
            .await
            .expect("a lake in memory never fails");
        stored.map(|stored| PriceNote::from_json(&stored.body).sources)
    };

    gecko.hourly_up_to(0);
    context.prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let daily = run_at(&context, now_s).await;
    let failing = note(&context).await.expect("a note");
    gecko.hourly_up_to(90 * DAY_S);
    context.prices = PriceSources::new(vec![coingecko(&gecko.url, CoinGeckoTier::Pro)]);
    let hourly = run_at(&context, now_s).await;

    assert_eq!((daily.blocks, daily.provisional), (23, 23));
    assert_eq!(
        (failing[0].failing_since, &*failing[0].name),
        (at(now_s), "CoinGecko")
    );
    assert!(
        failing[0]
            .why
            .starts_with("sent daily prices, or ones many hours apart, instead of hourly ones")
    );
    assert_eq!((hourly.blocks, hourly.provisional), (0, 0));
    assert_eq!(note(&context).await, Some(vec![]));
    for row in blocks_of(context.lake.as_ref()).await {
        let quote = row.price.quote().expect("every block has a price");
        assert!(quote.distance(row.block.time) <= Duration::from_secs(1800));
    }
}
