//! A lake in a local directory.
//!
//! Files are replaced by renaming, so that a reader sees either the old file or the new one.
//! Writers of all processes take turns: each locks `_put.lock`. The operating system frees the lock
//! when a process ends.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Lake, LakeError, Stamp, Stored, Version};

/// Files in a directory, which is created with the first of them.
#[derive(Clone, Debug)]
pub struct DirectoryLake {
    root: PathBuf,
}

impl DirectoryLake {
    /// The lake in `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Creates the directory, unless it exists.
    pub(crate) fn create(&self) -> io::Result<()> {
        fs::create_dir_all(&self.root).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists if self.root.is_symlink() && !self.root.exists() => {
                io::Error::other(format!(
                    "{} is a link to a path that does not exist: mount its disk, or correct the link",
                    self.root.display()
                ))
            }
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => io::Error::other(format!(
                "{} is a file, or is inside a file: set LAKE_URL to a directory",
                self.root.display()
            )),
            _ => error,
        })
    }

    fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        key: &str,
        work: impl FnOnce(&Self, &str) -> io::Result<T> + Send + 'static,
    ) -> Result<T, LakeError> {
        let (lake, owned_key) = (self.clone(), key.to_owned());
        let done = tokio::task::spawn_blocking(move || work(&lake, &owned_key)).await;
        let result = done.unwrap_or_else(|panic| Err(io::Error::other(panic)));
        result.map_err(|error| LakeError::Refused {
            lake: self.root.display().to_string(),
            key: key.to_owned(),
            reason: error.to_string(),
        })
    }
}

fn version(metadata: &Metadata) -> io::Result<Version> {
    let modified = metadata
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok(Version(format!(
        "{:x}-{:x}",
        modified.as_nanos(),
        metadata.len()
    )))
}

fn stamp(path: &Path) -> io::Result<Option<Stamp>> {
    present(fs::metadata(path).and_then(|metadata| {
        Ok(Stamp {
            version: version(&metadata)?,
            len: metadata.len(),
        })
    }))
}

fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> io::Result<Stored> {
    read_tail(path, u64::MAX)
}

fn read_tail(path: &Path, len: u64) -> io::Result<Stored> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let version = version(&metadata)?;
    file.seek(SeekFrom::Start(metadata.len().saturating_sub(len)))?;
    let mut body = Vec::new();
    file.read_to_end(&mut body)?;
    Ok(Stored {
        body: body.into(),
        version,
    })
}

/// The new version, or `None` if the object is not the version that was to be replaced.
fn replace(
    lake: &DirectoryLake,
    key: &str,
    body: &[u8],
    replacing: Option<&Version>,
) -> io::Result<Option<Version>> {
    lake.create()?;
    let turn = File::create(lake.path("_put.lock"))?;
    turn.lock().map_err(explain_lock)?;
    let path = lake.path(key);
    if stamp(&path)?.map(|stamp| stamp.version).as_ref() != replacing {
        return Ok(None);
    }
    let draft = lake.path("_put.tmp");
    let mut file = File::create(&draft)?;
    file.write_all(body)?;
    file.sync_all()?;
    let version = version(&file.metadata()?)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(&draft, &path)?;
    Ok(Some(version))
}

/// Why a file cannot be locked, with an explanation if its drive has no locks.
pub(crate) fn explain_lock(error: io::Error) -> io::Error {
    // Codes of Linux and macOS for a missing lock service. The standard library has no name for
    // them.
    let has_no_service = matches!(error.raw_os_error(), Some(37 | 77));
    if !has_no_service && error.kind() != ErrorKind::Unsupported {
        return error;
    }
    io::Error::other(format!(
        "this drive has no file locks, which hashlake needs ({error}): put the lake on a local disk, or mount \
         the network drive with locks (NFS needs its lock service)"
    ))
}

fn walk(lake: &DirectoryLake, folder: &Path, found: &mut Vec<(String, Stamp)>) -> io::Result<()> {
    let Some(entries) = present(fs::read_dir(folder))? else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            walk(lake, &path, found)?;
        } else if let (Ok(key), Some(stamp)) = (path.strip_prefix(&lake.root), stamp(&path)?) {
            found.push((key.to_string_lossy().replace('\\', "/"), stamp));
        }
    }
    Ok(())
}

#[async_trait]
impl Lake for DirectoryLake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.blocking(key, |lake, key| present(read(&lake.path(key))))
            .await
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        self.blocking(key, move |lake, key| {
            present(read_tail(&lake.path(key), len))
        })
        .await
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        self.blocking(key, |lake, key| stamp(&lake.path(key))).await
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        let replacing = replacing.cloned();
        let version = self
            .blocking(key, move |lake, key| {
                replace(lake, key, &body, replacing.as_ref())
            })
            .await?;
        version.ok_or_else(|| LakeError::Changed {
            key: key.to_owned(),
        })
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        self.blocking(prefix, |lake, prefix| {
            let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut found = Vec::new();
            walk(lake, &lake.path(folder), &mut found)?;
            found.retain(|(key, _)| key.starts_with(prefix));
            found.sort_by(|(a, _), (b, _)| a.cmp(b));
            Ok(found)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_error_explains_that_a_file_is_in_place_of_the_directory() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, "").expect("written");

        for root in [file.clone(), file.join("below")] {
            let error = DirectoryLake::new(root)
                .put("v1/key", "x".into(), None)
                .await;

            let error = error.expect_err("a file is there").to_string();
            assert!(
                error.contains("a file: set LAKE_URL to a directory"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_error_explains_that_a_drive_has_no_file_locks() {
        // The codes are ENOLCK, EOPNOTSUPP and ENOSYS.
        for code in [37, 95, 38] {
            let error = explain_lock(io::Error::from_raw_os_error(code)).to_string();

            assert!(
                error.contains("no file locks") && error.contains("local disk"),
                "{error}"
            );
        }
        let other = explain_lock(io::Error::from_raw_os_error(13));
        assert_eq!(other.kind(), ErrorKind::PermissionDenied);
    }
}
