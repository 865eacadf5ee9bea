//! The simulated chain: blocks hours apart, branches of any depth, and what the lake must say of each.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use hashlake_core::chain::Chain;
use hashlake_core::hash::BlockHash;
use hashlake_core::target::CompactTarget;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::Sats;

use crate::dice::mix;

/// The network: its subsidy halves every 150 blocks.
pub(crate) const NETWORK: Chain = Chain::Regtest;

/// Height of the last block when a world begins.
pub(crate) const FIRST_TIP: u32 = 200;

/// Height of the first block of every lake. No reorg reaches it.
pub(crate) const LAKE_START: u32 = 150;

/// Time of the genesis block: 2025-01-12T00:00:00Z. So the blocks of every lake begin in February, and
/// most worlds change only later months.
const START_S: u32 = 1_736_640_000;

/// Mean time between blocks, so that a month has about a hundred blocks.
pub(crate) const BLOCK_S: u32 = 26_000;

const GENESIS: &str = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206";

/// Compact targets, their difficulty and the expected hashes of a block, which are
/// `floor(2^256 / (target + 1))`, computed with Python's integers.
const TARGETS: [(u32, f64, f64); 4] = [
    (0x1d00_ffff, 1.0, 4_295_032_833.0),
    (0x1c7f_ff80, 2.0, 8_590_065_666.0),
    (0x1c3f_ffc0, 4.0, 17_180_131_332.0),
    (0x1c20_0000, 7.999_877_929_687_5, 34_359_738_367.0),
];

/// Blocks with the same target.
const EPOCH: u32 = 40;

/// A block, with the values that follow from the blocks below it, by formulas of their own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SimBlock {
    pub(crate) height: u32,
    pub(crate) hash: BlockHash,
    pub(crate) prev_hash: BlockHash,
    pub(crate) time_s: u32,
    pub(crate) median_time_s: u32,
    target: usize,
    pub(crate) tx_count: u32,
    pub(crate) subsidy_sat: i64,
    pub(crate) fees_sat: i64,
    pub(crate) claimed_sat: Option<i64>,
    /// Work of the last 120 blocks over the time between the latest and the earliest of the last 121.
    pub(crate) network_hashrate_hs: f64,
    /// Mean of the fees of the last 144 blocks.
    pub(crate) fees_sat_144: Option<f64>,
}

impl SimBlock {
    pub(crate) fn bits(&self) -> CompactTarget {
        CompactTarget::new(TARGETS[self.target].0).expect("a target")
    }

    /// Difficulty of the target.
    pub(crate) const fn difficulty(&self) -> f64 {
        TARGETS[self.target].1
    }

    const fn work(&self) -> f64 {
        TARGETS[self.target].2
    }

    pub(crate) fn time(&self) -> Timestamp {
        Timestamp::from_block_time(self.time_s)
    }

    pub(crate) fn median_time(&self) -> Timestamp {
        Timestamp::from_block_time(self.median_time_s)
    }
}

/// A number of satoshis.
///
/// # Panics
/// If it is negative, or more than can exist.
pub(crate) fn sats(sat: i64) -> Sats {
    Sats::new(sat).expect("an amount")
}

/// The node's best chain, and every block that was ever in it.
#[derive(Clone, Debug)]
pub(crate) struct SimChain {
    best: Vec<Arc<SimBlock>>,
    known: BTreeMap<BlockHash, Arc<SimBlock>>,
    /// The lowest height that a reorg has replaced.
    pub(crate) lowest_fork: u32,
}

static FIRST: LazyLock<SimChain> = LazyLock::new(|| {
    let mut chain = SimChain {
        best: Vec::new(),
        known: BTreeMap::new(),
        lowest_fork: u32::MAX,
    };
    for height in 0..=FIRST_TIP {
        chain.mine(START_S + height * BLOCK_S, 0);
    }
    chain
});

impl SimChain {
    /// The chain with which every world begins.
    pub(crate) fn first() -> Self {
        FIRST.clone()
    }

    pub(crate) fn tip(&self) -> &Arc<SimBlock> {
        self.best.last().expect("there is a genesis block")
    }

    /// The block of the best chain at this height.
    pub(crate) fn at(&self, height: u32) -> Option<&Arc<SimBlock>> {
        self.best.get(height as usize)
    }

    /// A block of any branch.
    pub(crate) fn block(&self, hash: BlockHash) -> Option<&Arc<SimBlock>> {
        self.known.get(&hash)
    }

    /// Adds a block that a miner found at about this time. Blocks with another `salt` are others.
    pub(crate) fn mine(&mut self, found_s: u32, salt: u64) {
        let height = u32::try_from(self.best.len()).expect("a short chain");
        let parent = self.best.last();
        let prev_hash = parent.map_or(BlockHash::ZERO, |block| block.hash);
        let seed = mix(salt, mix(u64::from(height), low_bits(prev_hash)));
        // Miners set times up to an hour early, but later than the median.
        let median_below = parent.map_or(0, |block| block.median_time_s);
        let early = u32::try_from(mix(seed, 1) % 3600).expect("below 3600");
        let time_s = (found_s - early).max(median_below + 1);
        let mut times: Vec<u32> = self
            .best
            .iter()
            .rev()
            .take(10)
            .map(|block| block.time_s)
            .collect();
        times.push(time_s);
        times.sort_unstable();
        let is_empty = height == 0 || mix(seed, 2).is_multiple_of(10);
        let fees_sat = match is_empty {
            true => 0,
            false => i64::try_from(mix(seed, 3) % 50_000_000).expect("half a coin"),
        };
        let subsidy_sat = 5_000_000_000 >> (height / 150);
        let target = usize::try_from(mix(u64::from(height / EPOCH), 4) % 4).expect("0 to 3");
        let hash = match height {
            0 => GENESIS.parse(),
            _ => format!(
                "00000000{:08x}{:016x}{:016x}{:016x}",
                seed >> 32,
                mix(seed, 5),
                mix(seed, 6),
                mix(seed, 7)
            )
            .parse(),
        };
        let mut block = SimBlock {
            height,
            hash: hash.expect("64 digits"),
            prev_hash,
            time_s,
            median_time_s: times[times.len() / 2],
            target,
            tx_count: if is_empty {
                1
            } else {
                2 + u32::try_from(mix(seed, 8) % 4000).expect("few")
            },
            subsidy_sat,
            fees_sat,
            claimed_sat: (!mix(seed, 9).is_multiple_of(20)).then_some(subsidy_sat + fees_sat),
            network_hashrate_hs: 0.0,
            fees_sat_144: None,
        };
        let below = |count: usize| self.best.iter().rev().take(count);
        let work: f64 = below(if height < 120 {
            height.saturating_sub(1) as usize
        } else {
            119
        })
        .map(|block| block.work())
        .sum();
        let times = || below(120).map(|block| block.time_s).chain([time_s]);
        let span = times().max().unwrap_or(0) - times().min().unwrap_or(0);
        if span > 0 {
            block.network_hashrate_hs = (work + block.work()) / f64::from(span);
        }
        if height >= 143 {
            let sum: i64 = below(143).map(|block| block.fees_sat).sum::<i64>() + fees_sat;
            block.fees_sat_144 = Some(
                f64::from(i32::try_from(sum / 144).expect("small"))
                    + f64::from(i32::try_from(sum % 144).expect("small")) / 144.0,
            );
        }
        let block = Arc::new(block);
        self.known.insert(block.hash, block.clone());
        self.best.push(block);
    }

    /// Replaces the last `depth` blocks by `depth + 1` others.
    pub(crate) fn reorganize(&mut self, depth: u32, found_s: u32, salt: u64) {
        let depth = depth.clamp(1, self.tip().height - LAKE_START);
        let first = self.tip().height + 1 - depth;
        let times: Vec<u32> = self
            .best
            .drain(first as usize..)
            .map(|block| block.time_s)
            .collect();
        self.lowest_fork = self.lowest_fork.min(first);
        for time_s in times {
            self.mine(time_s, salt);
        }
        self.mine(found_s, salt);
    }
}

/// 64 bits of a hash.
fn low_bits(hash: BlockHash) -> u64 {
    let bytes = hash.to_bytes();
    bytes[24..]
        .iter()
        .fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}
