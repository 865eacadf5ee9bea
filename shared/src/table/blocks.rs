//! `blocks`: one row for each block, sorted by height; one file for each month of median time.

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::DataType;
use bytes::Bytes;

use super::columns::{Boolean, Float64, Int32, Int64, StoredColumns, Time, Utf8, as_is, shared};
use super::{Column, Layout, LengthGuard, TableError, column, height_i32, timestamp_type};
use crate::block::Block;
use crate::month::Month;
use crate::price::{BlockPrice, Quote};
use crate::revenue::{BlockEconomics, PricedBlock};
use crate::units::{Difficulty, HashesPerSecond, Sats, UsdPerBtc};

/// Name of the table.
pub const NAME: &str = "blocks";

/// Key of the file of a month.
pub fn key(month: Month) -> String {
    super::monthly_key(NAME, month)
}

/// The month of the file with this key; `None` if it is not a file of this table.
pub fn month(key: &str) -> Option<Month> {
    super::month_of_key(NAME, key)
}

pub(super) fn columns() -> [Column; 21] {
    use DataType::{Boolean, Float64, Int32, Int64, Utf8};
    use Layout::{Bloom, Delta, Dictionary, Plain};
    let time = timestamp_type;
    [
        column("height", Int32, Delta, "blocks", "block height"),
        column(
            "hash",
            Utf8,
            Bloom,
            "hex",
            "block hash, in the byte order of block explorers",
        ),
        column(
            "prev_hash",
            Utf8,
            Plain,
            "hex",
            "hash of the previous block",
        ),
        column(
            "time",
            time(),
            Delta,
            "ms UTC",
            "header time, as set by the miner; can run backwards",
        ),
        column(
            "median_time",
            time(),
            Delta,
            "ms UTC",
            "median time past (BIP 113); sets the day, month and year of the block",
        ),
        column("bits", Utf8, Dictionary, "hex", "compact target"),
        column(
            "difficulty",
            Float64,
            Dictionary,
            "1",
            "highest target / target of the block",
        ),
        column(
            "tx_count",
            Int32,
            Delta,
            "transactions",
            "transactions including the coinbase; 1 in an empty block",
        ),
        column("subsidy_sat", Int64, Dictionary, "sat", "block subsidy"),
        column("fees_sat", Int64, Delta, "sat", "transaction fees"),
        column(
            "claimed_sat",
            Int64,
            Delta,
            "sat",
            "sum of the coinbase outputs; null if not read",
        )
        .nullable(),
        column(
            "network_hashrate_hs",
            Float64,
            Plain,
            "H/s",
            "network hash rate, as in bitcoind's getnetworkhashps 120: work of the last 120 blocks / (latest - earliest header time)",
        ),
        column(
            "sat_per_ph_day",
            Float64,
            Plain,
            "sat/PH/day",
            "hashprice of this block alone: 1e15 x 86400 / (difficulty x 2^32) x (subsidy_sat + fees_sat)",
        ),
        column(
            "price_usd",
            Float64,
            Dictionary,
            "USD/BTC",
            "BTC price nearest to the header time; null if there is none within 36 h",
        )
        .nullable(),
        column("price_time", time(), Delta, "ms UTC", "time of that price").nullable(),
        column("price_source", Utf8, Dictionary, "", "source of that price").nullable(),
        column(
            "price_final",
            Boolean,
            Plain,
            "",
            "false while a nearer price may still be added",
        ),
        column(
            "usd_per_ph_day",
            Float64,
            Plain,
            "USD/PH/day",
            "hashprice in USD: sat_per_ph_day / 1e8 x price_usd",
        )
        .nullable(),
        column(
            "sat_per_ph_day_144",
            Float64,
            Plain,
            "sat/PH/day",
            "hashprice with mean fees: 1e15 x 86400 / (difficulty x 2^32) x (subsidy_sat + mean fees_sat of the last 144 blocks); null if some of these fees are unknown",
        )
        .nullable(),
        column(
            "usd_per_ph_day_144",
            Float64,
            Plain,
            "USD/PH/day",
            "hashprice with mean fees in USD: sat_per_ph_day_144 / 1e8 x price_usd",
        )
        .nullable(),
        column(
            "reward_sat",
            Int64,
            Delta,
            "sat",
            "block reward: subsidy_sat + fees_sat",
        ),
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
    // A count always fits: it is checked when it is read, and a block of 4 MB holds far fewer than
    // 2^31.
    let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
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
            array::<Float64Array, _>(rows, |row| row.block.sat_per_ph_day_144),
            array::<Float64Array, _>(rows, PricedBlock::usd_per_ph_day_144),
            array::<Int64Array, _>(rows, |row| row.block.reward().to_sat()),
        ],
    )
}

/// Encodes a file with these rows.
pub fn encode(rows: &[PricedBlock], guard: LengthGuard) -> Bytes {
    super::write(&columns(), [batch(rows)], guard)
}

/// Decodes the rows of a file. Columns that follow from others (difficulty, hashprice, reward) are
/// not read. In files of earlier versions `sat_per_ph_day_144` is missing: it is `None` in every
/// row.
///
/// # Errors
/// [`TableError`] if the bytes are not a file of this table.
pub fn decode(bytes: Bytes) -> Result<Vec<PricedBlock>, TableError> {
    rows(&StoredColumns::open(bytes)?)
}

/// Decodes the rows of a file whose heights are in `heights`, and no others.
///
/// # Errors
/// [`TableError`] if the bytes are not a file of this table.
pub fn decode_heights(
    bytes: Bytes,
    heights: RangeInclusive<u32>,
) -> Result<Vec<PricedBlock>, TableError> {
    let columns = StoredColumns::open(bytes)?;
    let height = columns.required("height", Int32, u32::try_from)?;
    let from = height.partition_point(|height| height < heights.start());
    let to = height.partition_point(|height| height <= heights.end());
    rows(&columns.select(from..to.max(from)))
}

/// Decodes the part of the blocks that matters for the economics of mining.
///
/// # Errors
/// [`TableError`] if the bytes are not a file of this table.
pub fn decode_economics(bytes: Bytes) -> Result<Vec<BlockEconomics>, TableError> {
    let columns = StoredColumns::open(bytes)?;
    let height = columns.required("height", Int32, u32::try_from)?;
    let median_time = columns.required("median_time", Time, as_is)?;
    let difficulty = columns.required("difficulty", Float64, Difficulty::new)?;
    let tx_count = columns.required("tx_count", Int32, u32::try_from)?;
    let subsidy = columns.required("subsidy_sat", Int64, Sats::new)?;
    let fees = columns.required("fees_sat", Int64, Sats::new)?;
    let network_hashrate_hs = columns.required("network_hashrate_hs", Float64, as_is)?;
    let price_usd = columns.nullable("price_usd", Float64, UsdPerBtc::new)?;
    let price_final = columns.required("price_final", Boolean, as_is)?;
    let sat_per_ph_day_144 = columns.nullable("sat_per_ph_day_144", Float64, as_is)?;
    let row = |row: usize| {
        let price = price_usd.get(row);
        BlockEconomics {
            height: height[row],
            median_time: median_time[row],
            difficulty: difficulty[row],
            tx_count: tx_count[row],
            subsidy: subsidy[row],
            fees: fees[row],
            network_hashrate: HashesPerSecond::new(network_hashrate_hs[row]).ok(),
            price,
            price_is_final: price.is_some() && price_final[row],
            sat_per_ph_day_144: sat_per_ph_day_144.get(row),
        }
    };
    Ok((0..height.len()).map(row).collect())
}

fn rows(columns: &StoredColumns) -> Result<Vec<PricedBlock>, TableError> {
    let height = columns.required("height", Int32, u32::try_from)?;
    let hash = columns.required("hash", Utf8, str::parse)?;
    let prev_hash = columns.required("prev_hash", Utf8, str::parse)?;
    let time = columns.required("time", Time, as_is)?;
    let median_time = columns.required("median_time", Time, as_is)?;
    let bits = columns.required("bits", Utf8, str::parse)?;
    let tx_count = columns.required("tx_count", Int32, u32::try_from)?;
    let subsidy = columns.required("subsidy_sat", Int64, Sats::new)?;
    let fees = columns.required("fees_sat", Int64, Sats::new)?;
    let claimed = columns.nullable("claimed_sat", Int64, Sats::new)?;
    let network_hashrate_hs = columns.required("network_hashrate_hs", Float64, as_is)?;
    let sat_per_ph_day_144 = columns.nullable("sat_per_ph_day_144", Float64, as_is)?;
    let price_usd = columns.nullable("price_usd", Float64, UsdPerBtc::new)?;
    let price_time = columns.nullable("price_time", Time, as_is)?;
    let price_source = columns.nullable("price_source", Utf8, shared())?;
    let price_final = columns.required("price_final", Boolean, as_is)?;
    let price = |row: usize| {
        let quote = (
            price_usd.get(row),
            price_time.get(row),
            price_source.get(row),
        );
        match quote {
            (Some(usd), Some(time), Some(source)) => {
                let quote = Quote { time, usd, source };
                Ok(if price_final[row] {
                    BlockPrice::Final(quote)
                } else {
                    BlockPrice::Provisional(quote)
                })
            }
            (None, None, None) => Ok(BlockPrice::Missing),
            _ => Err(columns.invalid_value(
                "price_usd",
                row,
                "price_usd, price_time and price_source must all be set, or all be null",
            )),
        }
    };
    let row = |row: usize| {
        let block = Block {
            height: height[row],
            hash: hash[row],
            prev_hash: prev_hash[row],
            time: time[row],
            median_time: median_time[row],
            bits: bits[row],
            tx_count: tx_count[row],
            subsidy: subsidy[row],
            fees: fees[row],
            claimed: claimed.get(row),
            network_hashrate_hs: network_hashrate_hs[row],
            sat_per_ph_day_144: sat_per_ph_day_144.get(row),
        };
        Ok(PricedBlock {
            block,
            price: price(row)?,
        })
    };
    (0..height.len()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::BlockHash;
    use crate::target::CompactTarget;
    use crate::timestamp::Timestamp;

    #[test]
    fn a_block_with_the_largest_values_does_not_panic() {
        let time = Timestamp::from_block_time(u32::MAX);
        let block = Block {
            height: u32::MAX,
            hash: BlockHash::ZERO,
            prev_hash: BlockHash::ZERO,
            time,
            median_time: time,
            bits: CompactTarget::new(0x2100_ffff).expect("the easiest target"),
            tx_count: u32::MAX,
            subsidy: Sats::MAX,
            fees: Sats::MAX,
            claimed: Some(Sats::MAX),
            network_hashrate_hs: f64::INFINITY,
            sat_per_ph_day_144: None,
        };
        let price = BlockPrice::Missing;

        let batch = batch(&[PricedBlock { block, price }]);

        assert_eq!(batch.num_rows(), 1);
    }
}
