//! Changes of difficulty.

use crate::block::Block;
use crate::chain::Chain;
use crate::target::{BLOCKS_PER_RETARGET, CompactTarget};
use crate::timestamp::Timestamp;

/// Height of the first of the 2016 blocks that have the same difficulty as the block at `height`.
pub const fn period_start(height: u32) -> u32 {
    height - height % BLOCKS_PER_RETARGET
}

/// The target of the block after `tip`, per the rules of the network. `period_start` is the header
/// time of the first of the 2016 blocks that `tip` belongs to; it matters if `tip` is the last one.
///
/// `None` if that time is needed and unknown, and for networks with other rules (test, testnet4,
/// signet).
pub fn next_bits(
    chain: Chain,
    tip: &Block,
    period_start: Option<Timestamp>,
) -> Option<CompactTarget> {
    let is_retarget = (tip.height + 1).is_multiple_of(BLOCKS_PER_RETARGET);
    match chain {
        Chain::Main if is_retarget => Some(
            tip.bits
                .next_epoch(tip.time.to_secs() - period_start?.to_secs()),
        ),
        Chain::Main | Chain::Regtest => Some(tip.bits),
        Chain::Test | Chain::Testnet4 | Chain::Signet => None,
    }
}
