//! Environment variables: read once, all errors reported together, no secret printed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use crate::aws;
use crate::cursor::Cursor;
use crate::cursor::directory::DirectoryCursor;
use crate::cursor::dynamodb::DynamoDbCursor;
use crate::cursor::object::ObjectCursor;
use crate::lake::Lake;
use crate::lake::directory::DirectoryLake;
use crate::lake::s3::S3Lake;

/// One line for each variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", .0.join("\n"))]
pub struct EnvError(pub Vec<String>);

/// Reads variables and collects the errors.
pub struct Env<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    faults: Vec<String>,
}

impl<'a> Env<'a> {
    /// Reads variables with `lookup`: programs pass [`std::env::var`], tests pass a map.
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            faults: Vec::new(),
        }
    }

    /// The variable, or `None` if it is not set or empty.
    pub fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// The parsed variable, or `None` if it is not set or empty. A value that cannot be parsed is
    /// an error.
    pub fn parse<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        text.parse()
            .map_err(|error| self.fault(format!("{name}=`{text}`: {error}")))
            .ok()
    }

    /// The same for a type whose own error does not say what is expected, as `expected` does.
    pub fn parse_expecting<T: FromStr>(&mut self, name: &str, expected: &str) -> Option<T> {
        let text = self.text(name)?;
        text.parse()
            .map_err(|_| self.fault(format!("{name}=`{text}`: expected {expected}")))
            .ok()
    }

    /// The variable as a path, with `~` expanded, or `None` if it is not set or empty. A path that
    /// cannot be expanded is an error.
    pub fn path(&mut self, name: &str) -> Option<PathBuf> {
        let text = self.text(name)?;
        self.expand_home(name, text.as_ref())
    }

    /// A path from the variable `name`, with the home directory in place of `~` at its start, as a
    /// shell would have it.
    fn expand_home(&mut self, name: &str, path: &Path) -> Option<PathBuf> {
        let mut parts = path.components();
        let first = parts.next().map(|part| part.as_os_str().to_string_lossy());
        match first.as_deref() {
            Some("~") => match self.text("HOME") {
                Some(home) => Some(Path::new(&home).join(parts.as_path())),
                None => {
                    self.fault(format!(
                        "{name}=`{}`: HOME is not set, so `~` has no meaning: write the whole path",
                        path.display()
                    ));
                    None
                }
            },
            Some(user) if user.starts_with('~') => {
                self.fault(format!(
                    "{name}=`{}`: `{user}` is not expanded, only `~` is: write the whole path (./{user} for a \
                     directory of this name)",
                    path.display()
                ));
                None
            }
            _ => Some(path.to_owned()),
        }
    }

    /// Adds an error.
    pub fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// Returns `value` if it is `Some` and no variable had an error.
    ///
    /// # Errors
    /// [`EnvError`] with all errors so far.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, EnvError> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(EnvError(self.faults)),
        }
    }
}

/// Where the lake is (`LAKE_URL`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LakeUrl {
    /// `s3://bucket[/prefix]`
    S3 {
        /// The bucket.
        bucket: String,
        /// Prefix of all keys; may be empty.
        prefix: String,
    },
    /// A directory.
    Directory(PathBuf),
}

/// Where the cursor is (`CURSOR_URL`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CursorUrl {
    /// `dynamodb://table`
    DynamoDb {
        /// The table.
        table: String,
    },
    /// `lake:`, the object `_cursor.json` in the lake.
    Lake,
}

/// The URL has an unknown form.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected {0}")]
pub struct UrlError(&'static str);

impl FromStr for LakeUrl {
    type Err = UrlError;

    fn from_str(url: &str) -> Result<Self, UrlError> {
        let expected = UrlError("s3://bucket, s3://bucket/prefix or a directory");
        match url.split_once("://") {
            None => Ok(Self::Directory(url.into())),
            Some(("s3", rest)) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(expected);
                }
                Ok(Self::S3 {
                    bucket: bucket.to_owned(),
                    prefix: prefix.trim_matches('/').to_owned(),
                })
            }
            Some(_) => Err(expected),
        }
    }
}

impl LakeUrl {
    fn from_env(env: &mut Env<'_>) -> Option<Self> {
        match env.parse("LAKE_URL")? {
            Self::Directory(path) => env.expand_home("LAKE_URL", &path).map(Self::Directory),
            s3 @ Self::S3 { .. } => Some(s3),
        }
    }
}

impl FromStr for CursorUrl {
    type Err = UrlError;

    fn from_str(url: &str) -> Result<Self, UrlError> {
        match url.strip_prefix("dynamodb://") {
            Some(table) if !table.is_empty() && !table.contains('/') => Ok(Self::DynamoDb {
                table: table.to_owned(),
            }),
            None if url == "lake:" => Ok(Self::Lake),
            _ => Err(UrlError(
                "dynamodb://table, or `lake:` to keep the cursor in the lake",
            )),
        }
    }
}

impl fmt::Display for LakeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
            Self::Directory(path) => path.display().fmt(f),
        }
    }
}

/// Where the lake and its cursor are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The lake.
    pub lake: LakeUrl,
    /// Its cursor.
    pub cursor: CursorUrl,
}

impl Places {
    /// Reads `LAKE_URL` and `CURSOR_URL`, which must both be set.
    pub fn required(env: &mut Env<'_>) -> Option<Self> {
        for (name, example) in [
            ("LAKE_URL", "s3://bucket"),
            ("CURSOR_URL", "dynamodb://table"),
        ] {
            if env.text(name).is_none() {
                env.fault(format!("{name} is not set (example: {example})"));
            }
        }
        Some(Self {
            lake: LakeUrl::from_env(env)?,
            cursor: env.parse("CURSOR_URL")?,
        })
    }

    /// Reads `LAKE_URL` and `CURSOR_URL`. Default: the directory `lake`, with the cursor in it.
    pub fn or_local(env: &mut Env<'_>) -> Self {
        let lake = LakeUrl::from_env(env).unwrap_or_else(|| LakeUrl::Directory("lake".into()));
        Self {
            lake,
            cursor: env.parse("CURSOR_URL").unwrap_or(CursorUrl::Lake),
        }
    }

    /// Opens both, without a request to either.
    pub async fn open(&self) -> (Arc<dyn Lake>, Arc<dyn Cursor>) {
        let lake: Arc<dyn Lake> = match &self.lake {
            LakeUrl::S3 { bucket, prefix } => {
                Arc::new(S3Lake::new(aws::config().await, bucket, prefix))
            }
            LakeUrl::Directory(root) => Arc::new(DirectoryLake::new(root)),
        };
        let cursor: Arc<dyn Cursor> = match (&self.cursor, &self.lake) {
            (CursorUrl::DynamoDb { table }, _) => {
                Arc::new(DynamoDbCursor::new(aws::config().await, table))
            }
            (CursorUrl::Lake, LakeUrl::Directory(root)) => {
                Arc::new(DirectoryCursor::new(DirectoryLake::new(root)))
            }
            (CursorUrl::Lake, LakeUrl::S3 { .. }) => Arc::new(ObjectCursor::new(lake.clone())),
        };
        (lake, cursor)
    }
}

/// Text that must not be displayed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_are_reported_together() {
        let lookup = |name: &str| (name == "LAKE_URL").then(|| "gs://bucket".to_owned());
        let mut env = Env::new(&lookup);
        let places = Places::required(&mut env);

        let faults = env.finish(places).expect_err("two variables are wrong").0;

        assert_eq!(faults.len(), 2, "{faults:?}");
        assert_eq!(
            faults[0],
            "CURSOR_URL is not set (example: dynamodb://table)"
        );
        assert_eq!(
            faults[1],
            "LAKE_URL=`gs://bucket`: expected s3://bucket, s3://bucket/prefix or a directory"
        );
    }

    #[test]
    fn urls_of_lake_and_cursor_are_parsed() {
        let s3 = |bucket: &str, prefix: &str| LakeUrl::S3 {
            bucket: bucket.into(),
            prefix: prefix.into(),
        };

        assert_eq!("s3://b".parse(), Ok(s3("b", "")));
        assert_eq!("s3://b/p/q/".parse(), Ok(s3("b", "p/q")));
        assert_eq!(
            "/var/lake".parse(),
            Ok(LakeUrl::Directory("/var/lake".into()))
        );
        assert!("s3://".parse::<LakeUrl>().is_err());
        assert_eq!("lake:".parse(), Ok(CursorUrl::Lake));
        assert_eq!(
            "dynamodb://t".parse(),
            Ok(CursorUrl::DynamoDb { table: "t".into() })
        );
        assert!("dynamodb://".parse::<CursorUrl>().is_err());
        assert!("redis://x".parse::<CursorUrl>().is_err());
    }

    #[test]
    fn a_tilde_is_the_home_directory() {
        let path = |value: &str, home: Option<&str>| {
            let lookup = |name: &str| match name {
                "HOME" => home.map(str::to_owned),
                _ => Some(value.to_owned()),
            };
            let mut env = Env::new(&lookup);
            let path = env.path("SITE_DIR");
            env.finish(path).map_err(|error| error.to_string())
        };

        for (value, expanded) in [
            ("~", "/home/me"),
            ("~/", "/home/me"),
            ("~/a/b", "/home/me/a/b"),
            ("~//a", "/home/me/a"),
            ("/x/~/y", "/x/~/y"),
            ("./~", "./~"),
            ("a~", "a~"),
        ] {
            assert_eq!(
                path(value, Some("/home/me")),
                Ok(expanded.into()),
                "{value}"
            );
        }
        let unset = path("~/a", None).expect_err("there is no home");
        assert!(unset.contains("SITE_DIR=`~/a`: HOME is not set"), "{unset}");
        let other = path("~bob/a", Some("/home/me")).expect_err("another user");
        assert!(other.contains("`~bob` is not expanded"), "{other}");
    }

    #[test]
    fn a_tilde_in_lake_url_is_expanded() {
        let lookup = |name: &str| match name {
            "HOME" => Some("/home/me".to_owned()),
            "LAKE_URL" => Some("~/lake".to_owned()),
            _ => None,
        };

        let places = Places::or_local(&mut Env::new(&lookup));

        assert_eq!(places.lake, LakeUrl::Directory("/home/me/lake".into()));
    }

    #[test]
    fn a_secret_is_not_displayed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "<secret>");
    }
}
