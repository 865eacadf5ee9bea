//! `mwh_revenue`: one row for each block and miner model, sorted by height, then `asic_id`; one
//! file for each month.
//!
//! It is for other tools: every row follows from `blocks` and `asics`. A block without a network
//! hash rate (the genesis block) has no rows.

use std::slice::from_ref;
use std::sync::Arc;

use arrow::array::{
    Float64Array, Int32Array, NullBufferBuilder, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::DataType;
use bytes::Bytes;

use super::{Column, Layout, LengthGuard, column, height_i32, timestamp_type};
use crate::asic::Asic;
use crate::month::Month;
use crate::revenue::{BlockEconomics, PricedBlock, sat_per_block, sat_per_mwh, usd};
use crate::units::{HashesPerSecond, JoulesPerTh};

/// Name of the table.
pub const NAME: &str = "mwh_revenue";

const BLOCKS_PER_BATCH: usize = 512;

/// Key of the file of a month.
pub fn key(month: Month) -> String {
    super::monthly_key(NAME, month)
}

/// The month of the file with this key; `None` if it is not a file of this table.
pub fn month(key: &str) -> Option<Month> {
    super::month_of_key(NAME, key)
}

fn columns() -> [Column; 7] {
    use DataType::{Float64, Int32, Utf8};
    use Layout::{Delta, Dictionary, Plain};
    [
        column("height", Int32, Delta, "blocks", "block height"),
        column(
            "median_time",
            timestamp_type(),
            Delta,
            "ms UTC",
            "median time past of the block",
        ),
        column(
            "asic_id",
            Utf8,
            Dictionary,
            "",
            "machine, as in the table `asics`",
        ),
        column(
            "sat_per_mwh",
            Float64,
            Plain,
            "sat/MWh",
            "expected revenue of one MWh at the difficulty and reward of this block: 3.6e21 / efficiency_j_per_th / (difficulty x 2^32) x reward",
        ),
        column(
            "usd_per_mwh",
            Float64,
            Plain,
            "USD/MWh",
            "sat_per_mwh / 1e8 x price_usd; this is also the break-even power price",
        )
        .nullable(),
        column(
            "sat_per_block",
            Float64,
            Plain,
            "sat",
            "expected share of this block for 1 MW of this machine: machines_per_mw x hash rate / network_hashrate_hs x reward",
        ),
        column(
            "usd_per_block",
            Float64,
            Plain,
            "USD",
            "sat_per_block / 1e8 x price_usd; its sum over blocks is what 1 MW earned in that time",
        )
        .nullable(),
    ]
}

/// The rows of these blocks as batches of Arrow columns.
pub fn batches<'a>(
    blocks: &'a [PricedBlock],
    asics: &'a [Asic],
) -> impl Iterator<Item = RecordBatch> + 'a {
    let miners: Vec<MinerRates> = asics.iter().map(MinerRates::new).collect();
    let ids = StringArray::from_iter_values(
        (0..blocks.len().min(BLOCKS_PER_BATCH)).flat_map(|_| asics.iter().map(|asic| &asic.id)),
    );
    blocks
        .chunks(BLOCKS_PER_BATCH)
        .map(move |blocks| batch(blocks, &miners, &ids))
}

/// The properties of a miner model from which its revenue follows.
struct MinerRates {
    efficiency: JoulesPerTh,
    hashrate_per_mw: HashesPerSecond,
}

impl MinerRates {
    fn new(asic: &Asic) -> Self {
        Self {
            efficiency: asic.efficiency(),
            hashrate_per_mw: asic.hashrate_per_mw(),
        }
    }
}

/// A block with a network hash rate.
struct RatedBlock {
    block: BlockEconomics,
    network_hashrate: HashesPerSecond,
}

/// The rows of some blocks. `ids` are the identifiers of the miner models, repeated for each block.
fn batch(blocks: &[PricedBlock], miners: &[MinerRates], ids: &StringArray) -> RecordBatch {
    let rated = |block: &PricedBlock| {
        let block = block.economics();
        Some(RatedBlock {
            block,
            network_hashrate: block.network_hashrate?,
        })
    };
    let blocks: Vec<RatedBlock> = blocks.iter().filter_map(rated).collect();
    let rows = blocks.len() * miners.len();
    let heights = for_all_miners(&blocks, miners, |rated| height_i32(rated.block.height));
    let times = for_all_miners(&blocks, miners, |rated| rated.block.median_time.to_ms());
    let sat_per_mwh = for_each_miner(&blocks, miners, |RatedBlock { block, .. }, miner| {
        sat_per_mwh(block.difficulty, block.reward(), miner.efficiency)
    });
    let sat_per_block = for_each_miner(&blocks, miners, |rated, miner| {
        sat_per_block(
            miner.hashrate_per_mw,
            rated.network_hashrate,
            rated.block.reward(),
        )
    });
    let usd_per_mwh = in_usd(&blocks, miners, &sat_per_mwh);
    let usd_per_block = in_usd(&blocks, miners, &sat_per_block);
    super::batch(
        &columns(),
        vec![
            Arc::new(Int32Array::from(heights)),
            Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC")),
            Arc::new(ids.slice(0, rows)),
            Arc::new(Float64Array::from(sat_per_mwh)),
            Arc::new(usd_per_mwh),
            Arc::new(Float64Array::from(sat_per_block)),
            Arc::new(usd_per_block),
        ],
    )
}

/// A column that has the same value for all miners of a block.
fn for_all_miners<V: Copy>(
    blocks: &[RatedBlock],
    miners: &[MinerRates],
    value: impl Fn(&RatedBlock) -> V,
) -> Vec<V> {
    let mut values = Vec::with_capacity(blocks.len() * miners.len());
    for block in blocks {
        values.resize(values.len() + miners.len(), value(block));
    }
    values
}

fn for_each_miner(
    blocks: &[RatedBlock],
    miners: &[MinerRates],
    value: impl Fn(&RatedBlock, &MinerRates) -> f64,
) -> Vec<f64> {
    let mut values = Vec::with_capacity(blocks.len() * miners.len());
    for block in blocks {
        values.extend(miners.iter().map(|miner| value(block, miner)));
    }
    values
}

/// A column of satoshis, converted to US dollars; null for blocks without a price.
fn in_usd(blocks: &[RatedBlock], miners: &[MinerRates], sat: &[f64]) -> Float64Array {
    let mut values = Vec::with_capacity(sat.len());
    let mut nulls = NullBufferBuilder::new(sat.len());
    for (block, sat) in blocks.iter().zip(sat.chunks(miners.len().max(1))) {
        match block.block.price {
            Some(price) => {
                values.extend(sat.iter().map(|&sat| usd(sat, price)));
                nulls.append_n_non_nulls(sat.len());
            }
            None => {
                values.resize(values.len() + sat.len(), 0.0);
                nulls.append_n_nulls(sat.len());
            }
        }
    }
    Float64Array::new(values.into(), nulls.finish())
}

/// Whether the file has the revenue of these miners for as many blocks. Compares the number of
/// rows, and the rows of the first block.
pub fn has_revenue_of(file: Bytes, blocks: &[PricedBlock], asics: &[Asic]) -> bool {
    let mut rated = blocks
        .iter()
        .filter(|row| row.economics().network_hashrate.is_some());
    let first = rated.next();
    let rows = (usize::from(first.is_some()) + rated.count()) * asics.len();
    let first_rows: Vec<_> = batches(first.map(from_ref).unwrap_or_default(), asics).collect();
    super::read_first(file, asics.len())
        .is_ok_and(|(stored, stored_rows)| stored_rows == rows && stored.iter().eq(&first_rows))
}

/// Encodes a file with the revenue of these miners from these blocks.
pub fn encode(blocks: &[PricedBlock], asics: &[Asic], guard: LengthGuard) -> Bytes {
    super::write(&columns(), batches(blocks, asics), guard)
}
