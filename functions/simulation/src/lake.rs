//! The simulated lake, as S3 keeps it.

use async_trait::async_trait;
use bytes::Bytes;
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored, Version};

use crate::fault::Kind;
use crate::gate::Gate;

const NAME: &str = "simulated";

/// The lake as one process sees it.
pub(crate) struct SimLake(pub(crate) Gate);

fn error(kind: u8, key: &str) -> LakeError {
    let (lake, key) = (NAME.to_owned(), key.to_owned());
    let reason = "a fault of the simulation".to_owned();
    match kind {
        0 => LakeError::Unavailable { lake, key, reason },
        1 => LakeError::Refused { lake, key, reason },
        _ => LakeError::Changed { key }, // As S3 answers to writes that conflict (409).
    }
}

impl SimLake {
    async fn read<T>(
        &self,
        name: &str,
        key: &str,
        read: impl FnOnce(&Self) -> T,
    ) -> Result<T, LakeError> {
        let call = self.0.enter(Kind::LakeRead, name, key).await;
        if let Some(kind) = call.error() {
            return Err(error(kind, key));
        }
        let found = read(self);
        self.0.leave(&call).await;
        Ok(found)
    }
}

#[async_trait]
impl Lake for SimLake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.read("get", key, |lake| lake.0.state().objects.get(key))
            .await
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        let tail = |lake: &Self| lake.0.state().objects.tail(key, len);
        self.read("tail", key, tail).await
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        self.read("head", key, |lake| lake.0.state().objects.head(key))
            .await
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        let call = self.0.enter(Kind::LakeWrite, "put", key).await;
        if let Some(kind) = call.error() {
            return Err(error(kind, key));
        }
        let put = self
            .0
            .state()
            .put(self.0.name(), key, body.clone(), replacing);
        self.0.leave(&call).await;
        if call.is_lost() {
            return Err(error(0, key));
        }
        let put = match put {
            Ok(_) if call.is_sent_again() => {
                self.0.state().objects.put(key, body.clone(), replacing)
            }
            put => put,
        };
        match put {
            // As in S3: the object may be what an earlier attempt wrote.
            Err(error @ LakeError::Changed { .. }) => match self.0.state().objects.get(key) {
                Some(stored) if stored.body == body => Ok(stored.version),
                _ => Err(error),
            },
            put => put,
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        self.read("list", prefix, |lake| lake.0.state().objects.list(prefix))
            .await
    }
}

/// The lake without faults and without calls that are counted.
pub(crate) struct PlainLake(pub(crate) Gate);

#[async_trait]
impl Lake for PlainLake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        Ok(self.0.state().objects.get(key))
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        Ok(self.0.state().objects.tail(key, len))
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        Ok(self.0.state().objects.head(key))
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        self.0.state().put(self.0.name(), key, body, replacing)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        Ok(self.0.state().objects.list(prefix))
    }
}
