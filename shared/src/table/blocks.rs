//! `blocks`: one row for each block, sorted by height, a file for each month of median time.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use bytes::Bytes;

use super::{
    Column, Layout, LengthGuard, Rows, TableError, bad, column, height_i32, timestamp_type,
};
use crate::block::Block;
use crate::month::Month;
use crate::price::{BlockPrice, Quote};
use crate::revenue::PricedBlock;
use crate::units::{Sats, UsdPerBtc};

/// The table's name.
pub const NAME: &str = "blocks";

/// Where a month's file lies in the lake.
pub fn key(month: Month) -> String {
    super::monthly_key(NAME, month)
}

/// The month whose file lies under `key`, if it is one of this table.
pub fn month(key: &str) -> Option<Month> {
    super::month_of_key(NAME, key)
}

fn columns() -> [Column; 18] {
    use DataType::{Boolean, Float64, Int32, Int64, Utf8};
    use Layout::{Bloom, Delta, Dictionary, Plain};
    let time = timestamp_type;
    [
        column("height", Int32, Delta, "blocks", "blocks below it"),
        column(
            "hash",
            Utf8,
            Bloom,
            "hex",
            "block hash in the byte order of explorers",
        ),
        column("prev_hash", Utf8, Plain, "hex", "hash of the block below"),
        column(
            "time",
            time(),
            Delta,
            "ms UTC",
            "header time, as the miner set it; it can run backwards",
        ),
        column(
            "median_time",
            time(),
            Delta,
            "ms UTC",
            "median time past (BIP 113); day, month and year of a block follow it",
        ),
        column("bits", Utf8, Dictionary, "hex", "compact target"),
        column(
            "difficulty",
            Float64,
            Dictionary,
            "1",
            "easiest target over this target",
        ),
        column(
            "tx_count",
            Int32,
            Delta,
            "transactions",
            "with the coinbase: an empty block has 1",
        ),
        column(
            "subsidy_sat",
            Int64,
            Dictionary,
            "sat",
            "what the block may create",
        ),
        column(
            "fees_sat",
            Int64,
            Delta,
            "sat",
            "what its transactions paid",
        ),
        column(
            "claimed_sat",
            Int64,
            Delta,
            "sat",
            "sum of the coinbase's outputs; null when not looked up",
        )
        .nullable(),
        column(
            "network_hashrate_hs",
            Float64,
            Plain,
            "H/s",
            "work of the last 120 blocks over their span of time; bitcoind's getnetworkhashps 120",
        ),
        column(
            "sat_per_ph_day",
            Float64,
            Plain,
            "sat/PH/day",
            "hashprice of this block: 1e15 x 86400 / (difficulty x 2^32) x (subsidy_sat + fees_sat)",
        ),
        column(
            "price_usd",
            Float64,
            Dictionary,
            "USD/BTC",
            "price nearest in time to the header; null when none is known within 36 h",
        )
        .nullable(),
        column(
            "price_time",
            time(),
            Delta,
            "ms UTC",
            "when that was the price",
        )
        .nullable(),
        column("price_source", Utf8, Dictionary, "", "who said so").nullable(),
        column(
            "price_final",
            Boolean,
            Plain,
            "",
            "false while a nearer price may still come",
        ),
        column(
            "usd_per_ph_day",
            Float64,
            Plain,
            "USD/PH/day",
            "sat_per_ph_day / 1e8 x price_usd",
        )
        .nullable(),
    ]
}

/// The rows as a batch of Arrow columns.
pub fn batch(rows: &[PricedBlock]) -> RecordBatch {
    fn array<A: From<Vec<V>> + arrow::array::Array + 'static, V>(
        rows: &[PricedBlock],
        value: impl Fn(&PricedBlock) -> V,
    ) -> ArrayRef {
        Arc::new(A::from(rows.iter().map(value).collect::<Vec<_>>()))
    }
    let times = |value: &dyn Fn(&PricedBlock) -> Option<i64>| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(value)
                .collect::<TimestampMillisecondArray>()
                .with_timezone("UTC"),
        )
    };
    let count = |count: u32| {
        i32::try_from(count).expect("a block of 4 MB holds fewer than 2^31 transactions")
    };
    super::batch(
        &columns(),
        vec![
            array::<Int32Array, _>(rows, |row| height_i32(row.block.height)),
            array::<StringArray, _>(rows, |row| row.block.hash.to_string()),
            array::<StringArray, _>(rows, |row| row.block.prev_hash.to_string()),
            times(&|row| Some(row.block.time.to_ms())),
            times(&|row| Some(row.block.median_time.to_ms())),
            array::<StringArray, _>(rows, |row| row.block.bits.to_string()),
            array::<Float64Array, _>(rows, |row| row.block.bits.difficulty().to_f64()),
            array::<Int32Array, _>(rows, |row| count(row.block.tx_count)),
            array::<Int64Array, _>(rows, |row| row.block.subsidy.to_sat()),
            array::<Int64Array, _>(rows, |row| row.block.fees.to_sat()),
            array::<Int64Array, _>(rows, |row| row.block.claimed.map(Sats::to_sat)),
            array::<Float64Array, _>(rows, |row| row.block.network_hashrate_hs),
            array::<Float64Array, _>(rows, PricedBlock::sat_per_ph_day),
            array::<Float64Array, _>(rows, |row| {
                row.price.quote().map(|quote| quote.usd.to_usd_per_btc())
            }),
            times(&|row| row.price.quote().map(|quote| quote.time.to_ms())),
            array::<StringArray, _>(rows, |row| {
                row.price.quote().map(|quote| quote.source.to_string())
            }),
            array::<BooleanArray, _>(rows, |row| row.price.is_final()),
            array::<Float64Array, _>(rows, PricedBlock::usd_per_ph_day),
        ],
    )
}

/// A file of these rows.
pub fn encode(rows: &[PricedBlock], guard: LengthGuard) -> Bytes {
    super::write(&columns(), [batch(rows)], guard)
}

/// The rows of a file. What follows from other columns (difficulty, hashprice) is not read.
///
/// # Errors
/// [`TableError`] where the bytes are not this table.
pub fn decode(bytes: Bytes) -> Result<Vec<PricedBlock>, TableError> {
    let batch = super::read(bytes)?;
    let rows = Rows(&batch);
    let height = rows.primitive::<Int32Type>("height")?;
    let (hash, prev_hash) = (rows.text("hash")?, rows.text("prev_hash")?);
    let (time, median_time) = (rows.times("time")?, rows.times("median_time")?);
    let bits = rows.text("bits")?;
    let tx_count = rows.primitive::<Int32Type>("tx_count")?;
    let subsidy = rows.primitive::<Int64Type>("subsidy_sat")?;
    let fees = rows.primitive::<Int64Type>("fees_sat")?;
    let claimed = rows.primitive::<Int64Type>("claimed_sat")?;
    let hashrate = rows.primitive::<Float64Type>("network_hashrate_hs")?;
    let price_usd = rows.primitive::<Float64Type>("price_usd")?;
    let (price_time, price_source) = (rows.times("price_time")?, rows.text("price_source")?);
    let price_final = rows.bools("price_final")?;
    let price = |row: usize| {
        let quote = (
            price_usd.find(row, UsdPerBtc::new)?,
            price_time.find(row)?,
            price_source.find(row),
        );
        Ok(match quote {
            (Some(usd), Some(time), Some(source)) => {
                let quote = Quote {
                    time,
                    usd,
                    source: source.into(),
                };
                if price_final.value(row) {
                    BlockPrice::Final(quote)
                } else {
                    BlockPrice::Provisional(quote)
                }
            }
            (None, None, None) => BlockPrice::Missing,
            _ => {
                return Err(bad(
                    "price_usd",
                    row,
                    "price, its time and its source must be known together",
                ));
            }
        })
    };
    let row = |row: usize| {
        let block = Block {
            height: height.get(row, u32::try_from)?,
            hash: hash.get(row, str::parse)?,
            prev_hash: prev_hash.get(row, str::parse)?,
            time: time.get(row)?,
            median_time: median_time.get(row)?,
            bits: bits.get(row, str::parse)?,
            tx_count: tx_count.get(row, u32::try_from)?,
            subsidy: subsidy.get(row, Sats::new)?,
            fees: fees.get(row, Sats::new)?,
            claimed: claimed.find(row, Sats::new)?,
            network_hashrate_hs: hashrate.get(row, Ok::<_, TableError>)?,
        };
        Ok(PricedBlock {
            block,
            price: price(row)?,
        })
    };
    (0..rows.len()).map(row).collect()
}
