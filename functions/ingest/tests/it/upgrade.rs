//! Upgrades of lakes that an earlier version wrote, without some columns and with other miner
//! models.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hashlake_core::asic::{self, Asic};
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored, Version};
use hashlake_core::month::Month;
use hashlake_core::price::BlockPrice;
use hashlake_core::table::{self, LengthGuard, asics, blocks, daily, mwh_revenue};
use ingest::backfill::Backfill;
use ingest::pipeline::{IngestContext, IngestError, Run, follow_tip};
use ingest::plan::Redo;
use ingest::upgrade::{Mode, Upgraded, upgrade};
use parquet::arrow::ArrowWriter;

use crate::common::{
    DyingLake, LEASE_EXPIRED_AFTER, blocks_of, context, files, memory, now, replay, run, run_at,
};

const FIRST: u32 = 909_578;
const MONTH_END: u32 = 912_621; // The last block of August 2025.
const TIP: u32 = MONTH_END + 200;
const START: u32 = MONTH_END - 300;

type Files = BTreeMap<String, Bytes>;

/// The miner models of an earlier version: one is missing, and one needs more power.
fn older_asics() -> Vec<Asic> {
    let mut asics = asic::catalogue();
    asics.remove(3);
    asics[5].power_w += 100.0;
    asics
}

/// The file without the columns that the second edition added.
fn first_edition(file: Bytes) -> Bytes {
    let batch = table::read(file).expect("a table");
    let added = ["sat_per_ph_day_144", "usd_per_ph_day_144", "reward_sat"];
    let is_kept =
        |index: &usize| !added.contains(&batch.schema_ref().field(*index).name().as_str());
    let kept: Vec<usize> = (0..batch.num_columns()).filter(is_kept).collect();
    let older = batch.project(&kept).expect("its columns");
    assert_eq!(older.num_columns(), 18);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, older.schema(), None).expect("a schema");
    writer.write(&older).expect("written");
    writer.close().expect("written");
    bytes.into()
}

async fn put(lake: &dyn Lake, key: &str, body: Bytes) {
    let old = lake.head(key).await.expect("an answer");
    let replacing = old.as_ref().map(|old| &old.version);
    lake.put(key, body, replacing).await.expect("written");
}

/// A lake with these files as an earlier version would have written them, and with the cursor of
/// the lake `cursor`.
async fn older(files: &Files, cursor: &dyn Lake, machines: &[Asic]) -> Arc<dyn Lake> {
    let lake = memory();
    for (key, body) in files {
        let body = match (blocks::month(key), mwh_revenue::month(key)) {
            (Some(_), _) => first_edition(body.clone()),
            (_, Some(month)) => {
                let rows = blocks::decode(files[&blocks::key(month)].clone()).expect("blocks");
                mwh_revenue::encode(&rows, machines, LengthGuard::Absent)
            }
            _ if key == asics::KEY => asics::encode(machines, LengthGuard::Absent),
            _ => body.clone(),
        };
        put(lake.as_ref(), key, body).await;
    }
    let position = cursor.get("_cursor.json").await.expect("an answer");
    put(
        lake.as_ref(),
        "_cursor.json",
        position.expect("a cursor").body,
    )
    .await;
    lake
}

/// A lake that this version fills from the height `start`.
async fn filled(url: &str, start: u32) -> Arc<dyn Lake> {
    let lake = memory();
    run(&context(url, lake.clone()), start)
        .await
        .expect("a run");
    lake
}

async fn upgraded(lake: &Arc<dyn Lake>, mode: Mode) -> Result<Upgraded, IngestError> {
    // An upgrade needs no node.
    let IngestContext { cursor, asics, .. } = context("http://127.0.0.1:9", lake.clone());
    let (owner, is_late) = (("test", now as fn() -> _), &|| false);
    upgrade(
        (lake.as_ref(), cursor.as_ref()),
        &asics,
        mode,
        owner,
        is_late,
    )
    .await
}

fn months(names: &[&str]) -> Vec<Month> {
    let parsed = names.iter().map(|name| name.parse().expect("a month"));
    parsed.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgraded_lake_has_the_same_bytes_as_a_new_one_and_needs_no_node() {
    let (_replay, url) = replay(918_000).await;
    // The node has no fees below `FIRST`, so the first 143 blocks have no mean fees.
    let new = filled(&url, FIRST).await;
    let whole = files(new.as_ref()).await;

    for (machines, asics) in [(older_asics(), true), (asic::catalogue(), false)] {
        let lake = older(&whole, new.as_ref(), &machines).await;
        let before = files(lake.as_ref()).await;

        let planned = upgraded(&lake, Mode::DryRun).await.expect("a dry run");

        assert!(files(lake.as_ref()).await == before);
        let done = upgraded(&lake, Mode::Write).await.expect("an upgrade");
        let all = months(&["2025-10", "2025-09", "2025-08"]);
        assert_eq!(done.blocks, all);
        assert_eq!(done.mwh_revenue, if asics { all } else { Vec::new() });
        assert_eq!(done.asics, asics);
        assert_eq!(planned, done);
        assert!(files(lake.as_ref()).await == whole);
        let again = upgraded(&lake, Mode::Write).await.expect("nothing to do");
        assert_eq!(again, Upgraded::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_upgrade_only_the_mean_fees_of_the_first_blocks_are_unknown() {
    let (_replay, url) = replay(TIP).await;
    let new = filled(&url, START).await; // The node has the fees below.
    let mut rows = blocks_of(new.as_ref()).await;
    assert!(
        rows.iter()
            .all(|row| row.block.sat_per_ph_day_144.is_some())
    );
    let whole = files(new.as_ref()).await;
    let lake = older(&whole, new.as_ref(), &asic::catalogue()).await;

    upgraded(&lake, Mode::Write).await.expect("an upgrade");

    for row in &mut rows[..143] {
        row.block.sat_per_ph_day_144 = None;
    }
    assert_eq!(blocks_of(lake.as_ref()).await, rows);
    let august = blocks::key(months(&["2025-08"])[0]);
    for (key, body) in files(lake.as_ref()).await {
        assert!(key == august || body == whole[&key], "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_while_it_rewrites_is_continued_by_the_next() {
    let (replay, url) = replay(TIP).await;
    let new = filled(&url, FIRST).await;
    let whole = files(new.as_ref()).await;
    replay.release_to(TIP + 1);
    let next = filled(&url, FIRST).await;
    let mut next = files(next.as_ref()).await;
    let next_days = next.remove(daily::KEY).expect("a file of days");
    let next_days = daily::decode(next_days).expect("days");
    let heights = |lake: &Arc<dyn Lake>| {
        let lake = lake.clone();
        async move {
            let rows = blocks_of(lake.as_ref()).await;
            rows.iter().map(|row| row.block.height).collect::<Vec<_>>()
        }
    };

    for writes in 0.. {
        let lake = older(&whole, new.as_ref(), &older_asics()).await;
        // Taking the lease is one more write.
        let dying: Arc<dyn Lake> = Arc::new(DyingLake::new(lake.clone(), writes + 1));
        let died = run(&context(&url, dying), FIRST).await.is_err();

        // Readers find every block at any time. The first file of a table is rewritten after all
        // others, and nothing else is written before the files of an earlier version are rewritten.
        let between = files(lake.as_ref()).await;
        let has_columns = ["08", "09"].map(|month| {
            let key = format!("v1/blocks/year=2025/blocks-2025-{month}.parquet");
            let batch = table::read(between[&key].clone()).expect("a table");
            batch.num_columns() == 21
        });
        assert_eq!(
            has_columns,
            [writes >= 2, writes >= 1],
            "after {writes} writes"
        );
        if writes <= 5 {
            assert!(heights(&lake).await.into_iter().eq(FIRST..=TIP));
            let is_new = between[asics::KEY] == whole[asics::KEY];
            assert_eq!(is_new, writes == 5, "after {writes} writes");
        }

        run_at(
            &context(&url, lake.clone()),
            Some(FIRST),
            LEASE_EXPIRED_AFTER,
        )
        .await
        .expect("the next run");
        let mut found = files(lake.as_ref()).await;
        // If this file would keep its length, it has an additional entry.
        let days = daily::decode(found.remove(daily::KEY).expect("a file of days"));
        assert_eq!(days.expect("days"), next_days);
        assert!(found == next, "after {writes} writes");
        if !died {
            // The writes are: blocks and revenue of two months, miner models, and then what a new
            // block changes.
            assert!(writes >= 9, "{writes}");
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_without_time_rewrites_what_it_can_and_the_next_continues() {
    let (_replay, url) = replay(TIP).await;
    let new = filled(&url, FIRST).await;
    let whole = files(new.as_ref()).await;
    let lake = older(&whole, new.as_ref(), &older_asics()).await;
    let counted = Arc::new(DyingLake::new(lake.clone(), i64::MAX));
    let context = context(&url, counted.clone());
    let mut left = Vec::new();

    // The first of these writes takes the lease.
    for writes in [1, 2, 2, 3, 3, i64::MAX] {
        let before = counted.writes_left();
        let run = Run {
            owner: "test".to_owned(),
            start_height: None,
            time_left: &|| match before - counted.writes_left() < writes {
                true => Duration::MAX,
                false => Duration::ZERO,
            },
            now: &now,
            progress: &|_| (),
        };
        match follow_tip(&context, &run).await {
            Err(IngestError::Outdated { table, left: files }) => left.push((table, files)),
            Err(IngestError::OutOfTime) | Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    }

    assert!(
        left.len() >= 2 && left.is_sorted_by(|a, b| a >= b || a.0 < b.0),
        "{left:?}"
    );
    assert!(files(lake.as_ref()).await == whole);
}

/// A lake that runs `other` before the first write of `key`.
struct RacingLake {
    inner: Arc<dyn Lake>,
    key: String,
    other: Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>,
}

fn racing(
    inner: &Arc<dyn Lake>,
    key: String,
    other: impl Future<Output = ()> + Send + 'static,
) -> Arc<dyn Lake> {
    Arc::new(RacingLake {
        inner: inner.clone(),
        key,
        other: Mutex::new(Some(Box::pin(other))),
    })
}

#[async_trait::async_trait]
impl Lake for RacingLake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.inner.get(key).await
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        self.inner.tail(key, len).await
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        self.inner.head(key).await
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        if key == self.key {
            let other = self.other.lock().expect("no panic").take();
            if let Some(other) = other {
                other.await;
            }
        }
        self.inner.put(key, body, replacing).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        self.inner.list(prefix).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_another_writer_during_an_upgrade_are_kept() {
    let (_replay, url) = replay(TIP).await;
    let new = filled(&url, FIRST).await;
    let whole = files(new.as_ref()).await;
    let lake = older(&whole, new.as_ref(), &asic::catalogue()).await;
    let key = blocks::key(months(&["2025-08"])[0]);
    let mut rows = blocks::decode(whole[&key].clone()).expect("blocks");
    rows[1000].price = BlockPrice::Missing;
    let theirs = first_edition(blocks::encode(&rows, LengthGuard::Absent));
    let other = {
        let (lake, key) = (lake.clone(), key.clone());
        async move { put(lake.as_ref(), &key, theirs).await }
    };

    let racing = racing(&lake, key.clone(), other);
    upgraded(&racing, Mode::Write).await.expect("an upgrade");

    let stored = files(lake.as_ref()).await;
    assert!(stored[&key] == blocks::encode(&rows, LengthGuard::Absent));
}

#[tokio::test(flavor = "multi_thread")]
async fn revenue_that_is_rewritten_during_a_backfill_of_its_month_includes_all_blocks() {
    let (_replay, url) = replay(TIP).await;
    let new = filled(&url, FIRST + 500).await;
    let current = files(new.as_ref()).await;
    let lake = older(&current, new.as_ref(), &older_asics()).await;
    let month = months(&["2025-08"])[0];
    for (key, body) in current {
        if blocks::month(&key).is_some() {
            put(lake.as_ref(), &key, body).await; // Only revenue is of an earlier version.
        }
    }
    let other = {
        let lake = lake.clone();
        async move {
            upgraded(&lake, Mode::Write).await.expect("an upgrade");
        }
    };
    let racing = racing(&lake, blocks::key(month), other);
    let job = Arc::new(Backfill {
        context: Arc::new(context(&url, racing)),
        parallel: 1,
        time_left: Box::new(|| Duration::MAX),
        now,
        progress: Box::new(|_| ()),
    });

    let plan = job
        .plan(FIRST..=FIRST + 499, Redo::Nothing)
        .await
        .expect("a plan");
    job.fill(&plan, &[]).await.expect("filled");

    let stored = files(lake.as_ref()).await;
    let rows = blocks::decode(stored[&blocks::key(month)].clone()).expect("blocks");
    assert_eq!(rows[0].block.height, FIRST);
    let revenue = mwh_revenue::encode(&rows, &asic::catalogue(), LengthGuard::Absent);
    assert!(stored[&mwh_revenue::key(month)] == revenue);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_filled_below_complete_the_mean_fees_above() {
    let (_replay, url) = replay(TIP).await;
    let whole = filled(&url, FIRST).await;
    let (whole, new) = (files(whole.as_ref()).await, filled(&url, START).await);
    let lake = older(&files(new.as_ref()).await, new.as_ref(), &asic::catalogue()).await;
    upgraded(&lake, Mode::Write).await.expect("an upgrade");
    let job = Arc::new(Backfill {
        context: Arc::new(context(&url, lake.clone())),
        parallel: 1,
        time_left: Box::new(|| Duration::MAX),
        now,
        progress: Box::new(|_| ()),
    });
    let plan = job
        .plan(FIRST..=START - 1, Redo::Nothing)
        .await
        .expect("a plan");
    let unfetched = job.fetch_prices(&plan).await.expect("prices");
    job.fill(&plan, &unfetched).await.expect("filled");

    let done = upgraded(&lake, Mode::Write).await.expect("an upgrade");

    assert_eq!(done.blocks, months(&["2025-08"]));
    assert!(files(lake.as_ref()).await == whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lease_of_another_run_is_respected() {
    let (_replay, url) = replay(TIP).await;
    let new = filled(&url, FIRST).await;
    let lake = older(&files(new.as_ref()).await, new.as_ref(), &older_asics()).await;
    let before = files(lake.as_ref()).await;
    let IngestContext { cursor, asics, .. } = context(&url, lake.clone());
    let lease = cursor.acquire("the other", now()).await.expect("free");
    let upgrade_late = async || {
        let (owner, is_late) = (("test", now as fn() -> _), &|| true);
        let places = (lake.as_ref(), cursor.as_ref());
        upgrade(places, &asics, Mode::Write, owner, is_late).await
    };

    let busy = upgrade_late().await.expect_err("another run has the lease");

    assert!(busy.is_busy(), "{busy}");
    cursor.release(lease, None).await.expect("released");
    let late = upgrade_late().await.expect_err("there is no time");
    assert!(
        matches!(
            late,
            IngestError::Outdated {
                table: "blocks",
                left: 2
            }
        ),
        "{late}"
    );
    assert!(files(lake.as_ref()).await == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_month_stays_and_the_others_are_rewritten() {
    let (_replay, url) = replay(TIP).await;
    let new = filled(&url, FIRST).await;
    let whole = files(new.as_ref()).await;
    let lake = older(&whole, new.as_ref(), &asic::catalogue()).await;
    let [august, september] = ["2025-08", "2025-09"].map(|month| blocks::key(months(&[month])[0]));
    let body = files(lake.as_ref()).await[&august].clone();
    for damaged in [body.slice(..body.len() / 2), with_a_damaged_page(&body)] {
        put(lake.as_ref(), &august, damaged.clone()).await;
        put(
            lake.as_ref(),
            &september,
            first_edition(whole[&september].clone()),
        )
        .await;

        upgraded(&lake, Mode::Write).await.expect("an upgrade");

        let stored = files(lake.as_ref()).await;
        assert!(stored[&august] == damaged);
        let rows = blocks::decode(stored[&september].clone()).expect("blocks");
        let known = rows
            .iter()
            .filter(|row| row.block.sat_per_ph_day_144.is_some());
        assert_eq!(known.count(), rows.len() - 143);
    }
}

/// The file with zeroes where its first page begins; its footer is intact.
fn with_a_damaged_page(file: &Bytes) -> Bytes {
    let mut bytes = file.to_vec();
    bytes[4..40].fill(0);
    bytes.into()
}
