//! Steps back to the last block that the lake and the node have in common.

use hashlake_core::cursor::Position;
use hashlake_core::hash::BlockHash;
use hashlake_core::revenue::PricedBlock;
use tracing::warn;

use super::error::IngestError;
use crate::ledger::Ledger;
use crate::node::{Node, NodeError};

/// Blocks compared in one call while stepping back over a reorg.
const HASHES_PER_STEP: usize = 200;

/// A reorganization of the chain: blocks of the lake that are no longer in the node's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reorg {
    /// Height of the last block that both chains have.
    pub common_height: u32,
    /// Hashes of the dropped blocks, the lowest first.
    pub dropped: Vec<BlockHash>,
}

/// Drops the blocks that are not in the node's chain, however many, and returns the height to
/// continue at.
pub(super) async fn step_back(
    node: &Node,
    ledger: &mut Ledger<'_>,
    position: Position,
) -> Result<(u32, Option<Reorg>), IngestError> {
    let common_height = last_common(node, ledger, position.height).await?;
    let is_dropped = |row: &&PricedBlock| row.block.height > common_height;
    let dropped: Vec<BlockHash> = ledger
        .rows()
        .iter()
        .filter(is_dropped)
        .map(|row| row.block.hash)
        .collect();
    ledger.truncate_above(common_height);
    if ledger
        .rows()
        .last()
        .is_some_and(|row| row.block.hash == position.hash)
    {
        return Ok((common_height + 1, None));
    }
    let depth = position.height - common_height;
    warn!(
        depth,
        common_height,
        ?dropped,
        "reorg of {depth} blocks: stepped back from {} to {common_height}",
        position.height
    );
    Ok((
        common_height + 1,
        Some(Reorg {
            common_height,
            dropped,
        }),
    ))
}

/// Height of the highest block that both the lake and the node's chain have.
async fn last_common(
    node: &Node,
    ledger: &mut Ledger<'_>,
    cursor: u32,
) -> Result<u32, IngestError> {
    let mut below = u32::MAX;
    let mut step = 1; // Almost always, the last block is still in the chain.
    loop {
        let rows = ledger
            .rows()
            .iter()
            .rev()
            .filter(|row| row.block.height < below)
            .take(step);
        let candidates: Vec<(u32, BlockHash)> =
            rows.map(|row| (row.block.height, row.block.hash)).collect();
        let Some(&(lowest, _)) = candidates.last() else {
            if ledger.load_earlier_month().await? {
                continue;
            }
            return Err(match ledger.rows().first() {
                Some(row) => IngestError::NothingInCommon {
                    lowest: row.block.height,
                },
                None => IngestError::LakeEmpty { cursor },
            });
        };
        let heights: Vec<u32> = candidates.iter().map(|(height, _)| *height).collect();
        let hashes = node.hashes(&heights).await?;
        if heights.first() == Some(&cursor) && hashes.first() == Some(&None) {
            // The node has no other block at this height. Perhaps the URL leads to several nodes,
            // and one of them is behind.
            return Err(NodeError::Moved { height: cursor }.into());
        }
        let common = candidates
            .iter()
            .zip(hashes)
            .find(|((_, ours), theirs)| *theirs == Some(*ours));
        if let Some(((height, _), _)) = common {
            return Ok(*height);
        }
        (below, step) = (lowest, HASHES_PER_STEP);
    }
}
