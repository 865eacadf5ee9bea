//! Backfills from a replay of recorded blocks and prices.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use crate::common::{
    DyingLake, LEASE_EXPIRED_AFTER, blocks_of, context, files, memory, now, replay, run,
};
use hashlake_core::lake::Lake;
use hashlake_core::timestamp::Timestamp;
use ingest::backfill::Backfill;
use ingest::pipeline::{IngestContext, IngestError};
use ingest::plan::Redo;
use ingest::upgrade::{Mode, Upgraded, upgrade};
use replay::{Fault, Replay};

const FIRST: u32 = 909_578;

fn backfill(url: &str, lake: &Arc<dyn Lake>) -> Arc<Backfill> {
    backfill_at(url, lake, now)
}

fn backfill_at(url: &str, lake: &Arc<dyn Lake>, now: fn() -> Timestamp) -> Arc<Backfill> {
    Arc::new(Backfill {
        context: Arc::new(context(url, lake.clone())),
        parallel: 2,
        time_left: Box::new(|| Duration::MAX),
        now,
        progress: Box::new(|_| ()),
    })
}

async fn fill(
    job: &Arc<Backfill>,
    range: RangeInclusive<u32>,
    redo: Redo,
) -> Result<Option<u32>, IngestError> {
    let tip = job.check(&range).await?;
    let plan = job.plan(range, redo).await?;
    let unfetched = job.fetch_prices(&plan).await?;
    job.fill(&plan, &unfetched).await?;
    upgrade_lake(job).await?;
    let position = job.move_cursor("test", &plan, &tip).await?;
    Ok(position.map(|position| position.height))
}

/// Adds the hashprices with mean fees that [`Backfill::fill`] leaves out.
async fn upgrade_lake(job: &Backfill) -> Result<Upgraded, IngestError> {
    let IngestContext {
        lake,
        cursor,
        asics,
        ..
    } = job.context.as_ref();
    let places = (lake.as_ref(), cursor.as_ref());
    upgrade(places, asics, Mode::Write, ("test", job.now), &|| false).await
}

async fn heights_of(lake: &dyn Lake) -> Vec<u32> {
    let rows = blocks_of(lake).await;
    rows.iter().map(|row| row.block.height).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_writes_the_same_bytes_as_a_run_that_follows_the_tip() {
    let (_replay, url) = replay(914_578).await;
    let (followed, filled) = (memory(), memory());
    run(&context(&url, followed.clone()), FIRST)
        .await
        .expect("the run succeeds");

    let cursor = fill(&backfill(&url, &filled), FIRST..=914_578, Redo::Nothing)
        .await
        .expect("the blocks are filled");

    assert_eq!(cursor, Some(914_578));
    assert!(files(filled.as_ref()).await == files(followed.as_ref()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cursor_moves_only_over_blocks_without_a_gap() {
    let (_replay, url) = replay(914_578).await;
    let lake = memory();
    let job = backfill(&url, &lake);
    let cursor_after = async |range| {
        fill(&job, range, Redo::Nothing)
            .await
            .expect("the blocks are filled")
    };

    // There is no cursor yet: it is set to the end of the range.
    assert_eq!(cursor_after(910_000..=910_099).await, Some(910_099));
    // There is a gap below the range.
    assert_eq!(cursor_after(910_200..=910_299).await, Some(910_099));
    // The range is below the cursor.
    assert_eq!(cursor_after(909_900..=909_999).await, Some(910_099));
    // The gap is filled.
    assert_eq!(cursor_after(910_100..=910_199).await, Some(910_299));
    assert!(
        heights_of(lake.as_ref())
            .await
            .into_iter()
            .eq(909_900..=910_299)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backfill_that_dies_at_any_write_is_repaired_by_the_next() {
    let (_replay, url) = replay(914_578).await;
    let range = 911_000..=911_800; // A month ends in this range.
    let whole = memory();
    fill(&backfill(&url, &whole), range.clone(), Redo::Nothing)
        .await
        .expect("the blocks are filled");

    for writes in 0.. {
        let lake = memory();
        let dying: Arc<dyn Lake> = Arc::new(DyingLake::new(lake.clone(), writes));
        let died = fill(&backfill(&url, &dying), range.clone(), Redo::Nothing)
            .await
            .is_err();

        let again = backfill_at(&url, &lake, || now() + LEASE_EXPIRED_AFTER);
        let cursor = fill(&again, range.clone(), Redo::Nothing)
            .await
            .expect("the blocks are filled");

        assert_eq!(cursor, Some(911_800));
        assert!(
            files(lake.as_ref()).await == files(whole.as_ref()).await,
            "after {writes} writes"
        );
        if !died {
            // The writes are at least: prices, ASICs, revenue, days, blocks, cursor.
            assert!(writes >= 7, "{writes}");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_write_the_same_month_keep_the_blocks_of_each_other() {
    let (_replay, url) = replay(914_578).await;
    let (whole, shared) = (memory(), memory());
    fill(&backfill(&url, &whole), 910_000..=911_999, Redo::Nothing)
        .await
        .expect("the blocks are filled");

    let pieces = [
        910_000..=910_499,
        910_500..=910_999,
        911_000..=911_499,
        911_500..=911_999,
    ];
    let workers = pieces.map(|range| {
        let job = backfill(&url, &shared);
        tokio::spawn(async move {
            let plan = job.plan(range, Redo::Nothing).await?;
            let unfetched = job.fetch_prices(&plan).await?;
            job.fill(&plan, &unfetched).await
        })
    });
    for worker in workers {
        worker
            .await
            .expect("no panic")
            .expect("the blocks are filled");
    }
    let done = upgrade_lake(&backfill(&url, &shared)).await;
    done.expect("an upgrade");

    assert!(files(shared.as_ref()).await == files(whole.as_ref()).await);
}

fn inject(replay: &Replay, faults: impl IntoIterator<Item = Fault>) {
    faults
        .into_iter()
        .for_each(|fault| replay.inject_rpc_fault(fault));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_or_starting_node_is_retried_and_nothing_is_lost() {
    let (replay, url) = replay(914_578).await;
    let lake = memory();
    let job = backfill(&url, &lake);
    let plan = job
        .plan(910_000..=910_999, Redo::Nothing)
        .await
        .expect("a plan");
    let unfetched = job.fetch_prices(&plan).await.expect("prices");
    let busy = Fault::Http {
        status: 503,
        headers: Vec::new(),
        body: "Work queue depth exceeded".to_owned(),
    };
    let warming = Fault::Rpc {
        code: -28,
        message: "Loading block index".to_owned(),
    };
    inject(
        &replay,
        std::iter::repeat_n(busy, 30).chain(std::iter::repeat_n(warming, 5)),
    );

    job.fill(&plan, &unfetched)
        .await
        .expect("the blocks are filled");

    assert!(
        heights_of(lake.as_ref())
            .await
            .into_iter()
            .eq(910_000..=910_999)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_block_is_reported_and_a_forced_backfill_replaces_it() {
    let (replay, url) = replay(FIRST).await;
    let lake = memory();
    let job = backfill(&url, &lake);
    let mut stale = replay.stale().into_iter();
    let (height, stale) = stale
        .find(|(height, _)| *height > FIRST)
        .expect("a stale block");
    replay.release_to(height);
    replay.switch_to_stale(&stale).expect("a stale block");
    fill(&job, height..=height, Redo::Nothing)
        .await
        .expect("the blocks are filled");
    replay.release_to(height + 1); // The best chain is the main one again.

    let found = fill(&job, height..=height + 1, Redo::Nothing)
        .await
        .expect_err("the blocks do not link");
    let cursor = fill(&job, height..=height + 1, Redo::Everything)
        .await
        .expect("the blocks are filled again");

    assert!(
        matches!(found, IngestError::Contradiction { height: at } if at == height + 1),
        "{found}"
    );
    // The cursor is still at the stale block: the next run steps back from it.
    assert_eq!(cursor, Some(height));
    let report = run(&context(&url, lake.clone()), height)
        .await
        .expect("the run succeeds");
    assert_eq!(report.position.height, height + 1);
    assert!(
        heights_of(lake.as_ref())
            .await
            .into_iter()
            .eq(height..=height + 1)
    );
}
