//! A Bitcoin node, asked over JSON-RPC.
//!
//! `bitcoincore_rpc` gives the calls, this file gives it a transport over the project's HTTP client: with TLS, many
//! requests in flight, and credentials that never leave in the open. Its calls block, so they run on blocking threads.

mod answers;
mod coinbase;
mod error;
mod rpc;
mod transport;

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::time::Duration;

use bitcoincore_rpc::jsonrpc::client::Client;
use futures_util::{StreamExt, stream};
use hashlake_core::hash::BlockHash;
use hashlake_core::timestamp::Timestamp;
use reqwest::Url;
use tokio::sync::{OnceCell, Semaphore};

use self::answers::{BlockStats, ChainInfo, Hash, HeaderInfo};
pub use self::answers::{Header, NodeBlock, Tip};
pub use self::error::NodeError;
use self::error::{INVALID_PARAMETER, unavailable};
pub use self::transport::Auth;
use self::transport::HttpTransport;
use crate::http;

const CALLS_PER_BATCH: usize = 50;
const BLOCKS_PER_BATCH: usize = 25; // A node works a batch off on one thread, and has to read each block.
const BATCHES_IN_FLIGHT: usize = 8;
const REQUESTS_IN_FLIGHT: usize = 32; // Of all callers: bitcoind has 16 threads for them and a queue of 64, and refuses more.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Where the node is and how it knows us.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Its URL, without credentials.
    pub url: Url,
    /// Credentials.
    pub auth: Auth,
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
