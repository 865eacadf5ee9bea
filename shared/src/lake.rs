//! The lake: objects under keys, each replaced whole and only by one who knows what he replaces.

pub mod directory;
pub mod memory;
pub mod s3;

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

/// Identifies one content of an object: another content has another version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub(crate) String);

/// An object's version and length, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Its version.
    pub version: Version,
    /// Its length in bytes.
    pub len: u64,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its content.
    pub body: Bytes,
    /// Its version.
    pub version: Version,
}

/// Why the lake did not do what it was asked.
#[derive(Debug, Error)]
pub enum LakeError {
    /// The object is no longer the one that was to be replaced.
    #[error("`{key}` was changed by another writer")]
    Changed {
        /// Its key.
        key: String,
    },
    /// Permissions, a bucket that does not exist, a disk that is full: trying again will not help.
    #[error("lake {lake} refuses `{key}`: {reason}")]
    Refused {
        /// Where the lake is.
        lake: String,
        /// The object's key.
        key: String,
        /// What it says.
        reason: String,
    },
    /// Out of reach for now.
    #[error("lake {lake} is out of reach (`{key}`): {reason}")]
    Unavailable {
        /// Where the lake is.
        lake: String,
        /// The object's key.
        key: String,
        /// What is known of it.
        reason: String,
    },
}

/// Objects under keys.
#[async_trait]
pub trait Lake: Send + Sync {
    /// The object, or `None` where none is stored.
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError>;

    /// The last `len` bytes of the object, or all of a shorter one; `None` where none is stored.
    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError>;

    /// The object's version and length, or `None` where none is stored.
    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError>;

    /// Replaces exactly the version `replacing` (`None`: creates), and answers with the new one.
    ///
    /// # Errors
    /// [`LakeError::Changed`] where another version is stored, or one where there was to be none.
    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError>;

    /// Keys that start with `prefix`, in order, and their stamps.
    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError>;
}
