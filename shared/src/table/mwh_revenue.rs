//! `mwh_revenue`: one row for each block and machine, sorted by height, then `asic_id`, a file for each month.
//!
//! It is for outside tools: every row follows from `blocks` and `asics`. A block whose network hash rate is not known (the
//! genesis block) has no rows.

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

/// The table's name.
pub const NAME: &str = "mwh_revenue";

const BLOCKS_PER_BATCH: usize = 512;

/// Where a month's file lies in the lake.
pub fn key(month: Month) -> String {
    super::monthly_key(NAME, month)
}

/// The month whose file lies under `key`, if it is one of this table.
pub fn month(key: &str) -> Option<Month> {
    super::month_of_key(NAME, key)
}

fn columns() -> [Column; 7] {
    use DataType::{Float64, Int32, Utf8};
    use Layout::{Delta, Dictionary, Plain};
    [
        column("height", Int32, Delta, "blocks", "blocks below it"),
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
            "what one MWh expects to mine at this block's difficulty and reward: 3.6e21 / efficiency_j_per_th / (difficulty x 2^32) x reward",
        ),
        column(
            "usd_per_mwh",
            Float64,
            Plain,
            "USD/MWh",
            "sat_per_mwh / 1e8 x price_usd; also the break-even power price",
        )
        .nullable(),
        column(
            "sat_per_block",
            Float64,
            Plain,
            "sat",
            "share of this block that 1 MW of such machines expects: machines_per_mw x hash rate / network_hashrate_hs x reward",
        ),
        column(
            "usd_per_block",
            Float64,
            Plain,
            "USD",
            "sat_per_block / 1e8 x price_usd; summed over blocks, what 1 MW earned in that time",
        )
        .nullable(),
    ]
}

/// The rows of these blocks as batches of Arrow columns.
pub fn batches<'a>(
    blocks: &'a [PricedBlock],
    asics: &'a [Asic],
) -> impl Iterator<Item = RecordBatch> + 'a {
    let machines: Vec<Machine> = asics.iter().map(Machine::new).collect();
    let ids = StringArray::from_iter_values(
        (0..blocks.len().min(BLOCKS_PER_BATCH)).flat_map(|_| asics.iter().map(|asic| &asic.id)),
    );
    blocks
        .chunks(BLOCKS_PER_BATCH)
        .map(move |blocks| batch(blocks, &machines, &ids))
}

/// What the revenue of a machine follows from.
struct Machine {
    efficiency: JoulesPerTh,
    hashrate_per_mw: HashesPerSecond,
}

impl Machine {
    fn new(asic: &Asic) -> Self {
        Self {
            efficiency: asic.efficiency(),
            hashrate_per_mw: asic.hashrate_per_mw(),
        }
    }
}

/// A block whose network hash rate is known.
struct Paying {
    block: BlockEconomics,
    network_hashrate: HashesPerSecond,
}

/// The rows of some blocks; `ids` are those of the machines, for each block anew, of as many blocks or more.
fn batch(blocks: &[PricedBlock], machines: &[Machine], ids: &StringArray) -> RecordBatch {
    let paying = |block: &PricedBlock| {
        let block = block.economics();
        Some(Paying {
            block,
            network_hashrate: block.network_hashrate?,
        })
    };
    let blocks: Vec<Paying> = blocks.iter().filter_map(paying).collect();
    let rows = blocks.len() * machines.len();
    let heights = repeated(&blocks, machines, |paying| height_i32(paying.block.height));
    let times = repeated(&blocks, machines, |paying| paying.block.median_time.to_ms());
    let sat_per_mwh = of_each(&blocks, machines, |Paying { block, .. }, machine| {
        sat_per_mwh(block.difficulty, block.reward(), machine.efficiency)
    });
    let sat_per_block = of_each(&blocks, machines, |paying, machine| {
        sat_per_block(
            machine.hashrate_per_mw,
            paying.network_hashrate,
            paying.block.reward(),
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

/// A column whose value is the same for all machines.
fn repeated<V: Copy>(
    blocks: &[Paying],
    machines: &[Machine],
    value: impl Fn(&Paying) -> V,
) -> Vec<V> {
    let mut values = Vec::with_capacity(blocks.len() * machines.len());
    for block in blocks {
        values.resize(values.len() + machines.len(), value(block));
    }
    values
}

fn of_each(
    blocks: &[Paying],
    machines: &[Machine],
    value: impl Fn(&Paying, &Machine) -> f64,
) -> Vec<f64> {
    let mut values = Vec::with_capacity(blocks.len() * machines.len());
    for block in blocks {
        values.extend(machines.iter().map(|machine| value(block, machine)));
    }
    values
}

/// A column of satoshis in US dollars; null where the block's price is not known.
fn in_usd(blocks: &[Paying], machines: &[Machine], sat: &[f64]) -> Float64Array {
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

/// A file of what these machines earn from these blocks.
pub fn encode(blocks: &[PricedBlock], asics: &[Asic], guard: LengthGuard) -> Bytes {
    super::write(&columns(), batches(blocks, asics), guard)
}
