//! A chain of 950,000 blocks with the targets, subsidies and genesis hash of mainnet. All other values
//! are pseudo-random, and the same in every run.

mod random;

use std::time::Duration;

use hashlake_core::block::Block;
use hashlake_core::chain::Chain;
use hashlake_core::hash::BlockHash;
use hashlake_core::hashrate::HashrateWindow;
use hashlake_core::price::{PricePoint, PriceSeries, Quote};
use hashlake_core::revenue::{FeeWindow, PricedBlock, sat_per_ph_day_144};
use hashlake_core::target::{BLOCKS_PER_RETARGET, CompactTarget};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::{Sats, UsdPerBtc};

use random::Random;

const BLOCKS: usize = 950_000;
const GENESIS_HASH: &str = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";
const GENESIS_SECS: u32 = 1_231_006_505;
const RETARGET_SECS: u32 = 14 * 86_400;
/// Mean duration of the fifteen epochs from the genesis block to block 30240. All of them have the
/// easiest target.
const EASIEST_EPOCH_SECS: u32 = (1_261_130_161 - GENESIS_SECS) / 15;
const FIRST_PRICE_SECS: u32 = 1_279_324_800; // 2010-07-17
const SEED: u64 = 0x6861_7368_6c61_6b65;

/// The blocks, sorted by height.
pub(crate) fn blocks() -> impl Iterator<Item = PricedBlock> {
    let mut random = Random::new(SEED);
    let (times, targets) = headers(&mut random);
    let prices = prices(*times.last().expect("a chain has blocks"));
    let mut window = HashrateWindow::default();
    let mut fee_window = FeeWindow::default();
    let mut parent = BlockHash::ZERO;
    (0_u32..).zip(0..times.len()).map(move |(height, at)| {
        let oldest = at.saturating_sub(10); // The median time is that of the last eleven blocks.
        let time = Timestamp::from_block_time(times[at]);
        let hash = match height {
            0 => GENESIS_HASH.parse().expect("64 hex digits"),
            _ => hash(&mut random),
        };
        let (tx_count, fees) = transactions(height, &mut random);
        let subsidy = Chain::Main.subsidy(height);
        let fees_sat_144 = fee_window.push(height, fees);
        let block = Block {
            height,
            hash,
            prev_hash: std::mem::replace(&mut parent, hash),
            time,
            median_time: Timestamp::from_block_time(times[oldest + (at - oldest).div_ceil(2)]),
            bits: targets[at],
            tx_count,
            subsidy,
            fees,
            claimed: None,
            network_hashrate_hs: window.push(time, targets[at]),
            sat_per_ph_day_144: fees_sat_144
                .map(|fees| sat_per_ph_day_144(targets[at].difficulty(), subsidy, fees)),
        };
        let price = prices.price_at(time, &[]);
        PricedBlock { block, price }
    })
}

/// Header times and targets. Unlike on mainnet, header times never decrease.
fn headers(random: &mut Random) -> (Vec<u32>, Vec<CompactTarget>) {
    let epochs: Vec<CompactTarget> = include_str!("epochs.csv")
        .lines()
        .skip(1)
        .filter_map(|row| row.split_once(',')?.1.parse().ok())
        .collect();
    let (mut times, mut targets) = (Vec::new(), Vec::new());
    let mut start = GENESIS_SECS;
    for epoch in epochs.windows(2) {
        let secs = epoch_secs(epoch[0], epoch[1]);
        let first = times.len();
        times.extend([start, start + secs]);
        times.extend((2..BLOCKS_PER_RETARGET).map(|_| start + random.below(secs)));
        times[first..].sort_unstable();
        targets.resize(times.len(), epoch[0]);
        start += secs + secs / (BLOCKS_PER_RETARGET - 1);
    }
    times.truncate(BLOCKS);
    (times, targets)
}

/// The shortest duration of an epoch after which the target changes from `bits` to `next`.
fn epoch_secs(bits: CompactTarget, next: CompactTarget) -> u32 {
    if bits == next {
        return EASIEST_EPOCH_SECS / BLOCKS_PER_RETARGET * (BLOCKS_PER_RETARGET - 1);
    }
    let (mut low, mut high) = (RETARGET_SECS / 4, RETARGET_SECS * 4);
    while low < high {
        let middle = u32::midpoint(low, high);
        if bits.next_epoch(middle.into()).difficulty() > next.difficulty() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    assert_eq!(bits.next_epoch(low.into()), next, "after {bits}");
    low
}

/// Hourly prices until one hour before the last block: from 0.05 to 90,000 USD, in waves of two
/// months.
pub(crate) fn prices(last_block_secs: u32) -> PriceSeries {
    let first = Timestamp::from_block_time(FIRST_PRICE_SECS);
    let hours = (last_block_secs - FIRST_PRICE_SECS) / 3600 - 1;
    let points = (0..=hours).map(|hour| {
        let elapsed = f64::from(hour) / f64::from(hours);
        let wave = 1.0 + 0.1 * (elapsed * 600.0).sin();
        let usd = 0.05 * (14.4 * elapsed.sqrt()).exp() * wave;
        PricePoint {
            quote: Quote {
                time: first + Duration::from_hours(1) * hour,
                usd: UsdPerBtc::new(usd).expect("the wave stays above zero"),
                source: "synthetic".into(),
            },
            resolution_s: 3600,
        }
    });
    let mut prices = PriceSeries::default();
    prices.merge(points);
    prices
}

/// Number of transactions, including the coinbase, and their fees. One block in a hundred has only the
/// coinbase, and so has the genesis block.
fn transactions(height: u32, random: &mut Random) -> (u32, Sats) {
    let max = 2 + height / 200;
    match (height, random.below(100)) {
        (0, _) | (_, 0) => (1, Sats::ZERO),
        _ => (
            2 + random.below(max),
            Sats::new(i64::from(random.below(max * 10_000))).expect("less than a bitcoin"),
        ),
    }
}

/// A hash of sixteen zeros and random digits, which does not meet the target of the block.
fn hash(random: &mut Random) -> BlockHash {
    let [a, b, c] = [random.next(), random.next(), random.next()];
    format!("{:016x}{a:016x}{b:016x}{c:016x}", 0)
        .parse()
        .expect("64 digits")
}
