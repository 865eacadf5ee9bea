//! `mwh_revenue`: one row for each block and machine, sorted by height, then `asic_id`, a file for each month.
//!
//! It is for outside tools: every row follows from `blocks` and `asics`. A block whose network hash rate is not known (the
//! genesis block) has no rows.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow::datatypes::DataType;
use bytes::Bytes;

use super::{Column, Layout, LengthGuard, column, height_i32, timestamp_type};
use crate::asic::Asic;
use crate::month::Month;
use crate::revenue::{BlockEconomics, PricedBlock};

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
    blocks.chunks(BLOCKS_PER_BATCH).map(|blocks| {
        let shares = |block: &PricedBlock| {
            let block = block.economics();
            asics
                .iter()
                .filter_map(move |asic| Some((block, asic, block.sat_per_block(asic)?)))
        };
        let rows: Vec<(BlockEconomics, &Asic, f64)> = blocks.iter().flat_map(shares).collect();
        fn array<A: FromIterator<V> + Array + 'static, V>(
            values: impl Iterator<Item = V>,
        ) -> ArrayRef {
            Arc::new(values.collect::<A>())
        }
        let times = rows.iter().map(|(row, ..)| Some(row.median_time.to_ms()));
        super::batch(
            &columns(),
            vec![
                array::<Int32Array, _>(rows.iter().map(|(row, ..)| Some(height_i32(row.height)))),
                Arc::new(
                    times
                        .collect::<TimestampMillisecondArray>()
                        .with_timezone("UTC"),
                ),
                array::<StringArray, _>(rows.iter().map(|(_, asic, _)| Some(&asic.id))),
                array::<Float64Array, _>(
                    rows.iter()
                        .map(|(row, asic, _)| Some(row.sat_per_mwh(asic))),
                ),
                array::<Float64Array, _>(
                    rows.iter()
                        .map(|(row, asic, _)| row.usd(row.sat_per_mwh(asic))),
                ),
                array::<Float64Array, _>(rows.iter().map(|(_, _, share)| Some(*share))),
                array::<Float64Array, _>(rows.iter().map(|(row, _, share)| row.usd(*share))),
            ],
        )
    })
}

/// A file of what these machines earn from these blocks.
pub fn encode(blocks: &[PricedBlock], asics: &[Asic], guard: LengthGuard) -> Bytes {
    super::write(&columns(), batches(blocks, asics), guard)
}
