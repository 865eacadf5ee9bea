//! `mwh_revenue`: one row for each block and machine, sorted by height, then `asic_id`; one file
//! for each month.
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
    let machines: Vec<MachineRates> = asics.iter().map(MachineRates::new).collect();
    let ids = StringArray::from_iter_values(
        (0..blocks.len().min(BLOCKS_PER_BATCH)).flat_map(|_| asics.iter().map(|asic| &asic.id)),
    );
    blocks
        .chunks(BLOCKS_PER_BATCH)
        .map(move |blocks| batch(blocks, &machines, &ids))
}

/// The properties of a machine from which its revenue follows.
struct MachineRates {
    efficiency: JoulesPerTh,
    hashrate_per_mw: HashesPerSecond,
}

impl MachineRates {
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

/// The rows of some blocks. `ids` are the identifiers of the machines, repeated for each block.
fn batch(blocks: &[PricedBlock], machines: &[MachineRates], ids: &StringArray) -> RecordBatch {
    let rated = |block: &PricedBlock| {
        let block = block.economics();
        Some(RatedBlock {
            block,
            network_hashrate: block.network_hashrate?,
        })
    };
    let blocks: Vec<RatedBlock> = blocks.iter().filter_map(rated).collect();
    let rows = blocks.len() * machines.len();
    let heights = for_all_machines(&blocks, machines, |rated| height_i32(rated.block.height));
    let times = for_all_machines(&blocks, machines, |rated| rated.block.median_time.to_ms());
    let sat_per_mwh = for_each_machine(&blocks, machines, |RatedBlock { block, .. }, machine| {
        sat_per_mwh(block.difficulty, block.reward(), machine.efficiency)
    });
    let sat_per_block = for_each_machine(&blocks, machines, |rated, machine| {
        sat_per_block(
            machine.hashrate_per_mw,
            rated.network_hashrate,
            rated.block.reward(),
        )
    });
    let usd_per_mwh = in_usd(&blocks, machines, &sat_per_mwh);
    let usd_per_block = in_usd(&blocks, machines, &sat_per_block);
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

/// A column that has the same value for all machines of a block.
fn for_all_machines<V: Copy>(
    blocks: &[RatedBlock],
    machines: &[MachineRates],
    value: impl Fn(&RatedBlock) -> V,
) -> Vec<V> {
    let mut values = Vec::with_capacity(blocks.len() * machines.len());
    for block in blocks {
        values.resize(values.len() + machines.len(), value(block));
    }
    values
}

fn for_each_machine(
    blocks: &[RatedBlock],
    machines: &[MachineRates],
    value: impl Fn(&RatedBlock, &MachineRates) -> f64,
) -> Vec<f64> {
    let mut values = Vec::with_capacity(blocks.len() * machines.len());
    for block in blocks {
        values.extend(machines.iter().map(|machine| value(block, machine)));
    }
    values
}

/// A column of satoshis, converted to US dollars; null for blocks without a price.
fn in_usd(blocks: &[RatedBlock], machines: &[MachineRates], sat: &[f64]) -> Float64Array {
    let mut values = Vec::with_capacity(sat.len());
    let mut nulls = NullBufferBuilder::new(sat.len());
    for (block, sat) in blocks.iter().zip(sat.chunks(machines.len().max(1))) {
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

/// Whether the file has the revenue of these machines for as many blocks. Compares the number of
/// rows, and the rows of the first block.
pub fn has_machines(file: Bytes, blocks: &[PricedBlock], asics: &[Asic]) -> bool {
    let mut rated = blocks
        .iter()
        .filter(|row| row.economics().network_hashrate.is_some());
    let first = rated.next();
    let rows = (usize::from(first.is_some()) + rated.count()) * asics.len();
    let first_rows: Vec<_> = batches(first.map(from_ref).unwrap_or_default(), asics).collect();
    super::read_first(file, asics.len())
        .is_ok_and(|(stored, stored_rows)| stored_rows == rows && stored.iter().eq(&first_rows))
}

/// Encodes a file with the revenue of these machines from these blocks.
pub fn encode(blocks: &[PricedBlock], asics: &[Asic], guard: LengthGuard) -> Bytes {
    super::write(&columns(), batches(blocks, asics), guard)
}
