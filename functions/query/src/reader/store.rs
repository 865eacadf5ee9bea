//! A cache of decoded files.
//!
//! A file is requested by key and version, so each version is read from the lake once. If several
//! requests need the same file at the same time, one reads it and the others wait.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hashlake_core::lake::{Lake, Stamp, Version};
use hashlake_core::table::{TableError, check_month};

use crate::reader::error::ReadError;

/// Decoded files of one table, by key.
pub(crate) struct Store<T> {
    lake: Arc<dyn Lake>,
    part: Part,
    decode: fn(Bytes, &Stamp) -> Result<T, TableError>,
    capacity: usize,
    slots: Mutex<Vec<(String, Slot<T>)>>, // In order of last use.
}

/// How much of a file is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Whole,
    /// This number of bytes at its end.
    Tail(u64),
}

type Slot<T> = Arc<tokio::sync::Mutex<Option<(Version, Arc<T>)>>>;

impl<T> Store<T> {
    /// Keeps at most `capacity` files.
    pub(crate) fn new(
        lake: Arc<dyn Lake>,
        part: Part,
        decode: fn(Bytes, &Stamp) -> Result<T, TableError>,
        capacity: usize,
    ) -> Self {
        Self {
            lake,
            part,
            decode,
            capacity,
            slots: Mutex::default(),
        }
    }

    /// The file in the version of `stamp`.
    ///
    /// # Errors
    /// [`ReadError::Replaced`] if the lake has a different version by now.
    pub(crate) async fn get(&self, key: &str, stamp: &Stamp) -> Result<Arc<T>, ReadError> {
        let slot = self.slot(key);
        let mut kept = slot.lock().await;
        if let Some((version, file)) = kept.as_ref()
            && *version == stamp.version
        {
            return Ok(file.clone());
        }
        let stored = match self.part {
            Part::Whole => self.lake.get(key).await?,
            Part::Tail(len) => self.lake.tail(key, len).await?,
        };
        let Some(stored) = stored.filter(|stored| stored.version == stamp.version) else {
            return Err(ReadError::Replaced {
                key: key.to_owned(),
            });
        };
        let body = stored.body;
        let file = check_month(key, body.clone(), stamp.len)
            .and_then(|()| (self.decode)(body, stamp))
            .map_err(|source| ReadError::Damaged {
                key: key.to_owned(),
                source,
            })?;
        let file = Arc::new(file);
        *kept = Some((stored.version, file.clone()));
        Ok(file)
    }

    fn slot(&self, key: &str) -> Slot<T> {
        let mut slots = self
            .slots
            .lock()
            .expect("no code panics while it holds the lock");
        let known = slots
            .iter()
            .position(|(slot_key, _)| slot_key == key)
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

    fn bytes(body: Bytes, _: &Stamp) -> Result<Vec<u8>, TableError> {
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

    async fn read(lake: &TestLake, store: &Store<Vec<u8>>, key: &str) -> Arc<Vec<u8>> {
        let stamp = lake.stamp(key).await;
        store.get(key, &stamp).await.expect("the file exists")
    }

    #[tokio::test]
    async fn a_version_is_read_once() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), Part::Whole, bytes, 2);

        for _ in 0..3 {
            assert_eq!(*read(&lake, &store, "a").await, *b"old");
        }
        assert_eq!(lake.gets(), 1);
        lake.replace("a", "new").await;

        assert_eq!(*read(&lake, &store, "a").await, *b"new");
        assert_eq!(lake.gets(), 2);
    }

    #[tokio::test]
    async fn a_file_that_was_replaced_is_an_error() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), Part::Whole, bytes, 2);
        let old = lake.stamp("a").await;
        lake.replace("a", "new").await;

        let error = store.get("a", &old).await.expect_err("it was replaced");

        assert!(
            matches!(&error, ReadError::Replaced { key } if key == "a"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn the_error_names_a_damaged_file() {
        let lake = lake_with(&[]).await;
        let store = Store::new(lake.clone(), Part::Whole, bytes, 2);
        lake.replace("a", "damaged").await;

        let error = store
            .get("a", &lake.stamp("a").await)
            .await
            .expect_err("it is damaged");

        assert_eq!(
            error.to_string(),
            "the lake's file `a` is damaged: column `height` is missing or is not Int32"
        );
    }

    #[tokio::test]
    async fn the_least_recently_used_file_is_dropped() {
        let lake = lake_with(&["a", "b", "c"]).await;
        let store = Store::new(lake.clone(), Part::Whole, bytes, 2);
        for key in ["a", "b", "a", "c"] {
            read(&lake, &store, key).await;
        }
        assert_eq!(lake.gets(), 3);

        read(&lake, &store, "a").await;
        assert_eq!(lake.gets(), 3);
        read(&lake, &store, "b").await;
        assert_eq!(lake.gets(), 4);
    }

    #[tokio::test]
    async fn simultaneous_requests_share_one_read() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), Part::Whole, bytes, 2);

        let (first, second) = tokio::join!(read(&lake, &store, "a"), read(&lake, &store, "a"));

        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(lake.gets(), 1);
    }
}
