//! Environment variables: read once, all errors reported together, no secret printed.

use std::cell::RefCell;
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
    faults: RefCell<Vec<String>>,
}

/// The environment variable `name` of this process. Bytes that are not UTF-8 become U+FFFD, which
/// [`Env`] refuses.
pub fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

impl<'a> Env<'a> {
    /// Reads variables with `lookup`: programs pass [`variable`], tests pass a map.
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            faults: RefCell::default(),
        }
    }

    /// Whether the variable is set and not empty.
    pub fn is_set(&self, name: &str) -> bool {
        (self.lookup)(name).is_some_and(|value| !value.is_empty())
    }

    /// The variable, or `None` if it is not set or empty. A value with control characters, or that
    /// is not UTF-8, is an error.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = (self.lookup)(name).filter(|value| !value.is_empty())?;
        let is_bad = |c: &char| c.is_control() || *c == char::REPLACEMENT_CHARACTER;
        let Some(bad) = value.chars().find(is_bad) else {
            return Some(value);
        };
        // The value may be a secret.
        let fault = match bad {
            '\r' | '\n' => format!(
                "{name} contains a line end (a file that was written on Windows ends its lines with CR LF): remove it"
            ),
            char::REPLACEMENT_CHARACTER => {
                format!("{name} is not valid UTF-8: write it in UTF-8")
            }
            bad => format!(
                "{name} contains the control character U+{:04X}: remove it",
                u32::from(bad)
            ),
        };
        let mut faults = self.faults.borrow_mut();
        if !faults.contains(&fault) {
            faults.push(fault);
        }
        None
    }

    /// The variable as an http:// or https:// URL, parsed by `parse`, or `None` if it is not set or
    /// empty.
    pub fn http_url<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(name)?;
        let lower = text.to_ascii_lowercase();
        let is_http = lower.starts_with("http://") || lower.starts_with("https://");
        let url = parse(&text).filter(|_| is_http);
        if url.is_none() {
            let shown = match text.contains(['@', '?']) {
                true => String::new(), // The rest may be a secret.
                false => format!("=`{text}`"),
            };
            self.fault(format!(
                "{name}{shown}: expected an http:// or https:// URL"
            ));
        }
        url
    }

    /// The parsed variable, or `None` if it is not set or empty. A value that cannot be parsed is
    /// an error.
    pub fn parse<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        text.parse()
            .map_err(|error| self.fault(format!("{name}=`{text}`: {error}")))
            .ok()
    }

    /// Like [`Env::parse`], for a type whose own error does not say what is expected. The error
    /// shows `expected` instead.
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

    /// The path in the variable `name`, with the home directory in place of a `~` at its start, as
    /// in a shell.
    fn expand_home(&mut self, name: &str, path: &Path) -> Option<PathBuf> {
        let mut parts = path.components();
        let first = parts.next().map(|part| part.as_os_str().to_string_lossy());
        match first.as_deref() {
            Some("~") => match self.text("HOME") {
                Some(home) => Some(Path::new(&home).join(parts.as_path())),
                None => {
                    self.fault(format!(
                        "{name}=`{}`: `~` cannot be expanded, because HOME is not set. Write the whole path",
                        path.display()
                    ));
                    None
                }
            },
            Some(user) if user.starts_with('~') => {
                self.fault(format!(
                    "{name}=`{}`: `{user}` is not expanded, only `~` is. Write the whole path (./{user} for a \
                     directory with this name)",
                    path.display()
                ));
                None
            }
            _ => Some(path.to_owned()),
        }
    }

    /// Adds an error.
    pub fn fault(&mut self, fault: String) {
        self.faults.get_mut().push(fault);
    }

    /// Returns `value` if it is `Some` and no variable had an error.
    ///
    /// # Errors
    /// [`EnvError`] with all errors so far.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, EnvError> {
        let faults = self.faults.into_inner();
        match value {
            Some(value) if faults.is_empty() => Ok(value),
            _ => Err(EnvError(faults)),
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
        if let Some(likely) = mistaken(url) {
            return Err(UrlError(likely));
        }
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

/// What to write instead of a text that would be a directory with a strange name.
fn mistaken(url: &str) -> Option<&'static str> {
    let is_quote = |c: char| matches!(c, '"' | '\'');
    let mut chars = url.chars();
    if url.trim() != url {
        Some("no blanks before or after the value")
    } else if url.starts_with(is_quote) || url.ends_with(is_quote) {
        Some("no quotes around the value: write LAKE_URL=s3://bucket, or a directory")
    } else if url
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("s3:"))
        && !url.starts_with("s3://")
    {
        Some(
            "s3://bucket or s3://bucket/prefix, with `s3` in lower case and two slashes (for a directory with this name, write ./ before it)",
        )
    } else if url.starts_with('$') {
        Some("a directory without variables (only `~` is expanded here, not `$..`)")
    } else if chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && chars.next().is_some_and(|c| matches!(c, '\\' | '/'))
    {
        Some("a directory of this system, such as /mnt/c/lake, not a path of Windows")
    } else {
        None
    }
}

impl LakeUrl {
    fn from_env(env: &mut Env<'_>) -> Option<Self> {
        let text = env.text("LAKE_URL")?;
        let host = text
            .split_once("://")
            .map(|(_, rest)| rest.split('/').next());
        if host.flatten().is_some_and(|host| host.contains('@')) {
            env.fault(
                "LAKE_URL holds a user or a key before its `@`: write s3://bucket, and set AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY"
                    .to_owned(),
            );
            return None;
        }
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

const AWS_VARIABLES: [&str; 8] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
];

/// Where the lake and its cursor are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreUrls {
    /// The lake.
    pub lake: LakeUrl,
    /// Its cursor.
    pub cursor: CursorUrl,
}

impl StoreUrls {
    /// Reads `LAKE_URL` and `CURSOR_URL`, which must both be set.
    pub fn required(env: &mut Env<'_>) -> Option<Self> {
        for (name, example) in [
            ("LAKE_URL", "s3://bucket"),
            ("CURSOR_URL", "dynamodb://table"),
        ] {
            if !env.is_set(name) {
                env.fault(format!("{name} is not set (example: {example})"));
            }
        }
        let (lake, cursor) = (LakeUrl::from_env(env), env.parse("CURSOR_URL"));
        Some(
            Self {
                lake: lake?,
                cursor: cursor?,
            }
            .checked(env),
        )
    }

    /// Reads `LAKE_URL` and `CURSOR_URL`. Default: the directory `lake`, with the cursor in it.
    pub fn or_local(env: &mut Env<'_>) -> Self {
        let lake = LakeUrl::from_env(env).unwrap_or_else(|| LakeUrl::Directory("lake".into()));
        Self {
            lake,
            cursor: env.parse("CURSOR_URL").unwrap_or(CursorUrl::Lake),
        }
        .checked(env)
    }

    /// Checks the variables that the AWS SDK reads, if it is used. The SDK would panic if some of
    /// them contain a control character.
    fn checked(self, env: &Env<'_>) -> Self {
        let is_local = matches!(
            (&self.lake, &self.cursor),
            (LakeUrl::Directory(_), CursorUrl::Lake)
        );
        if !is_local {
            for name in AWS_VARIABLES {
                drop(env.text(name));
            }
        }
        self
    }

    /// Opens the lake and the cursor. Sends no request.
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
        let stores = StoreUrls::required(&mut env);

        let faults = env.finish(stores).expect_err("two variables are wrong").0;

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
        assert!(
            unset.contains("SITE_DIR=`~/a`: `~` cannot be expanded"),
            "{unset}"
        );
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

        let stores = StoreUrls::or_local(&mut Env::new(&lookup));

        assert_eq!(stores.lake, LakeUrl::Directory("/home/me/lake".into()));
    }

    fn fault_of(variables: &[(&str, &str)]) -> String {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let mut env = Env::new(&lookup);
        let stores = StoreUrls::or_local(&mut env);
        let error = env.finish(Some(stores)).expect_err("a fault");
        assert_eq!(error.0.len(), 1, "{error}");
        error.to_string()
    }

    #[test]
    fn control_characters_and_bytes_that_are_not_utf_8_are_refused_by_name() {
        let s3 = ("LAKE_URL", "s3://bucket");
        for (name, value, words) in [
            ("LAKE_URL", "lake\r", "line end"),
            ("CURSOR_URL", "lake:\n", "line end"),
            ("LAKE_URL", "\u{7}lake", "U+0007"),
            ("LAKE_URL", "/data/\u{fffd}", "not valid UTF-8"),
            ("AWS_ACCESS_KEY_ID", "hunter2\r", "line end"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2\n", "line end"),
        ] {
            let fault = fault_of(&[(name, value), s3]);
            assert!(fault.starts_with(name) && fault.contains(words), "{fault}");
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }

    #[test]
    fn a_lake_that_would_be_a_directory_with_a_strange_name_is_refused() {
        for (url, words) in [
            ("s3:/bucket", "s3://bucket"),
            ("s3:bucket", "s3://bucket"),
            ("S3://bucket", "lower case"),
            ("\"s3://bucket\"", "quotes"),
            ("'lake'", "quotes"),
            (" lake", "blanks"),
            ("s3://bucket ", "blanks"),
            ("C:\\lake", "Windows"),
            ("$HOME/lake", "`~`"),
        ] {
            let fault = fault_of(&[("LAKE_URL", url)]);
            assert!(
                fault.contains("LAKE_URL=`") && fault.contains(words),
                "{fault}"
            );
        }
        for url in ["./s3:bucket", "a:b", "lake/$x", "it's"] {
            assert_eq!(url.parse(), Ok(LakeUrl::Directory(url.into())), "{url}");
        }
    }

    #[test]
    fn a_key_in_the_url_of_a_lake_is_refused_and_not_shown() {
        for url in ["s3://KEY:hunter2@bucket/b", "https://me:hunter2@host/b"] {
            let fault = fault_of(&[("LAKE_URL", url)]);
            assert!(fault.contains("AWS_ACCESS_KEY_ID"), "{fault}");
            assert!(!fault.contains("hunter2"), "{fault}");
        }
        assert!("s3://bucket/a@b".parse::<LakeUrl>().is_ok());
    }

    #[test]
    fn a_secret_is_not_displayed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "<secret>");
    }
}
