//! Repricing: prices that arrive after their blocks.

use std::sync::Arc;

use crate::common::{files, memory, now, outside, prices, replay, run};
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::price::PricePoint;
use hashlake_core::table::{LengthGuard, daily, prices as prices_table};
use hashlake_core::timestamp::Timestamp;
use ingest::pipeline::Outside;
use ingest::prices::store::{merge_prices, stored_prices};
use ingest::reprice::{Repriced, reprice};

const FIRST: u32 = 909_578;
const TIP: u32 = 912_577; // Across a month's end.
const BLOCKS: u32 = 3_000;
const NOWHERE: &str = "http://127.0.0.1:9";

fn without_prices(url: &str, lake: &Arc<dyn Lake>) -> Outside {
    Outside {
        prices: prices(NOWHERE),
        ..outside(url, lake.clone())
    }
}

async fn priced_lake(url: &str) -> Arc<dyn Lake> {
    let lake = memory();
    run(&outside(url, lake.clone()), FIRST)
        .await
        .expect("it follows");
    lake
}

async fn all_prices(lake: &dyn Lake) -> Vec<PricePoint> {
    let all = stored_prices(lake, Timestamp::from_block_time(1_754_000_000)..now()).await;
    all.expect("readable").points().to_vec()
}

/// The same bytes in every file, except for the same rows in the file of days: that one has an
/// extra entry if it replaced a file of its length.
async fn assert_same(lake: &dyn Lake, whole: &dyn Lake) {
    let (mut lake, mut whole) = (files(lake).await, files(whole).await);
    let [days, days_of_whole] = [&mut lake, &mut whole].map(|files| {
        let days = files.remove(daily::KEY).expect("a file of days");
        daily::decode(days).expect("a table of days")
    });
    assert_eq!(days, days_of_whole);
    assert!(lake == whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_without_a_price_get_those_of_an_undisturbed_run() {
    let (_replay, url) = replay(TIP).await;
    let (whole, lake) = (priced_lake(&url).await, memory());
    run(&without_prices(&url, &lake), FIRST)
        .await
        .expect("no block waits for a price");

    let nothing = reprice(&without_prices(&url, &lake), now(), &|_| ())
        .await
        .expect("it is done");
    let repriced = reprice(&outside(&url, lake.clone()), now(), &|_| ())
        .await
        .expect("it is done");

    let untouched = Repriced {
        blocks: BLOCKS,
        unpriced: BLOCKS,
        ..Repriced::default()
    };
    assert_eq!(nothing, untouched);
    assert_eq!(
        repriced,
        Repriced {
            blocks: BLOCKS,
            changed: BLOCKS,
            provisional: 3, // Blocks after the last price of the replay.
            ..Repriced::default()
        }
    );
    assert_same(lake.as_ref(), whole.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_prices_replace_those_from_further_away() {
    let (_replay, url) = replay(TIP).await;
    let (whole, lake) = (priced_lake(&url).await, memory());
    let hourly = all_prices(whole.as_ref()).await;
    let daily: Vec<PricePoint> = hourly.iter().step_by(24).cloned().collect();
    merge_prices(lake.as_ref(), &daily).await.expect("merged");
    let offline = without_prices(&url, &lake);
    run(&offline, FIRST).await.expect("it follows");
    merge_prices(lake.as_ref(), &hourly).await.expect("merged");

    let repriced = reprice(&offline, now(), &|_| ()).await.expect("it is done");
    let again = reprice(&offline, now(), &|_| ()).await.expect("it is done");

    // All but the blocks nearest to a daily point.
    assert!(repriced.changed > BLOCKS * 9 / 10, "{repriced:?}");
    assert_eq!(again.changed, 0);
    assert_same(lake.as_ref(), whole.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_that_are_gone_are_fetched_again_and_blocks_keep_theirs_until_then() {
    let (_replay, url) = replay(TIP).await;
    let (whole, lake) = (priced_lake(&url).await, priced_lake(&url).await);
    let key = prices_table::key(Month::of(Timestamp::from_block_time(1_756_000_000)));
    let stored = lake.get(&key).await.expect("memory answers");
    let stored = stored.expect("prices of August");
    let mut points = prices_table::decode(stored.body).expect("prices");
    let day = |point: &PricePoint| point.quote.time.to_secs() / 86_400;
    points.retain(|point| ![20_320, 20_330].contains(&day(point))); // 2025-08-20 and 30.
    let body = prices_table::encode(&points, LengthGuard::Absent);
    lake.put(&key, body, Some(&stored.version))
        .await
        .expect("replaced");

    let offline = reprice(&without_prices(&url, &lake), now(), &|_| ()).await;
    let online = reprice(&outside(&url, lake.clone()), now(), &|_| ()).await;

    let (offline, online) = (offline.expect("it is done"), online.expect("it is done"));
    assert_eq!((offline.changed, online.changed), (0, 0));
    assert!((100..1000).contains(&offline.orphaned), "{offline:?}");
    assert_eq!(online.orphaned, 0);
    assert_same(lake.as_ref(), whole.as_ref()).await;
}
