//! The calls to a node, and their implementation for bitcoind.

use std::sync::Arc;

use async_trait::async_trait;
use hashlake_core::hash::BlockHash;
use hashlake_core::units::Sats;

use super::NodeConfig;
use super::answers::{
    BlockHeader, BlockStats, BlockStatsJson, ChainInfoJson, HashJson, HeaderJson, Tip,
};
use super::coinbase::CoinbaseReader;
use super::error::{INVALID_PARAMETER, NodeError, classify_header_error, classify_stats_error};
use super::pace::{BLOCKS_PER_BATCH, NodeLimiter};
use super::rpc::{Rpc, TIMEOUT};
use crate::http;

/// Calls to a node, one batch at a time. [`super::Node`] checks the replies.
#[async_trait]
pub trait NodeCalls: Send + Sync {
    /// The end of the best chain.
    async fn tip(&self) -> Result<Tip, NodeError>;

    /// Hashes of the best chain at these heights, in their order; `None` above the tip.
    async fn hashes(&self, heights: &[u32]) -> Result<Vec<Option<BlockHash>>, NodeError>;

    /// Headers of the blocks with these heights and hashes, in their order, even if they are not in
    /// the best chain.
    async fn headers(&self, blocks: &[(u32, BlockHash)]) -> Result<Vec<BlockHeader>, NodeError>;

    /// Hash, subsidy and fees of the best chain's blocks, in their order; each can fail alone.
    async fn stats(&self, heights: &[u32])
    -> Result<Vec<Result<BlockStats, NodeError>>, NodeError>;

    /// What the coinbases of these blocks pay out, in their order; `None` if it is not known.
    async fn claimed(&self, hashes: &[BlockHash]) -> Result<Vec<Option<Sats>>, NodeError>;

    /// How many blocks to request in one batch.
    fn blocks_per_batch(&self) -> usize;
}

/// Calls to bitcoind: JSON-RPC, and REST for coinbases.
pub(super) struct BitcoindCalls {
    rpc: Rpc,
    coinbases: CoinbaseReader,
    pace: Arc<NodeLimiter>,
}

impl BitcoindCalls {
    pub(super) fn new(config: NodeConfig) -> Self {
        let url = config.url.clone();
        let http = match url.is_local() {
            true => http::local_client(TIMEOUT),
            false => http::client(TIMEOUT),
        };
        let pace = Arc::new(NodeLimiter::new(url.to_string(), url.is_local()));
        Self {
            rpc: Rpc::new(config, http.clone(), pace.clone()),
            coinbases: CoinbaseReader::new(http, url, pace.clone()),
            pace,
        }
    }
}

#[async_trait]
impl NodeCalls for BitcoindCalls {
    async fn tip(&self) -> Result<Tip, NodeError> {
        let info: ChainInfoJson = self.rpc.call("getblockchaininfo").await?;
        Ok(info.into())
    }

    async fn hashes(&self, heights: &[u32]) -> Result<Vec<Option<BlockHash>>, NodeError> {
        let calls: Vec<_> = heights.iter().map(|&height| [height]).collect();
        let replies = self.rpc.call_batch("getblockhash", &calls).await?;
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

    async fn headers(&self, blocks: &[(u32, BlockHash)]) -> Result<Vec<BlockHeader>, NodeError> {
        let calls: Vec<_> = blocks.iter().map(|(_, hash)| [hash.to_string()]).collect();
        let replies = self.rpc.call_batch("getblockheader", &calls).await?;
        let header = |(reply, &(height, _)): (Result<HeaderJson, _>, &(u32, BlockHash))| {
            let header = reply.map_err(|error| classify_header_error(error, height))?;
            Ok(header.into())
        };
        replies.into_iter().zip(blocks).map(header).collect()
    }

    async fn stats(
        &self,
        heights: &[u32],
    ) -> Result<Vec<Result<BlockStats, NodeError>>, NodeError> {
        let calls: Vec<_> = heights
            .iter()
            .map(|&height| (height, ["blockhash", "subsidy", "totalfee"]))
            .collect();
        let replies = self.rpc.call_batch("getblockstats", &calls).await?;
        let stats = |(reply, &height): (Result<BlockStatsJson, _>, _)| {
            let stats = reply.map_err(|error| classify_stats_error(error, height))?;
            Ok(stats.into())
        };
        Ok(replies.into_iter().zip(heights).map(stats).collect())
    }

    async fn claimed(&self, hashes: &[BlockHash]) -> Result<Vec<Option<Sats>>, NodeError> {
        self.coinbases.claimed(hashes).await
    }

    fn blocks_per_batch(&self) -> usize {
        self.pace.calls_per_batch().min(BLOCKS_PER_BATCH)
    }
}
