//! `daily`: one row for each UTC day of median time, in one file for all history.
//!
//! The USD/MWh of a miner by day is `usd_per_ph_day x 1000 / (24 x efficiency_j_per_th)`.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch,
};
use arrow::datatypes::DataType;
use bytes::Bytes;

use super::columns::{Date32, Float64, Int32, Int64, StoredColumns, as_is};
use super::{Column, Layout, LengthGuard, TableError, column, height_i32};
use crate::day::Day;
use crate::revenue::{BlockEconomics, PricedBlock};
use crate::units::{HashesPerSecond, Sats, UsdPerBtc};

/// Key of the file.
pub const KEY: &str = "v1/daily/daily.parquet";

/// Sums and means over the blocks of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct DayRow {
    /// The day.
    pub day: Day,
    /// Height of the first block.
    pub first_height: u32,
    /// Height of the last block.
    pub last_height: u32,
    /// Number of blocks.
    pub blocks: u32,
    /// Number of empty blocks (coinbase only).
    pub empty_blocks: u32,
    /// Sum of the block subsidies.
    pub subsidy: Sats,
    /// Sum of the transaction fees.
    pub fees: Sats,
    /// Number of transactions including the coinbases.
    pub tx_count: i64,
    /// Mean difficulty.
    pub difficulty: f64,
    /// Mean network hash rate in H/s.
    pub network_hashrate_hs: f64,
    /// Mean hashprice in sat/PH/day.
    pub sat_per_ph_day: f64,
    /// Number of blocks with a price.
    pub priced_blocks: u32,
    /// Mean price over blocks with a price, in USD/BTC.
    pub price_usd: Option<f64>,
    /// Mean hashprice over blocks with a price, in USD/PH/day.
    pub usd_per_ph_day: Option<f64>,
    /// Expected revenue of 1 PH/s in the day, in sat: the sum of its expected shares of the blocks
    /// at which the network hash rate is known.
    pub sat_per_ph: Option<f64>,
    /// Expected revenue of 1 PH/s in the day, in USD, over blocks with a price.
    pub usd_per_ph: Option<f64>,
}

/// The days of these blocks, which must be sorted by height.
pub fn summarise(blocks: &[PricedBlock]) -> Vec<DayRow> {
    let day = |row: &PricedBlock| Day::of(row.block.median_time);
    blocks
        .chunk_by(|a, b| day(a) == day(b))
        .filter_map(|blocks| Some(summarise_day(day(blocks.first()?), blocks)))
        .collect()
}

fn summarise_day(day: Day, blocks: &[PricedBlock]) -> DayRow {
    let count = |blocks: usize| u32::try_from(blocks).expect("2^32 blocks do not fit into memory");
    let sum = |sats: &dyn Fn(&PricedBlock) -> Sats| {
        blocks.iter().map(sats).fold(Sats::ZERO, |sum, sats| {
            sum.checked_add(sats).unwrap_or(Sats::MAX)
        })
    };
    let economics: Vec<BlockEconomics> = blocks.iter().map(PricedBlock::economics).collect();
    let sum_of_known = |value: &dyn Fn(&BlockEconomics) -> Option<f64>| {
        let known: Vec<f64> = economics.iter().filter_map(value).collect();
        (!known.is_empty()).then(|| (known.iter().sum::<f64>(), known.len()))
    };
    let total =
        |value: &dyn Fn(&BlockEconomics) -> Option<f64>| sum_of_known(value).map(|(sum, _)| sum);
    let mean = |value: &dyn Fn(&BlockEconomics) -> Option<f64>| {
        sum_of_known(value).map(|(sum, known)| sum / f64::from(count(known)))
    };
    let mean_of_all =
        |value: &dyn Fn(&BlockEconomics) -> f64| mean(&|row| Some(value(row))).unwrap_or_default();
    DayRow {
        day,
        first_height: blocks.first().map_or(0, |row| row.block.height),
        last_height: blocks.last().map_or(0, |row| row.block.height),
        blocks: count(blocks.len()),
        empty_blocks: count(blocks.iter().filter(|row| row.block.tx_count == 1).count()),
        subsidy: sum(&|row| row.block.subsidy),
        fees: sum(&|row| row.block.fees),
        tx_count: blocks.iter().map(|row| i64::from(row.block.tx_count)).sum(),
        difficulty: mean_of_all(&|row| row.difficulty.to_f64()),
        network_hashrate_hs: mean_of_all(&|row| {
            row.network_hashrate.map_or(0.0, HashesPerSecond::to_hs)
        }),
        sat_per_ph_day: mean_of_all(&BlockEconomics::sat_per_ph_day),
        priced_blocks: count(
            blocks
                .iter()
                .filter(|row| row.price.quote().is_some())
                .count(),
        ),
        price_usd: mean(&|row| row.price.map(UsdPerBtc::to_usd_per_btc)),
        usd_per_ph_day: mean(&BlockEconomics::usd_per_ph_day),
        sat_per_ph: total(&BlockEconomics::sat_per_ph),
        usd_per_ph: total(&|row| row.usd(row.sat_per_ph()?)),
    }
}

fn columns() -> [Column; 16] {
    use DataType::{Date32, Float64, Int32, Int64};
    use Layout::{Delta, Plain};
    [
        column("day", Date32, Delta, "UTC day", "UTC day of the blocks' median time"),
        column("first_height", Int32, Delta, "blocks", "height of the first block"),
        column("last_height", Int32, Delta, "blocks", "height of the last block"),
        column("blocks", Int32, Delta, "blocks", "number of blocks"),
        column(
            "empty_blocks",
            Int32,
            Delta,
            "blocks",
            "number of empty blocks (coinbase only)",
        ),
        column(
            "subsidy_sat",
            Int64,
            Delta,
            "sat",
            "sum of block subsidies",
        ),
        column(
            "fees_sat",
            Int64,
            Delta,
            "sat",
            "sum of transaction fees",
        ),
        column(
            "tx_count",
            Int64,
            Delta,
            "transactions",
            "transactions including the coinbases",
        ),
        column("difficulty", Float64, Plain, "1", "mean over blocks"),
        column(
            "network_hashrate_hs",
            Float64,
            Plain,
            "H/s",
            "mean over blocks",
        ),
        column(
            "sat_per_ph_day",
            Float64,
            Plain,
            "sat/PH/day",
            "mean over blocks",
        ),
        column(
            "priced_blocks",
            Int32,
            Delta,
            "blocks",
            "number of blocks with a price",
        ),
        column(
            "price_usd",
            Float64,
            Plain,
            "USD/BTC",
            "mean over blocks with a price",
        )
        .nullable(),
        column(
            "usd_per_ph_day",
            Float64,
            Plain,
            "USD/PH/day",
            "mean over blocks with a price",
        )
        .nullable(),
        column(
            "sat_per_ph",
            Float64,
            Plain,
            "sat/PH",
            "expected revenue of 1 PH/s in the day: sum over blocks of 1e15 / network_hashrate_hs x reward",
        )
        .nullable(),
        column(
            "usd_per_ph",
            Float64,
            Plain,
            "USD/PH",
            "sat_per_ph in USD, over blocks with a price",
        )
        .nullable(),
    ]
}

/// The rows as a batch of Arrow columns.
pub fn batch(rows: &[DayRow]) -> RecordBatch {
    fn array<A: From<Vec<V>> + Array + 'static, V>(
        rows: &[DayRow],
        value: impl Fn(&DayRow) -> V,
    ) -> ArrayRef {
        Arc::new(A::from(rows.iter().map(value).collect::<Vec<_>>()))
    }
    super::batch(
        &columns(),
        vec![
            array::<Date32Array, _>(rows, |row| row.day.to_days()),
            array::<Int32Array, _>(rows, |row| height_i32(row.first_height)),
            array::<Int32Array, _>(rows, |row| height_i32(row.last_height)),
            array::<Int32Array, _>(rows, |row| height_i32(row.blocks)),
            array::<Int32Array, _>(rows, |row| height_i32(row.empty_blocks)),
            array::<Int64Array, _>(rows, |row| row.subsidy.to_sat()),
            array::<Int64Array, _>(rows, |row| row.fees.to_sat()),
            array::<Int64Array, _>(rows, |row| row.tx_count),
            array::<Float64Array, _>(rows, |row| row.difficulty),
            array::<Float64Array, _>(rows, |row| row.network_hashrate_hs),
            array::<Float64Array, _>(rows, |row| row.sat_per_ph_day),
            array::<Int32Array, _>(rows, |row| height_i32(row.priced_blocks)),
            array::<Float64Array, _>(rows, |row| row.price_usd),
            array::<Float64Array, _>(rows, |row| row.usd_per_ph_day),
            array::<Float64Array, _>(rows, |row| row.sat_per_ph),
            array::<Float64Array, _>(rows, |row| row.usd_per_ph),
        ],
    )
}

/// Encodes a file with these rows.
pub fn encode(rows: &[DayRow], guard: LengthGuard) -> Bytes {
    super::write(&columns(), [batch(rows)], guard)
}

/// Decodes the rows of a file.
///
/// # Errors
/// [`TableError`] if the bytes are not a file of this table.
pub fn decode(bytes: Bytes) -> Result<Vec<DayRow>, TableError> {
    let columns = StoredColumns::open(bytes)?;
    let count = |name| columns.required(name, Int32, u32::try_from);
    let sats = |name| columns.required(name, Int64, Sats::new);
    let mean = |name| columns.required(name, Float64, as_is);
    let if_known = |name| columns.nullable(name, Float64, as_is);
    let day = columns.required("day", Date32, as_is)?;
    let (first_height, last_height) = (count("first_height")?, count("last_height")?);
    let (blocks, empty_blocks) = (count("blocks")?, count("empty_blocks")?);
    let (subsidy, fees) = (sats("subsidy_sat")?, sats("fees_sat")?);
    let tx_count = columns.required("tx_count", Int64, as_is)?;
    let difficulty = mean("difficulty")?;
    let network_hashrate_hs = mean("network_hashrate_hs")?;
    let sat_per_ph_day = mean("sat_per_ph_day")?;
    let priced_blocks = count("priced_blocks")?;
    let (price_usd, usd_per_ph_day) = (if_known("price_usd")?, if_known("usd_per_ph_day")?);
    let (sat_per_ph, usd_per_ph) = (if_known("sat_per_ph")?, if_known("usd_per_ph")?);
    let row = |row: usize| DayRow {
        day: day[row],
        first_height: first_height[row],
        last_height: last_height[row],
        blocks: blocks[row],
        empty_blocks: empty_blocks[row],
        subsidy: subsidy[row],
        fees: fees[row],
        tx_count: tx_count[row],
        difficulty: difficulty[row],
        network_hashrate_hs: network_hashrate_hs[row],
        sat_per_ph_day: sat_per_ph_day[row],
        priced_blocks: priced_blocks[row],
        price_usd: price_usd.get(row),
        usd_per_ph_day: usd_per_ph_day.get(row),
        sat_per_ph: sat_per_ph.get(row),
        usd_per_ph: usd_per_ph.get(row),
    };
    Ok((0..day.len()).map(row).collect())
}
