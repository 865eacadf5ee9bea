//! A client of a Bitcoin node. This file has the public calls; `node/` has how they are made.
//!
//! `bitcoincore_rpc` makes the calls, over a transport that uses the project's HTTP client.

mod answers;
mod coinbase;
mod error;
mod rpc;
mod transport;

use std::ops::{Range, RangeInclusive};

use futures_util::{StreamExt, stream};
use hashlake_core::hash::BlockHash;
use hashlake_core::timestamp::Timestamp;
use reqwest::Url;

pub use self::answers::{BlockHeader, NodeBlock, Tip};
use self::answers::{BlockStatsJson, ChainInfoJson, HashJson, HeaderJson};
use self::coinbase::CoinbaseReader;
pub use self::error::NodeError;
use self::error::{INVALID_PARAMETER, classify_stats_error};
use self::rpc::RpcClient;
pub use self::transport::Auth;
use self::transport::{HttpTransport, Permits, TIMEOUT};
use crate::http;

const CALLS_PER_BATCH: usize = 50;

/// The node works through a batch on one thread, and has to read each block from disk.
const BLOCKS_PER_BATCH: usize = 25;
const BATCHES_IN_FLIGHT: usize = 8;

/// Address of a node and the credentials for it.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Without credentials.
    pub url: Url,
    pub auth: Auth,
}

/// A client of one Bitcoin node.
pub struct Node {
    rpc: RpcClient,
    coinbases: CoinbaseReader,
}

impl Node {
    /// Sends nothing yet. Must be called within a tokio runtime.
    pub fn new(NodeConfig { url, auth }: NodeConfig) -> Self {
        let http = http::client(TIMEOUT);
        let permits = Permits::new();
        let transport = HttpTransport::new(url.clone(), auth, http.clone(), permits.clone());
        Self {
            rpc: RpcClient::new(transport, url.clone()),
            coinbases: CoinbaseReader::new(http, url, permits),
        }
    }

    /// The end of the best chain.
    pub async fn tip(&self) -> Result<Tip, NodeError> {
        let info: ChainInfoJson = self.rpc.call("getblockchaininfo").await?;
        Ok(info.into())
    }

    /// Hashes of the best chain at these heights, in their order; `None` above the tip.
    pub async fn hashes(&self, heights: &[u32]) -> Result<Vec<Option<BlockHash>>, NodeError> {
        let calls = heights.iter().map(|&height| [height]).collect();
        let replies = self.rpc.call_batch("getblockhash", calls).await?;
        let hash = |reply| match reply {
            Ok(HashJson(hash)) => Ok(Some(hash)),
            Err(NodeError::Refused {
                code: INVALID_PARAMETER,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        };
        replies.into_iter().map(hash).collect()
    }

    /// Headers of the best chain.
    ///
    /// # Errors
    /// [`NodeError::Moved`] if the chain ends below `heights`, or changes during the call.
    pub async fn headers(&self, heights: Range<u32>) -> Result<Vec<BlockHeader>, NodeError> {
        let heights: Vec<u32> = heights.collect();
        let mut headers = Vec::with_capacity(heights.len());
        for heights in heights.chunks(CALLS_PER_BATCH) {
            let hashes = self.hashes_of_chain(heights).await?;
            headers.extend(self.headers_of(heights, &hashes).await?);
        }
        check_linked(headers.iter())?;
        Ok(headers)
    }

    /// Median times of the best chain's blocks at these heights, in their order.
    ///
    /// # Errors
    /// [`NodeError::Moved`] if the chain ends below one of them.
    pub async fn median_times(&self, heights: &[u32]) -> Result<Vec<Timestamp>, NodeError> {
        let mut times = Vec::with_capacity(heights.len());
        for heights in heights.chunks(CALLS_PER_BATCH) {
            let hashes = self.hashes_of_chain(heights).await?;
            let headers = self.headers_of(heights, &hashes).await?;
            times.extend(headers.iter().map(|header| header.median_time));
        }
        Ok(times)
    }

    /// Blocks of the best chain from the start of `heights`, in batches, at least one. After each
    /// batch `go_on` receives the number of blocks read so far, and decides whether to continue.
    ///
    /// # Errors
    /// Only if the first batch fails: a later failure ends the list of blocks early.
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
        let (headers, claims) = tokio::try_join!(
            self.headers_of(heights, &hashes),
            self.coinbases.claimed(&hashes)
        )?;
        let parts = headers.into_iter().zip(stats).zip(claims);
        let block = |((header, stats), claimed): ((BlockHeader, BlockStatsJson), _)| NodeBlock {
            header,
            subsidy: stats.subsidy,
            fees: stats.totalfee,
            claimed,
        };
        Ok(parts.map(block).collect())
    }

    /// Hash, subsidy and fees of the best chain's blocks. Other calls for the same blocks use these
    /// hashes, so that a reorg between two calls cannot mix two chains.
    async fn stats_of_chain(&self, heights: &[u32]) -> Result<Vec<BlockStatsJson>, NodeError> {
        let calls = heights
            .iter()
            .map(|&height| (height, ["blockhash", "subsidy", "totalfee"]))
            .collect();
        let replies = self.rpc.call_batch("getblockstats", calls).await?;
        let stats = |(reply, &height): (Result<BlockStatsJson, _>, _)| {
            reply.map_err(|error| classify_stats_error(error, height))
        };
        replies.into_iter().zip(heights).map(stats).collect()
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
    ) -> Result<Vec<BlockHeader>, NodeError> {
        const METHOD: &str = "getblockheader";
        let calls = hashes.iter().map(|hash| [hash.to_string()]).collect();
        let replies = self.rpc.call_batch(METHOD, calls).await?;
        let header = |((reply, &height), &hash): ((Result<HeaderJson, _>, _), _)| {
            let header = BlockHeader::from(reply?);
            if header.height != height || header.hash != hash {
                return Err(NodeError::Malformed {
                    method: METHOD,
                    reason: format!(
                        "asked for block {hash} at height {height}, got {} at {}",
                        header.hash, header.height
                    ),
                });
            }
            Ok(header)
        };
        replies
            .into_iter()
            .zip(heights)
            .zip(hashes)
            .map(header)
            .collect()
    }
}

/// Checks that each block's parent is the one before it.
fn check_linked<'a>(headers: impl Iterator<Item = &'a BlockHeader>) -> Result<(), NodeError> {
    let mut parent: Option<&BlockHeader> = None;
    for header in headers {
        if parent.is_some_and(|parent| parent.hash != header.prev_hash) {
            return Err(NodeError::Moved {
                height: header.height,
            });
        }
        parent = Some(header);
    }
    Ok(())
}
