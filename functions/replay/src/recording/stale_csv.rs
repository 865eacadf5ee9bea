//! The CSV file of stale blocks, and the block headers in it.

use crate::recording::error::RecordingError;
use crate::recording::file::CsvFile;
use crate::recording::table::Table;

/// Length of a serialised block header.
const HEADER_BYTES: usize = 80;

pub(crate) struct StaleRow {
    pub(crate) height: u32,
    pub(crate) hash: String,
    pub(crate) header: StaleHeader,
}

/// The fields of a serialised block header, without its merkle root.
#[derive(Debug, PartialEq)]
pub(crate) struct StaleHeader {
    pub(crate) version: i32,
    pub(crate) previous_hash: String,
    pub(crate) time: u32,
    pub(crate) bits: u32,
    pub(crate) nonce: u32,
}

/// The rows of a file, sorted by height.
pub(crate) fn parse(file: &CsvFile<'_>) -> Result<Vec<StaleRow>, RecordingError> {
    let text = file.text()?;
    let mut table = Table::new(&file.name, &text);
    let height = table.column("height")?;
    let hash = table.column("hash")?;
    let header = table.column("header")?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        rows.push(StaleRow {
            height: row.number(height, "a block height")?,
            hash: row.hex(hash, 64)?,
            header: parse_header(&row.hex(header, 2 * HEADER_BYTES)?)
                .ok_or_else(|| row.fault(header, "a serialised block header"))?,
        });
    }
    rows.sort_by_key(|row| row.height);
    Ok(rows)
}

fn parse_header(hex: &str) -> Option<StaleHeader> {
    let digits = |at: usize| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..HEADER_BYTES).map(digits).collect::<Option<_>>()?;
    let word = |at: usize| {
        bytes
            .get(at..at + 4)?
            .try_into()
            .ok()
            .map(u32::from_le_bytes)
    };
    Some(StaleHeader {
        version: word(0)?.cast_signed(),
        previous_hash: bytes
            .get(4..36)?
            .iter()
            .rev()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        time: word(68)?,
        bits: word(72)?,
        nonce: word(76)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_of_the_genesis_block_are_those_that_explorers_show() {
        let genesis = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3ed\
                       fd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";

        let header = parse_header(genesis).unwrap();

        let expected = StaleHeader {
            version: 1,
            previous_hash: "0".repeat(64),
            time: 1_231_006_505,
            bits: 0x1d00_ffff,
            nonce: 2_083_236_893,
        };
        assert_eq!(header, expected);
    }

    #[test]
    fn error_for_a_short_header_names_its_line() {
        let text = format!("height,hash,header\n5,{},00ff\n", "a".repeat(64));

        let error = parse(&CsvFile::bundled("s.csv", text.as_bytes()))
            .err()
            .unwrap();

        assert_eq!(
            error.to_string(),
            r#"s.csv, line 2, column header: expected 160 hex digits, found "00ff""#
        );
    }
}
