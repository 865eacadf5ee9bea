//! The objects of a simulated store. The version of an object follows from its content, as in S3.

use std::collections::BTreeMap;

use bytes::Bytes;
use hashlake_core::lake::{LakeError, Stamp, Stored, Version};

use crate::dice::mix;

/// The objects of a store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects(BTreeMap<String, Stored>);

impl Objects {
    pub(crate) fn get(&self, key: &str) -> Option<Stored> {
        self.0.get(key).cloned()
    }

    pub(crate) fn tail(&self, key: &str, len: u64) -> Option<Stored> {
        self.get(key).map(|stored| stored.tail(len))
    }

    pub(crate) fn head(&self, key: &str) -> Option<Stamp> {
        self.0.get(key).map(Stored::stamp)
    }

    /// Replaces exactly the version `replacing`.
    pub(crate) fn put(
        &mut self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        if self.0.get(key).map(|stored| &stored.version) != replacing {
            let key = key.to_owned();
            return Err(LakeError::Changed { key });
        }
        let version = version_of(&body);
        let stored = Stored {
            body,
            version: version.clone(),
        };
        self.0.insert(key.to_owned(), stored);
        Ok(version)
    }

    pub(crate) fn list(&self, prefix: &str) -> Vec<(String, Stamp)> {
        let found = self.0.range(prefix.to_owned()..);
        found
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, stored)| (key.clone(), stored.stamp()))
            .collect()
    }
}

fn version_of(body: &Bytes) -> Version {
    let words = body.chunks(8).map(|word| {
        let mut bytes = [0; 8];
        bytes[..word.len()].copy_from_slice(word);
        u64::from_le_bytes(bytes)
    });
    let hash = words.fold(body.len() as u64, mix);
    Version::new(format!("{hash:016x}"))
}
