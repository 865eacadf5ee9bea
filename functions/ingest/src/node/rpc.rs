//! Single and batched JSON-RPC calls: with credentials, retries, and at a pace that the node allows.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bitcoincore_rpc::jsonrpc::error::RpcError;
use bitcoincore_rpc::jsonrpc::{self, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use super::NodeConfig;
use super::auth::Auth;
use super::error::{NodeError, classify_error, result};
use super::pace::{Busy, NodeLimiter};
use super::refusal::{Refusal, ReplyReader, Verdict};
use super::url::NodeUrl;
use crate::http::{self, HttpError};

/// Longest time for one request.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);

/// Requests of a single call that may time out before the node is given up.
const TIMEOUTS_MAX: u32 = 2;

/// How often a request that does not reach the node is repeated, and the pause before the first
/// repetition. The pause doubles each time.
pub(super) const BROKEN_RETRIES: u32 = 4;
const BROKEN_PAUSE: Duration = Duration::from_millis(200);

/// Makes JSON-RPC calls to one node.
pub(super) struct Rpc {
    http: reqwest::Client,
    url: NodeUrl,
    address: String,
    auth: Auth,
    /// Texts that are never shown.
    secrets: Vec<String>,
    pace: Arc<NodeLimiter>,
    next_id: AtomicU64,
}

/// The failures so far of one or more calls.
#[derive(Default)]
struct Failures {
    broken: u32,
    timeouts: u32,
    /// Whether a batch was refused, and then made smaller.
    is_halved: bool,
}

impl Rpc {
    pub(super) fn new(config: NodeConfig, http: reqwest::Client, pace: Arc<NodeLimiter>) -> Self {
        let NodeConfig { url, auth } = config;
        let mut secrets = url.secrets();
        if let Auth::Password { password, .. } = &auth {
            secrets.push(password.expose().to_owned());
        }
        // Masking shorter texts would make messages unreadable.
        secrets.retain(|secret| secret.len() > 3);
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self {
            http,
            address: url.to_string(),
            url,
            auth,
            secrets,
            pace,
            next_id: AtomicU64::new(1),
        }
    }

    /// Calls a method that has no parameters.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
    ) -> Result<T, NodeError> {
        let no_parameters: [(); 0] = [];
        let mut replies = self.call_batch(method, &[no_parameters]).await?;
        replies.pop().unwrap_or_else(|| Err(missing(method)))
    }

    /// Results in the order of `params`; each call can fail alone. Calls that a busy node refuses
    /// are repeated, and a batch that is too large is divided.
    pub(super) async fn call_batch<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: &[impl Serialize],
    ) -> Result<Vec<Result<T, NodeError>>, NodeError> {
        let params: Vec<_> = params.iter().map(jsonrpc::arg).collect();
        let mut results: Vec<Option<Result<T, NodeError>>> = params.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..params.len()).collect();
        let mut failures = Failures::default();
        while !open.is_empty() {
            let ticket = self.pace.admit().await.map_err(|busy| self.busy(busy))?;
            let size = self.pace.calls_per_batch().min(open.len());
            let calls: Vec<usize> = open.drain(..size).collect();
            let first_id = self.next_id.fetch_add(size as u64, Ordering::Relaxed);
            let ids = first_id..first_id + size as u64;
            let requests: Vec<Request<'_>> = ids
                .clone()
                .zip(&calls)
                .map(|(id, call)| Request {
                    method,
                    params: Some(&params[*call]),
                    id: id.into(),
                    jsonrpc: Some("2.0"),
                })
                .collect();
            let mut refusal = None;
            match self.exchange(method, &requests, &ids).await {
                Verdict::Replies(replies) => {
                    for (place, response) in replies {
                        let error = response.error.as_ref();
                        match error.and_then(|error| self.refusal_of_call(error, size > 1)) {
                            Some(refused) => refusal = Some(refused),
                            None => results[calls[place]] = Some(self.result(method, &response)),
                        }
                    }
                }
                Verdict::Refused(refused) => refusal = Some(refused),
            }
            let left: Vec<usize> = calls
                .into_iter()
                .filter(|call| results[*call].is_none())
                .collect();
            if !left.is_empty() && refusal.is_none() {
                // The node left calls out, maybe because there were too many.
                refusal = Some(match size {
                    1 => Refusal::Final(missing(method)),
                    _ => Refusal::Batch,
                });
            }
            let some_replied = left.len() < size;
            open.splice(..0, left);
            if some_replied {
                (failures.broken, failures.timeouts) = (0, 0);
            }
            match refusal {
                None => ticket.answered(size),
                Some(Refusal::Busy(busy)) => {
                    if some_replied {
                        ticket.replied();
                    }
                    let refused = ticket.refused(size, busy);
                    refused.map_err(|busy| self.busy(busy))?;
                }
                Some(Refusal::Batch) => {
                    ticket.replied();
                    self.pace.limit_batch(size / 2);
                    failures.is_halved = true;
                }
                Some(Refusal::TimedOut { gateway }) => {
                    ticket.timed_out(size);
                    if size == 1 {
                        sleep(failures.timed_out(gateway, &self.address)?).await;
                    }
                }
                Some(Refusal::Broken { reason }) => {
                    drop(ticket);
                    sleep(failures.broken(reason, &self.address)?).await;
                }
                Some(Refusal::Final(error)) => {
                    if failures.is_halved {
                        // The node did not refuse the batch for its size.
                        self.pace.forget_batch_limit();
                    }
                    return Err(error);
                }
            }
        }
        let result = |result: Option<_>| result.unwrap_or_else(|| Err(missing(method)));
        Ok(results.into_iter().map(result).collect())
    }

    /// Sends these requests: a single one as an object, several as an array.
    async fn exchange(
        &self,
        method: &'static str,
        requests: &[Request<'_>],
        ids: &Range<u64>,
    ) -> Verdict {
        let body = match requests {
            [request] => serde_json::to_vec(request),
            requests => serde_json::to_vec(requests),
        };
        let body = body.expect("requests have a JSON form");
        let request = self
            .http
            .post(self.url.as_url().clone())
            .header("content-type", "application/json")
            .body(body);
        let request = match self.auth.add_to(request) {
            Ok(request) => request,
            Err(error) => return Verdict::Refused(Refusal::Final(error)),
        };
        let reply = tokio::select! {
            reply = http::send(request, &[]) => reply,
            () = self.pace.report_silence() => unreachable!("it only reports"),
        };
        let reader = ReplyReader {
            address: &self.address,
            clean: &|text| self.clean(text),
        };
        match reply {
            Ok(reply) => reader.read(&reply, ids),
            Err(error) => Verdict::Refused(self.refusal(method, error)),
        }
    }

    fn refusal(&self, method: &'static str, error: HttpError) -> Refusal {
        match error {
            HttpError::TimedOut => Refusal::TimedOut { gateway: None },
            HttpError::Unavailable { reason } => Refusal::Broken { reason },
            HttpError::Redirect { status, target } => Refusal::Final(NodeError::Redirect {
                address: self.address.clone(),
                target,
                status: status.as_u16(),
            }),
            HttpError::BodyTooLong { body_start } => Refusal::Final(NodeError::Malformed {
                method,
                reason: format!(
                    "it is too long, and starts with {}",
                    self.clean(&body_start)
                ),
            }),
        }
    }

    fn refusal_of_call(&self, error: &RpcError, is_batch: bool) -> Option<Refusal> {
        let reader = ReplyReader {
            address: &self.address,
            clean: &|text| self.clean(text),
        };
        reader.refusal_of_call(error, is_batch)
    }

    fn result<T: DeserializeOwned>(
        &self,
        method: &'static str,
        response: &Response,
    ) -> Result<T, NodeError> {
        result(method, response, |error| {
            classify_error(
                method,
                &self.address,
                error.code,
                self.clean(&error.message),
            )
        })
    }

    fn busy(&self, Busy { message, .. }: Busy) -> NodeError {
        NodeError::Busy {
            address: self.address.clone(),
            message,
        }
    }

    /// A text of the node, on one line and without secrets.
    fn clean(&self, text: &str) -> String {
        let mut text = http::one_line(text);
        for secret in &self.secrets {
            text = text.replace(secret, "***");
        }
        text
    }
}

impl Failures {
    /// Counts a request that did not reach the node. Returns the time until the next try.
    fn broken(&mut self, reason: String, address: &str) -> Result<Duration, NodeError> {
        if self.broken == BROKEN_RETRIES {
            return Err(NodeError::Unreachable {
                address: address.to_owned(),
                reason,
            });
        }
        self.broken += 1;
        Ok(broken_pause(self.broken))
    }

    /// Counts a single call that timed out. Returns the time until the next try.
    fn timed_out(&mut self, gateway: Option<String>, address: &str) -> Result<Duration, NodeError> {
        if let Some(reason) = gateway {
            return self.broken(reason, address);
        }
        self.timeouts += 1;
        if self.timeouts == TIMEOUTS_MAX {
            return Err(NodeError::Unreachable {
                address: address.to_owned(),
                reason: format!("no reply to a single call within {} s", TIMEOUT.as_secs()),
            });
        }
        Ok(Duration::ZERO)
    }
}

/// The time before this retry of a request that did not reach the node.
pub(super) fn broken_pause(retry: u32) -> Duration {
    BROKEN_PAUSE * 2_u32.pow(retry - 1)
}

fn missing(method: &'static str) -> NodeError {
    NodeError::Malformed {
        method,
        reason: "there is no reply to one of the calls".to_owned(),
    }
}
