//! The CSV file of prices.

use crate::recording::error::RecordingError;
use crate::recording::file::CsvFile;
use crate::recording::table::Table;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PricePoint {
    /// UNIX time in seconds.
    pub(crate) time_s: u32,
    /// USD per BTC.
    pub(crate) usd: f64,
}

/// The points of a file, sorted by time.
pub(crate) fn parse(file: &CsvFile<'_>) -> Result<Vec<PricePoint>, RecordingError> {
    let text = file.text()?;
    let mut table = Table::new(&file.name, &text);
    let (time, usd) = (table.column("time_unix")?, table.column("price_usd")?);
    let mut points = Vec::new();
    while let Some(row) = table.next_row()? {
        points.push(PricePoint {
            time_s: row.unix_time(time)?,
            usd: row.positive(usd)?,
        });
    }
    if points.is_empty() {
        return Err(RecordingError::NoRows {
            file: file.name.to_string(),
        });
    }
    points.sort_by_key(|point| point.time_s);
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<Vec<PricePoint>, RecordingError> {
        parse(&CsvFile::bundled("p.csv", text.as_bytes()))
    }

    #[test]
    fn rows_are_sorted_by_time() {
        let points = parse_text("price_usd,time_unix\n2,7200\n1.5,3600\n").unwrap();

        assert_eq!(
            points.first(),
            Some(&PricePoint {
                time_s: 3_600,
                usd: 1.5
            })
        );
    }

    #[test]
    fn price_of_zero_is_refused() {
        let error = parse_text("time_unix,price_usd\n3600,0\n").unwrap_err();

        assert_eq!(
            error.to_string(),
            r#"p.csv, line 2, column price_usd: expected a number above 0, found "0""#
        );
    }
}
