//! Columns of a CSV file, and errors that name the line.

use chrono::DateTime;
use csv::StringRecord;
use hashlake_core::timestamp::Timestamp;
use thiserror::Error;

const FIRST_BLOCK_S: u32 = 1_231_006_505; // 2009-01-03T18:15:05Z
// Numbers from this one on are milliseconds (from 1973). As seconds, they would be in the year 5138.
const FIRST_MS: i64 = 100_000_000_000;

/// Why a file cannot be parsed.
#[derive(Debug, Error)]
pub(crate) enum CsvError {
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error("line 1 has no {what} column: expected one of {}, found {found}", expected.join(", "))]
    Column {
        what: &'static str,
        expected: &'static [&'static str],
        found: String,
    },
    #[error("line {line}, column {column}: `{value}` is not {expected}")]
    Value {
        line: u64,
        column: String,
        value: String,
        expected: String,
    },
    #[error(
        "lines {first} and {second} have different prices for the time {time}: `{first_value}` and `{second_value}`"
    )]
    Contradiction {
        first: u64,
        second: u64,
        time: Timestamp,
        first_value: String,
        second_value: String,
    },
    #[error("{0}")]
    Encoding(&'static str),
    #[error("there are no prices in the file")]
    Empty,
}

/// Refuses a file that is not text in UTF-8. The error names its format, and what to do.
pub(crate) fn check_encoding(text: &[u8]) -> Result<(), CsvError> {
    let what = match text {
        [0x1f, 0x8b, ..] => "it is compressed with gzip: decompress it first (gunzip)",
        [b'P', b'K', 3, 4, ..] => "it is a ZIP archive or a spreadsheet: save it as CSV in UTF-8",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it is in UTF-16: save it as CSV in UTF-8",
        text if std::str::from_utf8(text).is_err() => {
            "it is not in UTF-8: save it as CSV in UTF-8 (iconv -f LATIN1 -t UTF-8, if it is in Latin-1)"
        }
        text if text.contains(&0) => {
            "it contains zero bytes, so it is not text: save it as CSV in UTF-8"
        }
        _ => return Ok(()),
    };
    Err(CsvError::Encoding(what))
}

/// The index of the column with one of the `expected` names.
pub(crate) fn column(
    header: &StringRecord,
    what: &'static str,
    expected: &'static [&'static str],
) -> Result<usize, CsvError> {
    expected
        .iter()
        .find_map(|name| optional_column(header, name))
        .ok_or_else(|| CsvError::Column {
            what,
            expected,
            found: header.iter().collect::<Vec<_>>().join(", "),
        })
}

pub(crate) fn optional_column(header: &StringRecord, name: &str) -> Option<usize> {
    header
        .iter()
        .position(|found| found.eq_ignore_ascii_case(name))
}

/// The line at which a record starts. `record.position()` may be before line ends that precede the
/// record, such as those of empty lines, so these are counted too.
pub(crate) fn line(text: &[u8], record: &StringRecord) -> u64 {
    let Some(start) = record.position() else {
        return 0;
    };
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let start = usize::try_from(start.byte()).unwrap_or(text.len());
    let ends = text.iter().skip(start).take_while(|byte| is_end(byte));
    let before = text.iter().take(start + ends.count());
    before.fold(1, |line, byte| line + u64::from(*byte == b'\n'))
}

/// A time per RFC 3339, or in seconds or milliseconds since 1970; `None` if it is before the first
/// block.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let time = match text.parse() {
        Ok(ms @ FIRST_MS..) => Timestamp::from_ms(ms),
        Ok(secs) => Timestamp::from_secs(secs),
        Err(_) => Timestamp::from_ms(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis()),
    };
    time.filter(|time| *time >= Timestamp::from_block_time(FIRST_BLOCK_S))
}

/// The usual step between times: the median. `None` if there are fewer than two times.
pub(crate) fn usual_step_s(mut times: Vec<Timestamp>) -> Option<u64> {
    times.sort_unstable();
    times.dedup();
    let mut steps_s: Vec<u64> = times
        .windows(2)
        .map(|pair| pair[1].since(pair[0]).as_secs())
        .collect();
    steps_s.sort_unstable();
    steps_s.get(steps_s.len() / 2).copied()
}
