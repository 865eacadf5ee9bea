//! Failures and limits of CoinGecko, tested over HTTP with the replay.

use std::time::Duration;

use crate::common::{NO_PRICES, coingecko, now, prices, replay, unlimited_time};
use hashlake_core::timestamp::Timestamp;
use ingest::prices::PriceSources;
use ingest::prices::coingecko::CoinGeckoTier;
use replay::Fault;

fn at(secs: u32) -> Timestamp {
    Timestamp::from_block_time(secs)
}

fn refusal(status: u16, retry_after: Option<&str>, body: &str) -> Fault {
    let headers = retry_after
        .map(|wait| ("retry-after".to_owned(), wait.to_owned()))
        .into_iter()
        .collect();
    Fault::Http {
        status,
        headers,
        body: body.to_owned(),
    }
}

#[tokio::test]
async fn a_short_retry_after_is_respected() {
    let (replay, url) = replay(924_778).await;
    replay.inject_price_fault(refusal(
        429,
        Some("1"),
        r#"{"status":{"error_code":429,"error_message":"slow down"}}"#,
    ));
    let started = tokio::time::Instant::now();

    let fetched = prices(&url)
        .fetch(
            &[at(1_760_000_000)..at(1_760_086_400)],
            &NO_PRICES,
            now(),
            &unlimited_time,
        )
        .await;

    assert_eq!((fetched.points.len(), fetched.unfetched.len()), (24, 0));
    assert!(
        started.elapsed() >= Duration::from_secs(1),
        "the call was repeated before the time in Retry-After"
    );
}

#[tokio::test]
async fn after_a_long_retry_after_no_call_is_made_until_its_end() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    replay.inject_price_fault(refusal(429, Some("3600"), ""));
    let ranges = [
        at(1_760_000_000)..at(1_760_086_400),
        at(1_761_000_000)..at(1_761_086_400),
    ];

    let refused = prices
        .fetch(&ranges, &NO_PRICES, now(), &unlimited_time)
        .await;
    let later = prices
        .fetch(&ranges, &NO_PRICES, now(), &unlimited_time)
        .await;

    assert_eq!(
        (refused.points.len(), refused.unfetched.as_slice()),
        (0, &ranges[..])
    );
    assert_eq!(later, refused);
    assert_eq!(prices.calls_of_day(now())[0].made, 1);
}

#[tokio::test]
async fn a_range_too_old_for_the_plan_is_requested_once() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    let too_old = r#"{"error":{"status":{"error_code":10012,"error_message":"past 365 days"}}}"#;
    replay.inject_price_fault(refusal(401, None, too_old));
    let years_ago = at(1_600_000_000)..at(1_600_086_400);

    let first = prices
        .fetch(
            std::slice::from_ref(&years_ago),
            &NO_PRICES,
            now(),
            &unlimited_time,
        )
        .await;
    let second = prices
        .fetch(
            &[years_ago.clone(), at(1_760_000_000)..at(1_760_086_400)],
            &NO_PRICES,
            now(),
            &unlimited_time,
        )
        .await;

    assert_eq!((first.points.len(), first.unfetched.len()), (0, 0));
    assert_eq!(first.before_history, [years_ago]);
    assert_eq!(first.before_history, second.before_history);
    assert_eq!((second.points.len(), second.unfetched.len()), (24, 0));
    assert_eq!(prices.calls_of_day(now())[0].made, 2);
}

#[tokio::test]
async fn a_range_that_starts_too_early_is_requested_from_the_start_of_the_plans_history() {
    let (replay, url) = replay(924_778).await;
    let free = PriceSources::new(vec![coingecko(&url, CoinGeckoTier::Public)]);
    let year_later = at(1_755_000_000 + 365 * 86_400);

    let fetched = free
        .fetch(
            &[at(1_754_900_000)..at(1_755_100_000)],
            &NO_PRICES,
            year_later,
            &unlimited_time,
        )
        .await;

    // The points are hourly, from one year less one hour ago to the end of the range.
    assert_eq!(fetched.points.len(), 27);
    assert_eq!(
        replay.price_requests(),
        [(1_755_003_600.0, 1_755_100_000.0)]
    );
    assert_eq!(
        fetched.before_history,
        [at(1_754_900_000)..at(1_755_003_600)]
    );
}

#[tokio::test]
async fn a_source_without_newer_points_is_not_called_again_at_once() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    let after_the_end = [at(1_763_852_400)..at(1_763_900_000)];

    let first = prices
        .fetch(&after_the_end, &NO_PRICES, now(), &unlimited_time)
        .await;
    let second = prices
        .fetch(&after_the_end, &NO_PRICES, now(), &unlimited_time)
        .await;

    assert_eq!(first.points.len(), 1); // This is the last point of the recording.
    assert_eq!(second.unfetched, after_the_end);
    assert_eq!(replay.price_requests().len(), 1);
}

#[tokio::test]
async fn the_newest_price_is_requested_at_most_every_five_minutes() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    let tip = at(1_763_850_000);

    let first = prices
        .fetch(&[at(1_763_840_000)..tip], &NO_PRICES, tip, &unlimited_time)
        .await;
    let newest = first.points.last().expect("hourly points").quote.time;
    let second = prices
        .fetch(
            std::slice::from_ref(&(newest..tip)),
            &NO_PRICES,
            tip,
            &unlimited_time,
        )
        .await;

    assert_eq!(newest, at(1_763_848_800));
    assert_eq!(second.unfetched, [newest..tip]);
    assert_eq!(replay.price_requests().len(), 1);
}
