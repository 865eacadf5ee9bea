//! Responses of S3 that LocalStack never sends.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics here has found an error"
)]

use aws_config::{Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use axum::Router;
use axum::http::StatusCode;
use hashlake_core::lake::s3::S3Lake;
use hashlake_core::lake::{Lake, LakeError, Version};

/// An S3 whose every response has this status and error code.
async fn s3(status: u16, code: &str) -> S3Lake {
    let body = format!("<Error><Code>{code}</Code><Message>the reason</Message></Error>");
    let status = StatusCode::from_u16(status).unwrap();
    let app = Router::new().fallback(move || async move { (status, body) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let config: SdkConfig = hashlake_core::aws::defaults()
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .load()
        .await;
    S3Lake::new(&config, "lake", "")
}

async fn put(status: u16, code: &str) -> Result<Version, LakeError> {
    s3(status, code)
        .await
        .put("v1/key", "body".into(), None)
        .await
}

#[tokio::test]
async fn every_error_code_of_a_lost_race_is_a_change() {
    let lost = [
        (409, "ConditionalRequestConflict"),
        (412, "PreconditionFailed"),
        (404, "NoSuchKey"),
    ];
    for (status, code) in lost {
        let error = put(status, code).await.unwrap_err();

        assert!(
            matches!(&error, LakeError::Changed { key } if key == "v1/key"),
            "{code}: {error}"
        );
    }
}

#[tokio::test]
async fn an_error_that_no_retry_helps_is_refused_with_the_reason() {
    for (status, code) in [
        (403, "AccessDenied"),
        (403, "SignatureDoesNotMatch"),
        (404, "NoSuchBucket"),
    ] {
        let error = put(status, code).await.unwrap_err();

        assert!(
            matches!(error, LakeError::Refused { .. }),
            "{code}: {error}"
        );
        assert!(error.to_string().contains("s3://lake/"), "{error}");
    }
}

#[tokio::test]
async fn a_failure_of_s3_is_unavailable() {
    let error = put(503, "SlowDown").await.unwrap_err();

    assert!(matches!(error, LakeError::Unavailable { .. }), "{error}");
    assert!(s3(503, "SlowDown").await.list("v1/").await.is_err());
    assert!(
        s3(404, "NoSuchKey")
            .await
            .get("v1/key")
            .await
            .is_ok_and(|object| object.is_none())
    );
}
