//! The one HTTP client of the ingest, for the node and for price sources.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode, Url, header};

/// Ten times the longest reply with prices.
const BODY_MAX: usize = 8 << 20;

/// A client whose requests fail after `timeout`.
pub(crate) fn client(timeout: Duration) -> reqwest::Client {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // An error means that a provider is installed already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
    reqwest::Client::builder()
        .user_agent(concat!("hashlake/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .timeout(timeout)
        .build()
        .expect("a provider is installed and no option is unusual")
}

/// An error of the client and its causes, without the URL, which may hold a key.
pub(crate) fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// The URL of `path` below a base URL.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// A reply, with its whole body.
pub(crate) struct HttpReply {
    pub(crate) status: StatusCode,
    /// From `Retry-After`, if that is in seconds.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no reply.
pub(crate) enum HttpError {
    Unavailable { reason: String },
    BodyTooLong { body_start: String },
}

/// Sends a request, and reads the whole reply.
pub(crate) async fn send(request: RequestBuilder) -> Result<HttpReply, HttpError> {
    let unavailable = |error| HttpError::Unavailable {
        reason: describe(error),
    };
    let mut response = request.send().await.map_err(unavailable)?;
    let status = response.status();
    let wait = response.headers().get(header::RETRY_AFTER);
    let retry_after = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
    let retry_after = retry_after.map(Duration::from_secs);
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(unavailable)? {
        body.extend_from_slice(&part);
        if body.len() > BODY_MAX {
            return Err(HttpError::BodyTooLong {
                body_start: start_of(&body),
            });
        }
    }
    Ok(HttpReply {
        status,
        retry_after,
        body,
    })
}

/// The start of a body, for an error message.
pub(crate) fn start_of(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned()
}
