//! The simulated node.

use async_trait::async_trait;
use hashlake_core::hash::BlockHash;
use hashlake_core::units::Sats;
use ingest::node::{BlockHeader, BlockStats, NodeCalls, NodeError, Tip};

use crate::chain::{NETWORK, SimBlock, sats};
use crate::fault::Kind;
use crate::gate::Gate;
use crate::state::State;

/// The node as one process sees it.
pub(crate) struct SimNode(pub(crate) Gate);

fn error(kind: u8, height: u32) -> NodeError {
    let (address, message) = (
        "simulated".to_owned(),
        "a fault of the simulation".to_owned(),
    );
    match kind {
        0 => NodeError::Unreachable {
            address,
            reason: message,
        },
        1 => NodeError::Busy { address, message },
        2 => NodeError::WarmingUp { message },
        3 => NodeError::Refused {
            method: "call",
            message,
            code: -1,
        },
        4 => NodeError::Malformed {
            method: "call",
            reason: message,
        },
        _ => NodeError::Moved { height },
    }
}

impl SimNode {
    async fn answer<T>(
        &self,
        name: &str,
        heights: (u32, u32),
        answer: impl FnOnce(&State) -> Result<T, NodeError>,
    ) -> Result<T, NodeError> {
        let (first, last) = heights;
        let call = self
            .0
            .enter(Kind::Node, name, format!("{first} to {last}"))
            .await;
        if let Some(kind) = call.error() {
            return Err(error(kind, first));
        }
        let answer = answer(&self.0.state());
        self.0.leave(&call).await;
        answer
    }
}

fn ends(heights: &[u32]) -> (u32, u32) {
    let heights = heights.iter().copied();
    (
        heights.clone().min().unwrap_or(0),
        heights.max().unwrap_or(0),
    )
}

fn header(block: &SimBlock) -> BlockHeader {
    BlockHeader {
        height: block.height,
        hash: block.hash,
        prev_hash: block.prev_hash,
        time: block.time(),
        median_time: block.median_time(),
        bits: block.bits(),
        tx_count: block.tx_count,
    }
}

#[async_trait]
impl NodeCalls for SimNode {
    async fn tip(&self) -> Result<Tip, NodeError> {
        self.answer("tip", (0, 0), |state| {
            let tip = state.chain.tip();
            Ok(Tip {
                chain: NETWORK,
                height: tip.height,
                hash: tip.hash,
                headers: tip.height,
                kept_from: None,
                is_without_headers: false,
            })
        })
        .await
    }

    async fn hashes(&self, heights: &[u32]) -> Result<Vec<Option<BlockHash>>, NodeError> {
        self.answer("hashes", ends(heights), |state| {
            let hash = |height: &u32| Some(state.chain.at(*height)?.hash);
            Ok(heights.iter().map(hash).collect())
        })
        .await
    }

    async fn headers(&self, blocks: &[(u32, BlockHash)]) -> Result<Vec<BlockHeader>, NodeError> {
        let heights: Vec<u32> = blocks.iter().map(|(height, _)| *height).collect();
        self.answer("headers", ends(&heights), |state| {
            let header = |(height, hash): &(u32, BlockHash)| match state.chain.block(*hash) {
                Some(block) => Ok(header(block)),
                None => Err(NodeError::Moved { height: *height }),
            };
            blocks.iter().map(header).collect()
        })
        .await
    }

    async fn stats(
        &self,
        heights: &[u32],
    ) -> Result<Vec<Result<BlockStats, NodeError>>, NodeError> {
        self.answer("stats", ends(heights), |state| {
            let stats = |height: &u32| match state.chain.at(*height) {
                Some(block) => Ok(BlockStats {
                    hash: block.hash,
                    subsidy: sats(block.subsidy_sat),
                    fees: sats(block.fees_sat),
                }),
                None => Err(NodeError::Moved { height: *height }),
            };
            Ok(heights.iter().map(stats).collect())
        })
        .await
    }

    async fn claimed(&self, hashes: &[BlockHash]) -> Result<Vec<Option<Sats>>, NodeError> {
        let claimed = |state: &State| {
            let claimed = |hash: &BlockHash| state.chain.block(*hash)?.claimed_sat.map(sats);
            Ok(hashes.iter().map(claimed).collect())
        };
        self.answer("claimed", (0, 0), claimed).await
    }

    fn blocks_per_batch(&self) -> usize {
        25
    }
}
