//! Reads blocks from the node, and computes for each block what depends on the blocks below it: the
//! network's hash rate, and the hashprice with mean fees.

use std::ops::{Range, RangeInclusive};

use hashlake_core::block::Block;
use hashlake_core::hash::BlockHash;
use hashlake_core::hashrate::{HashrateWindow, WINDOW_BLOCKS};
use hashlake_core::revenue::{FeeWindow, PricedBlock};

use crate::deadline::unless_late;
use crate::node::{BlockFees, Node, NodeBlock, NodeError, Reading};

/// Number of blocks below a block on which its values depend.
pub(crate) const BLOCKS_BELOW: u32 = if FEE_BLOCKS > WINDOW_BLOCKS {
    FEE_BLOCKS
} else {
    WINDOW_BLOCKS
};

const FEE_BLOCKS: u32 = FeeWindow::BLOCKS - 1;

/// What to do about the fees of the blocks below, if these blocks are not loaded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MissingFees {
    /// Read the fees from the node.
    Read,
    /// Leave out the hashprice with mean fees. [`crate::upgrade`] adds it when the lake has these
    /// blocks.
    Later,
}

/// Reads blocks of the node's best chain from the start of `heights`, with [`Node::blocks`].
/// `below` has the loaded blocks of the lake below `heights`. Returns no blocks if the time is over
/// before the first blocks are read.
///
/// # Errors
/// Those of [`Node::blocks`], and [`NodeError::Moved`] if the first block does not follow the one
/// below it.
pub(crate) async fn read_blocks(
    node: &Node,
    (below, missing_fees): (&[PricedBlock], MissingFees),
    heights: RangeInclusive<u32>,
    reading: Reading<'_>,
) -> Result<Vec<Block>, NodeError> {
    let first = *heights.start();
    let windows = windows_below(node, (below, missing_fees), first);
    let (windows, blocks) = tokio::join!(
        unless_late(reading.is_late, windows),
        node.blocks(heights, reading)
    );
    let (blocks, Some(windows)) = (blocks?, windows) else {
        return Ok(Vec::new());
    };
    let mut windows = windows?;
    if let (Some(parent), Some(block)) = (windows.parent, blocks.first())
        && block.header.prev_hash != parent
    {
        return Err(NodeError::Moved { height: first });
    }
    Ok(blocks
        .into_iter()
        .map(|block| windows.push(block))
        .collect())
}

/// The blocks on which values of the next block depend.
struct Windows {
    hashrate: HashrateWindow,
    fees: FeeWindow,
    /// Hash of the last block.
    parent: Option<BlockHash>,
}

impl Windows {
    fn push(&mut self, block: NodeBlock) -> Block {
        let header = &block.header;
        let hashrate_hs = self.hashrate.push(header.time, header.bits);
        let fees_sat_144 = self.fees.push(header.height, block.fees);
        block.into_block(hashrate_hs, fees_sat_144)
    }
}

/// The windows of blocks below `first`: from `rows` if these have all needed blocks, otherwise from
/// the node. The window of fees has fewer blocks if the node does not have all of them, and no
/// blocks with [`MissingFees::Later`].
async fn windows_below(
    node: &Node,
    (rows, missing_fees): (&[PricedBlock], MissingFees),
    first: u32,
) -> Result<Windows, NodeError> {
    let fees = below(first, FEE_BLOCKS);
    let fees = match (ending_with(rows, fees.clone()), missing_fees) {
        (Some(rows), _) => rows.iter().map(fees_of).collect(),
        (None, MissingFees::Read) => node.fees(fees).await?,
        (None, MissingFees::Later) => Vec::new(),
    };
    // Read headers after fees. If the chain changes in between, the hashes differ.
    let headers = below(first, WINDOW_BLOCKS);
    let (mut hashrate, mut hashes) = (HashrateWindow::default(), Vec::new());
    match ending_with(rows, headers.clone()) {
        Some(rows) => {
            for PricedBlock { block, .. } in rows {
                hashrate.push(block.time, block.bits);
                hashes.push(block.hash);
            }
        }
        None => {
            for header in node.headers(headers).await? {
                hashrate.push(header.time, header.bits);
                hashes.push(header.hash);
            }
        }
    }
    let mut pairs = fees.iter().rev().zip(hashes.iter().rev());
    if let Some((fees, _)) = pairs.find(|(fees, hash)| fees.hash != **hash) {
        return Err(NodeError::Moved {
            height: fees.height,
        });
    }
    let mut window = FeeWindow::default();
    for BlockFees { height, fees, .. } in fees {
        window.push(height, fees);
    }
    let stored = rows.last().filter(|row| row.block.height + 1 == first);
    let parent = stored.map(|row| row.block.hash);
    Ok(Windows {
        hashrate,
        fees: window,
        parent: parent.or(hashes.last().copied()),
    })
}

/// The `count` heights below `first`; fewer near the genesis block.
fn below(first: u32, count: u32) -> Range<u32> {
    first.saturating_sub(count)..first
}

/// The rows at these heights, if `rows` ends with them.
fn ending_with(rows: &[PricedBlock], heights: Range<u32>) -> Option<&[PricedBlock]> {
    let rows = &rows[rows.len().saturating_sub(heights.len())..];
    let stored = rows.iter().map(|row| row.block.height);
    stored.eq(heights).then_some(rows)
}

fn fees_of(row: &PricedBlock) -> BlockFees {
    BlockFees {
        height: row.block.height,
        hash: row.block.hash,
        fees: row.block.fees,
    }
}
