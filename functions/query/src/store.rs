//! A table's files, kept decoded in memory.
//!
//! A file is read again when its version has changed, which is asked at most once in a while. Requests that want the same
//! file at the same time wait for one of them to read it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hashlake::lake::{Lake, LakeError, Version};
use hashlake::table::TableError;
use thiserror::Error;

/// Why a file could not be read.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    /// The lake did not do its part.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The file is not what it should be.
    #[error("the lake's file `{key}` is damaged: {source}")]
    Damaged {
        /// Its key.
        key: String,
        /// What is wrong.
        source: TableError,
    },
}

/// Files with rows of one kind, by key.
pub(crate) struct Store<T> {
    lake: Arc<dyn Lake>,
    decode: fn(Bytes) -> Result<Vec<T>, TableError>,
    capacity: usize,
    recheck: Duration,
    slots: Mutex<Vec<(String, Slot<T>)>>, // The one that was used last is last.
}

type Slot<T> = Arc<tokio::sync::Mutex<Option<File<T>>>>;

struct File<T> {
    rows: Arc<Vec<T>>,
    version: Option<Version>, // `None`: there is no such file.
    checked: Instant,
}

impl<T> Store<T> {
    /// Keeps at most `capacity` files, and asks after `recheck` whether one has changed.
    pub(crate) fn new(
        lake: Arc<dyn Lake>,
        decode: fn(Bytes) -> Result<Vec<T>, TableError>,
        capacity: usize,
        recheck: Duration,
    ) -> Self {
        Self {
            lake,
            decode,
            capacity,
            recheck,
            slots: Mutex::default(),
        }
    }

    /// The rows of a file; none where there is no such file.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read, or cannot be asked for its version.
    pub(crate) async fn rows(&self, key: &str) -> Result<Arc<Vec<T>>, StoreError> {
        let slot = self.slot(key);
        let mut kept = slot.lock().await;
        if let Some(file) = kept.as_mut() {
            if file.checked.elapsed() < self.recheck {
                return Ok(file.rows.clone());
            }
            let asked = Instant::now();
            if self.lake.head(key).await?.map(|stamp| stamp.version) == file.version {
                file.checked = asked;
                return Ok(file.rows.clone());
            }
        }
        let checked = Instant::now();
        let (rows, version) = match self.lake.get(key).await? {
            None => (Vec::new(), None),
            Some(stored) => {
                let damaged = |source| StoreError::Damaged {
                    key: key.to_owned(),
                    source,
                };
                (
                    (self.decode)(stored.body).map_err(damaged)?,
                    Some(stored.version),
                )
            }
        };
        let rows = Arc::new(rows);
        *kept = Some(File {
            rows: rows.clone(),
            version,
            checked,
        });
        Ok(rows)
    }

    fn slot(&self, key: &str) -> Slot<T> {
        let mut slots = self
            .slots
            .lock()
            .expect("nothing panics while it holds the lock");
        let known = slots
            .iter()
            .position(|(of, _)| of == key)
            .map(|at| slots.remove(at));
        let (key, slot) = known.unwrap_or_else(|| (key.to_owned(), Slot::default()));
        slots.push((key, slot.clone()));
        if slots.len() > self.capacity {
            slots.remove(0);
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::TestLake;

    const HOUR: Duration = Duration::from_hours(1);

    fn bytes(body: Bytes) -> Result<Vec<u8>, TableError> {
        match &*body {
            b"damaged" => Err(TableError::Column {
                column: "height",
                expected: "Int32".to_owned(),
            }),
            _ => Ok(body.into()),
        }
    }

    async fn lake_with(keys: &[&str]) -> Arc<TestLake> {
        let lake = TestLake::default();
        for key in keys {
            lake.replace(key, "old").await;
        }
        Arc::new(lake)
    }

    #[tokio::test]
    async fn a_file_is_read_once_and_asked_for_its_version_no_sooner_than_it_is_due() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), bytes, 2, HOUR);

        for _ in 0..3 {
            assert_eq!(**store.rows("a").await.expect("it is there"), *b"old");
        }

        assert_eq!((lake.gets(), lake.heads()), (1, 0));
    }

    #[tokio::test]
    async fn a_file_that_has_changed_is_read_again_and_one_that_has_not_is_not() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), bytes, 2, Duration::ZERO);

        store.rows("a").await.expect("it is there");
        store.rows("a").await.expect("it is there");
        assert_eq!((lake.gets(), lake.heads()), (1, 1));
        lake.replace("a", "new").await;

        assert_eq!(**store.rows("a").await.expect("it is there"), *b"new");
        assert_eq!((lake.gets(), lake.heads()), (2, 2));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_has_no_rows_until_it_is() {
        let lake = lake_with(&[]).await;
        let store = Store::new(lake.clone(), bytes, 2, Duration::ZERO);

        assert!(store.rows("a").await.expect("an answer").is_empty());
        lake.replace("a", "new").await;

        assert_eq!(**store.rows("a").await.expect("it is there"), *b"new");
    }

    #[tokio::test]
    async fn a_file_that_is_damaged_is_named_and_read_again_when_asked_for() {
        let lake = lake_with(&[]).await;
        let store = Store::new(lake.clone(), bytes, 2, HOUR);
        lake.replace("a", "damaged").await;

        let error = store.rows("a").await.expect_err("it is damaged");

        assert_eq!(
            error.to_string(),
            "the lake's file `a` is damaged: column `height` is missing or is not Int32"
        );
        lake.replace("a", "new").await;
        assert_eq!(**store.rows("a").await.expect("it is there"), *b"new");
    }

    #[tokio::test]
    async fn the_file_that_was_not_used_for_longest_is_forgotten() {
        let lake = lake_with(&["a", "b", "c"]).await;
        let store = Store::new(lake.clone(), bytes, 2, HOUR);
        for key in ["a", "b", "a", "c"] {
            store.rows(key).await.expect("it is there");
        }
        assert_eq!(lake.gets(), 3);

        store.rows("a").await.expect("it is there");
        assert_eq!(lake.gets(), 3);
        store.rows("b").await.expect("it is there");
        assert_eq!(lake.gets(), 4);
    }

    #[tokio::test]
    async fn requests_at_the_same_time_share_one_reading() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), bytes, 2, HOUR);

        let (first, second) = tokio::join!(store.rows("a"), store.rows("a"));

        assert!(Arc::ptr_eq(
            &first.expect("it is there"),
            &second.expect("it is there")
        ));
        assert_eq!(lake.gets(), 1);
    }
}
