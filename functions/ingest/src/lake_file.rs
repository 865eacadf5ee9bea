//! How a file of the lake is replaced.

use std::time::Duration;

use backon::ExponentialBuilder;
use bytes::Bytes;
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored};
use hashlake_core::table::{LengthGuard, TableError};
use thiserror::Error;
use tracing::debug;

/// Why the lake could not be read or written.
#[derive(Debug, Error)]
pub enum LakeFileError {
    /// The lake did not do its part.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A file of the lake is not what it should be.
    #[error(
        "the lake's file `{key}` is damaged: {source}. Nothing was changed; restore the file, or move it away to have it written anew"
    )]
    Damaged {
        /// Its key.
        key: String,
        /// What is wrong.
        source: TableError,
    },
}

impl LakeFileError {
    /// Whether another writer came in between.
    pub const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Lake(LakeError::Changed { .. }))
    }
}

/// Replaces the file under `key`, of which `old` was read (`None`: there was none), with what `encode` makes; the answer is
/// what is stored then. A file that would have the old one's length carries the guard, and one that is the same is not
/// written.
///
/// # Errors
/// [`LakeError::Changed`] where another file than `old` is stored by now.
pub(crate) async fn replace(
    lake: &dyn Lake,
    key: &str,
    old: Option<&Stamp>,
    encode: impl Fn(LengthGuard) -> Bytes,
) -> Result<Stamp, LakeError> {
    let mut body = encode(LengthGuard::Absent);
    if let Some(old) = old.filter(|old| old.len == body.len() as u64) {
        if lake
            .get(key)
            .await?
            .is_some_and(|stored| stored.body == body)
        {
            return Ok(old.clone());
        }
        body = encode(LengthGuard::Present);
    }
    let len = body.len() as u64;
    let version = lake.put(key, body, old.map(|old| &old.version)).await?;
    debug!(key, body_bytes = len, "wrote {key}");
    Ok(Stamp { version, len })
}

/// The rows of the file under `key`, and what is stored there: none where there is no file.
///
/// # Errors
/// [`LakeFileError`] where it cannot be read.
pub(crate) async fn read<T>(
    lake: &dyn Lake,
    key: &str,
    decode: fn(Bytes) -> Result<Vec<T>, TableError>,
) -> Result<(Vec<T>, Option<Stamp>), LakeFileError> {
    let Some(Stored { body, version }) = lake.get(key).await? else {
        return Ok((Vec::new(), None));
    };
    let len = body.len() as u64;
    let rows = decode(body).map_err(|source| LakeFileError::Damaged {
        key: key.to_owned(),
        source,
    })?;
    Ok((rows, Some(Stamp { version, len })))
}

/// How often a change to a file that others write too is tried: each time one of them is done.
pub(crate) fn tries() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_times(10)
        .with_jitter()
}

#[cfg(test)]
mod tests {
    use hashlake_core::lake::memory::MemoryLake;

    use super::*;

    const KEY: &str = "v1/table/file";

    /// A file of these bytes; with the guard, it is one byte longer.
    fn file(body: &'static str) -> impl Fn(LengthGuard) -> Bytes {
        move |guard| match guard {
            LengthGuard::Absent => body.into(),
            LengthGuard::Present => format!("{body}+").into(),
        }
    }

    async fn stored(lake: &MemoryLake) -> Bytes {
        lake.get(KEY)
            .await
            .expect("memory answers")
            .expect("it was written")
            .body
    }

    #[tokio::test]
    async fn a_file_never_replaces_another_of_its_length() {
        let lake = MemoryLake::default();
        let mut old = None;

        for (body, expected) in [
            ("one", "one"),
            ("two", "two+"),
            ("three", "three"),
            ("seven", "seven+"),
        ] {
            let new = replace(&lake, KEY, old.as_ref(), file(body)).await;
            old = Some(new.expect("written"));

            assert_eq!(stored(&lake).await, expected);
        }
    }

    #[tokio::test]
    async fn a_file_that_is_the_same_is_not_written() {
        let lake = MemoryLake::default();
        let first = replace(&lake, KEY, None, file("one"))
            .await
            .expect("written");

        let second = replace(&lake, KEY, Some(&first), file("one"))
            .await
            .expect("left alone");

        let stored = lake.head(KEY).await.expect("memory answers");
        assert_eq!((stored.as_ref(), &second), (Some(&first), &first));
    }

    #[tokio::test]
    async fn a_file_that_another_has_written_meanwhile_is_left_to_him() {
        let lake = MemoryLake::default();
        replace(&lake, KEY, None, file("his"))
            .await
            .expect("written");

        let error = replace(&lake, KEY, None, file("mine"))
            .await
            .expect_err("it is no longer what it was");

        assert!(matches!(error, LakeError::Changed { .. }), "{error}");
        assert_eq!(stored(&lake).await, "his");
    }
}
