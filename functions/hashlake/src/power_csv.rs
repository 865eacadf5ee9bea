//! Parses a CSV file with power prices.

use std::time::Duration;

use csv::{ReaderBuilder, StringRecord, Trim};
use hashlake_core::backtest::timeline::PowerInterval;
use hashlake_core::strike::PLAUSIBLE_USD_PER_MWH;
use hashlake_core::timestamp::Timestamp;
use thiserror::Error;

use crate::csv_columns::{
    CsvError, check_encoding, column, line, optional_column, time, usual_step_s,
};
use crate::number_args::is_plausible_usd_per_mwh;

const START_COLUMNS: [&str; 1] = ["start"];
const END_COLUMN: &str = "end";
const PRICE_COLUMNS: [&str; 1] = ["usd_per_mwh"];

/// Why a file cannot be parsed.
#[derive(Debug, Error)]
pub(crate) enum PowerCsvError {
    #[error(transparent)]
    Csv(#[from] CsvError),
    #[error("line {line}: `end` is not after `start`")]
    Backwards { line: u64 },
    #[error(
        "line {line}: {start} is before the end of the interval of line {other} ({end}). There can be only one price \
         at a time: remove one of them, or add the offset from UTC to local times that repeat at the end of summer time"
    )]
    Overlap {
        line: u64,
        start: Timestamp,
        other: u64,
        end: Timestamp,
    },
    #[error("line {line}: `end` is missing, which a file with only one row needs")]
    NoStep { line: u64 },
}

struct Row {
    record: StringRecord,
    start: Timestamp,
    end: Option<Timestamp>,
    usd_per_mwh: f64,
}

/// The intervals of a file, sorted by time and without overlaps; its rows can be in any order.
///
/// Without an end, a price applies until the next row, but at most for the usual step between rows.
///
/// # Errors
/// [`PowerCsvError`] with the first line that cannot be read or overlaps another.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<PowerInterval>, PowerCsvError> {
    check_encoding(text)?;
    let mut rows = rows(text)?;
    if rows.is_empty() {
        return Err(CsvError::Empty.into());
    }
    rows.sort_by_key(|row| row.start);
    let step = usual_step_s(rows.iter().map(|row| row.start).collect()).map(Duration::from_secs);
    let mut intervals: Vec<PowerInterval> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if let Some(before) = intervals.last().filter(|before| row.start < before.end) {
            return Err(PowerCsvError::Overlap {
                line: line(text, &row.record),
                start: row.start,
                other: line(text, &rows[at - 1].record),
                end: before.end,
            });
        }
        let end = match (row.end, step) {
            (Some(end), _) => end,
            (None, None) => {
                return Err(PowerCsvError::NoStep {
                    line: line(text, &row.record),
                });
            }
            (None, Some(step)) => {
                // A second row with the same start is reported as an overlap.
                let next = rows[at + 1..].iter().map(|next| next.start);
                let next = next.into_iter().find(|next| *next > row.start);
                (row.start + step).min(next.unwrap_or(Timestamp::LAST))
            }
        };
        intervals.push(PowerInterval {
            start: row.start,
            end,
            usd_per_mwh: row.usd_per_mwh,
        });
    }
    Ok(intervals)
}

fn rows(text: &[u8]) -> Result<Vec<Row>, PowerCsvError> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let header = reader.headers().map_err(CsvError::Csv)?.clone();
    let start_at = column(&header, "start", &START_COLUMNS)?;
    let end_at = optional_column(&header, END_COLUMN);
    let price_at = column(&header, "price", &PRICE_COLUMNS)?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(CsvError::Csv)?;
        let value = |at: usize, expected: String| CsvError::Value {
            line: line(text, &record),
            column: header[at].to_owned(),
            value: record[at].to_owned(),
            expected,
        };
        let time_of = |at: usize| {
            time(&record[at]).ok_or_else(|| {
                let expected = "a time since the first block (2009-01-03T18:15:05Z), per RFC 3339 with its offset from \
                                UTC (such as 2025-11-22T00:00:00Z) or in seconds or milliseconds since 1970";
                value(at, expected.to_owned())
            })
        };
        let price = record[price_at].parse().ok();
        let row = Row {
            start: time_of(start_at)?,
            end: end_at
                .filter(|at| !record[*at].is_empty())
                .map(time_of)
                .transpose()?,
            usd_per_mwh: price
                .filter(|price| is_plausible_usd_per_mwh(*price))
                .ok_or_else(|| {
                    let (lowest, highest) =
                        (PLAUSIBLE_USD_PER_MWH.start(), PLAUSIBLE_USD_PER_MWH.end());
                    let expected =
                        format!("a price in USD/MWh from {lowest} to {highest}, such as 45.5");
                    value(price_at, expected)
                })?,
            record,
        };
        if row.end.is_some_and(|end| end <= row.start) {
            return Err(PowerCsvError::Backwards {
                line: line(text, &row.record),
            });
        }
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(i64, i64, f64)>, String> {
        let intervals = parse(text.as_bytes()).map_err(|error| error.to_string())?;
        let minutes = |time: Timestamp| (time.to_secs() - 1_763_769_600) / 60; // Since 2025-11-22T00:00:00Z.
        let interval = |interval: PowerInterval| {
            (
                minutes(interval.start),
                minutes(interval.end),
                interval.usd_per_mwh,
            )
        };
        Ok(intervals.into_iter().map(interval).collect())
    }

    #[test]
    fn a_price_without_an_end_applies_until_the_next_row_but_at_most_for_the_usual_step() {
        // The rows are not sorted. The row of 02:00 is missing, and 03:30 is an additional row.
        let text = "start,usd_per_mwh\n\
                    2025-11-22T03:00:00Z,4\n2025-11-22T00:00:00Z,1\n2025-11-22T02:00:00+01:00,-2.5\n\
                    2025-11-22T04:00:00Z,5\n2025-11-22T03:30:00Z,4.5\n2025-11-22T05:00:00Z,6\n";

        assert_eq!(
            read(text),
            Ok(vec![
                (0, 60, 1.0),
                (60, 120, -2.5),
                (180, 210, 4.0),
                (210, 240, 4.5),
                (240, 300, 5.0),
                (300, 360, 6.0)
            ])
        );
    }

    #[test]
    fn times_may_be_seconds_or_milliseconds_and_rows_may_have_ends() {
        let text = "zone,END,Start,USD_per_MWh\r\nwest,1763773200,1763769600,10\r\nwest,,1763773200000,20\r\nwest,1763784000,1763776800,30\r\n";

        assert_eq!(
            read(text),
            Ok(vec![(0, 60, 10.0), (60, 120, 20.0), (120, 240, 30.0)])
        );
        assert_eq!(
            read("start,end,usd_per_mwh\n1763769600,1764374400,45\n"),
            Ok(vec![(0, 7 * 24 * 60, 45.0)])
        );
    }

    #[test]
    fn a_file_in_another_encoding_is_refused_with_what_to_do() {
        let utf16 = parse(b"\xff\xfes\0t\0").map_err(|error| error.to_string());

        let error = utf16.expect_err("not UTF-8");
        assert!(error.contains("UTF-16: save it as CSV in UTF-8"), "{error}");
    }

    #[test]
    fn errors_name_the_line_and_what_to_do() {
        let cases = [
            (
                "time,usd_per_mwh\n",
                "line 1 has no start column: expected one of start, found time, usd_per_mwh",
            ),
            (
                "start,price\n",
                "line 1 has no price column: expected one of usd_per_mwh, found start, price",
            ),
            ("start,usd_per_mwh\n", "there are no prices in the file"),
            (
                "start,usd_per_mwh\n2025-11-22 00:00,1\n",
                "line 2, column start: `2025-11-22 00:00` is not a time since the first block (2009-01-03T18:15:05Z), per RFC 3339 with its offset from UTC",
            ),
            (
                "start,usd_per_mwh\n1763769600,1\n1763773200,n/a\n",
                "line 3, column usd_per_mwh: `n/a` is not a price in USD/MWh from -10000 to 100000, such as 45.5",
            ),
            ("start,usd_per_mwh\n1763769600,NaN\n", "`NaN` is not"),
            ("start,usd_per_mwh\n1763769600,1e9\n", "`1e9` is not"),
            ("start,usd_per_mwh\n1763769600\n", "line: 2"),
            (
                "start,end,usd_per_mwh\n1763769600,1763769600,1\n",
                "line 2: `end` is not after `start`",
            ),
            (
                "start,usd_per_mwh\n1763769600,1\n",
                "line 2: `end` is missing, which a file with only one row needs",
            ),
            (
                "start,end,usd_per_mwh\n1763773200,1763776800,1\n\n1763769600,1763773201,1\n",
                "line 2: 2025-11-22T01:00:00Z is before the end of the interval of line 4 (2025-11-22T01:00:01Z). There can be only one price at a time",
            ),
            (
                "start,usd_per_mwh\n1763769600,1\n1763773200,1\n1763773200,2\n",
                "line 4: 2025-11-22T01:00:00Z is before the end of the interval of line 3",
            ),
        ];
        for (text, expected) in cases {
            let error = read(text).expect_err("an error");

            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
