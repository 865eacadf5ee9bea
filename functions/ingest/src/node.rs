//! A Bitcoin node, asked over JSON-RPC.
//!
//! `bitcoincore_rpc` gives the calls, this file gives it a transport over the project's HTTP client: with TLS, many
//! requests in flight, and credentials that never leave in the open. Its calls block, so they run on blocking threads.

use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use bitcoincore_rpc::bitcoin::consensus::encode::{self, deserialize_partial};
use bitcoincore_rpc::bitcoin::{Transaction, VarInt};
use bitcoincore_rpc::jsonrpc::client::{Client, Transport};
use bitcoincore_rpc::jsonrpc::{self, Request, Response};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use hashlake_core::chain::Chain;
use hashlake_core::env::Secret;
use hashlake_core::hash::BlockHash;
use hashlake_core::target::CompactTarget;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::Sats;
use reqwest::{StatusCode, Url};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use crate::http;

const CALLS_PER_BATCH: usize = 50;
const BLOCKS_PER_BATCH: usize = 25; // A node works a batch off on one thread, and has to read each block.
const BATCHES_IN_FLIGHT: usize = 8;
const REST_IN_FLIGHT: usize = 8; // Of one batch.
const REQUESTS_IN_FLIGHT: usize = 32; // Of all callers: bitcoind has 16 threads for them and a queue of 64, and refuses more.
const TIMEOUT: Duration = Duration::from_secs(60);
const COINBASE_MAX_BYTES: usize = 1 << 20; // A coinbase is a few hundred bytes; what is longer than this is none.

/// Where the node is and how it knows us.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Its URL, without credentials.
    pub url: Url,
    /// Credentials.
    pub auth: Auth,
}

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

/// Why the node did not give what it was asked for.
#[derive(Clone, Debug, Error)]
pub enum NodeError {
    /// Nothing answers there.
    #[error("no node answers at {url} (BITCOIN_RPC_URL): {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// What is known of it.
        reason: String,
    },
    /// User and password are not those it knows.
    #[error(
        "the node at {url} refuses the credentials: check BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD, or BITCOIN_RPC_COOKIE_FILE"
    )]
    Credentials {
        /// Where.
        url: String,
    },
    /// The cookie file cannot be read.
    #[error("cannot read the cookie file {path} (BITCOIN_RPC_COOKIE_FILE): {reason}")]
    Cookie {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// It has just been started.
    #[error("the node is warming up ({message}): it answers in a moment")]
    WarmingUp {
        /// What it says.
        message: String,
    },
    /// It has yet to download blocks that it knows of.
    #[error(
        "the node is still downloading the chain: it has {blocks} of {headers} blocks. Wait, or give START_HEIGHT to take what it has"
    )]
    Downloading {
        /// Blocks it has.
        blocks: u32,
        /// Blocks it knows of.
        headers: u32,
    },
    /// The block's data are gone.
    #[error(
        "the node has pruned block {height}: start later (START_HEIGHT), or use a node that keeps all blocks"
    )]
    Pruned {
        /// The block's height.
        height: u32,
    },
    /// The chain changed between two calls.
    #[error(
        "the chain changed while it was read, at height {height}: the next run takes it from there"
    )]
    Moved {
        /// Where.
        height: u32,
    },
    /// Any other refusal.
    #[error("the node refuses `{method}`: {message} (code {code})")]
    Refused {
        /// What was asked.
        method: &'static str,
        /// What it says.
        message: String,
        /// Its code.
        code: i32,
    },
    /// An answer that is not one.
    #[error("the node answers `{method}` with something else: {reason}")]
    Malformed {
        /// What was asked.
        method: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl NodeError {
    /// Whether it may answer in a moment: it is starting, or has more requests than it can take.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::WarmingUp { .. })
    }
}

/// The end of the node's best chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The network.
    pub chain: Chain,
    /// Height of the last block.
    pub height: u32,
    /// Its hash.
    pub hash: BlockHash,
    /// Highest block of which it knows the header; higher than `height` while it downloads.
    pub headers: u32,
}

/// A block's header, and what a node says beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Height.
    pub height: u32,
    /// Hash.
    pub hash: BlockHash,
    /// Hash of the block below.
    pub prev_hash: BlockHash,
    /// Header time.
    pub time: Timestamp,
    /// Median time past.
    pub median_time: Timestamp,
    /// Target.
    pub bits: CompactTarget,
    /// Transactions with the coinbase.
    pub tx_count: u32,
}

/// A block as a node tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeBlock {
    /// Its header.
    pub header: Header,
    /// What it may create.
    pub subsidy: Sats,
    /// What its transactions paid.
    pub fees: Sats,
    /// What its coinbase pays out, where the node has its REST interface on.
    pub claimed: Option<Sats>,
}

/// A Bitcoin node.
pub struct Node {
    rpc: Arc<bitcoincore_rpc::Client>,
    http: reqwest::Client,
    url: Url,
    has_rest: OnceCell<bool>,
    in_flight: Arc<Semaphore>,
}

impl Node {
    /// The node that `config` names. Nothing is asked of it yet; must be called within a tokio runtime.
    pub fn new(config: NodeConfig) -> Self {
        let http = http::client(TIMEOUT);
        let in_flight = Arc::new(Semaphore::new(REQUESTS_IN_FLIGHT));
        let runtime = tokio::runtime::Handle::current();
        let transport = HttpTransport {
            url: config.url.clone(),
            auth: config.auth,
            http: http.clone(),
            in_flight: in_flight.clone(),
            runtime,
        };
        let rpc = bitcoincore_rpc::Client::from_jsonrpc(Client::with_transport(transport));
        Self {
            rpc: Arc::new(rpc),
            http,
            url: config.url,
            has_rest: OnceCell::new(),
            in_flight,
        }
    }

    /// The end of its best chain.
    pub async fn tip(&self) -> Result<Tip, NodeError> {
        const METHOD: &str = "getblockchaininfo";
        let info: ChainInfo = self.call_one(METHOD).await?;
        Ok(Tip {
            chain: info.chain,
            height: info.blocks,
            hash: info.bestblockhash,
            headers: info.headers,
        })
    }

    /// Hashes of its best chain at these heights, in their order; `None` above its tip.
    pub async fn hashes(&self, heights: &[u32]) -> Result<Vec<Option<BlockHash>>, NodeError> {
        const METHOD: &str = "getblockhash";
        let calls = heights.iter().map(|&height| [height]).collect();
        let answers: Vec<Result<Hash, NodeError>> = self.call_batch(METHOD, calls).await?;
        let hash = |answer| match answer {
            Ok(Hash(hash)) => Ok(Some(hash)),
            Err(NodeError::Refused {
                code: INVALID_PARAMETER,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        };
        answers.into_iter().map(hash).collect()
    }

    /// Headers of its best chain.
    ///
    /// # Errors
    /// [`NodeError::Moved`] where the chain ends below or changes meanwhile.
    pub async fn headers(&self, heights: Range<u32>) -> Result<Vec<Header>, NodeError> {
        let heights: Vec<u32> = heights.collect();
        let mut headers = Vec::with_capacity(heights.len());
        for heights in heights.chunks(CALLS_PER_BATCH) {
            let hashes = self.hashes_of_chain(heights).await?;
            headers.extend(self.headers_of(heights, &hashes).await?);
        }
        check_linked(headers.iter())?;
        Ok(headers)
    }

    /// Median times of blocks of its best chain at these heights, in their order.
    ///
    /// # Errors
    /// [`NodeError::Moved`] where the chain ends below one of them.
    pub async fn median_times(&self, heights: &[u32]) -> Result<Vec<Timestamp>, NodeError> {
        let mut times = Vec::with_capacity(heights.len());
        for heights in heights.chunks(CALLS_PER_BATCH) {
            let hashes = self.hashes_of_chain(heights).await?;
            let headers = self.headers_of(heights, &hashes).await?;
            times.extend(headers.iter().map(|header| header.median_time));
        }
        Ok(times)
    }

    /// Blocks of its best chain from the start of `heights` on, batch after batch while `go_on`, which is
    /// told how many there are so far, says so; at least one batch.
    ///
    /// What comes before a failure is given; the failure itself only when nothing came before it.
    pub async fn blocks(
        &self,
        heights: RangeInclusive<u32>,
        go_on: &(dyn Fn(usize) -> bool + Sync),
    ) -> Result<Vec<NodeBlock>, NodeError> {
        let heights: Vec<u32> = heights.collect();
        let batches: Vec<Vec<u32>> = heights
            .chunks(BLOCKS_PER_BATCH)
            .map(<[u32]>::to_vec)
            .collect();
        let mut batches = stream::iter(batches)
            .map(|heights| async move { self.block_batch(&heights).await })
            .buffered(BATCHES_IN_FLIGHT);
        let mut blocks: Vec<NodeBlock> = Vec::with_capacity(heights.len());
        while let Some(batch) = batches.next().await {
            let linked = batch.and_then(|batch| {
                check_linked(
                    blocks
                        .last()
                        .into_iter()
                        .chain(&batch)
                        .map(|block| &block.header),
                )?;
                Ok(batch)
            });
            match linked {
                Ok(batch) => blocks.extend(batch),
                Err(error) if blocks.is_empty() => return Err(error),
                Err(_) => break,
            }
            if !go_on(blocks.len()) {
                break;
            }
        }
        Ok(blocks)
    }

    async fn block_batch(&self, heights: &[u32]) -> Result<Vec<NodeBlock>, NodeError> {
        let stats = self.stats_of_chain(heights).await?;
        let hashes: Vec<BlockHash> = stats.iter().map(|stats| stats.blockhash).collect();
        let (headers, claims) =
            tokio::try_join!(self.headers_of(heights, &hashes), self.claims(&hashes))?;
        let parts = headers.into_iter().zip(stats).zip(claims);
        let block = |((header, stats), claimed): ((Header, BlockStats), _)| NodeBlock {
            header,
            subsidy: stats.subsidy,
            fees: stats.totalfee,
            claimed,
        };
        Ok(parts.map(block).collect())
    }

    /// What the blocks of the chain at these heights pay, and their hashes: all else is asked of these.
    async fn stats_of_chain(&self, heights: &[u32]) -> Result<Vec<BlockStats>, NodeError> {
        const METHOD: &str = "getblockstats";
        let calls = heights
            .iter()
            .map(|&height| (height, ["blockhash", "subsidy", "totalfee"]))
            .collect();
        let answers = self.call_batch(METHOD, calls).await?;
        let stats = |(answer, &height): (Result<BlockStats, _>, _)| {
            answer.map_err(|error| unavailable(error, height))
        };
        answers.into_iter().zip(heights).map(stats).collect()
    }

    async fn hashes_of_chain(&self, heights: &[u32]) -> Result<Vec<BlockHash>, NodeError> {
        let hashes = self.hashes(heights).await?;
        heights
            .iter()
            .zip(hashes)
            .map(|(&height, hash)| hash.ok_or(NodeError::Moved { height }))
            .collect()
    }

    async fn headers_of(
        &self,
        heights: &[u32],
        hashes: &[BlockHash],
    ) -> Result<Vec<Header>, NodeError> {
        const METHOD: &str = "getblockheader";
        let calls = hashes.iter().map(|hash| [hash.to_string()]).collect();
        let answers: Vec<Result<HeaderInfo, _>> = self.call_batch(METHOD, calls).await?;
        let header = |((answer, &height), &hash): ((Result<HeaderInfo, _>, _), _)| {
            let info = answer?;
            if info.height != height || info.hash != hash {
                return Err(NodeError::Malformed {
                    method: METHOD,
                    reason: format!("another block than {height}"),
                });
            }
            Ok(Header {
                height,
                hash,
                prev_hash: info
                    .previousblockhash
                    .map_or(BlockHash::ZERO, |Hash(hash)| hash),
                time: Timestamp::from_block_time(info.time),
                median_time: Timestamp::from_block_time(info.mediantime),
                bits: info.bits,
                tx_count: info.n_tx,
            })
        };
        answers
            .into_iter()
            .zip(heights)
            .zip(hashes)
            .map(header)
            .collect()
    }

    /// What the coinbases pay out, from the start of each whole block, where the node has its REST interface on.
    async fn claims(&self, hashes: &[BlockHash]) -> Result<Vec<Option<Sats>>, NodeError> {
        if !*self.has_rest.get_or_try_init(|| self.probe_rest()).await? {
            return Ok(vec![None; hashes.len()]);
        }
        stream::iter(hashes.to_vec())
            .map(|hash| self.claim(hash))
            .buffered(REST_IN_FLIGHT)
            .try_collect()
            .await
    }

    async fn probe_rest(&self) -> Result<bool, NodeError> {
        let get = || self.get_rest("chaininfo.json", Duration::from_secs(5));
        match get.retry(patience()).when(is_busy).await {
            Ok(answer) => Ok(answer.json::<ChainInfo>().await.is_ok()),
            Err(error) if is_busy(&error) => Err(self.unreachable(error)),
            Err(_) => Ok(false),
        }
    }

    async fn claim(&self, hash: BlockHash) -> Result<Option<Sats>, NodeError> {
        const METHOD: &str = "/rest/block";
        let path = format!("block/{hash}.bin");
        let get = || self.get_rest(&path, TIMEOUT);
        let passes = |error: &reqwest::Error| error.status().is_none() || is_busy(error);
        let mut answer = match get.retry(patience()).when(passes).await {
            Ok(answer) => answer,
            Err(error) if passes(&error) => return Err(self.unreachable(error)),
            Err(_) => return Ok(None), // Pruned, or switched off since.
        };
        let mut start = Vec::new();
        while let Some(part) = answer
            .chunk()
            .await
            .map_err(|error| self.unreachable(error))?
        {
            start.extend_from_slice(&part);
            if let Some(sat) = coinbase_sat(&start) {
                let claimed = i64::try_from(sat).ok().and_then(|sat| Sats::new(sat).ok());
                return claimed.map(Some).ok_or_else(|| NodeError::Malformed {
                    method: METHOD,
                    reason: format!("{sat} sat"),
                });
            }
            if start.len() > COINBASE_MAX_BYTES {
                break;
            }
        }
        Err(NodeError::Malformed {
            method: METHOD,
            reason: format!("block {hash} does not start with a coinbase"),
        })
    }

    async fn get_rest(&self, path: &str, timeout: Duration) -> reqwest::Result<reqwest::Response> {
        let _permit = permit(&self.in_flight).await;
        let request = self.http.get(self.rest_url(path)).timeout(timeout);
        request.send().await?.error_for_status()
    }

    fn unreachable(&self, error: reqwest::Error) -> NodeError {
        NodeError::Unreachable {
            url: self.url.to_string(),
            reason: http::describe(error),
        }
    }

    fn rest_url(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("/rest/{path}"));
        url
    }

    async fn call_one<T: DeserializeOwned + Send + 'static>(
        &self,
        method: &'static str,
    ) -> Result<T, NodeError> {
        let rpc = self.rpc.clone();
        let url = self.url.to_string();
        blocking(move || {
            rpc.get_jsonrpc_client()
                .call(method, Some(&jsonrpc::arg::<[(); 0]>([])))
                .map_err(|error| decide(method, &url, error))
        })
        .await
    }

    /// Answers in the order of `params`; each call can fail alone.
    async fn call_batch<T: DeserializeOwned + Send + 'static>(
        &self,
        method: &'static str,
        params: Vec<impl Serialize + Send + 'static>,
    ) -> Result<Vec<Result<T, NodeError>>, NodeError> {
        let rpc = self.rpc.clone();
        let url = self.url.to_string();
        blocking(move || {
            let client = rpc.get_jsonrpc_client();
            let params: Vec<_> = params.into_iter().map(jsonrpc::arg).collect();
            let requests: Vec<_> = params
                .iter()
                .map(|params| client.build_request(method, Some(params)))
                .collect();
            let answers = client
                .send_batch(&requests)
                .map_err(|error| decide(method, &url, error))?;
            let missing = || NodeError::Malformed {
                method,
                reason: "an answer is missing".to_owned(),
            };
            let parse = |answer: Option<Response>| {
                answer
                    .ok_or_else(missing)?
                    .result()
                    .map_err(|error| decide(method, &url, error))
            };
            Ok(answers.into_iter().map(parse).collect())
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("calls to the node do not panic, and the runtime outlives them")
}

fn check_linked<'a>(headers: impl Iterator<Item = &'a Header>) -> Result<(), NodeError> {
    let mut below: Option<&Header> = None;
    for header in headers {
        if below.is_some_and(|below| below.hash != header.prev_hash) {
            return Err(NodeError::Moved {
                height: header.height,
            });
        }
        below = Some(header);
    }
    Ok(())
}

/// Sum of the outputs of the first transaction of a block, or `None` where more of the block is needed.
fn coinbase_sat(block_start: &[u8]) -> Option<u64> {
    const HEADER_BYTES: usize = 80;
    let body = block_start.get(HEADER_BYTES..)?;
    let (_tx_count, count_bytes) = partial::<VarInt>(body)?;
    let (coinbase, _) = partial::<Transaction>(&body[count_bytes..])?;
    coinbase
        .output
        .iter()
        .try_fold(0_u64, |sum, output| sum.checked_add(output.value.to_sat()))
}

fn partial<T: encode::Decodable>(bytes: &[u8]) -> Option<(T, usize)> {
    deserialize_partial(bytes).ok()
}

// bitcoind's codes, src/rpc/protocol.h.
const MISC_ERROR: i32 = -1;
const INVALID_PARAMETER: i32 = -8;
const IN_WARMUP: i32 = -28;

fn decide(method: &'static str, url: &str, error: jsonrpc::Error) -> NodeError {
    match error {
        jsonrpc::Error::Rpc(rpc) if rpc.code == IN_WARMUP => NodeError::WarmingUp {
            message: rpc.message,
        },
        jsonrpc::Error::Rpc(rpc) => NodeError::Refused {
            method,
            message: rpc.message,
            code: rpc.code,
        },
        jsonrpc::Error::Transport(error) => match error.downcast::<TransportError>() {
            Ok(error) => match *error {
                TransportError::Credentials => NodeError::Credentials {
                    url: url.to_owned(),
                },
                TransportError::Cookie { path, reason } => NodeError::Cookie { path, reason },
                TransportError::Http(reason) => NodeError::Unreachable {
                    url: url.to_owned(),
                    reason,
                },
            },
            Err(other) => NodeError::Unreachable {
                url: url.to_owned(),
                reason: other.to_string(),
            },
        },
        other => NodeError::Malformed {
            method,
            reason: other.to_string(),
        },
    }
}

/// What it means that the statistics of a block of the chain are refused.
fn unavailable(error: NodeError, height: u32) -> NodeError {
    match error {
        NodeError::Refused {
            code: INVALID_PARAMETER,
            ..
        } => NodeError::Moved { height }, // It is above the tip.
        NodeError::Refused {
            code: MISC_ERROR,
            message,
            ..
        } if message.contains("pruned") => NodeError::Pruned { height },
        other => other,
    }
}

#[derive(Deserialize)]
struct ChainInfo {
    #[serde(deserialize_with = "parsed")]
    chain: Chain,
    blocks: u32,
    headers: u32,
    #[serde(deserialize_with = "parsed")]
    bestblockhash: BlockHash,
}

#[derive(Deserialize)]
struct Hash(#[serde(deserialize_with = "parsed")] BlockHash);

#[derive(Deserialize)]
struct HeaderInfo {
    #[serde(deserialize_with = "parsed")]
    hash: BlockHash,
    height: u32,
    previousblockhash: Option<Hash>,
    time: u32,
    mediantime: u32,
    #[serde(deserialize_with = "parsed")]
    bits: CompactTarget,
    #[serde(rename = "nTx")]
    n_tx: u32,
}

#[derive(Deserialize)]
struct BlockStats {
    #[serde(deserialize_with = "parsed")]
    blockhash: BlockHash,
    #[serde(deserialize_with = "sats")]
    subsidy: Sats,
    #[serde(deserialize_with = "sats")]
    totalfee: Sats,
}

fn parsed<'de, T: FromStr<Err: fmt::Display>, D: Deserializer<'de>>(
    text: D,
) -> Result<T, D::Error> {
    String::deserialize(text)?.parse().map_err(D::Error::custom)
}

fn sats<'de, D: Deserializer<'de>>(sat: D) -> Result<Sats, D::Error> {
    Sats::new(i64::deserialize(sat)?).map_err(D::Error::custom)
}

/// How long a node is asked again that is out of reach or has more requests than it takes.
fn patience() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_times(4)
        .with_jitter()
}

/// Whether more was asked than the node takes at a time.
fn is_busy(error: &reqwest::Error) -> bool {
    error.status() == Some(StatusCode::SERVICE_UNAVAILABLE)
}

async fn permit(in_flight: &Semaphore) -> SemaphorePermit<'_> {
    in_flight.acquire().await.expect("it is never closed")
}

/// JSON-RPC over the project's HTTP client. Must not be called on the runtime's own threads.
struct HttpTransport {
    url: Url,
    auth: Auth,
    http: reqwest::Client,
    in_flight: Arc<Semaphore>,
    runtime: tokio::runtime::Handle,
}

#[derive(Debug, Error)]
enum TransportError {
    #[error("credentials refused")]
    Credentials,
    #[error("cookie file {path}: {reason}")]
    Cookie { path: String, reason: String },
    #[error("{0}")]
    Http(String),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Height and what the coinbase paid, in sat: `coinbase_out` of `shared/testdata/real_blocks.csv`; 702861 by its own
    /// outputs, whose fees are not known.
    const COINBASES: [(u32, u64); 16] = [
        (170, 5_000_000_000),
        (2_016, 5_000_000_000),
        (24_835, 5_000_000_000),
        (32_256, 5_000_000_000),
        (32_636, 5_000_000_000),
        (57_043, 5_099_000_000),
        (72_576, 5_000_000_000),
        (91_722, 5_000_000_000),
        (116_928, 5_004_000_000),
        (150_013, 5_002_455_419),
        (255_018, 2_504_441_000),
        (361_582, 2_503_687_509),
        (403_200, 2_507_962_867),
        (702_861, 629_948_405),
        (739_990, 626_983_001),
        (757_739, 625_107_042),
    ];

    #[test]
    fn coinbases_of_real_blocks_are_read_from_their_first_bytes() {
        for (height, sat) in COINBASES {
            let path = format!(
                "{}/testdata/block_starts/{height}.bin",
                env!("CARGO_MANIFEST_DIR")
            );
            let start = std::fs::read(path).expect("the start of a block");

            assert_eq!(coinbase_sat(&start), Some(sat), "{height}");
            let cut_short = (0..start.len()).map(|length| coinbase_sat(&start[..length]));
            assert!(
                cut_short.flatten().all(|read| read == sat),
                "{height}: never a wrong sum"
            );
        }
    }
}
