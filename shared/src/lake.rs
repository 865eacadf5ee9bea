//! The lake: objects under keys. Each is replaced as a whole, and only if it is still the version
//! that was read (compare-and-swap).

pub mod directory;
pub mod memory;
pub mod s3;

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

/// Identifies the content of an object: other content has another version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub(crate) String);

impl Version {
    /// The version with this name, which a store of objects gave to it.
    pub const fn new(name: String) -> Self {
        Self(name)
    }
}

/// An object's version and length, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Version of the object.
    pub version: Version,
    /// Length in bytes.
    pub len: u64,
}

/// An object's content and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Content of the object.
    pub body: Bytes,
    /// Version of the object.
    pub version: Version,
}

impl Stored {
    /// The last `len` bytes, or all if there are fewer.
    #[must_use]
    pub fn tail(self, len: u64) -> Self {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let start = self.body.len().saturating_sub(len);
        Self {
            body: self.body.slice(start..),
            ..self
        }
    }

    /// Version and length of the object.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            version: self.version.clone(),
            len: self.body.len() as u64,
        }
    }
}

/// Why an operation on the lake failed.
#[derive(Debug, Error)]
pub enum LakeError {
    /// The object is not the version that was to be replaced.
    #[error("`{key}` was changed by another writer")]
    Changed {
        /// Key of the object.
        key: String,
    },
    /// Missing permissions, a bucket that does not exist, a full disk. A retry will not help.
    #[error("cannot access `{key}` in the lake {lake}: {reason}")]
    Refused {
        /// Where the lake is.
        lake: String,
        /// Key of the object.
        key: String,
        /// The reason given.
        reason: String,
    },
    /// A failure that may be temporary.
    #[error("cannot reach the lake {lake} (`{key}`): {reason}")]
    Unavailable {
        /// Where the lake is.
        lake: String,
        /// Key of the object.
        key: String,
        /// The error.
        reason: String,
    },
    /// The store does not apply the conditions that hashlake sets for writes.
    #[error(
        "the store of the lake {lake} {fault} `{header}` when an object is written. Two writers could overwrite each \
         other's blocks, so use a store with conditional writes, such as AWS S3, MinIO, Cloudflare R2 or Scaleway, or a \
         directory"
    )]
    Unconditional {
        /// Where the lake is.
        lake: String,
        /// What the store does with the condition.
        fault: &'static str,
        /// Header of the condition.
        header: &'static str,
    },
}

/// A store of objects under keys.
#[async_trait]
pub trait Lake: Send + Sync {
    /// The object, or `None` if there is none under this key.
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError>;

    /// The last `len` bytes of the object (all of it, if it is shorter), or `None` if there is
    /// none.
    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError>;

    /// The object's version and length, or `None` if there is none.
    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError>;

    /// Replaces exactly the version `replacing`, or creates the object if `replacing` is `None`.
    /// Returns the new version.
    ///
    /// # Errors
    /// [`LakeError::Changed`] if another version is stored, or if an object is stored but
    /// `replacing` is `None`. If an answer of the store may have been lost, and exactly `body` is
    /// stored, there is no error.
    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError>;

    /// All keys that start with `prefix`, sorted, with their stamps.
    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError>;
}
