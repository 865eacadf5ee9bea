//! The one HTTP client of the ingest, for the node and for prices.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode, Url, header};

use crate::prices::source::PriceError;

const BODY_MAX: usize = 8 << 20; // Ten times the longest answer with prices.

/// A client that gives up a request after `timeout`.
pub(crate) fn client(timeout: Duration) -> reqwest::Client {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // An error says that a provider is installed already, which serves as well.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
    reqwest::Client::builder()
        .user_agent(concat!("hashlake/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .timeout(timeout)
        .build()
        .expect("a provider is installed and no option is unusual")
}

/// An error of the client and what caused it, without the URL, which may hold a key.
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

/// `path` below a base URL.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// How long to wait, where it says so in seconds.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Asks a source of prices, and reads its answer.
pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, PriceError> {
    let unavailable = |error| PriceError::Unavailable {
        reason: describe(error),
    };
    let mut answer = request.send().await.map_err(unavailable)?;
    let (status, wait) = (answer.status(), answer.headers().get(header::RETRY_AFTER));
    let retry_after = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
    let retry_after = retry_after.map(Duration::from_secs);
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(unavailable)? {
        body.extend_from_slice(&part);
        if body.len() > BODY_MAX {
            return Err(PriceError::Malformed {
                body_start: start_of(&body),
            });
        }
    }
    Ok(Answer {
        status,
        retry_after,
        body,
    })
}

/// How a body begins, to be shown.
pub(crate) fn start_of(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned()
}
