//! A lake in an S3 bucket, or in a store with the same API.
//!
//! Before its first put, a process checks once that the store applies conditions of writes
//! (`If-Match`, `If-None-Match`).

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use tokio::sync::OnceCell;

use super::{Lake, LakeError, Stamp, Stored, Version};
use crate::aws::{Call, Service};

// Names of permissions.
const GET: &str = "s3:GetObject"; // HEAD needs it too.
const PUT: &str = "s3:PutObject";
const LIST: &str = "s3:ListBucket";

/// Key of the object with which the conditions of writes are checked.
const CHECK: &str = "_write_check";
const CHECK_BODY: &str =
    "hashlake checks with this object that If-None-Match and If-Match are kept.\n";
const ABSENT_TAG: &str = "00000000000000000000000000000000"; // No object has this ETag.

/// Objects in a bucket, below a prefix.
#[derive(Clone, Debug)]
pub struct S3Lake {
    client: Client,
    service: Service,
    bucket: String,
    prefix: String, // Empty, or ends with a slash.
    conditions_checked: Arc<OnceCell<()>>,
}

impl S3Lake {
    /// The lake in `bucket`, all keys below `prefix`.
    pub fn new(config: &SdkConfig, bucket: &str, prefix: &str) -> Self {
        let service = Service::new("S3", config);
        // An emulator has one address, and no DNS name for each bucket, so the bucket is in the
        // path.
        let config = Builder::from(config)
            .force_path_style(service.has_endpoint())
            .build();
        let prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self {
            client: Client::from_conf(config),
            service,
            bucket: bucket.to_owned(),
            prefix,
            conditions_checked: Arc::default(),
        }
    }

    fn at(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn error<E>(&self, action: &str, key: &str, error: &SdkError<E>) -> LakeError
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let resource = match action {
            LIST => format!("s3://{}", self.bucket),
            _ => format!("s3://{}/{}", self.bucket, self.at(key)),
        };
        let call = Call {
            action,
            resource: &resource,
        };
        let failure = self.service.explain(call, error);
        let (lake, key, reason) = (self.url(), key.to_owned(), failure.reason);
        match failure.is_temporary {
            true => LakeError::Unavailable { lake, key, reason },
            false => LakeError::Refused { lake, key, reason },
        }
    }

    fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix)
    }

    fn unavailable(&self, key: &str, reason: impl std::fmt::Display) -> LakeError {
        LakeError::Unavailable {
            lake: self.url(),
            key: key.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// The version that an ETag names.
    ///
    /// Some stores and proxies leave out its quotes, or mark it as weak in some answers only, so the
    /// tag alone is compared.
    fn version(&self, key: &str, e_tag: Option<String>) -> Result<Version, LakeError> {
        let e_tag = e_tag.unwrap_or_default();
        match e_tag.trim_start_matches("W/").trim_matches('"') {
            "" => Err(LakeError::Refused {
                lake: self.url(),
                key: key.to_owned(),
                reason: "the answer has no ETag, which hashlake needs to replace files safely: use a store that sends \
                         ETags, and check that no proxy removes them"
                    .to_owned(),
            }),
            tag => Ok(Version(tag.to_owned())),
        }
    }

    fn stamp(
        &self,
        key: &str,
        e_tag: Option<String>,
        len: Option<i64>,
    ) -> Result<Stamp, LakeError> {
        let len = len.and_then(|len| u64::try_from(len).ok());
        Ok(Stamp {
            version: self.version(key, e_tag)?,
            len: len.ok_or_else(|| self.unavailable(key, "the answer has no length"))?,
        })
    }

    async fn read(&self, key: &str, range: Option<String>) -> Result<Option<Stored>, ReadError> {
        let get = self.client.get_object().bucket(&self.bucket);
        let get = get.key(self.at(key)).set_range(range);
        let object = match self.service.wait_for(get.send()).await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                return Ok(None);
            }
            Err(error) => return Err(ReadError::Get(Box::new(error))),
        };
        let version = self.version(key, object.e_tag)?;
        let body = self.service.wait_for(object.body.collect()).await;
        let body = body
            .map_err(|error| self.unavailable(key, format!("the answer ended early: {error}")))?;
        Ok(Some(Stored {
            body: body.into_bytes(),
            version,
        }))
    }

    async fn put_if(
        &self,
        key: &str,
        body: Bytes,
        condition: Condition<'_>,
    ) -> Result<Version, LakeError> {
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(self.at(key))
            .body(ByteStream::from(body));
        let put = match condition {
            Condition::IsVersion(Version(tag)) => put.if_match(format!("\"{tag}\"")),
            Condition::IsAbsent => put.if_none_match("*"),
        };
        match self.service.wait_for(put.send()).await {
            Ok(answer) => self.version(key, answer.e_tag),
            Err(error) if has_lost_race(&error) => Err(LakeError::Changed {
                key: key.to_owned(),
            }),
            Err(error) => {
                let failure = self.error(PUT, key, &error);
                Err(match refuses_conditions(&error) {
                    true => self.without_conditions(condition, "refuses"),
                    false => failure,
                })
            }
        }
    }

    /// Checks that the store applies conditions of writes. Without them, two writers could
    /// overwrite each other's blocks.
    ///
    /// The first check in a lake sends four puts. Every later check sends two, and the store must
    /// refuse both.
    async fn check_conditions(&self) -> Result<(), LakeError> {
        let absent = Condition::IsAbsent;
        if let Some(created) = self.try_put(absent).await? {
            if self.try_put(absent).await?.is_some() {
                return Err(self.without_conditions(absent, "ignores"));
            }
            let own = Condition::IsVersion(&created);
            if self.try_put(own).await?.is_none() {
                return Err(self.without_conditions(own, "refuses its own ETag in"));
            }
        }
        let other = Version(ABSENT_TAG.to_owned());
        let other = Condition::IsVersion(&other);
        match self.try_put(other).await? {
            Some(_) => Err(self.without_conditions(other, "ignores")),
            None => Ok(()),
        }
    }

    /// Writes the object of the check; `None` if the condition did not hold.
    async fn try_put(&self, condition: Condition<'_>) -> Result<Option<Version>, LakeError> {
        match self.put_if(CHECK, CHECK_BODY.into(), condition).await {
            Ok(version) => Ok(Some(version)),
            Err(LakeError::Changed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn without_conditions(&self, condition: Condition<'_>, fault: &'static str) -> LakeError {
        LakeError::Unconditional {
            lake: self.url(),
            fault,
            header: match condition {
                Condition::IsVersion(_) => "If-Match",
                Condition::IsAbsent => "If-None-Match",
            },
        }
    }
}

/// The condition on which an object is written.
#[derive(Clone, Copy)]
enum Condition<'a> {
    IsVersion(&'a Version),
    IsAbsent,
}

/// Why an object could not be read.
enum ReadError {
    Get(Box<SdkError<GetObjectError>>),
    Lake(LakeError),
}

impl From<LakeError> for ReadError {
    fn from(error: LakeError) -> Self {
        Self::Lake(error)
    }
}

/// Whether the condition of a put did not hold, according to S3 or a store like it.
fn has_lost_race(error: &SdkError<PutObjectError>) -> bool {
    // The object that was to be replaced has been deleted.
    let is_deleted = error.code() == Some("NoSuchKey");
    is_deleted || matches!(status(error), Some(304 | 409 | 412))
}

/// Words in the errors of stores that do not support the checksums of the SDK.
const CHECKSUMS: [&str; 3] = ["checksum", "x-amz-", "aws-chunked"];

/// Whether the store does not support conditions of puts.
fn refuses_conditions(error: &SdkError<PutObjectError>) -> bool {
    let message = error.message().unwrap_or_default().to_ascii_lowercase();
    let names = |words: &[&str]| words.iter().any(|word| message.contains(word));
    match status(error) {
        // One store answers 400 with the code of 501.
        _ if error.code() == Some("NotImplemented") => !names(&CHECKSUMS),
        Some(501) => !names(&CHECKSUMS),
        Some(400 | 405) => names(&["if-match", "if-none-match", "precondition", "conditional"]),
        _ => false,
    }
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|answer| answer.status().as_u16())
}

#[async_trait]
impl Lake for S3Lake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.read(key, None).await.map_err(|error| match error {
            ReadError::Get(error) => self.error(GET, key, &error),
            ReadError::Lake(error) => error,
        })
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        let stored = match self.read(key, Some(format!("bytes=-{len}"))).await {
            Ok(stored) => stored,
            // Some stores refuse ranges that count from the end, and S3 does for an empty object.
            Err(ReadError::Get(error)) if matches!(status(&error), Some(400 | 416 | 501)) => {
                self.get(key).await?
            }
            Err(ReadError::Get(error)) => return Err(self.error(GET, key, &error)),
            Err(ReadError::Lake(error)) => return Err(error),
        };
        Ok(stored.map(|stored| stored.tail(len))) // Some stores send the whole object.
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        let head = self.client.head_object().bucket(&self.bucket);
        match self.service.wait_for(head.key(self.at(key)).send()).await {
            Ok(head) => self.stamp(key, head.e_tag, head.content_length).map(Some),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(error) => Err(self.error(GET, key, &error)),
        }
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        let check = || self.check_conditions();
        self.conditions_checked.get_or_try_init(check).await?;
        let condition = replacing.map_or(Condition::IsAbsent, Condition::IsVersion);
        match self.put_if(key, body.clone(), condition).await {
            // An answer may get lost, and the SDK then sends the put again.
            Err(error @ LakeError::Changed { .. }) => match self.get(key).await {
                Ok(Some(stored)) if stored.body == body => Ok(stored.version),
                _ => Err(error),
            },
            result => result,
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
        let request = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(self.at(prefix));
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = self.service.wait_for(pages.next()).await {
            for object in page
                .map_err(|error| self.error(LIST, prefix, &error))?
                .contents
                .unwrap_or_default()
            {
                let full_key = object.key.unwrap_or_default();
                let key = full_key
                    .strip_prefix(&self.prefix)
                    .unwrap_or(&full_key)
                    .to_owned();
                let stamp = self.stamp(&key, object.e_tag, object.size)?;
                found.push((key, stamp));
            }
        }
        Ok(found)
    }
}
