//! Runs the contract tests with the lakes and cursors that need no service.

use std::sync::Arc;

use hashlake_core::cursor::CursorError;
use hashlake_core::cursor::directory::DirectoryCursor;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::lake::Lake;
use hashlake_core::lake::directory::DirectoryLake;
use hashlake_core::lake::memory::MemoryLake;

#[tokio::test]
async fn a_lake_in_memory_fulfils_the_contract() {
    crate::contract::lake(Arc::new(MemoryLake::default())).await;
}

#[tokio::test]
async fn a_lake_in_a_directory_fulfils_the_contract() {
    let directory = tempfile::tempdir().expect("a directory");

    crate::contract::lake(Arc::new(DirectoryLake::new(
        directory.path().join("not/there/yet"),
    )))
    .await;
}

#[tokio::test]
async fn a_cursor_in_an_object_fulfils_the_contract() {
    crate::contract::cursor(Arc::new(ObjectCursor::new(Arc::new(MemoryLake::default())))).await;
    crate::contract::late_owner(&ObjectCursor::new(Arc::new(MemoryLake::default()))).await;
    crate::contract::clock_ahead(&ObjectCursor::new(Arc::new(MemoryLake::default()))).await;
}

#[tokio::test]
async fn a_cursor_in_a_directory_fulfils_the_contract() {
    let directory = tempfile::tempdir().expect("a directory");

    crate::contract::cursor(Arc::new(DirectoryCursor::new(DirectoryLake::new(
        directory.path(),
    ))))
    .await;
}

#[tokio::test]
async fn a_cursor_of_a_newer_version_is_refused() {
    let lake: Arc<dyn Lake> = Arc::new(MemoryLake::default());
    lake.put(
        "_cursor.json",
        r#"{"version":2,"somewhere":"else"}"#.into(),
        None,
    )
    .await
    .expect("created");

    let error = hashlake_core::cursor::Cursor::read(&ObjectCursor::new(lake))
        .await
        .expect_err("the cursor is newer");

    assert!(
        matches!(error, CursorError::Newer { found: 2, .. }),
        "{error}"
    );
}
