//! The HTTP client: one configuration for the node and for price sources.

use std::iter::successors;
use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use chrono::DateTime;
use hashlake_core::certificates;
use hashlake_core::env::Secret;
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, RequestBuilder, Response, StatusCode, Url, header};

/// Maximum length of a body: ten times the longest reply with prices, and a hundred times the
/// longest reply of a node.
const BODY_MAX: usize = 8 << 20;

/// The longest `Retry-After` that is respected.
pub(crate) const RETRY_AFTER_MAX: Duration = Duration::from_secs(600);

/// Maximum length of a server's text in an error.
const SHOWN_MAX: usize = 200;

/// A client whose requests fail after `timeout`.
///
/// Redirects are not followed: a key in a header, or in a URL, must not reach another host.
pub(crate) fn client(timeout: Duration) -> reqwest::Client {
    build(|| builder(timeout))
}

/// A client for a server on this computer. It ignores the proxies of the environment.
pub(crate) fn local_client(timeout: Duration) -> reqwest::Client {
    build(|| builder(timeout).no_proxy())
}

fn builder(timeout: Duration) -> ClientBuilder {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // The only possible error is that another provider is already installed. That one works
        // too.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
    reqwest::Client::builder()
        .user_agent(concat!("hashlake/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(10))
        .timeout(timeout)
}

fn build(builder: impl Fn() -> ClientBuilder) -> reqwest::Client {
    // Without certificates of authorities, http works, and https fails with an error that explains
    // why.
    builder()
        .build()
        .or_else(|_| builder().tls_certs_only([]).build())
        .expect("a provider is installed, and all options are valid")
}

/// Whether the URL's host is this computer.
pub(crate) fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback(),
        Ok(IpAddr::V6(ip)) => ip.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Scheme, host and port of a URL. The rest must not be shown, because it may contain a key.
pub(crate) fn address(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Describes an error of the client and its causes, with advice if there is any. The URL is left
/// out, because it may contain a key.
pub(crate) fn describe(error: reqwest::Error) -> String {
    let scheme = error.url().map(|url| url.scheme().to_owned());
    let is_local = error.url().is_some_and(is_local);
    let error = error.without_url();
    let causes = successors(std::error::Error::source(&error), |cause| cause.source());
    // The errors of the client's own layers only say that a request failed.
    let causes: Vec<String> = causes
        .map(ToString::to_string)
        .filter(|cause| !cause.starts_with("client error ("))
        .collect();
    let mut text = if causes.is_empty() {
        error.to_string()
    } else {
        causes.join(": ")
    };
    let is_of = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if is_of(&["UnknownIssuer"])
        && let Some(missing) = certificates::missing()
    {
        missing.clone_into(&mut text);
    } else if is_of(&["CaUsedAsEndEntity"]) {
        text += ". ";
        text += certificates::OF_AN_AUTHORITY;
    } else if is_of(&["UnknownIssuer"]) {
        text += ". If your own authority signed the server's certificate, set SSL_CERT_FILE to the certificate of the authority";
    } else if is_of(&["InvalidContentType", "corrupt message"]) {
        text += ". The server does not use TLS at this port: check whether the URL must start with http://";
    } else if error.is_connect()
        && !is_local
        && let Some(variable) = proxy_variable(scheme.as_deref().unwrap_or_default())
    {
        text += &format!(
            ". The proxy of {variable} was used: check it, or list the host in NO_PROXY to connect without it"
        );
    }
    text
}

/// The environment variable that sets the proxy for URLs of this scheme. The HTTP client reads the
/// same variables.
fn proxy_variable(scheme: &str) -> Option<&'static str> {
    let names = match scheme {
        "https" => ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
        _ => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
    };
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    names.into_iter().find(is_set)
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
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// Why there is no reply.
pub(crate) enum HttpError {
    Unavailable {
        reason: String,
    },
    TimedOut,
    /// `target` is scheme, host and port.
    Redirect {
        status: StatusCode,
        target: String,
    },
    BodyTooLong {
        body_start: String,
    },
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() && !error.is_connect() {
            return Self::TimedOut;
        }
        Self::Unavailable {
            reason: describe(error),
        }
    }
}

/// Sends a request, and reads the whole reply. A server may repeat what was sent to it, so the
/// secrets are hidden in the reply.
pub(crate) async fn send(
    request: RequestBuilder,
    secrets: &[String],
) -> Result<HttpReply, HttpError> {
    let mut response = request.send().await?;
    let status = response.status();
    if let Some(target) = redirect_target(&response) {
        return Err(HttpError::Redirect { status, target });
    }
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED
        && let Some(variable) = proxy_variable(response.url().scheme())
    {
        return Err(HttpError::Unavailable {
            reason: format!(
                "the proxy of {variable} asks for a user and a password (HTTP status 407): write them into {variable}, or list the host \
                 in NO_PROXY to connect without it"
            ),
        });
    }
    let retry_after = retry_after(&response);
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await? {
        body.extend_from_slice(&part);
        if body.len() > BODY_MAX {
            return Err(HttpError::BodyTooLong {
                body_start: start_of(&hidden(body, secrets)),
            });
        }
    }
    let body = hidden(body, secrets);
    Ok(HttpReply {
        status,
        retry_after,
        body,
    })
}

/// The body with `***` in place of each secret.
fn hidden(body: Vec<u8>, secrets: &[String]) -> Vec<u8> {
    if secrets.is_empty() {
        return body;
    }
    let text = String::from_utf8_lossy(&body);
    if !secrets.iter().any(|secret| text.contains(secret.as_str())) {
        return body;
    }
    let hide = |text: String, secret: &String| text.replace(secret.as_str(), "***");
    secrets.iter().fold(text.into_owned(), hide).into_bytes()
}

/// The key of a price source, and the parts of its URL that may be secrets.
pub(crate) fn secrets_of(url: &Url, key: Option<&Secret>) -> Vec<String> {
    /// Shorter parts are names of routes. Keys are longer.
    const KEY_MIN: usize = 10;
    let segments = url.path_segments().into_iter().flatten();
    let values = url.query_pairs().map(|(_, value)| value.into_owned());
    let of_url = url.password().into_iter().map(str::to_owned);
    let long = segments.map(str::to_owned).chain(values);
    of_url
        .chain(key.map(|key| key.expose().to_owned()))
        .chain(long.filter(|text| text.len() >= KEY_MIN))
        .filter(|secret| !secret.is_empty())
        .collect()
}

/// Where a reply redirects to.
fn redirect_target(response: &Response) -> Option<String> {
    if !response.status().is_redirection() {
        return None;
    }
    let location = response.headers().get(header::LOCATION);
    let target = location
        .and_then(|location| response.url().join(location.to_str().ok()?).ok())
        .map(|url| address(&url));
    Some(target.unwrap_or_else(|| "an unknown address".to_owned()))
}

/// How long to wait until the next request, from `Retry-After` in seconds or as a date: at most
/// [`RETRY_AFTER_MAX`].
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    wait_of(value.trim(), SystemTime::now())
}

fn wait_of(value: &str, now: SystemTime) -> Option<Duration> {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if is_number {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let until: SystemTime = DateTime::parse_from_rfc2822(value).ok()?.into();
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(RETRY_AFTER_MAX))
}

/// The start of a body, for an error message.
pub(crate) fn start_of(body: &[u8]) -> String {
    let start = &body[..body.len().min(4 * SHOWN_MAX)];
    one_line(&String::from_utf8_lossy(start))
}

/// A text from a server, for an error message: on one line, without control characters, and not too
/// long.
pub(crate) fn one_line(text: &str) -> String {
    let visible = text.replace(|c: char| c.is_control(), " ");
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}..", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_in_seconds_or_until_a_date() {
        // 1994-11-06T08:49:37Z, the date of RFC 9110's examples.
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 30);
        let secs = |value| wait_of(value, now).map(|wait| wait.as_secs());

        assert_eq!(secs("120"), Some(120));
        assert_eq!(secs("Sun, 06 Nov 1994 08:49:37 GMT"), Some(30));
        assert_eq!(secs("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0)); // The date is in the past.
        assert_eq!(secs("soon"), None);
        assert_eq!(secs("-1"), None);
        assert_eq!(secs(""), None);
    }

    #[test]
    fn a_wait_is_ten_minutes_at_most() {
        for value in [
            "601",
            "604800",
            "18446744073709551615", // 2^64 - 1: later than any `Instant`.
            "18446744073709551616",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            let wait = wait_of(value, SystemTime::UNIX_EPOCH);
            assert_eq!(wait, Some(Duration::from_secs(600)), "{value}");
        }
    }

    #[test]
    fn secrets_that_a_server_repeats_are_hidden() {
        let url = "https://me:hunter2@example.org/api/v3/0123456789abcdef".parse();
        let secrets = secrets_of(&url.expect("a URL"), Some(&Secret::new("CG-key")));
        let shown = hidden(
            b"no CG-key for hunter2 at v3/0123456789abcdef: \xff".to_vec(),
            &secrets,
        );
        assert_eq!(
            String::from_utf8_lossy(&shown),
            "no *** for *** at v3/***: \u{fffd}"
        );
    }

    #[test]
    fn a_servers_text_is_shown_on_one_short_line() {
        assert_eq!(
            start_of(b"<html>\r\n\t<h1>No</h1>\x1b[2J\0"),
            "<html> <h1>No</h1> [2J"
        );
        assert_eq!(start_of(&[b'x'; 5000]).len(), SHOWN_MAX + 2);
        assert_eq!(start_of(&[0xff]), "\u{fffd}");
    }

    #[test]
    fn only_loopback_hosts_are_local() {
        let is_local = |url: &str| is_local(&url.parse().expect("a URL"));

        for url in [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://[::1]:1",
            "http://LOCALHOST:1",
            "http://a.localhost",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(is_local(url), "{url}");
        }
        for url in [
            "http://10.0.0.5",
            "http://bitcoind:8332",
            "http://localhost.example.org",
            "http://[::2]",
            "http://0.0.0.0",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }
}
