//! A client of a Bitcoin node. This file has the public calls; `node/` has the code that makes
//! them.
//!
//! [`NodeCalls`] makes one batch of calls at a time. [`Node`] checks the replies, and is what
//! ingest uses. Requests and replies are those of `bitcoincore_rpc`, over the project's HTTP
//! client.

mod answers;
mod auth;
mod calls;
mod coinbase;
mod error;
mod pace;
mod refusal;
mod rpc;
mod url;

use std::ops::{Range, RangeInclusive};
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use hashlake_core::chain::Chain;
use hashlake_core::hash::BlockHash;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::Sats;
use tokio::time::Instant;
use tracing::info;

use self::answers::genesis;
pub use self::answers::{BlockFees, BlockHeader, BlockStats, NodeBlock, Tip};
pub use self::auth::Auth;
use self::calls::BitcoindCalls;
pub use self::calls::NodeCalls;
pub use self::error::NodeError;
use self::pace::{BLOCKS_PER_BATCH, CALLS_PER_BATCH};
pub use self::url::{NodeUrl, NodeUrlError};
use crate::deadline::POLL;

const BATCHES_IN_FLIGHT: usize = 8;

/// A hundred times the highest difficulty that any test network ever had.
const TEST_DIFFICULTY_MAX: f64 = 1e12;

/// While blocks are read, their number is logged this often.
const PROGRESS: Duration = Duration::from_secs(30);

/// Address of a node and the credentials for it.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    pub url: NodeUrl,
    pub auth: Auth,
}

/// When to stop reading blocks.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Receives the number of blocks read so far, after each batch. Returns whether to request more
    /// blocks.
    pub go_on: &'a (dyn Fn(usize) -> bool + Sync),
    /// Whether to stop at once. It is called often, even while no reply arrives.
    pub is_late: &'a (dyn Fn() -> bool + Sync),
}

/// A client of one Bitcoin node.
pub struct Node {
    calls: Box<dyn NodeCalls>,
    /// The network that the node last reported.
    chain: Mutex<Option<Chain>>,
}

impl Node {
    /// A client of this node. Sends nothing yet.
    pub fn new(config: NodeConfig) -> Self {
        Self::over(Box::new(BitcoindCalls::new(config)))
    }

    /// A client that makes its calls through `calls`.
    pub fn over(calls: Box<dyn NodeCalls>) -> Self {
        Self {
            calls,
            chain: Mutex::default(),
        }
    }

    /// The end of the best chain.
    pub async fn tip(&self) -> Result<Tip, NodeError> {
        let tip = self.calls.tip().await?;
        *self
            .chain
            .lock()
            .expect("nothing panics while it holds the lock") = Some(tip.chain);
        Ok(tip)
    }

    /// Checks that the node is on the network that it reported. Compares the first block, or the
    /// difficulty of the last block if the node does not have the first one. Then asks the node for
    /// its network again.
    ///
    /// # Errors
    /// [`NodeError::OtherNetwork`], [`NodeError::ChainChanged`].
    pub async fn check_network(&self, chain: Chain) -> Result<(), NodeError> {
        let first = match self.hashes(&[0]).await {
            Ok(hashes) => hashes.into_iter().flatten().next(),
            Err(NodeError::Refused { .. }) => None,
            Err(error) => return Err(error),
        };
        let tip = self.tip().await?;
        if tip.chain != chain {
            return Err(NodeError::ChainChanged {
                before: chain,
                after: tip.chain,
            });
        }
        let reason = match first {
            Some(hash) if hash == genesis(chain) => return Ok(()),
            Some(hash) => format!("its block 0 is {hash}"),
            None if chain == Chain::Main || tip.is_without_headers => return Ok(()),
            None => {
                let headers = self.headers_of(&[tip.height], &[tip.hash]).await?;
                let difficulties = headers
                    .iter()
                    .map(|header| header.bits.difficulty().to_f64());
                let hardest = difficulties.fold(0.0, f64::max);
                if hardest < TEST_DIFFICULTY_MAX {
                    return Ok(());
                }
                format!(
                    "the difficulty of its last block is {hardest:.0}, which only `main` has reached"
                )
            }
        };
        Err(NodeError::OtherNetwork { chain, reason })
    }

    /// Hashes of the best chain at these heights, in their order; `None` above the tip.
    pub async fn hashes(&self, heights: &[u32]) -> Result<Vec<Option<BlockHash>>, NodeError> {
        self.calls.hashes(heights).await
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

    /// Fees of the best chain's blocks at `heights`, in order of height. If the node has pruned or
    /// not yet downloaded a block, the fees start above the highest such block.
    ///
    /// # Errors
    /// [`NodeError::Moved`] if the chain ends below `heights`.
    pub async fn fees(&self, heights: Range<u32>) -> Result<Vec<BlockFees>, NodeError> {
        let heights: Vec<u32> = heights.rev().collect();
        let batches: Vec<Vec<u32>> = heights
            .chunks(BLOCKS_PER_BATCH)
            .map(<[u32]>::to_vec)
            .collect();
        let batches = stream::iter(batches).map(|heights| async move {
            let stats = self.stats_of_chain(&heights).await;
            (heights, stats)
        });
        let mut batches = pin!(batches.buffered(BATCHES_IN_FLIGHT));
        let mut found = Vec::with_capacity(heights.len());
        'all: while let Some((heights, stats)) = batches.next().await {
            for (stats, height) in stats?.into_iter().zip(heights) {
                match stats {
                    Ok(stats) => found.push(BlockFees {
                        height,
                        hash: stats.hash,
                        fees: stats.fees,
                    }),
                    Err(NodeError::Pruned { .. } | NodeError::NotDownloaded { .. }) => break 'all,
                    Err(error) => return Err(error),
                }
            }
        }
        found.reverse();
        Ok(found)
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

    /// Blocks of the best chain from the start of `heights`, in batches, until `reading` stops it.
    ///
    /// # Errors
    /// Only if the first batch fails: a later failure ends the list of blocks early.
    pub async fn blocks(
        &self,
        heights: RangeInclusive<u32>,
        reading: Reading<'_>,
    ) -> Result<Vec<NodeBlock>, NodeError> {
        let (first, last) = (*heights.start(), *heights.end());
        let is_enough = AtomicBool::new(false);
        let starts = stream::unfold(first, |start| {
            let blocks = self.calls.blocks_per_batch();
            let end = last.min(start.saturating_add(u32_of(blocks) - 1));
            let is_over = start > last || is_enough.load(Ordering::Relaxed);
            std::future::ready((!is_over).then(|| (start..=end, end + 1)))
        });
        let batches = starts
            .map(|heights| async move {
                let heights: Vec<u32> = heights.collect();
                self.block_batch(&heights).await
            })
            .buffered(BATCHES_IN_FLIGHT);
        let mut batches = pin!(batches);
        let mut blocks: Vec<NodeBlock> = Vec::new();
        let mut logged = Instant::now();
        while !(reading.is_late)() {
            let Ok(batch) = tokio::time::timeout(POLL, batches.next()).await else {
                if logged.elapsed() >= PROGRESS {
                    logged = Instant::now();
                    log_progress(&blocks, &heights);
                }
                continue;
            };
            let Some(batch) = batch else { break };
            let linked = batch.and_then(|batch| {
                let headers = blocks.last().into_iter().chain(&batch);
                check_linked(headers.map(|block| &block.header))?;
                Ok(batch)
            });
            match linked {
                Ok(batch) => blocks.extend(batch),
                Err(error) if blocks.is_empty() => return Err(error),
                Err(_) => break,
            }
            if logged.elapsed() >= PROGRESS {
                logged = Instant::now();
                log_progress(&blocks, &heights);
            }
            if !(reading.go_on)(blocks.len()) {
                is_enough.store(true, Ordering::Relaxed);
            }
        }
        Ok(blocks)
    }

    async fn block_batch(&self, heights: &[u32]) -> Result<Vec<NodeBlock>, NodeError> {
        let mut stats = Vec::with_capacity(heights.len());
        for of_block in self.stats_of_chain(heights).await? {
            match of_block {
                Ok(of_block) => stats.push(of_block),
                Err(error) => return Err(self.with_kept_from(error).await),
            }
        }
        let hashes: Vec<BlockHash> = stats.iter().map(|stats| stats.hash).collect();
        let (headers, claims) = tokio::try_join!(
            self.headers_of(heights, &hashes),
            self.calls.claimed(&hashes)
        )?;
        let parts = headers.into_iter().zip(stats).zip(claims);
        let block = |((header, stats), claimed): ((BlockHeader, BlockStats), _)| NodeBlock {
            header,
            subsidy: stats.subsidy,
            fees: stats.fees,
            claimed,
        };
        let blocks: Vec<NodeBlock> = parts.map(block).collect();
        blocks.iter().try_for_each(check_claim)?;
        Ok(blocks)
    }

    /// Hash, subsidy and fees of the best chain's blocks; each can fail alone. Other calls for the
    /// same blocks use these hashes, so that a reorg between two calls cannot mix two chains.
    async fn stats_of_chain(
        &self,
        heights: &[u32],
    ) -> Result<Vec<Result<BlockStats, NodeError>>, NodeError> {
        const METHOD: &str = "getblockstats";
        let replies = self.calls.stats(heights).await?;
        let chain = self.chain().await?;
        let checked = |(stats, &height): (Result<BlockStats, _>, _)| {
            let stats = stats?;
            let subsidy = chain.subsidy(height);
            if stats.subsidy != subsidy {
                return Err(NodeError::Malformed {
                    method: METHOD,
                    reason: format!(
                        "block {height} has a subsidy of {} sat, but on `{chain}` it must be {} sat",
                        stats.subsidy.to_sat(),
                        subsidy.to_sat()
                    ),
                });
            }
            if stats.fees > chain.mined_below(height) {
                return Err(NodeError::Malformed {
                    method: METHOD,
                    reason: format!(
                        "block {height} has fees of {} sat, more than all bitcoin that existed",
                        stats.fees.to_sat()
                    ),
                });
            }
            Ok(stats)
        };
        Ok(replies.into_iter().zip(heights).map(checked).collect())
    }

    /// Returns the error. If the node has pruned the block, adds the first block that the node
    /// keeps.
    async fn with_kept_from(&self, error: NodeError) -> NodeError {
        match error {
            NodeError::Pruned { height, .. } => NodeError::Pruned {
                height,
                kept_from: self.tip().await.ok().and_then(|tip| tip.kept_from),
            },
            other => other,
        }
    }

    async fn chain(&self) -> Result<Chain, NodeError> {
        let named = *self
            .chain
            .lock()
            .expect("nothing panics while it holds the lock");
        match named {
            Some(chain) => Ok(chain),
            None => self.tip().await.map(|tip| tip.chain),
        }
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
        let blocks: Vec<_> = heights
            .iter()
            .copied()
            .zip(hashes.iter().copied())
            .collect();
        let headers = self.calls.headers(&blocks).await?;
        for (header, (height, hash)) in headers.iter().zip(blocks) {
            if header.height != height || header.hash != hash {
                return Err(NodeError::Malformed {
                    method: METHOD,
                    reason: format!(
                        "asked for block {hash} at height {height}, got {} at {}",
                        header.hash, header.height
                    ),
                });
            }
        }
        Ok(headers)
    }
}

/// Checks that each block's parent is the one before it, and that median time never runs backwards.
fn check_linked<'a>(headers: impl Iterator<Item = &'a BlockHeader>) -> Result<(), NodeError> {
    let mut parent: Option<&BlockHeader> = None;
    for header in headers {
        if let Some(parent) = parent {
            if parent.hash != header.prev_hash {
                return Err(NodeError::Moved {
                    height: header.height,
                });
            }
            if header.median_time < parent.median_time {
                return Err(NodeError::Malformed {
                    method: "getblockheader",
                    reason: format!(
                        "the median time of block {} is before its parent's",
                        header.height
                    ),
                });
            }
        }
        parent = Some(header);
    }
    Ok(())
}

/// Checks that the coinbase pays no more than subsidy and fees.
fn check_claim(block: &NodeBlock) -> Result<(), NodeError> {
    let allowed = block.subsidy.checked_add(block.fees).unwrap_or(Sats::MAX);
    match block.claimed {
        Some(claimed) if claimed > allowed => Err(NodeError::Malformed {
            method: "/rest/block",
            reason: format!(
                "the coinbase of block {} pays {} sat, but may pay only {}",
                block.header.height,
                claimed.to_sat(),
                allowed.to_sat()
            ),
        }),
        _ => Ok(()),
    }
}

fn log_progress(blocks: &[NodeBlock], heights: &RangeInclusive<u32>) {
    let (read, last) = (blocks.len(), heights.end());
    let of = heights.clone().count();
    info!(read, "read {read} of {of} blocks up to {last}");
}

fn u32_of(blocks: usize) -> u32 {
    u32::try_from(blocks).expect("a batch has a few dozen blocks")
}
