//! Tests with stores that have the API of S3 but differ from AWS: some can be used, and the others get
//! an error that explains why not.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, as it should")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use hashlake_core::chain::Chain;
use hashlake_core::cursor::dynamodb::DynamoDbCursor;
use hashlake_core::cursor::object::ObjectCursor;
use hashlake_core::cursor::{Cursor, Position};
use hashlake_core::lake::s3::S3Lake;
use hashlake_core::lake::{Lake, LakeError, Version};
use hashlake_core::timestamp::Timestamp;

/// How a store differs from AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Quirk {
    #[default]
    None,
    /// It ignores If-Match and If-None-Match.
    IgnoresConditions,
    IgnoresIfMatch,
    /// It replies NotImplemented to both conditions, with this status.
    RefusesConditions(u16),
    RefusesIfMatch,
    /// It refuses If-None-Match with status 400. Only the message names the header.
    NamesCondition,
    /// It replies with status 412 to every If-Match.
    RefusesItsTags,
    /// If a condition is not met, it replies with this status and no body.
    ConditionFailureStatus(u16),
    /// It marks ETags as weak in responses, but not in lists.
    WeakTags,
    TagsWithoutQuotes,
    NoTags,
    /// It sends the whole object instead of a range.
    IgnoresRanges,
    /// It refuses ranges that count from the end, with this status.
    RefusesRanges(u16),
    /// It applies puts, but answers 500.
    LosesAnswers,
    /// It refuses the SDK's checksum, with this status and message.
    RefusesChecksums(u16, &'static str),
}

#[derive(Clone, Default)]
struct Store {
    quirk: Quirk,
    objects: Arc<Mutex<BTreeMap<String, (u64, Bytes)>>>,
    puts: Arc<Mutex<Vec<String>>>,
}

impl Store {
    fn new(quirk: Quirk) -> Self {
        Self {
            quirk,
            ..Self::default()
        }
    }

    fn tag(&self, version: u64) -> Option<String> {
        match self.quirk {
            Quirk::NoTags => None,
            Quirk::WeakTags => Some(format!("W/\"{version:032x}\"")),
            Quirk::TagsWithoutQuotes => Some(format!("{version:032x}")),
            _ => Some(format!("\"{version:032x}\"")),
        }
    }

    fn put(&self, path: &str, headers: &HeaderMap, body: Bytes) -> Response {
        let has = |name: &str| headers.contains_key(name);
        let (if_match, if_none_match) = (has("if-match"), has("if-none-match"));
        self.puts.lock().unwrap().push(path.to_owned());
        match self.quirk {
            Quirk::RefusesConditions(status) if if_match || if_none_match => {
                return not_implemented(status);
            }
            Quirk::RefusesIfMatch if if_match => return not_implemented(501),
            Quirk::NamesCondition if if_none_match => {
                return error(400, "InvalidArgument", "If-None-Match is not supported");
            }
            Quirk::RefusesChecksums(status, message) if has("x-amz-checksum-crc32") => {
                return error(status, "InvalidArgument", message);
            }
            _ => {}
        }
        let mut objects = self.objects.lock().unwrap();
        let stored = objects.get(path).map(|(version, _)| *version);
        let expected_tag = headers
            .get("if-match")
            .map(|tag| tag.to_str().unwrap().to_owned());
        let is_met = match expected_tag {
            _ if self.quirk == Quirk::IgnoresConditions => true,
            Some(_) if self.quirk == Quirk::IgnoresIfMatch => true,
            Some(_) if self.quirk == Quirk::RefusesItsTags => false,
            Some(tag) => stored.is_some_and(|version| tag == format!("\"{version:032x}\"")),
            None => !if_none_match || stored.is_none(),
        };
        if !is_met {
            return match self.quirk {
                Quirk::ConditionFailureStatus(status) => {
                    StatusCode::from_u16(status).unwrap().into_response()
                }
                _ => error(
                    412,
                    "PreconditionFailed",
                    "At least one of the pre-conditions failed",
                ),
            };
        }
        let version = stored.unwrap_or(0) + 1;
        objects.insert(path.to_owned(), (version, body));
        if self.quirk == Quirk::LosesAnswers {
            return error(500, "InternalError", "the answer was lost");
        }
        self.tagged(version, StatusCode::OK, Bytes::new())
    }

    fn get(&self, path: &str, headers: &HeaderMap) -> Response {
        let Some((version, body)) = self.objects.lock().unwrap().get(path).cloned() else {
            return error(404, "NoSuchKey", "The specified key does not exist.");
        };
        let suffix = headers.get(header::RANGE).map(|range| {
            let range = range.to_str().unwrap().strip_prefix("bytes=-").unwrap();
            range.parse::<usize>().unwrap().min(body.len())
        });
        match (suffix, self.quirk) {
            (None, _) | (_, Quirk::IgnoresRanges) => self.tagged(version, StatusCode::OK, body),
            (_, Quirk::RefusesRanges(status)) => error(status, "InvalidRange", "not satisfiable"),
            (Some(len), _) => {
                let tail = body.slice(body.len() - len..);
                self.tagged(version, StatusCode::PARTIAL_CONTENT, tail)
            }
        }
    }

    fn list(&self, prefix: &str) -> Response {
        let objects = self.objects.lock().unwrap();
        let contents = objects.iter().filter_map(|(path, (version, body))| {
            let (key, len) = (path.strip_prefix("/lake/")?, body.len());
            if !key.starts_with(prefix) {
                return None;
            }
            Some(format!(
                "<Contents><Key>{key}</Key><ETag>&quot;{version:032x}&quot;</ETag><Size>{len}</Size></Contents>"
            ))
        });
        let contents: String = contents.collect();
        format!("<ListBucketResult>{contents}</ListBucketResult>").into_response()
    }

    fn tagged(&self, version: u64, status: StatusCode, body: Bytes) -> Response {
        match self.tag(version) {
            Some(tag) => (status, [(header::ETAG, tag)], body).into_response(),
            None => (status, body).into_response(),
        }
    }

    async fn open(&self) -> S3Lake {
        let respond = async |State(store): State<Self>,
                             method: Method,
                             uri: Uri,
                             headers: HeaderMap,
                             body: Bytes| {
            let path = decoded(uri.path());
            let query = decoded(uri.query().unwrap_or_default());
            let prefix = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("prefix="));
            match method {
                Method::PUT => store.put(&path, &headers, body),
                _ if query.contains("list-type") => store.list(prefix.unwrap_or_default()),
                _ => store.get(&path, &headers),
            }
        };
        lake(Router::new().fallback(respond).with_state(self.clone())).await
    }

    /// Returns the paths of all puts since the last call.
    fn take_puts(&self) -> Vec<String> {
        std::mem::take(&mut self.puts.lock().unwrap())
    }
}

fn decoded(text: &str) -> String {
    text.replace("%2F", "/").replace("%3D", "=")
}

fn error(status: u16, code: &str, message: &str) -> Response {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

fn not_implemented(status: u16) -> Response {
    let message = "A header you provided implies functionality that is not implemented";
    error(status, "NotImplemented", message)
}

async fn config(app: Router) -> SdkConfig {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://user:hunter2@{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    hashlake_core::aws::defaults()
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .load()
        .await
}

async fn lake(app: Router) -> S3Lake {
    S3Lake::new(&config(app).await, "lake", "")
}

/// The configuration of an S3 that always returns this response.
async fn always(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> SdkConfig {
    let status = StatusCode::from_u16(status).unwrap();
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let response = (status, headers, body.to_owned());
    config(Router::new().fallback(move || async move { response })).await
}

fn xml(code: &str, message: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")
}

async fn put(status: u16, code: &str) -> Result<Version, LakeError> {
    let config = always(status, &[], &xml(code, "the reason")).await;
    S3Lake::new(&config, "lake", "")
        .put("v1/key", "body".into(), None)
        .await
}

#[tokio::test]
async fn stores_with_harmless_differences_fulfil_the_contract() {
    for quirk in [
        Quirk::None,
        Quirk::ConditionFailureStatus(304),
        Quirk::ConditionFailureStatus(409),
        Quirk::WeakTags,
        Quirk::TagsWithoutQuotes,
        Quirk::IgnoresRanges,
        Quirk::RefusesRanges(416),
        Quirk::RefusesRanges(400),
        Quirk::RefusesRanges(501),
    ] {
        crate::contract::lake(Arc::new(Store::new(quirk).open().await)).await;
    }
}

#[tokio::test]
async fn a_store_that_ignores_or_refuses_conditions_is_refused_before_the_first_write() {
    let refused = [
        (Quirk::IgnoresConditions, "ignores `If-None-Match`"),
        (Quirk::IgnoresIfMatch, "ignores `If-Match`"),
        (Quirk::RefusesConditions(501), "refuses `If-None-Match`"),
        (Quirk::RefusesConditions(400), "refuses `If-None-Match`"),
        (Quirk::NamesCondition, "refuses `If-None-Match`"),
        (Quirk::RefusesIfMatch, "refuses `If-Match`"),
        (Quirk::RefusesItsTags, "refuses its own ETag in `If-Match`"),
    ];
    for (quirk, expected) in refused {
        let store = Store::new(quirk);

        // The first process creates the object that the check uses; the second one finds it.
        for _ in 0..2 {
            if quirk == Quirk::RefusesItsTags && !store.objects.lock().unwrap().is_empty() {
                continue; // Only the process that creates the object detects this.
            }
            let lake = store.open().await;
            let error = lake.put("v1/key", "body".into(), None).await.unwrap_err();

            let text = error.to_string();
            assert!(matches!(error, LakeError::Unconditional { .. }), "{text}");
            assert!(text.contains(expected) && text.contains("MinIO"), "{text}");
        }
        let written: Vec<String> = store.objects.lock().unwrap().keys().cloned().collect();
        assert!(!written.contains(&"/lake/v1/key".to_owned()), "{quirk:?}");
    }
}

#[tokio::test]
async fn each_process_checks_conditions_once_before_its_first_write() {
    let store = Store::new(Quirk::None);
    let (check, key) = ("/lake/_write_check", "/lake/v1/key");

    let first = store.open().await;
    assert_eq!(first.list("").await.unwrap(), []);
    assert_eq!(
        store.take_puts(),
        Vec::<String>::new(),
        "a list needs no check"
    );
    let version = first.put("v1/key", "one".into(), None).await.unwrap();
    assert_eq!(store.take_puts(), [check, check, check, check, key]);
    first
        .put("v1/key", "two".into(), Some(&version))
        .await
        .unwrap();
    assert_eq!(store.take_puts(), [key]);

    let second = store.open().await;
    let writes = (0..8).map(|n| {
        let lake = second.clone();
        tokio::spawn(async move { lake.put(&format!("v1/{n}"), "x".into(), None).await })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    let puts = store.take_puts();
    assert_eq!(puts.iter().filter(|path| *path == check).count(), 2);
    assert_eq!((puts[0].as_str(), puts[1].as_str()), (check, check));
}

#[tokio::test]
async fn a_put_that_was_applied_succeeds_even_if_its_answer_was_lost() {
    let lake = Store::new(Quirk::LosesAnswers).open().await;

    let first = lake.put("v1/key", "one".into(), None).await.unwrap();
    let second = lake
        .put("v1/key", "two".into(), Some(&first))
        .await
        .unwrap();

    let stored = lake.get("v1/key").await.unwrap().unwrap();
    assert_eq!((stored.body, stored.version), ("two".into(), second));
    let late = lake.put("v1/key", "three".into(), Some(&first)).await;
    assert!(matches!(late, Err(LakeError::Changed { .. })), "{late:?}");

    let cursor = ObjectCursor::new(Arc::new(lake));
    let now = Timestamp::from_block_time(1_768_435_200);
    let mut lease = cursor.acquire("me", now).await.unwrap();
    let position = Position {
        chain: Chain::Main,
        height: 7,
        hash: "00".repeat(32).parse().unwrap(),
    };
    cursor.advance(&mut lease, position, 7, now).await.unwrap();
    assert!(cursor.acquire("other", now).await.is_err());
    cursor.release(lease, Some(now)).await.unwrap();
    let state = cursor.read().await.unwrap();
    assert_eq!(
        (state.position, state.last_run),
        (Some(position), Some(now))
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_to_a_store_that_never_answers_ends_with_an_error() {
    let app = Router::new().fallback(std::future::pending::<Response>);
    let lake = lake(app).await;

    let error = lake.get("v1/key").await.unwrap_err().to_string();

    assert!(error.contains("no answer in time from S3"), "{error}");
}

#[tokio::test]
async fn a_store_without_etags_is_refused() {
    let lake = Store::new(Quirk::NoTags).open().await;

    let error = lake.put("v1/key", "body".into(), None).await.unwrap_err();

    assert!(matches!(error, LakeError::Refused { .. }), "{error}");
    assert!(error.to_string().contains("no ETag"), "{error}");
}

#[tokio::test]
async fn the_error_of_a_store_that_refuses_checksums_names_the_setting() {
    for (status, message) in [
        (
            400,
            "Unsupported header 'x-amz-checksum-crc32' received for this API call.",
        ),
        (
            501,
            "Header 'x-amz-checksum-crc32' with value 'AAAA' not implemented",
        ),
        (400, "x-amz-sdk-checksum-algorithm is not supported"),
        (
            501,
            "Transfering payloads in multiple chunks using aws-chunked is not supported.",
        ),
    ] {
        let lake = Store::new(Quirk::RefusesChecksums(status, message))
            .open()
            .await;

        let error = lake.put("v1/key", "body".into(), None).await.unwrap_err();

        let advice = "AWS_REQUEST_CHECKSUM_CALCULATION=when_required";
        assert!(error.to_string().contains(advice), "{error}");
    }
}

#[tokio::test]
async fn every_error_code_of_a_lost_race_is_reported_as_changed() {
    let store = Store::new(Quirk::None);
    store
        .open()
        .await
        .put("v1/key", "body".into(), None)
        .await
        .unwrap();
    let lost = [
        (409, "ConditionalRequestConflict"),
        (409, "OperationAborted"),
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

/// Status, code and message of a response, and the text that the error must contain.
const REFUSALS: [(u16, &str, &str, &str); 18] = [
    (
        403,
        "AccessDenied",
        "Access Denied",
        "allow s3:ListBucket on s3://lake (Access Denied)",
    ),
    (403, "", "", "allow s3:ListBucket on s3://lake"),
    (
        403,
        "InvalidAccessKeyId",
        "it does not exist",
        "check AWS_ACCESS_KEY_ID",
    ),
    (
        403,
        "SignatureDoesNotMatch",
        "no match",
        "check AWS_SECRET_ACCESS_KEY",
    ),
    (
        400,
        "ExpiredToken",
        "The provided token has expired.",
        "have expired",
    ),
    (
        403,
        "RequestTimeTooSkewed",
        "too large",
        "clock of this computer",
    ),
    (404, "NoSuchBucket", "does not exist", "correct LAKE_URL"),
    (400, "InvalidBucketName", "not valid", "correct LAKE_URL"),
    (
        400,
        "AuthorizationHeaderMalformed",
        "the region 'us-east-1' is wrong; expecting 'eu-west-1'",
        "set AWS_REGION=eu-west-1",
    ),
    (
        301,
        "PermanentRedirect",
        "use another endpoint",
        "not in the region us-east-1",
    ),
    (
        503,
        "SlowDown",
        "Please reduce your request rate.",
        "limits requests",
    ),
    (429, "", "", "limits requests"),
    (
        500,
        "InternalError",
        "We encountered an error",
        "HTTP 500, InternalError: We encountered",
    ),
    (418, "", "", "HTTP 418"),
    (200, "", "", "s3://lake/"),
    (
        400,
        "KMS.DisabledException",
        "the key is disabled",
        "KMS.DisabledException: the key is disabled",
    ),
    (405, "MethodNotAllowed", "not allowed", "MethodNotAllowed"),
    (404, "", "", "HTTP 404"),
];

#[tokio::test]
async fn error_responses_become_one_sentence() {
    for (status, code, message, expected) in REFUSALS {
        let body = match (status, code) {
            (200, _) => "this is not XML".to_owned(),
            (_, "") => String::new(),
            _ => xml(code, message),
        };
        let lake = S3Lake::new(&always(status, &[], &body).await, "lake", "");

        let error = lake.list("v1/").await.unwrap_err();

        assert_is_a_sentence(&error.to_string());
        assert!(
            error.to_string().contains(expected),
            "{status} {code}: {error}"
        );
        let is_temporary = matches!(error, LakeError::Unavailable { .. });
        let can_be_temporary = !expected.contains("check") && !expected.contains("allow");
        assert!(
            can_be_temporary || !is_temporary,
            "{status} {code}: {error}"
        );
    }
}

#[tokio::test]
async fn errors_explain_a_web_page_another_region_and_missing_permissions() {
    let html = "<html><title>Attention Required! | Cloudflare</title></html>";
    let page = always(403, &[("content-type", "text/html")], html).await;
    let moved = always(301, &[("x-amz-bucket-region", "eu-west-1")], "").await;
    let denied = always(403, &[], "").await;

    for (config, expected) in [
        (&page, "check AWS_ENDPOINT_URL"),
        (&moved, "set AWS_REGION=eu-west-1"),
        (
            &denied,
            "allow s3:GetObject on s3://lake/p/v1/key and s3:ListBucket on its bucket",
        ),
    ] {
        let lake = S3Lake::new(config, "lake", "p");
        let errors = [
            lake.head("v1/key").await.unwrap_err(),
            lake.get("v1/key").await.unwrap_err(),
            lake.tail("v1/key", 8).await.unwrap_err(),
        ];
        for error in errors {
            assert_is_a_sentence(&error.to_string());
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
    let get = S3Lake::new(&page, "lake", "")
        .get("v1/key")
        .await
        .unwrap_err();
    assert!(
        get.to_string().contains("Attention Required! | Cloudflare"),
        "{get}"
    );
    let put = S3Lake::new(&denied, "lake", "")
        .put("v1/key", "x".into(), None)
        .await;
    let put = put.unwrap_err().to_string();
    assert!(
        put.contains("allow s3:PutObject on s3://lake/_write_check"),
        "{put}"
    );
}

#[tokio::test]
async fn errors_of_dynamodb_become_one_sentence() {
    let read_error = async |status, body: &str| {
        let json = [("content-type", "application/x-amz-json-1.0")];
        let cursor = DynamoDbCursor::new(&always(status, &json, body).await, "cursor");
        cursor.read().await.unwrap_err().to_string()
    };
    let fault = |code: &str, message: &str| {
        format!(
            r#"{{"__type": "com.amazonaws.dynamodb.v20120810#{code}", "message": "{message}"}}"#
        )
    };
    let cases = [
        (
            fault("ResourceNotFoundException", "not found"),
            "correct CURSOR_URL",
        ),
        (
            fault("AccessDeniedException", "User: a is not authorized"),
            "allow dynamodb:GetItem on the table cursor",
        ),
        (
            fault("UnrecognizedClientException", "invalid"),
            "check AWS_ACCESS_KEY_ID",
        ),
        (
            fault(
                "InvalidSignatureException",
                "Signature expired: 1 is now earlier than 2",
            ),
            "clock of this computer",
        ),
        (
            fault("InvalidSignatureException", "no match"),
            "check AWS_SECRET_ACCESS_KEY",
        ),
        (
            fault("ProvisionedThroughputExceededException", "slow"),
            "limits requests",
        ),
        ("<!DOCTYPE html><p>hi".to_owned(), "received a web page"),
        ("gibberish".to_owned(), "gibberish"),
    ];
    for (body, expected) in cases {
        let error = read_error(400, &body).await;

        assert_is_a_sentence(&error);
        assert!(error.contains(expected), "{body}: {error}");
    }
}

#[tokio::test]
async fn errors_explain_an_invalid_configuration_without_secrets() {
    let keys = || Credentials::new("test", "test", None, None, "test");
    let region = || Region::new("us-east-1");
    let base = || hashlake_core::aws::defaults().empty_test_environment();
    let unreachable = "http://user:hunter2@127.0.0.1:9";
    let cases = [
        (
            base().credentials_provider(keys()).load().await,
            "set AWS_REGION",
        ),
        (
            base().region(region()).load().await,
            "set AWS_ACCESS_KEY_ID",
        ),
        (
            base()
                .region(region())
                .credentials_provider(keys())
                .endpoint_url(unreachable)
                .load()
                .await,
            "no answer from S3 at http://127.0.0.1:9 (",
        ),
        (
            base()
                .region(region())
                .credentials_provider(keys())
                .endpoint_url("127.0.0.1:9")
                .load()
                .await,
            "AWS_ENDPOINT_URL=`127.0.0.1:9` is not a valid URL",
        ),
        (
            base()
                .region(Region::new("us east"))
                .credentials_provider(keys())
                .load()
                .await,
            "check AWS_REGION",
        ),
    ];
    for (config, expected) in cases {
        let error = S3Lake::new(&config, "lake", "")
            .get("v1/key")
            .await
            .unwrap_err();

        assert_is_a_sentence(&error.to_string());
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// Asserts that a text is one line, and has no debug output of Rust and no secret.
fn assert_is_a_sentence(text: &str) {
    for debug in [
        "SdkBody",
        " {",
        "Some(",
        "ErrorMetadata",
        "Unhandled",
        "hunter2",
        "\n",
    ] {
        assert!(!text.contains(debug), "{text}");
    }
    assert!(text.len() < 600, "{text}");
}
