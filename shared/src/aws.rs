//! One configuration for all AWS clients, from the environment variables that the AWS SDK
//! documents, and one place that turns their errors into sentences.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_types::service_config::ServiceConfigKey;
use tokio::sync::OnceCell;
use tokio::time::sleep;
use tracing::warn;

use crate::certificates;

/// How many characters of an unexpected response an error shows.
const SHOWN_CHARS: usize = 120;

/// An attempt of a call fails after this time. The file of a month has a few megabytes at most.
const ATTEMPT_MAX: Duration = Duration::from_secs(60);

/// A call that takes longer is logged.
const SILENCE: Duration = Duration::from_secs(20);

/// The configuration; the first call loads it.
pub async fn config() -> &'static SdkConfig {
    static CONFIG: OnceCell<SdkConfig> = OnceCell::const_new();
    CONFIG.get_or_init(|| defaults().load()).await
}

/// The configuration before it is loaded, with the HTTP client that all AWS clients share.
pub fn defaults() -> ConfigLoader {
    let trusted = match certificates::missing() {
        Some(_) => TrustStore::empty(), // The default trust store would panic.
        None => TrustStore::default(),
    };
    let tls = TlsContext::builder()
        .with_trust_store(trusted)
        .build()
        .expect("a valid context");
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https();
    let time_outs = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT_MAX)
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(time_outs)
}

/// One service of AWS or of an S3-compatible store, as error messages name it.
#[derive(Clone, Debug)]
pub struct Service {
    name: &'static str,
    /// Its URL, if it is not the default one of AWS.
    endpoint: Option<String>,
    region: Option<String>,
}

/// A call that failed.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Permission that the call needs, such as `s3:PutObject`.
    pub action: &'a str,
    /// What the permission is for, such as `s3://bucket/key`.
    pub resource: &'a str,
}

/// Why a call failed, in one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The sentence.
    pub reason: String,
    /// Whether a retry may help.
    pub is_temporary: bool,
}

impl Service {
    /// The service `name`, such as `S3`, at the address that `config` sets.
    pub fn new(name: &'static str, config: &SdkConfig) -> Self {
        let key = ServiceConfigKey::builder()
            .service_id(name)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .expect("all fields are set");
        let of_service = config
            .service_config()
            .and_then(|service| service.load_config(key));
        Self {
            name,
            endpoint: of_service.or_else(|| config.endpoint_url().map(str::to_owned)),
            region: config.region().map(ToString::to_string),
        }
    }

    /// Whether an endpoint is configured that replaces the one of AWS.
    pub fn has_endpoint(&self) -> bool {
        self.endpoint.is_some()
    }

    /// The result of a call. A warning is logged if the service sends nothing for long.
    pub async fn wait_for<T>(&self, call: impl Future<Output = T>) -> T {
        tokio::pin!(call);
        tokio::select! {
            biased;
            done = &mut call => return done,
            () = sleep(SILENCE) => {}
        }
        warn!(
            "{} has sent no answer for {} s: waiting for it",
            self.place(),
            SILENCE.as_secs()
        );
        call.await
    }

    /// Why `call` failed.
    pub fn explain<E>(&self, call: Call<'_>, error: &SdkError<E>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(answer) => {
                let answer = Answer::new(answer.raw(), answer.err().code(), answer.err().message());
                self.explain_answer(call, &answer)
            }
            SdkError::ResponseError(answer) => {
                self.explain_answer(call, &Answer::new(answer.raw(), None, None))
            }
            SdkError::TimeoutError(_) => {
                temporary(format!("no answer in time from {}", self.place()))
            }
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                temporary(format!("no answer in time from {}", self.place()))
            }
            SdkError::DispatchFailure(failure) if failure.is_io() => self.out_of_reach(error),
            _ => self.unsent(error),
        }
    }

    /// Explains why no request was sent: something is missing in the configuration, or is wrong.
    fn unsent(&self, error: &dyn Error) -> Failure {
        let causes = causes(error);
        let cause = causes.last().map_or("", String::as_str);
        let is_broken_off = |cause: &String| cause.contains("connection closed");
        if causes.iter().any(is_broken_off) {
            return self.out_of_reach(error);
        }
        refused(if cause.contains("cargo feature") {
            "this kind of AWS profile (SSO, or a credential process) is not supported: export its credentials, with \
             `eval \"$(aws configure export-credentials --format env)\"`"
                .to_owned()
        } else if causes.iter().any(|cause| cause.contains("credential")) {
            let cause = match causes
                .iter()
                .any(|cause| cause.contains("no credentials found"))
            {
                true => "no AWS credentials were found".to_owned(),
                false => format!("the AWS credentials cannot be loaded ({cause})"),
            };
            format!(
                "{cause}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE to a profile in ~/.aws that has credentials, or run with a role"
            )
        } else if self.region.is_none() {
            "no AWS region is set: set AWS_REGION (example: us-east-1, which stores other than AWS also accept)"
                .to_owned()
        } else if cause.contains("region") {
            format!("{cause}: check AWS_REGION")
        } else if cause.contains("endpoint") {
            let url = without_secrets(self.endpoint.as_deref().unwrap_or_default());
            format!("AWS_ENDPOINT_URL=`{url}` is not a valid URL (example: http://127.0.0.1:9000)")
        } else {
            format!(
                "the request could not be made ({cause}): check AWS_ENDPOINT_URL and AWS_REGION"
            )
        })
    }

    /// Explains why there was no answer.
    fn out_of_reach(&self, error: &dyn Error) -> Failure {
        let causes = causes(error);
        let cause = causes.last().map_or("", String::as_str);
        let advice = if let Some(missing) = certificates::missing()
            && cause.contains("certificate")
        {
            missing
        } else if cause.contains("CaUsedAsEndEntity") {
            certificates::OF_AN_AUTHORITY
        } else if cause.contains("certificate") {
            "the server's certificate is not trusted, so set SSL_CERT_FILE to the certificate of its CA"
        } else if cause.contains("InvalidContentType") {
            "the server does not use HTTPS at this port, so check whether AWS_ENDPOINT_URL must start with http://"
        } else if self.endpoint.is_some() {
            "check AWS_ENDPOINT_URL, and that the store runs"
        } else {
            "check the network, and AWS_REGION"
        };
        temporary(format!(
            "no answer from {} ({cause}): {advice}",
            self.place()
        ))
    }

    fn explain_answer(&self, call: Call<'_>, answer: &Answer<'_>) -> Failure {
        let Call { action, resource } = call;
        let code = answer.code.unwrap_or_default();
        let message = match answer.message.filter(|message| !message.is_empty()) {
            Some(message) => Cow::from(shortened(message.trim_end_matches('.'))),
            None => Cow::from(answer.described()),
        };
        if answer.is_html() {
            return temporary(format!(
                "received a web page instead of a response from {} ({}): check AWS_ENDPOINT_URL, and any proxy in between",
                self.name,
                answer.described()
            ));
        }
        if answer.is_about_checksums() && message.contains("required") {
            return refused(format!(
                "the bucket accepts only objects with a checksum (does it have object lock?): set \
                 AWS_REQUEST_CHECKSUM_CALCULATION=when_supported, or unset it ({message})"
            ));
        }
        if answer.is_about_checksums() {
            return refused(format!(
                "the store does not accept the checksum that the AWS SDK sends: set \
                 AWS_REQUEST_CHECKSUM_CALCULATION=when_required ({message})"
            ));
        }
        if message.contains("Signature expired") || message.contains("Signature not yet") {
            return refused(wrong_clock(&message));
        }
        match code {
            "NoSuchBucket" | "InvalidBucketName" => {
                refused("the bucket does not exist: create it, or correct LAKE_URL".to_owned())
            }
            "ResourceNotFoundException" => {
                refused("the table does not exist: create it, or correct CURSOR_URL".to_owned())
            }
            "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue" => {
                refused("the queue does not exist: create it, or correct --queue".to_owned())
            }
            "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidToken"
            | "AuthFailure" => refused(format!(
                "{} does not know these credentials: check AWS_ACCESS_KEY_ID, and AWS_SESSION_TOKEN if they are \
                 temporary ({message})",
                self.place()
            )),
            "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => refused(format!(
                "the AWS credentials have expired: get new ones ({message})"
            )),
            "SignatureDoesNotMatch" | "InvalidSignatureException" => refused(format!(
                "the signature is wrong: check AWS_SECRET_ACCESS_KEY ({message})"
            )),
            "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture" => {
                refused(wrong_clock(&message))
            }
            "AccessDenied"
            | "AccessDeniedException"
            | "AllAccessDisabled"
            | "UnauthorizedAccess" => refused(denied(action, resource, &message)),
            "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException" => {
                refused(self.other_region(&message, answer.region()))
            }
            "SlowDown"
            | "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestLimitExceeded"
            | "TooManyRequestsException"
            | "ProvisionedThroughputExceededException" => temporary(self.busy(&message)),
            _ => match answer.status {
                301 | 307 => refused(self.other_region(&message, answer.region())),
                400 if answer.region().is_some() => {
                    refused(self.other_region(&message, answer.region()))
                }
                401 | 403 if code.is_empty() => refused(denied(action, resource, &message)),
                429 | 503 => temporary(self.busy(&message)),
                status => Failure {
                    reason: match code {
                        "" if self.has_endpoint() => format!(
                            "{} answered {action} with {message}: check AWS_ENDPOINT_URL",
                            self.place()
                        ),
                        "" => format!("{} answered {action} with {message}", self.place()),
                        code => format!(
                            "{} answered {action} with HTTP {status}, {code}: {message}",
                            self.place()
                        ),
                    },
                    is_temporary: true,
                },
            },
        }
    }

    fn other_region(&self, message: &str, region: Option<&str>) -> String {
        let used = self.region.as_deref().unwrap_or_default();
        match region.filter(|region| *region != used) {
            Some(region) => {
                format!(
                    "the bucket is in the region {region}, not in {used}: set AWS_REGION={region}"
                )
            }
            None => format!(
                "the bucket is not in the region {used}: set AWS_REGION to the region of the bucket, and check \
                 AWS_ENDPOINT_URL if it is set ({message})"
            ),
        }
    }

    fn busy(&self, message: &str) -> String {
        format!(
            "{} is busy or limits requests ({message}): a later run continues",
            self.place()
        )
    }

    /// Where the service is. An endpoint is shown without a user and a password.
    fn place(&self) -> String {
        match (&self.endpoint, &self.region) {
            (Some(url), _) => format!("{} at {}", self.name, without_secrets(url)),
            (None, Some(region)) => format!("{} in {region}", self.name),
            (None, None) => self.name.to_owned(),
        }
    }
}

fn refused(reason: String) -> Failure {
    Failure {
        reason,
        is_temporary: false,
    }
}

fn temporary(reason: String) -> Failure {
    Failure {
        reason,
        is_temporary: true,
    }
}

fn wrong_clock(message: &str) -> String {
    format!(
        "signatures are refused because the clock of this computer is wrong: set the clock, for example with NTP ({message})"
    )
}

fn denied(action: &str, resource: &str, message: &str) -> String {
    // Without the permission to list, S3 also denies access to objects that do not exist.
    let list = match action {
        "s3:GetObject" => " and s3:ListBucket on its bucket",
        _ => "",
    };
    format!("these credentials have no permission: allow {action} on {resource}{list} ({message})")
}

/// The scheme, host, port and path of a URL.
fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    match scheme {
        "" => format!("{host}{path}"),
        scheme => format!("{scheme}://{host}{path}"),
    }
}

/// Texts of the error and its sources, the outermost first.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(
            shortened(&error.to_string())
                .trim_end_matches('.')
                .to_owned(),
        );
        next = error.source();
    }
    texts
}

/// The start of a text, in one line.
fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(2 * SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// A response with an error.
struct Answer<'a> {
    status: u16,
    code: Option<&'a str>,
    message: Option<&'a str>,
    content_type: &'a str,
    region: Option<&'a str>,
    body: Cow<'a, str>,
}

impl<'a> Answer<'a> {
    fn new(raw: &'a HttpResponse, code: Option<&'a str>, message: Option<&'a str>) -> Self {
        Self {
            status: raw.status().as_u16(),
            code,
            message,
            content_type: raw.headers().get("content-type").unwrap_or_default(),
            region: raw.headers().get("x-amz-bucket-region"),
            body: String::from_utf8_lossy(raw.body().bytes().unwrap_or_default()),
        }
    }

    fn is_html(&self) -> bool {
        let start: String = self.body.trim_start().chars().take(15).collect();
        let start = start.to_ascii_lowercase();
        self.content_type.starts_with("text/html")
            || start.starts_with("<!doctype html")
            || start.starts_with("<html")
    }

    fn is_about_checksums(&self) -> bool {
        let text = self.message.unwrap_or(&self.body).to_ascii_lowercase();
        let words = [
            "x-amz-checksum",
            "x-amz-sdk-checksum",
            "x-amz-trailer",
            "aws-chunked",
            "trailing checksum",
        ];
        matches!(self.status, 400 | 403 | 405 | 411 | 501)
            && (self.code == Some("XAmzContentSHA256Mismatch")
                || words.iter().any(|word| text.contains(word)))
    }

    /// The bucket's region, if the answer names it.
    fn region(&self) -> Option<&str> {
        let between = |start: &str, end: &str| {
            let (_, rest) = self.body.split_once(start)?;
            Some(rest.split_once(end)?.0)
        };
        self.region
            .or_else(|| between("<Region>", "</Region>"))
            .or_else(|| between("expecting '", "'"))
    }

    /// The status and the start of the body.
    fn described(&self) -> String {
        let body = self.body.split_whitespace().collect::<Vec<_>>().join(" ");
        let start: String = body.chars().take(SHOWN_CHARS).collect();
        let more = if start.len() < body.len() { "..." } else { "" };
        match start.as_str() {
            "" => format!("HTTP {} without a body", self.status),
            start => format!("HTTP {}: `{start}{more}`", self.status),
        }
    }
}
