//! Reads blocks from the node, and computes the network's hash rate at each.

use std::ops::RangeInclusive;

use hashlake_core::block::Block;
use hashlake_core::hashrate::{HashrateWindow, WINDOW_BLOCKS};
use hashlake_core::revenue::PricedBlock;

use crate::node::{Node, NodeBlock, NodeError};

/// Blocks of the node's best chain from the start of `heights`, as [`Node::blocks`] reads them.
/// `below` are blocks that the lake holds below them, as far as they are loaded.
///
/// # Errors
/// As [`Node::blocks`]; [`NodeError::Moved`] if the first block does not follow the last of
/// `below`.
pub(crate) async fn read_blocks(
    node: &Node,
    below: &[PricedBlock],
    heights: RangeInclusive<u32>,
    go_on: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Vec<Block>, NodeError> {
    let first = *heights.start();
    let blocks = node.blocks(heights, go_on).await?;
    let parent = below.last().filter(|row| row.block.height + 1 == first);
    if let (Some(parent), Some(block)) = (parent, blocks.first())
        && block.header.prev_hash != parent.block.hash
    {
        return Err(NodeError::Moved { height: first });
    }
    let mut window = window_below(node, below, first).await?;
    let with_hashrate = |block: NodeBlock| {
        let hashrate_hs = window.push(block.header.time, block.header.bits);
        block.into_block(hashrate_hs)
    };
    Ok(blocks.into_iter().map(with_hashrate).collect())
}

/// The 120 blocks below `first`: from the lake if it has all of them, else from the node.
async fn window_below(
    node: &Node,
    rows: &[PricedBlock],
    first: u32,
) -> Result<HashrateWindow, NodeError> {
    let heights = first.saturating_sub(WINDOW_BLOCKS)..first;
    let stored = &rows[rows.len().saturating_sub(heights.len())..];
    let mut window = HashrateWindow::default();
    if stored
        .iter()
        .map(|row| row.block.height)
        .eq(heights.clone())
    {
        for row in stored {
            window.push(row.block.time, row.block.bits);
        }
    } else {
        for header in node.headers(heights).await? {
            window.push(header.time, header.bits);
        }
    }
    Ok(window)
}
