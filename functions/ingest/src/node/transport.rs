//! JSON-RPC over the project's HTTP client: with TLS, credentials in a header, retries, and a limit
//! on the requests in flight.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use bitcoincore_rpc::jsonrpc::client::Transport;
use bitcoincore_rpc::jsonrpc::{self, Request, Response};
use bytes::Bytes;
use hashlake_core::env::Secret;
use reqwest::{StatusCode, Url};
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::TransportError;
use crate::http;

/// Longest time for one request.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

/// bitcoind has 16 threads for requests and a queue of 64, and refuses more.
const REQUESTS_IN_FLIGHT: usize = 32;

/// Credentials for a node.
#[derive(Clone, Debug)]
pub enum Auth {
    None,
    Password {
        user: String,
        password: Secret,
    },
    /// The file in which bitcoind writes a new `user:password` at each start.
    CookieFile(PathBuf),
}

/// Limits the requests that all callers together have in flight to one node.
#[derive(Clone)]
pub(super) struct Permits(Arc<Semaphore>);

impl Permits {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(REQUESTS_IN_FLIGHT)))
    }

    pub(super) async fn acquire(&self) -> SemaphorePermit<'_> {
        self.0.acquire().await.expect("it is never closed")
    }
}

/// Retries for a node that is out of reach or has too many requests.
pub(super) fn rpc_backoff() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_times(4)
        .with_jitter()
}

/// The transport under `bitcoincore_rpc`. Its methods block: they must not run on the runtime's own
/// threads.
pub(super) struct HttpTransport {
    url: Url,
    auth: Auth,
    http: reqwest::Client,
    permits: Permits,
    runtime: Handle,
}

impl HttpTransport {
    /// Must be called within a tokio runtime.
    pub(super) fn new(url: Url, auth: Auth, http: reqwest::Client, permits: Permits) -> Self {
        Self {
            url,
            auth,
            http,
            permits,
            runtime: Handle::current(),
        }
    }

    fn send<T: DeserializeOwned>(&self, body: Vec<u8>) -> Result<T, jsonrpc::Error> {
        let body = Bytes::from(body);
        let post = || self.post(body.clone());
        let sent = post
            .retry(rpc_backoff())
            .when(|error| matches!(error, TransportError::Http(_)));
        let reply = self
            .runtime
            .block_on(sent)
            .map_err(|error| jsonrpc::Error::Transport(Box::new(error)))?;
        Ok(serde_json::from_slice(&reply)?)
    }

    async fn post(&self, body: Bytes) -> Result<Bytes, TransportError> {
        let failed = |error| TransportError::Http(http::describe(error));
        let request = self
            .http
            .post(self.url.clone())
            .header("content-type", "application/json")
            .body(body);
        let request = match &self.auth {
            Auth::None => request,
            Auth::Password { user, password } => request.basic_auth(user, Some(password.expose())),
            Auth::CookieFile(path) => {
                let unreadable = |reason: String| TransportError::Cookie {
                    path: path.display().to_string(),
                    reason,
                };
                let cookie =
                    std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
                let (user, password) = cookie
                    .trim()
                    .split_once(':')
                    .ok_or_else(|| unreadable("it has no `user:password`".to_owned()))?;
                request.basic_auth(user, Some(password))
            }
        };
        let _permit = self.permits.acquire().await;
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let body = response.bytes().await.map_err(failed)?;
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(TransportError::Credentials),
            // bitcoind sends errors of single calls as JSON with an HTTP status of their own.
            _ if status.is_success() || body.starts_with(b"{") || body.starts_with(b"[") => {
                Ok(body)
            }
            _ => Err(TransportError::Http(format!("HTTP status {status}"))),
        }
    }
}

impl Transport for HttpTransport {
    fn send_request(&self, request: Request<'_>) -> Result<Response, jsonrpc::Error> {
        self.send(serde_json::to_vec(&request)?)
    }

    fn send_batch(&self, requests: &[Request<'_>]) -> Result<Vec<Response>, jsonrpc::Error> {
        self.send(serde_json::to_vec(requests)?)
    }

    fn fmt_target(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.url)
    }
}
