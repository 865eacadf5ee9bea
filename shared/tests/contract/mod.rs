//! Tests of the contracts of `Lake` and `Cursor`, which every implementation must pass.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hashlake_core::chain::Chain;
use hashlake_core::cursor::{Cursor, CursorError, CursorState, LEASE, Position};
use hashlake_core::lake::{Lake, LakeError};
use hashlake_core::timestamp::Timestamp;

/// Tests the contract of a lake, which must be empty.
pub(crate) async fn lake(lake: Arc<dyn Lake>) {
    a_stored_object_can_be_read(lake.as_ref()).await;
    an_object_is_created_only_once(lake.as_ref()).await;
    only_the_expected_version_is_replaced(lake.as_ref()).await;
    a_list_is_sorted_and_has_the_prefix(lake.as_ref()).await;
    only_one_of_many_writers_succeeds(lake).await;
}

async fn a_stored_object_can_be_read(lake: &dyn Lake) {
    assert_eq!(lake.get("v1/absent").await.expect("no error"), None);
    assert_eq!(lake.head("v1/absent").await.expect("no error"), None);

    let version = lake
        .put("v1/a/one", Bytes::from_static(b"first"), None)
        .await
        .expect("created");

    let stored = lake
        .get("v1/a/one")
        .await
        .expect("no error")
        .expect("stored");
    let stamp = lake
        .head("v1/a/one")
        .await
        .expect("no error")
        .expect("stored");
    assert_eq!(
        (stored.body.as_ref(), &stored.version),
        (&b"first"[..], &version)
    );
    assert_eq!((stamp.len, &stamp.version), (5, &version));
    for (len, end) in [(2, &b"st"[..]), (5, b"first"), (1000, b"first")] {
        let tail = lake.tail("v1/a/one", len).await.expect("no error");
        let tail = tail.expect("stored");
        assert_eq!((tail.body.as_ref(), &tail.version), (end, &version));
    }
    assert_eq!(lake.tail("v1/absent", 2).await.expect("no error"), None);
}

async fn an_object_is_created_only_once(lake: &dyn Lake) {
    let again = lake
        .put("v1/a/one", Bytes::from_static(b"second"), None)
        .await;

    assert!(matches!(again, Err(LakeError::Changed { .. })), "{again:?}");
    assert_eq!(
        lake.get("v1/a/one")
            .await
            .expect("no error")
            .expect("stored")
            .body,
        "first"
    );
}

async fn only_the_expected_version_is_replaced(lake: &dyn Lake) {
    let first = lake
        .head("v1/a/one")
        .await
        .expect("no error")
        .expect("stored")
        .version;
    let second = lake
        .put("v1/a/one", Bytes::from_static(b"other"), Some(&first))
        .await
        .expect("replaced");

    let stale = lake
        .put("v1/a/one", Bytes::from_static(b"third"), Some(&first))
        .await;
    let absent = lake
        .put("v1/a/none", Bytes::from_static(b"third"), Some(&first))
        .await;

    assert_ne!(first, second);
    assert!(matches!(stale, Err(LakeError::Changed { .. })), "{stale:?}");
    assert!(
        matches!(absent, Err(LakeError::Changed { .. })),
        "{absent:?}"
    );
    assert_eq!(
        lake.get("v1/a/one")
            .await
            .expect("no error")
            .expect("stored")
            .body,
        "other"
    );
}

async fn a_list_is_sorted_and_has_the_prefix(lake: &dyn Lake) {
    for key in [
        "v1/b/year=2026/b-2026-01",
        "v1/b/year=2025/b-2025-12",
        "v1/bb/x",
        "_cursor",
    ] {
        lake.put(key, Bytes::from_static(b"x"), None)
            .await
            .expect("created");
    }

    let listed = lake.list("v1/b/").await.expect("a list");

    let keys: Vec<&str> = listed.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(
        keys,
        ["v1/b/year=2025/b-2025-12", "v1/b/year=2026/b-2026-01"]
    );
    for (key, stamp) in &listed {
        assert_eq!(
            lake.head(key).await.expect("no error").as_ref(),
            Some(stamp)
        );
    }
    assert_eq!(lake.list("v1/nothing/").await.expect("a list"), []);
}

async fn only_one_of_many_writers_succeeds(lake: Arc<dyn Lake>) {
    let first = lake
        .put("v1/race", Bytes::from_static(b"start"), None)
        .await
        .expect("created");
    let writers = (0..16).map(|n| {
        let (lake, first) = (lake.clone(), first.clone());
        tokio::spawn(async move {
            lake.put("v1/race", format!("writer {n}").into(), Some(&first))
                .await
        })
    });
    let mut succeeded = Vec::new();
    for (n, writer) in writers.collect::<Vec<_>>().into_iter().enumerate() {
        match writer.await.expect("no panic") {
            Ok(_) => succeeded.push(n),
            Err(LakeError::Changed { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }

    assert_eq!(succeeded.len(), 1, "{succeeded:?}");
    let stored = lake
        .get("v1/race")
        .await
        .expect("no error")
        .expect("stored");
    assert_eq!(stored.body, format!("writer {}", succeeded[0]));
}

/// Tests the contract of a cursor, which must never have moved.
pub(crate) async fn cursor(cursor: Arc<dyn Cursor>) {
    a_new_cursor_is_empty(cursor.as_ref()).await;
    only_one_run_has_the_lease(cursor.as_ref()).await;
    only_the_owner_moves_the_cursor(cursor.as_ref()).await;
    the_lease_of_a_dead_run_expires(cursor.as_ref()).await;
    only_one_of_many_runs_gets_the_lease(cursor).await;
}

fn now() -> Timestamp {
    Timestamp::from_block_time(1_763_855_637)
}

fn position(height: u32) -> Position {
    let hash = "0000000000000000000066d1bafc3c9c66fe581b42128184b0c79c6186a5b6c9"
        .parse()
        .expect("a hash");
    Position {
        chain: Chain::Main,
        height,
        hash,
    }
}

async fn a_new_cursor_is_empty(cursor: &dyn Cursor) {
    assert_eq!(
        cursor.read().await.expect("no error"),
        CursorState::default()
    );
}

async fn only_one_run_has_the_lease(cursor: &dyn Cursor) {
    let lease = cursor.acquire("first", now()).await.expect("free");

    let second = cursor.acquire("second", now()).await;

    assert!(
        matches!(&second, Err(CursorError::Held { owner, .. }) if owner == "first"),
        "{second:?}"
    );
    cursor.release(lease, None).await.expect("released");
    assert_eq!(cursor.read().await.expect("no error").last_run, None);
    let lease = cursor.acquire("second", now()).await.expect("free again");
    cursor.release(lease, Some(now())).await.expect("released");
    assert_eq!(cursor.read().await.expect("no error").last_run, Some(now()));
}

async fn only_the_owner_moves_the_cursor(cursor: &dyn Cursor) {
    let mut lease = cursor.acquire("first", now()).await.expect("free");
    cursor
        .advance(&mut lease, position(100), 102, now())
        .await
        .expect("moved");
    cursor
        .advance(&mut lease, position(99), 102, now())
        .await
        .expect("moved back, as after a reorg");

    assert_eq!(lease.position(), Some(position(99)));
    assert_eq!(
        cursor.read().await.expect("no error").position,
        Some(position(99))
    );
    assert_eq!(
        cursor.read().await.expect("no error").node_height,
        Some(102)
    );
    cursor.release(lease, Some(now())).await.expect("released");
}

async fn the_lease_of_a_dead_run_expires(cursor: &dyn Cursor) {
    drop(cursor.acquire("dead", now()).await.expect("free"));

    let later = now() + LEASE + Duration::from_secs(1);
    let mut lease = cursor
        .acquire("next", later)
        .await
        .expect("the lease has expired");

    assert_eq!(lease.position(), Some(position(99)));
    cursor
        .advance(&mut lease, position(101), 102, later)
        .await
        .expect("moved");
    cursor.release(lease, Some(later)).await.expect("released");
}

async fn only_one_of_many_runs_gets_the_lease(cursor: Arc<dyn Cursor>) {
    let runs = (0..8).map(|n| {
        let cursor = cursor.clone();
        tokio::spawn(async move {
            cursor
                .acquire(&format!("run {n}"), now() + LEASE + LEASE)
                .await
        })
    });
    let mut leases = Vec::new();
    for run in runs.collect::<Vec<_>>() {
        match run.await.expect("no panic") {
            Ok(lease) => leases.push(lease),
            Err(CursorError::Held { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }

    assert_eq!(leases.len(), 1);
}

/// Tests that a run takes over a lease whose owner had a clock far ahead.
pub(crate) async fn clock_ahead(cursor: &dyn Cursor) {
    let day = Duration::from_secs(86_400);
    drop(cursor.acquire("ahead", now() + day).await.expect("free"));

    let next = cursor.acquire("next", now()).await;

    let next = next.expect("no lease lasts a day");
    let third = cursor.acquire("third", now()).await;
    let error = third.expect_err("this one is plausible").to_string();
    assert!(error.contains("(at most 301 s from now)"), "{error}");
    let again = cursor.acquire("next", now()).await;
    drop(again.expect("it owns the lease: the answer may have been lost"));
    cursor.release(next, None).await.expect("released");
}

/// Tests that an owner whose lease has expired cannot move the cursor if another run has the lease.
pub(crate) async fn late_owner(cursor: &dyn Cursor) {
    let mut late = cursor.acquire("late", now()).await.expect("free");
    let later = now() + LEASE + Duration::from_secs(1);
    let mut next = cursor
        .acquire("next", later)
        .await
        .expect("the lease has expired");

    let moved = cursor.advance(&mut late, position(5), 102, later).await;

    assert!(matches!(moved, Err(CursorError::Lost { .. })), "{moved:?}");
    cursor
        .advance(&mut next, position(6), 102, later)
        .await
        .expect("moved");
    assert!(cursor.release(late, None).await.is_err());
    assert_eq!(
        cursor.read().await.expect("no error").position,
        Some(position(6))
    );
    cursor.release(next, None).await.expect("released");
}
