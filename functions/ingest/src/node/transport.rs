//! JSON-RPC over the project's HTTP client.

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
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::TransportError;
use crate::http;

/// Credentials for a node.
#[derive(Clone, Debug)]
pub enum Auth {
    /// None are asked for.
    None,
    /// User and password.
    Password {
        /// User.
        user: String,
        /// Password.
        password: Secret,
    },
    /// The file in which bitcoind leaves `user:password` anew at each start.
    CookieFile(PathBuf),
}

/// JSON-RPC over the project's HTTP client. Must not be called on the runtime's own threads.
pub(super) struct HttpTransport {
    pub(super) url: Url,
    pub(super) auth: Auth,
    pub(super) http: reqwest::Client,
    pub(super) in_flight: Arc<Semaphore>,
    pub(super) runtime: tokio::runtime::Handle,
}

impl HttpTransport {
    fn send<T: DeserializeOwned>(&self, body: Vec<u8>) -> Result<T, jsonrpc::Error> {
        let body = Bytes::from(body);
        let post = || self.post(body.clone());
        let sent = post
            .retry(patience())
            .when(|error| matches!(error, TransportError::Http(_)));
        let answer = self
            .runtime
            .block_on(sent)
            .map_err(|error| jsonrpc::Error::Transport(Box::new(error)))?;
        Ok(serde_json::from_slice(&answer)?)
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
                    .ok_or_else(|| unreadable("no `user:password` in it".to_owned()))?;
                request.basic_auth(user, Some(password))
            }
        };
        let _permit = permit(&self.in_flight).await;
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(failed)?;
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(TransportError::Credentials),
            // Errors of single calls come with their own status and a body in JSON.
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

/// How long a node is asked again that is out of reach or has more requests than it takes.
pub(super) fn patience() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_times(4)
        .with_jitter()
}

/// Whether more was asked than the node takes at a time.
pub(super) fn is_busy(error: &reqwest::Error) -> bool {
    error.status() == Some(StatusCode::SERVICE_UNAVAILABLE)
}

pub(super) async fn permit(in_flight: &Semaphore) -> SemaphorePermit<'_> {
    in_flight.acquire().await.expect("it is never closed")
}
