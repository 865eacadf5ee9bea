//! A block as the lake stores it.

use crate::hash::BlockHash;
use crate::target::CompactTarget;
use crate::timestamp::Timestamp;
use crate::units::Sats;

/// A block, reduced to what matters for the economics of mining.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Block height; 0 for the genesis block.
    pub height: u32,
    /// Block hash.
    pub hash: BlockHash,
    /// Hash of the previous block.
    pub prev_hash: BlockHash,
    /// Header time, as set by the miner; it can be earlier than that of the previous block.
    pub time: Timestamp,
    /// Median time past (BIP 113): the median of the header times of this block and the ten before
    /// it. It never runs backwards. It sets the day and month that the block belongs to.
    pub median_time: Timestamp,
    /// Target in compact form.
    pub bits: CompactTarget,
    /// Number of transactions including the coinbase: 1 in an empty block.
    pub tx_count: u32,
    /// Block subsidy: the new bitcoin that the block may create.
    pub subsidy: Sats,
    /// Transaction fees.
    pub fees: Sats,
    /// Sum of the coinbase outputs: what the miner took, almost always subsidy plus fees. `None` if
    /// it was not read.
    pub claimed: Option<Sats>,
    /// Network hash rate in H/s, as in bitcoind's `getnetworkhashps 120 <height>`: 0 if bitcoind
    /// cannot estimate it, as for the genesis block.
    pub network_hashrate_hs: f64,
    /// Hashprice in sat/PH/day with the mean fees of the last 144 blocks, as in
    /// [`sat_per_ph_day_144`](crate::revenue::sat_per_ph_day_144). `None` if the fees of some of
    /// them are unknown.
    pub sat_per_ph_day_144: Option<f64>,
}

impl Block {
    /// Subsidy plus fees: what mining the block pays.
    pub fn reward(&self) -> Sats {
        self.subsidy.checked_add(self.fees).unwrap_or(Sats::MAX)
    }
}
