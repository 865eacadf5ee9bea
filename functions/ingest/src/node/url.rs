//! The URL of a node, which may hold keys.

use std::fmt;
use std::str::FromStr;

use hashlake_core::env::Secret;
use reqwest::Url;
use thiserror::Error;

use crate::http;

/// The URL of a node, without user and password. Only scheme, host and port are ever shown, because
/// path and query may hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeUrl(Url);

/// Why a text is not the URL of a node. The text may hold a password, so it is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NodeUrlError {
    #[error("is not an http:// or https:// URL, such as http://127.0.0.1:8332")]
    NotHttp,
    #[error(
        "has a `/`, `#`, `?` or `\\` before its `@`: if that is part of the user or the password, percent-encode it (%2F, %23, %3F, %5C) or set BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD; if the `@` is part of the path, write it as %40"
    )]
    Unencoded,
}

impl NodeUrl {
    /// Parses the URL, and the user and password that it contains.
    pub fn parse(text: &str) -> Result<(Self, Option<(String, Secret)>), NodeUrlError> {
        let text = text.trim();
        let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
        let authority = after_scheme
            .find(['/', '#', '?', '\\'])
            .map_or(after_scheme, |end| &after_scheme[..end]);
        if !authority.contains('@') && after_scheme.contains('@') {
            return Err(NodeUrlError::Unencoded);
        }
        let url = text.parse().ok();
        let is_http = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        let mut url = url.filter(is_http).ok_or(NodeUrlError::NotHttp)?;
        let credentials = (!url.username().is_empty() || url.password().is_some()).then(|| {
            let password = url.password().unwrap_or_default();
            let password = Secret::new(percent_decoded(password));
            (percent_decoded(url.username()), password)
        });
        url.set_fragment(None);
        let stripped = url.set_username("").and_then(|()| url.set_password(None));
        stripped.map_err(|()| NodeUrlError::NotHttp)?;
        Ok((Self(url), credentials))
    }

    pub(super) fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether the node runs on this computer.
    pub fn is_local(&self) -> bool {
        http::is_local(&self.0)
    }

    /// Whether others could read requests on their way: plain HTTP to another computer. Tor
    /// encrypts requests to an onion service.
    pub fn is_exposed(&self) -> bool {
        self.0.scheme() == "http" && !self.is_local() && !self.is_onion()
    }

    /// Whether the host is an onion service of Tor.
    pub fn is_onion(&self) -> bool {
        self.0
            .host_str()
            .is_some_and(|host| host.trim_end_matches('.').ends_with(".onion"))
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the host is this domain or a subdomain of it.
    pub(crate) fn is_below(&self, domain: &str) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_end_matches('.');
        let rest = host.strip_suffix(&domain.to_ascii_lowercase());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Whether the URL may hold a key: it has a path or a query.
    pub fn may_hold_key(&self) -> bool {
        !self.secrets().is_empty()
    }

    /// Parts of the URL that must not be shown.
    pub(super) fn secrets(&self) -> Vec<String> {
        let segments = self.0.path_segments().into_iter().flatten();
        let values = self.0.query_pairs().map(|(_, value)| value.into_owned());
        let secrets = segments
            .flat_map(|segment| [segment.to_owned(), percent_decoded(segment)])
            .chain(self.0.query().map(str::to_owned))
            .chain(values);
        secrets.filter(|secret| !secret.is_empty()).collect()
    }
}

impl fmt::Display for NodeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&http::address(&self.0))
    }
}

impl fmt::Debug for NodeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for NodeUrl {
    type Err = NodeUrlError;

    /// Ignores a user and a password.
    fn from_str(text: &str) -> Result<Self, NodeUrlError> {
        Self::parse(text).map(|(url, _)| url)
    }
}

/// The text with `%2F` and the like decoded; a `%` without two hex digits stays.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = digit(at + 1).zip(digit(at + 2));
        match code.filter(|_| byte == b'%') {
            Some((high, low)) => {
                decoded.extend(u8::try_from(high << 4 | low));
                at += 3;
            }
            None => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials(url: &str) -> Option<(String, String)> {
        let (_, credentials) = NodeUrl::parse(url).expect("a URL");
        credentials.map(|(user, password)| (user, password.expose().to_owned()))
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        // The URL as written, and its meaning.
        let passwords = [
            ("abc=def=", "abc=def="),
            ("p%40ss", "p@ss"),
            ("p@ss", "p@ss"),
            ("ABCD%2Fefg%3D", "ABCD/efg="),
            ("cool!!", "cool!!"),
            ("50%off", "50%off"),
            ("100%25", "100%"),
            ("a+b c", "a+b c"),
            ("p%C3%A4ss", "päss"),
            ("päss", "päss"),
            ("a:b", "a:b"),
            ("", ""),
        ];
        for (written, meant) in passwords {
            let url = format!("http://us%65r:{written}@127.0.0.1:8332/");
            assert_eq!(
                credentials(&url),
                Some(("user".to_owned(), meant.to_owned())),
                "{written}"
            );
        }
        assert_eq!(credentials("http://127.0.0.1:8332"), None);
        assert_eq!(
            credentials("http://user@node"),
            Some(("user".to_owned(), String::new()))
        );
    }

    #[test]
    fn the_error_explains_what_must_be_encoded() {
        for password in ["AB/cd=", "12/cd", "pa#ss", "pa?ss", "a\\b", "/", "#"] {
            let error = NodeUrl::parse(&format!("http://u:{password}@127.0.0.1:8332"));
            assert_eq!(error, Err(NodeUrlError::Unencoded), "{password}");
        }
        for url in [
            "127.0.0.1:8332",
            "ftp://node",
            "http://",
            "http://node:port",
            "node",
            "",
        ] {
            assert_eq!(NodeUrl::parse(url), Err(NodeUrlError::NotHttp), "{url}");
        }
        assert!(NodeUrl::parse("https://node/v1/key?a=b").is_ok());
    }

    #[test]
    fn only_scheme_host_and_port_are_shown() {
        for url in [
            "https://u:hunter2@node.example.org/v1/hunter2/?key=hunter2#hunter2",
            "https://node.example.org:443/hunter2",
        ] {
            let (url, _) = NodeUrl::parse(url).expect("a URL");
            assert_eq!(
                format!("{url} {url:?}"),
                "https://node.example.org https://node.example.org"
            );
            assert!(url.may_hold_key());
        }
        assert!(
            !"http://node:8332/"
                .parse::<NodeUrl>()
                .expect("a URL")
                .may_hold_key()
        );
    }

    #[test]
    fn plain_http_is_exposed_unless_the_host_is_local_or_an_onion_service() {
        let is_exposed = |url: &str| url.parse::<NodeUrl>().expect("a URL").is_exposed();

        assert!(is_exposed("http://192.168.1.5:8332") && is_exposed("http://bitcoind:8332"));
        assert!(!is_exposed("https://node.example.org") && !is_exposed("http://[::1]:8332"));
        assert!(!is_exposed("http://abc.onion:8332"));
    }
}
