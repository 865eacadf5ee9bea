//! Parses a CSV file with prices.

use std::collections::HashMap;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord, Trim};
use hashlake_core::price::{PLAUSIBLE_USD, PricePoint, Quote};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::UsdPerBtc;

use crate::csv_columns::{
    CsvError, check_encoding, column, line, optional_column, time, usual_step_s,
};

const TIME_COLUMNS: [&str; 3] = ["time", "time_unix", "timestamp"];
const PRICE_COLUMNS: [&str; 4] = ["usd", "price_usd", "price", "close"];
const RESOLUTIONS_S: [u64; 3] = [300, 3600, 86_400];

/// Parses the price points of a file, one for each time, in the order of its lines. A time after
/// `now` is an error. All points get the same resolution: the usual step between them.
///
/// # Errors
/// [`CsvError`] with the first line that cannot be read, or that contradicts an earlier one.
pub(crate) fn parse(
    text: &[u8],
    source: &Arc<str>,
    now: Timestamp,
) -> Result<Vec<PricePoint>, CsvError> {
    check_encoding(text)?;
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let header = reader.headers()?.clone();
    let time_at = column(&header, "time", &TIME_COLUMNS)?;
    let price_at = column(&header, "price", &PRICE_COLUMNS)?;
    let mut points = Vec::new();
    let mut records: HashMap<Timestamp, (UsdPerBtc, StringRecord)> = HashMap::new();
    for record in reader.records() {
        let record = record?;
        let value = |at: usize, expected: &str| CsvError::Value {
            line: line(text, &record),
            column: header[at].to_owned(),
            value: record[at].to_owned(),
            expected: expected.to_owned(),
        };
        let time = time(&record[time_at]).filter(|time| *time <= now);
        let expected_time = "a time between the first block (2009-01-03T18:15:05Z) and now, per RFC 3339 (such as \
                             2025-11-22T00:00:00Z) or in seconds or milliseconds since 1970";
        let usd = record[price_at].parse().ok();
        let usd = usd
            .filter(|usd| PLAUSIBLE_USD.contains(usd))
            .map(UsdPerBtc::new);
        let expected_usd = format!(
            "a price in USD from {} to {}, such as 84714.5",
            PLAUSIBLE_USD.start(),
            PLAUSIBLE_USD.end()
        );
        let quote = Quote {
            time: time.ok_or_else(|| value(time_at, expected_time))?,
            usd: usd
                .and_then(Result::ok)
                .ok_or_else(|| value(price_at, &expected_usd))?,
            source: source.clone(),
        };
        match records.get(&quote.time) {
            None => drop(records.insert(quote.time, (quote.usd, record))),
            Some((usd, _)) if *usd == quote.usd => continue, // This line repeats the price.
            Some((_, first)) => {
                return Err(CsvError::Contradiction {
                    first: line(text, first),
                    second: line(text, &record),
                    time: quote.time,
                    first_value: first[price_at].to_owned(),
                    second_value: record[price_at].to_owned(),
                });
            }
        }
        points.push(PricePoint {
            quote,
            resolution_s: 0,
        });
    }
    if points.is_empty() {
        return Err(CsvError::Empty);
    }
    let resolution_s = resolution_s(points.iter().map(|point| point.quote.time).collect());
    for point in &mut points {
        point.resolution_s = resolution_s;
    }
    Ok(points)
}

/// A note for the user if the file has candles: the time of a candle is its start, but `close` is the
/// price at its end.
pub(crate) fn candle_note(text: &[u8]) -> Option<String> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let header = reader.headers().ok()?.clone();
    let time = &header[column(&header, "time", &TIME_COLUMNS).ok()?];
    let price = &header[column(&header, "price", &PRICE_COLUMNS).ok()?];
    let is_candles = optional_column(&header, "open").is_some();
    (is_candles && price.eq_ignore_ascii_case("close")).then(|| {
        format!(
            "the prices are those of the column `{price}`, each at the time in `{time}`. If these times are the starts of \
             candles, rename the column `open` to `price`, and import the file again with --replace"
        )
    })
}

/// The median step between points. A step within 10 % of five minutes, an hour or a day is replaced
/// by that value. For a single point, it is a day.
fn resolution_s(times: Vec<Timestamp>) -> i32 {
    let step_s = usual_step_s(times).unwrap_or(86_400);
    let is_about = |usual: &&u64| step_s.abs_diff(**usual) * 10 <= **usual;
    let resolution_s = RESOLUTIONS_S.iter().find(is_about).copied();
    i32::try_from(resolution_s.unwrap_or(step_s).max(1)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<PricePoint>, String> {
        let now = Timestamp::from_block_time(1_768_435_200); // 2026-01-15T00:00:00Z
        parse(text.as_bytes(), &"test".into(), now).map_err(|error| error.to_string())
    }

    fn parsed(text: &str) -> Vec<(String, f64, i32)> {
        let points = read(text).expect("prices");
        points
            .into_iter()
            .map(
                |PricePoint {
                     quote,
                     resolution_s,
                 }| {
                    (
                        quote.time.to_string(),
                        quote.usd.to_usd_per_btc(),
                        resolution_s,
                    )
                },
            )
            .collect()
    }

    #[test]
    fn columns_may_have_several_names_and_times_several_formats() {
        let expected = [("2025-11-22T00:00:00Z".to_owned(), 84_714.5, 86_400)];
        for text in [
            "time,usd\n2025-11-22T00:00:00Z,84714.5\n",
            "time_unix,price_usd\n1763769600,84714.5\n",
            "volume,timestamp,Price\n7,1763769600000,84714.50\n",
            "\u{feff}Timestamp, open, close\r\n2025-11-22T01:00:00+01:00, 1, 8.47145e4\r\n",
            "close,time,usd\n1,2025-11-22 00:00:00Z,84714.5\n",
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn the_resolution_is_the_median_step() {
        let steps = |step_s: u32| {
            let line = |n| format!("{},1\n", 1_700_000_000 + n * step_s);
            // The points are not sorted, and have a gap.
            let rows: String = [0, 1, 2, 9, 3, 4, 5].map(line).concat();
            parsed(&format!("time,usd\n{rows}"))[0].2
        };

        assert_eq!(
            [300, 3600, 86_400, 60, 900].map(steps),
            [300, 3600, 86_400, 60, 900]
        );
        assert_eq!([303, 3599, 86_000].map(steps), [300, 3600, 86_400]);
    }

    #[test]
    fn a_price_that_is_repeated_is_imported_once() {
        assert_eq!(
            parsed("time,usd\n1763769600,1\n1763769600000,1.0\n").len(),
            1
        );
    }

    #[test]
    fn files_that_are_not_text_are_refused_with_what_to_do() {
        for (start, expected) in [
            (&b"\x1f\x8b\x08"[..], "gzip"),
            (b"\xff\xfet\0i\0", "UTF-16"),
            (b"PK\x03\x04", "ZIP"),
            (b"time,usd,note\n1763769600,1,\xe4\n", "LATIN1"),
            (b"t\0i\0", "zero"),
        ] {
            let error = parse(start, &"test".into(), Timestamp::LAST).expect_err(expected);
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn a_file_of_candles_gets_a_note_if_its_close_is_used() {
        let note = |header: &str| candle_note(format!("{header}\n").as_bytes());

        let text = note("Timestamp,open,high,low,Close").expect("candles");
        assert!(
            text.contains("column `Close`, each at the time in `Timestamp`"),
            "{text}"
        );
        assert_eq!(note("time,price,high,low,close"), None);
        assert_eq!(note("time,close"), None);
    }

    #[test]
    fn errors_name_the_line() {
        let cases = [
            (
                "",
                "line 1 has no time column: expected one of time, time_unix, timestamp, found ",
            ),
            (
                "day,usd\n",
                "line 1 has no time column: expected one of time, time_unix, timestamp, found day, usd",
            ),
            (
                "time,open\n",
                "line 1 has no price column: expected one of usd, price_usd, price, close, found time, open",
            ),
            ("time,usd\n", "there are no prices in the file"),
            (
                "time,usd\n1763769600,1\n1763773200,2\n2025-11-22T00:00:00Z,3\n",
                "lines 2 and 4 have different prices for the time 2025-11-22T00:00:00Z: `1` and `3`",
            ),
            (
                "time,usd\n1763769600,0\n",
                "line 2, column usd: `0` is not a price in USD from 0.0001 to 100000000, such as 84714.5",
            ),
            (
                "time,usd\n1763769600,1\n1763773200,\n",
                "line 3, column usd: `` is not a price",
            ),
            (
                "time,usd\n1763769600,1\n\n1763773200,\"84,714\"\n",
                "line 4, column usd: `84,714` is not a price",
            ),
            (
                "\u{feff}time,usd\r\n1763769600,1\r\n1763773200,-1\r\n",
                "line 3, column usd: `-1`",
            ),
            ("\u{feff}time,usd\nnever,1", "line 2, column time: `never`"),
            ("time,usd\n1763769600,NaN\n", "`NaN` is not a price"),
            ("time,usd\n1763769600,8.4e9\n", "`8.4e9` is not a price"),
            (
                "time,usd\nyesterday,1\n",
                "line 2, column time: `yesterday` is not a time between the first block",
            ),
            // In seconds, it would be in August 1970.
            ("time,usd\n20251122,1\n", "`20251122` is not a time"),
            (
                "time,usd\n2025-11-22T00:00:00,1\n",
                "`2025-11-22T00:00:00` is not a time",
            ), // The time zone is missing.
            (
                "time,usd\n2026-02-01T00:00:00Z,1\n",
                "`2026-02-01T00:00:00Z` is not a time",
            ), // This time is in the future.
            (
                "time,usd\n1763769600000000,1\n",
                "`1763769600000000` is not a time",
            ),
            ("time,usd\n1763769600\n", "line: 2"),
        ];
        for (text, expected) in cases {
            let error = read(text).expect_err("an error");

            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
