//! Reads and replaces files of the lake.

use std::time::Duration;

use backon::ExponentialBuilder;
use bytes::Bytes;
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored};
use hashlake_core::month::Month;
use hashlake_core::table::{LengthGuard, TableError, blocks, check_month};
use thiserror::Error;
use tracing::{debug, warn};

/// Why a file of the lake could not be read or replaced.
#[derive(Debug, Error)]
pub enum LakeFileError {
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error("the lake's file `{key}` is damaged: {source}. Nothing was changed. {advice}")]
    Damaged {
        key: String,
        source: TableError,
        advice: String,
    },
}

impl LakeFileError {
    /// Whether another writer replaced the file in between.
    pub const fn is_overtaken(&self) -> bool {
        matches!(self, Self::Lake(LakeError::Changed { .. }))
    }
}

/// Rows of the file under `key`, and its version; no rows and `None` if there is no file.
pub(crate) async fn read<T: Default>(
    lake: &dyn Lake,
    key: &str,
    decode: fn(Bytes) -> Result<T, TableError>,
) -> Result<(T, Option<Stamp>), LakeFileError> {
    let (rows, stamp) = read_any(lake, key, decode).await?;
    let rows = rows.map_err(|source| LakeFileError::Damaged {
        key: key.to_owned(),
        source,
        advice: "Restore the file, or rebuild it with `hashlake verify --repair`".to_owned(),
    })?;
    Ok((rows, stamp))
}

/// Like [`read`], for a file that will be replaced as a whole. A damaged file counts as empty, but
/// its version is returned, so that it can be replaced.
pub(crate) async fn read_replaceable<T>(
    lake: &dyn Lake,
    key: &str,
    decode: fn(Bytes) -> Result<Vec<T>, TableError>,
) -> Result<(Vec<T>, Option<Stamp>), LakeFileError> {
    let (rows, stamp) = read_any(lake, key, decode).await?;
    let rows = rows.unwrap_or_else(|error| {
        warn!(
            key,
            "the lake's file `{key}` is damaged and is written again: {error}"
        );
        Vec::new()
    });
    Ok((rows, stamp))
}

async fn read_any<T: Default>(
    lake: &dyn Lake,
    key: &str,
    decode: fn(Bytes) -> Result<T, TableError>,
) -> Result<(Result<T, TableError>, Option<Stamp>), LakeError> {
    let Some(Stored { body, version }) = lake.get(key).await? else {
        return Ok((Ok(T::default()), None));
    };
    let len = body.len() as u64;
    let rows = check_month(key, body.clone(), len).and_then(|()| decode(body));
    Ok((rows, Some(Stamp { version, len })))
}

/// Replaces the file under `key` with what `encode` makes, and returns its new version. `old` is
/// the version that was read; `None` means that there was no file.
///
/// A file with the same bytes is not written. A file with other bytes but the old length is encoded
/// with the guard, which changes its length.
///
/// # Errors
/// [`LakeError::Changed`] if the stored file is no longer `old`.
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

/// The retries of a compare-and-swap in which another writer was faster.
pub(crate) fn cas_retry() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(10))
        .with_max_times(10)
        .with_jitter()
}

/// The months for which the lake has a file of blocks, in order.
pub(crate) async fn stored_months(lake: &dyn Lake) -> Result<Vec<Month>, LakeFileError> {
    let keys = lake.list("v1/blocks/").await?.into_iter();
    Ok(keys.filter_map(|(key, _)| blocks::month(&key)).collect())
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
    async fn a_file_never_replaces_another_of_the_same_length() {
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
    async fn a_file_that_another_writer_replaced_is_left_as_it_is() {
        let lake = MemoryLake::default();
        replace(&lake, KEY, None, file("theirs"))
            .await
            .expect("written");

        let error = replace(&lake, KEY, None, file("ours"))
            .await
            .expect_err("it is no longer what it was");

        assert!(matches!(error, LakeError::Changed { .. }), "{error}");
        assert_eq!(stored(&lake).await, "theirs");
    }
}
