//! A block as the lake knows it: what it paid and how hard it was.

use crate::hash::BlockHash;
use crate::target::CompactTarget;
use crate::timestamp::Timestamp;
use crate::units::Sats;

/// What a block says of the economics of mining.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Blocks below it; the genesis block has none.
    pub height: u32,
    /// Its hash.
    pub hash: BlockHash,
    /// The hash of the block below it.
    pub prev_hash: BlockHash,
    /// Header time, as the miner set it: it can run backwards from block to block.
    pub time: Timestamp,
    /// Median time of the eleven blocks that end with it (BIP 113): it never runs backwards. Its day and month are those of
    /// the block.
    pub median_time: Timestamp,
    /// Its target.
    pub bits: CompactTarget,
    /// Transactions with the coinbase: an empty block has 1.
    pub tx_count: u32,
    /// What the block may create.
    pub subsidy: Sats,
    /// What its transactions paid.
    pub fees: Sats,
    /// Sum of the coinbase's outputs: what the miner took, almost always subsidy and fees. `None` when not looked up.
    pub claimed: Option<Sats>,
    /// Hashes a second that the network made, as bitcoind answers to `getnetworkhashps 120 <height>`: 0 where it knows
    /// none, which is so for the genesis block.
    pub network_hashrate_hs: f64,
}

impl Block {
    /// Subsidy and fees: what mining the block pays.
    pub fn reward(&self) -> Sats {
        self.subsidy.checked_add(self.fees).unwrap_or(Sats::MAX)
    }
}
