//! `prices`: all prices that were ever fetched or imported, sorted by time; one file for each
//! month.

use std::sync::Arc;

use arrow::array::{Float64Array, Int32Array, StringArray, TimestampMillisecondArray};
use arrow::datatypes::DataType;
use bytes::Bytes;

use super::columns::{Float64, Int32, StoredColumns, Time, Utf8, as_is, shared};
use super::{Column, Layout, LengthGuard, TableError, column, timestamp_type};
use crate::month::Month;
use crate::price::{PricePoint, Quote};
use crate::units::UsdPerBtc;

/// Name of the table.
pub const NAME: &str = "prices";

/// Key of the file of a month.
pub fn key(month: Month) -> String {
    super::monthly_key(NAME, month)
}

/// The month of the file with this key; `None` if it is not a file of this table.
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
            "time of the price",
        ),
        column(
            "usd",
            Float64,
            Layout::Plain,
            "USD/BTC",
            "price of one bitcoin",
        ),
        column(
            "source",
            Utf8,
            Layout::Dictionary,
            "",
            "source of the price",
        ),
        column(
            "resolution_s",
            Int32,
            Layout::Dictionary,
            "s",
            "interval of the series that the price is from",
        ),
    ]
}

/// Encodes a file with these points, which must be sorted by time.
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

/// Decodes the points of a file.
///
/// # Errors
/// [`TableError`] if the bytes are not a file of this table.
pub fn decode(bytes: Bytes) -> Result<Vec<PricePoint>, TableError> {
    let columns = StoredColumns::open(bytes)?;
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
