//! Repricing: prices that arrive after their blocks.

use std::sync::Arc;

use crate::common::{context, files, memory, now, prices, replay, run};
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::price::PricePoint;
use hashlake_core::table::{LengthGuard, daily, prices as prices_table};
use hashlake_core::timestamp::Timestamp;
use ingest::pipeline::IngestContext;
use ingest::prices::store::{merge_prices, stored_prices};
use ingest::reprice::{Repriced, reprice};

const FIRST: u32 = 909_578;
const TIP: u32 = 912_577;
const BLOCKS: u32 = 3_000;
const UNREACHABLE_URL: &str = "http://127.0.0.1:9";

fn without_prices(url: &str, lake: &Arc<dyn Lake>) -> IngestContext {
    IngestContext {
        prices: prices(UNREACHABLE_URL),
        ..context(url, lake.clone())
    }
}

async fn priced_lake(url: &str) -> Arc<dyn Lake> {
    let lake = memory();
    run(&context(url, lake.clone()), FIRST)
        .await
        .expect("the run succeeds");
    lake
}

async fn all_prices(lake: &dyn Lake) -> Vec<PricePoint> {
    let all = stored_prices(lake, Timestamp::from_block_time(1_754_000_000)..now()).await;
    all.expect("readable").points().to_vec()
}

/// Asserts that the files of both lakes have the same bytes. Compares only the rows of the file of
/// days, because it has an extra entry if it replaced a file of the same length.
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
async fn blocks_without_a_price_get_the_prices_that_an_undisturbed_run_assigns() {
    let (_replay, url) = replay(TIP).await;
    let (whole, lake) = (priced_lake(&url).await, memory());
    run(&without_prices(&url, &lake), FIRST)
        .await
        .expect("blocks are written without prices");

    let nothing = reprice(&without_prices(&url, &lake), now(), &|_| ())
        .await
        .expect("repricing succeeds");
    let repriced = reprice(&context(&url, lake.clone()), now(), &|_| ())
        .await
        .expect("repricing succeeds");

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
            provisional: 3, // These blocks are after the last price of the replay.
            ..Repriced::default()
        }
    );
    assert_same(lake.as_ref(), whole.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_prices_replace_prices_that_are_further_away_in_time() {
    let (_replay, url) = replay(TIP).await;
    let (whole, lake) = (priced_lake(&url).await, memory());
    let hourly = all_prices(whole.as_ref()).await;
    let daily: Vec<PricePoint> = hourly.iter().step_by(24).cloned().collect();
    merge_prices(lake.as_ref(), &daily).await.expect("merged");
    let offline = without_prices(&url, &lake);
    run(&offline, FIRST).await.expect("the run succeeds");
    merge_prices(lake.as_ref(), &hourly).await.expect("merged");

    let repriced = reprice(&offline, now(), &|_| ())
        .await
        .expect("repricing succeeds");
    let again = reprice(&offline, now(), &|_| ())
        .await
        .expect("repricing succeeds");

    // Only blocks whose nearest point is one of the daily points keep their price.
    assert!(repriced.changed > BLOCKS * 9 / 10, "{repriced:?}");
    assert_eq!(again.changed, 0);
    assert_same(lake.as_ref(), whole.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_prices_are_fetched_again_and_blocks_keep_their_prices_until_then() {
    let (_replay, url) = replay(TIP).await;
    let (whole, lake) = (priced_lake(&url).await, priced_lake(&url).await);
    let key = prices_table::key(Month::of(Timestamp::from_block_time(1_756_000_000)));
    let stored = lake.get(&key).await.expect("a lake in memory never fails");
    let stored = stored.expect("prices of August");
    let mut points = prices_table::decode(stored.body).expect("prices");
    let day = |point: &PricePoint| point.quote.time.to_secs() / 86_400;
    points.retain(|point| ![20_320, 20_330].contains(&day(point))); // 20 and 30 August 2025.
    let body = prices_table::encode(&points, LengthGuard::Absent);
    lake.put(&key, body, Some(&stored.version))
        .await
        .expect("replaced");

    let offline = reprice(&without_prices(&url, &lake), now(), &|_| ()).await;
    let online = reprice(&context(&url, lake.clone()), now(), &|_| ()).await;

    let (offline, online) = (
        offline.expect("repricing succeeds"),
        online.expect("repricing succeeds"),
    );
    assert_eq!((offline.changed, online.changed), (0, 0));
    assert!((100..1000).contains(&offline.price_removed), "{offline:?}");
    assert_eq!(online.price_removed, 0);
    assert_same(lake.as_ref(), whole.as_ref()).await;
}
