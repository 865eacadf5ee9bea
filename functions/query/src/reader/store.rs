//! Files of the lake, kept decoded in memory.
//!
//! A file is asked for by key and version, so it is read from the lake once for each content. Requests that want the same
//! file at the same time wait for one of them to read it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use hashlake_core::lake::{Lake, Stamp, Version};
use hashlake_core::table::TableError;

use crate::reader::error::ReadError;

/// Files of one kind, by key.
pub(crate) struct Store<T> {
    lake: Arc<dyn Lake>,
    part: Part,
    decode: fn(Bytes, &Stamp) -> Result<T, TableError>,
    capacity: usize,
    slots: Mutex<Vec<(String, Slot<T>)>>, // The one that was used last is last.
}

/// How much of a file is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The last so many bytes.
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

    /// A file of that version.
    ///
    /// # Errors
    /// [`ReadError::Moved`] where the lake has another version by now; what else stands in the way.
    pub(crate) async fn get(&self, key: &str, stamp: &Stamp) -> Result<Arc<T>, ReadError> {
        let slot = self.slot(key);
        let mut kept = slot.lock().await;
        if let Some((of, file)) = kept.as_ref()
            && *of == stamp.version
        {
            return Ok(file.clone());
        }
        let stored = match self.part {
            Part::Whole => self.lake.get(key).await?,
            Part::Tail(len) => self.lake.tail(key, len).await?,
        };
        let Some(stored) = stored.filter(|stored| stored.version == stamp.version) else {
            return Err(ReadError::Moved {
                key: key.to_owned(),
            });
        };
        let file = (self.decode)(stored.body, stamp).map_err(|source| ReadError::Damaged {
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
        store.get(key, &stamp).await.expect("it is there")
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
    async fn a_file_that_is_another_by_now_has_moved() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), Part::Whole, bytes, 2);
        let old = lake.stamp("a").await;
        lake.replace("a", "new").await;

        let error = store.get("a", &old).await.expect_err("it has moved");

        assert!(
            matches!(&error, ReadError::Moved { key } if key == "a"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_file_that_is_damaged_is_named() {
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
    async fn the_file_that_was_not_used_for_longest_is_forgotten() {
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
    async fn requests_at_the_same_time_share_one_reading() {
        let lake = lake_with(&["a"]).await;
        let store = Store::new(lake.clone(), Part::Whole, bytes, 2);

        let (first, second) = tokio::join!(read(&lake, &store, "a"), read(&lake, &store, "a"));

        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(lake.gets(), 1);
    }
}
