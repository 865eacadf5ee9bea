//! Reads blocks from the node, and computes the network's hash rate at each.

use std::ops::RangeInclusive;

use hashlake_core::block::Block;
use hashlake_core::hash::BlockHash;
use hashlake_core::hashrate::{HashrateWindow, WINDOW_BLOCKS};
use hashlake_core::revenue::PricedBlock;

use crate::deadline::unless_late;
use crate::node::{Node, NodeBlock, NodeError, Reading};

/// Blocks of the node's best chain from the start of `heights`, as [`Node::blocks`] reads them.
/// `below` are blocks that the lake holds below them, as far as they are loaded. Returns no blocks
/// if time runs out before the first are read.
///
/// # Errors
/// As [`Node::blocks`]; [`NodeError::Moved`] if the first block does not follow the one below it.
pub(crate) async fn read_blocks(
    node: &Node,
    below: &[PricedBlock],
    heights: RangeInclusive<u32>,
    reading: Reading<'_>,
) -> Result<Vec<Block>, NodeError> {
    let first = *heights.start();
    let window = window_below(node, below, first);
    let (window, blocks) = tokio::join!(
        unless_late(reading.is_late, window),
        node.blocks(heights, reading)
    );
    let (blocks, Some(window)) = (blocks?, window) else {
        return Ok(Vec::new());
    };
    let (mut window, parent) = window?;
    if let (Some(parent), Some(block)) = (parent, blocks.first())
        && block.header.prev_hash != parent
    {
        return Err(NodeError::Moved { height: first });
    }
    let with_hashrate = |block: NodeBlock| {
        let hashrate_hs = window.push(block.header.time, block.header.bits);
        block.into_block(hashrate_hs)
    };
    Ok(blocks.into_iter().map(with_hashrate).collect())
}

/// The 120 blocks below `first`, and the hash of the last one: from the lake if it has all of them,
/// else from the node.
async fn window_below(
    node: &Node,
    rows: &[PricedBlock],
    first: u32,
) -> Result<(HashrateWindow, Option<BlockHash>), NodeError> {
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
        return Ok((window, stored.last().map(|row| row.block.hash)));
    }
    let headers = node.headers(heights).await?;
    for header in &headers {
        window.push(header.time, header.bits);
    }
    let stored = stored.last().filter(|row| row.block.height + 1 == first);
    let parent = stored.map(|row| row.block.hash);
    Ok((window, parent.or(headers.last().map(|header| header.hash))))
}
