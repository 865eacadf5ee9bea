//! Requests to the API of another hashlake server.

use std::time::Duration;

use reqwest::Url;

use crate::http::{self, HttpError, HttpReply};

/// Many times the duration of the API's slowest answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The path of the API on every hashlake server.
const API_PATH: &str = "/api/v1";

/// The API of a hashlake server.
#[derive(Clone, Debug)]
pub struct RemoteApi {
    base: Url,
    client: reqwest::Client,
}

/// A reply of the API, of any status.
#[derive(Clone, Debug)]
pub struct ApiReply {
    /// HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl RemoteApi {
    /// The API at this URL, which can be the URL of the page, or end in `/api/v1`.
    ///
    /// # Errors
    /// If it is not the URL of a server. The text does not repeat the URL, because it may contain a
    /// password.
    pub fn new(url: &str) -> Result<Self, String> {
        let base: Option<Url> = url.parse().ok();
        let is_http = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        let mut base = base
            .filter(is_http)
            .ok_or("expected an http:// or https:// URL, such as http://127.0.0.1:8080")?;
        let path = base.path().trim_end_matches('/');
        let path = path.strip_suffix(API_PATH).unwrap_or(path).to_owned();
        base.set_path(&path);
        let client = match http::is_local(&base) {
            true => http::local_client(TIMEOUT),
            false => http::client(TIMEOUT),
        };
        Ok(Self { base, client })
    }

    /// Scheme, host and port.
    pub fn address(&self) -> String {
        http::address(&self.base)
    }

    /// The reply to `GET /api/v1/<path>?<query>`.
    ///
    /// # Errors
    /// Why there is no reply.
    pub async fn get(&self, path: &str, query: &str) -> Result<ApiReply, String> {
        let mut url = http::below(&self.base, &format!("{}/{path}", &API_PATH[1..]));
        url.set_query(Some(query));
        let secrets = http::secrets_of(&self.base, None);
        match http::send(self.client.get(url), &secrets).await {
            Ok(HttpReply { status, body, .. }) => Ok(ApiReply {
                status: status.as_u16(),
                body,
            }),
            Err(HttpError::Unavailable { reason }) => Err(reason),
            Err(HttpError::TimedOut) => Err("it did not reply in time".to_owned()),
            Err(HttpError::Redirect { target, .. }) => {
                Err(format!("it redirects to {target}, which is not followed"))
            }
            Err(HttpError::BodyTooLong { body_start }) => {
                Err(format!("its reply is too long: `{body_start}`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_the_page_and_that_of_the_api_mean_the_same_api() {
        for url in [
            "http://a.example/mwh",
            "http://a.example/mwh/",
            "http://a.example/mwh/api/v1",
            "http://a.example/mwh/api/v1/",
        ] {
            let api = RemoteApi::new(url).expect("a URL");

            assert_eq!(api.base.as_str(), "http://a.example/mwh", "{url}");
        }
        let root = RemoteApi::new("https://a.example/api/v1").expect("a URL");
        assert_eq!(
            http::below(&root.base, "api/v1/strike").as_str(),
            "https://a.example/api/v1/strike"
        );
    }

    #[test]
    fn the_error_about_an_invalid_url_does_not_show_it() {
        for url in ["", "a.example", "ftp://a.example", "http://user:hunter2@:x"] {
            let error = RemoteApi::new(url).expect_err("no URL of a server");

            assert!(error.starts_with("expected an http://"), "{error}");
        }
    }
}
