//! A lake in an S3 bucket.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use super::{Lake, LakeError, Stamp, Stored, Version};

/// Objects in a bucket, below a prefix.
#[derive(Clone, Debug)]
pub struct S3Lake {
    client: Client,
    bucket: String,
    prefix: String, // Empty, or ends with a slash.
}

impl S3Lake {
    /// The lake in `bucket`, all keys below `prefix`.
    pub fn new(config: &SdkConfig, bucket: &str, prefix: &str) -> Self {
        // An emulator has one address and no DNS name for each bucket: buckets are in the path.
        let config = Builder::from(config)
            .force_path_style(config.endpoint_url().is_some())
            .build();
        let prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self {
            client: Client::from_conf(config),
            bucket: bucket.to_owned(),
            prefix,
        }
    }

    fn at(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn error<E>(&self, key: &str, error: SdkError<E>) -> LakeError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let (lake, key) = (
            format!("s3://{}/{}", self.bucket, self.prefix),
            key.to_owned(),
        );
        let refusal = match error.code() {
            Some("PreconditionFailed" | "ConditionalRequestConflict") => {
                return LakeError::Changed { key };
            }
            Some("NoSuchBucket") => Some("the bucket does not exist".to_owned()),
            Some(
                code @ ("AccessDenied"
                | "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "PermanentRedirect"),
            ) => Some(format!(
                "{code}: {}",
                error.message().unwrap_or("no reason given")
            )),
            _ => None,
        };
        match refusal {
            Some(reason) => LakeError::Refused { lake, key, reason },
            None => LakeError::Unavailable {
                lake,
                key,
                reason: DisplayErrorContext(error).to_string(),
            },
        }
    }

    fn broken(&self, key: &str, reason: impl std::fmt::Display) -> LakeError {
        LakeError::Unavailable {
            lake: format!("s3://{}/{}", self.bucket, self.prefix),
            key: key.to_owned(),
            reason: reason.to_string(),
        }
    }

    fn stamp(
        &self,
        key: &str,
        e_tag: Option<String>,
        len: Option<i64>,
    ) -> Result<Stamp, LakeError> {
        let version = Version(e_tag.ok_or_else(|| self.broken(key, "the response has no ETag"))?);
        let len = len.and_then(|len| u64::try_from(len).ok());
        Ok(Stamp {
            version,
            len: len.ok_or_else(|| self.broken(key, "the response has no length"))?,
        })
    }
}

impl S3Lake {
    async fn read(&self, key: &str, range: Option<String>) -> Result<Option<Stored>, LakeError> {
        let get = self.client.get_object().bucket(&self.bucket);
        let object = match get.key(self.at(key)).set_range(range).send().await {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(|e| e.is_no_such_key()) => {
                return Ok(None);
            }
            Err(error) => return Err(self.error(key, error)),
        };
        let stamp = self.stamp(key, object.e_tag, object.content_length)?;
        let body = object
            .body
            .collect()
            .await
            .map_err(|error| self.broken(key, error))?;
        Ok(Some(Stored {
            body: body.into_bytes(),
            version: stamp.version,
        }))
    }
}

#[async_trait]
impl Lake for S3Lake {
    async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
        self.read(key, None).await
    }

    async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
        self.read(key, Some(format!("bytes=-{len}"))).await
    }

    async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
        match self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(self.at(key))
            .send()
            .await
        {
            Ok(head) => self.stamp(key, head.e_tag, head.content_length).map(Some),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_not_found()) => Ok(None),
            Err(error) => Err(self.error(key, error)),
        }
    }

    async fn put(
        &self,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(self.at(key))
            .body(ByteStream::from(body));
        let put = match replacing {
            Some(Version(e_tag)) => put.if_match(e_tag),
            None => put.if_none_match("*"),
        };
        match put.send().await {
            Ok(answer) => answer
                .e_tag
                .map(Version)
                .ok_or_else(|| self.broken(key, "the response has no ETag")),
            // The object that was to be replaced has been deleted.
            Err(error) if error.code() == Some("NoSuchKey") => Err(LakeError::Changed {
                key: key.to_owned(),
            }),
            Err(error) => Err(self.error(key, error)),
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
        while let Some(page) = pages.next().await {
            for object in page
                .map_err(|error| self.error(prefix, error))?
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
