//! A lake in memory, for tests.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Lake, LakeError, Stamp, Stored, Version};

/// Objects in a map.
#[derive(Debug, Default)]
pub struct MemoryLake(Mutex<Objects>);

#[derive(Debug, Default)]
struct Objects {
    stored: BTreeMap<String, Stored>,
    puts: u64,
}

impl MemoryLake {
    fn objects(&self) -> std::sync::MutexGuard<'_, Objects> {
        self.0
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

#[async_trait]
impl Lake for MemoryLake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        Ok(self.objects().stored.get(key).cloned())
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        let stored = self.objects().stored.get(key).cloned();
        Ok(stored.map(|stored| stored.tail(len)))
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        Ok(self.objects().stored.get(key).map(Stored::stamp))
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        let mut objects = self.objects();
        if objects.stored.get(key).map(|stored| &stored.version) != replacing {
            return Err(LakeError::Changed {
                key: key.to_owned(),
            });
        }
        objects.puts += 1;
        let version = Version(objects.puts.to_string());
        objects.stored.insert(
            key.to_owned(),
            Stored {
                body,
                version: version.clone(),
            },
        );
        Ok(version)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        let objects = self.objects();
        let found = objects
            .stored
            .iter()
            .filter(|(key, _)| key.starts_with(prefix));
        Ok(found
            .map(|(key, stored)| (key.clone(), stored.stamp()))
            .collect())
    }
}
