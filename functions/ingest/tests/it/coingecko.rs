//! CoinGecko as it behaves on bad days, over real HTTP.

use std::time::Duration;

use crate::common::{coingecko, now, prices, replay, unhurried};
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
async fn a_limit_that_ends_soon_is_waited_for() {
    let (replay, url) = replay(924_778).await;
    replay.inject_price_fault(refusal(
        429,
        Some("1"),
        r#"{"status":{"error_code":429,"error_message":"slow down"}}"#,
    ));
    let started = tokio::time::Instant::now();

    let answer = prices(&url)
        .fetch(&[at(1_760_000_000)..at(1_760_086_400)], now(), &unhurried)
        .await;

    assert_eq!((answer.points.len(), answer.unanswered.len()), (24, 0));
    assert!(
        started.elapsed() >= Duration::from_secs(1),
        "Retry-After is honoured"
    );
}

#[tokio::test]
async fn a_limit_that_ends_late_is_not_waited_for_and_nobody_asks_until_then() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    replay.inject_price_fault(refusal(429, Some("3600"), ""));
    let stretches = [
        at(1_760_000_000)..at(1_760_086_400),
        at(1_761_000_000)..at(1_761_086_400),
    ];

    let refused = prices.fetch(&stretches, now(), &unhurried).await;
    let later = prices.fetch(&stretches, now(), &unhurried).await;

    assert_eq!(
        (refused.points.len(), refused.unanswered.as_slice()),
        (0, &stretches[..])
    );
    assert_eq!(later, refused);
    assert_eq!(prices.calls_of_day(now())[0].made, 1);
}

#[tokio::test]
async fn what_is_too_old_for_the_plan_is_asked_for_once() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    let too_old = r#"{"error":{"status":{"error_code":10012,"error_message":"past 365 days"}}}"#;
    replay.inject_price_fault(refusal(401, None, too_old));
    let years_ago = at(1_600_000_000)..at(1_600_086_400);

    let first = prices
        .fetch(std::slice::from_ref(&years_ago), now(), &unhurried)
        .await;
    let second = prices
        .fetch(
            &[years_ago.clone(), at(1_760_000_000)..at(1_760_086_400)],
            now(),
            &unhurried,
        )
        .await;

    assert_eq!((first.points.len(), first.unanswered.len()), (0, 0));
    assert_eq!(first.before_history, [years_ago]);
    assert_eq!(first.before_history, second.before_history);
    assert_eq!((second.points.len(), second.unanswered.len()), (24, 0));
    assert_eq!(prices.calls_of_day(now())[0].made, 2);
}

#[tokio::test]
async fn a_range_that_begins_too_early_is_asked_for_from_where_the_plan_begins() {
    let (replay, url) = replay(924_778).await;
    let free = PriceSources::new(vec![coingecko(&url, CoinGeckoTier::Public)]);
    let year_later = at(1_755_000_000 + 365 * 86_400);

    let answer = free
        .fetch(
            &[at(1_754_900_000)..at(1_755_100_000)],
            year_later,
            &unhurried,
        )
        .await;

    // The hours from 365 days ago, and one hour on, to the end.
    assert_eq!(answer.points.len(), 27);
    assert_eq!(
        replay.price_requests(),
        [(1_755_003_600.0, 1_755_100_000.0)]
    );
    assert_eq!(
        answer.before_history,
        [at(1_754_900_000)..at(1_755_003_600)]
    );
}

#[tokio::test]
async fn where_nothing_is_newer_nobody_asks_again_at_once() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    let after_the_end = [at(1_763_852_400)..at(1_763_900_000)];

    let first = prices.fetch(&after_the_end, now(), &unhurried).await;
    let second = prices.fetch(&after_the_end, now(), &unhurried).await;

    assert_eq!(first.points.len(), 1); // The last one, which is known.
    assert_eq!(second.unanswered, after_the_end);
    assert_eq!(replay.price_requests().len(), 1);
}

#[tokio::test]
async fn the_tip_is_asked_for_every_five_minutes_at_most() {
    let (replay, url) = replay(924_778).await;
    let prices = prices(&url);
    let tip = at(1_763_850_000);

    let first = prices
        .fetch(&[at(1_763_840_000)..tip], tip, &unhurried)
        .await;
    let newest = first.points.last().expect("hourly points").quote.time;
    let second = prices
        .fetch(std::slice::from_ref(&(newest..tip)), tip, &unhurried)
        .await;

    assert_eq!(newest, at(1_763_848_800));
    assert_eq!(second.unanswered, [newest..tip]);
    assert_eq!(replay.price_requests().len(), 1);
}
