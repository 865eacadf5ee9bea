//! `prices`: what was observed, kept for ever, sorted by time, a file for each month.

use std::sync::Arc;

use arrow::array::{Float64Array, Int32Array, StringArray, TimestampMillisecondArray};
use arrow::datatypes::DataType;
use bytes::Bytes;

use super::columns::{Columns, Float64, Int32, Time, Utf8, as_is, shared};
use super::{Column, Layout, LengthGuard, TableError, column, timestamp_type};
use crate::month::Month;
use crate::price::{PricePoint, Quote};
use crate::units::UsdPerBtc;

/// The table's name.
pub const NAME: &str = "prices";

/// Where a month's file lies in the lake.
pub fn key(month: Month) -> String {
    super::monthly_key(NAME, month)
}

/// The month whose file lies under `key`, if it is one of this table.
pub fn month(key: &str) -> Option<Month> {
    super::month_of_key(NAME, key)
}

fn columns() -> [Column; 4] {
    use DataType::{Float64, Int32, Utf8};
    [
        column(
            "time",
            timestamp_type(),
            Layout::Delta,
            "ms UTC",
            "when it was the price",
        ),
        column(
            "usd",
            Float64,
            Layout::Plain,
            "USD/BTC",
            "price of one bitcoin",
        ),
        column("source", Utf8, Layout::Dictionary, "", "who said so"),
        column(
            "resolution_s",
            Int32,
            Layout::Dictionary,
            "s",
            "distance of the points among which it was told",
        ),
    ]
}

/// A file of these points, which must be in order of time.
pub fn encode(points: &[PricePoint], guard: LengthGuard) -> Bytes {
    let times = points.iter().map(|point| Some(point.quote.time.to_ms()));
    let batch = super::batch(
        &columns(),
        vec![
            Arc::new(
                times
                    .collect::<TimestampMillisecondArray>()
                    .with_timezone("UTC"),
            ),
            Arc::new(
                points
                    .iter()
                    .map(|point| Some(point.quote.usd.to_usd_per_btc()))
                    .collect::<Float64Array>(),
            ),
            Arc::new(
                points
                    .iter()
                    .map(|point| Some(&point.quote.source))
                    .collect::<StringArray>(),
            ),
            Arc::new(
                points
                    .iter()
                    .map(|point| Some(point.resolution_s))
                    .collect::<Int32Array>(),
            ),
        ],
    );
    super::write(&columns(), [batch], guard)
}

/// The points of a file.
///
/// # Errors
/// [`TableError`] where the bytes are not this table.
pub fn decode(bytes: Bytes) -> Result<Vec<PricePoint>, TableError> {
    let columns = Columns::open(bytes)?;
    let time = columns.required("time", Time, as_is)?;
    let usd = columns.required("usd", Float64, UsdPerBtc::new)?;
    let source = columns.required("source", Utf8, shared())?;
    let resolution_s = columns.required("resolution_s", Int32, as_is)?;
    let point = |row: usize| PricePoint {
        quote: Quote {
            time: time[row],
            usd: usd[row],
            source: source[row].clone(),
        },
        resolution_s: resolution_s[row],
    };
    Ok((0..time.len()).map(point).collect())
}
