//! Blocks from the node, with the network's hash rate at each.

use std::ops::RangeInclusive;

use hashlake_core::block::Block;
use hashlake_core::hashrate::{HashrateWindow, WINDOW_BLOCKS};
use hashlake_core::revenue::PricedBlock;

use crate::node::{Header, Node, NodeBlock, NodeError};

/// Blocks of the node's best chain from the start of `heights` on, while `go_on`, as [`Node::blocks`] has it. `below` are the
/// lake's blocks below them, as far as they are known.
///
/// # Errors
/// As [`Node::blocks`]; [`NodeError::Moved`] where the first block does not follow the last of `below`.
pub(crate) async fn read_blocks(
    node: &Node,
    below: &[PricedBlock],
    heights: RangeInclusive<u32>,
    go_on: &(dyn Fn(usize) -> bool + Sync),
) -> Result<Vec<Block>, NodeError> {
    let first = *heights.start();
    let read = node.blocks(heights, go_on).await?;
    let parent = below.last().filter(|row| row.block.height + 1 == first);
    if let (Some(parent), Some(block)) = (parent, read.first())
        && block.header.prev_hash != parent.block.hash
    {
        return Err(NodeError::Moved { height: first });
    }
    let mut window = window_below(node, below, first).await?;
    Ok(read
        .into_iter()
        .map(|block| with_hashrate(block, &mut window))
        .collect())
}

/// The 120 blocks below `first`: from the lake where it has them, else from the node.
async fn window_below(
    node: &Node,
    rows: &[PricedBlock],
    first: u32,
) -> Result<HashrateWindow, NodeError> {
    let heights = first.saturating_sub(WINDOW_BLOCKS)..first;
    let known = &rows[rows.len().saturating_sub(heights.len())..];
    let blocks = if known.iter().map(|row| row.block.height).eq(heights.clone()) {
        let time_and_bits = known.iter().map(|row| (row.block.time, row.block.bits));
        time_and_bits.collect::<Vec<_>>()
    } else {
        let headers = node.headers(heights).await?;
        headers
            .iter()
            .map(|header| (header.time, header.bits))
            .collect()
    };
    let mut window = HashrateWindow::default();
    for (time, bits) in blocks {
        window.push(time, bits);
    }
    Ok(window)
}

fn with_hashrate(block: NodeBlock, window: &mut HashrateWindow) -> Block {
    let NodeBlock {
        header,
        subsidy,
        fees,
        claimed,
    } = block;
    let Header {
        height,
        hash,
        prev_hash,
        time,
        median_time,
        bits,
        tx_count,
    } = header;
    let network_hashrate_hs = window.push(time, bits);
    Block {
        height,
        hash,
        prev_hash,
        time,
        median_time,
        bits,
        tx_count,
        subsidy,
        fees,
        claimed,
        network_hashrate_hs,
    }
}
