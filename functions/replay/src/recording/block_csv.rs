//! The CSV file of blocks.

use std::collections::HashSet;
use std::sync::Arc;

use crate::recording::block::RecordedBlock;
use crate::recording::error::RecordingError;
use crate::recording::file::CsvFile;
use crate::recording::table::{Column, Row, Table};

struct BlockColumns {
    height: Column,
    hash: Column,
    previous_hash: Option<Column>,
    time: Column,
    median_time: Column,
    bits: Column,
    difficulty: Column,
    tx_count: Column,
    subsidy_sat: Column,
    fees_sat: Column,
}

/// The blocks of a file, in order of height.
pub(crate) fn parse(file: &CsvFile<'_>) -> Result<Vec<RecordedBlock>, RecordingError> {
    let text = file.text()?;
    let mut table = Table::new(&file.name, &text);
    let columns = BlockColumns {
        height: table.column("height")?,
        hash: table.column("hash")?,
        previous_hash: table.optional_column("previousblockhash")?,
        time: table.column("time")?,
        median_time: table.column("mediantime")?,
        bits: table.column("bits")?,
        difficulty: table.column("difficulty")?,
        tx_count: table.column("n_tx")?,
        subsidy_sat: table.column("subsidy_sat")?,
        fees_sat: table.column("total_fee_sat")?,
    };
    let mut blocks: Vec<RecordedBlock> = Vec::new();
    let mut hashes = HashSet::new();
    while let Some(row) = table.next_row()? {
        let block = parse_block(&row, &columns, blocks.last())?;
        if !hashes.insert(block.hash.clone()) {
            return Err(row.fault(columns.hash, "a hash that no earlier row has"));
        }
        blocks.push(block);
    }
    if blocks.is_empty() {
        return Err(RecordingError::NoRows {
            file: file.name.to_string(),
        });
    }
    Ok(blocks)
}

fn parse_block(
    row: &Row<'_>,
    columns: &BlockColumns,
    below: Option<&RecordedBlock>,
) -> Result<RecordedBlock, RecordingError> {
    let height = row.number(columns.height, "a block height")?;
    if let Some(below) = below
        && below.height.checked_add(1) != Some(height)
    {
        let expected = format!("the next height after {}", below.height);
        return Err(row.fault(columns.height, expected));
    }
    let bits = row.hex(columns.bits, 8)?;
    let tx_count = row.count(columns.tx_count)?;
    if tx_count == 0 {
        return Err(row.fault(columns.tx_count, "at least 1 (the coinbase transaction)"));
    }
    Ok(RecordedBlock {
        height,
        hash: row.hex(columns.hash, 64)?.into(),
        previous_hash: previous_hash(row, columns, below)?,
        time: row.unix_time(columns.time)?,
        median_time: row.unix_time(columns.median_time)?,
        bits: u32::from_str_radix(&bits, 16)
            .map_err(|_| row.fault(columns.bits, "8 hex digits"))?,
        difficulty: row.positive(columns.difficulty)?,
        tx_count,
        subsidy_sat: row.count(columns.subsidy_sat)?,
        fees_sat: row.count(columns.fees_sat)?,
        header_only: None,
    })
}

/// Hash of the previous block, which must be in the previous row. In the first row, it can be empty.
fn previous_hash(
    row: &Row<'_>,
    columns: &BlockColumns,
    below: Option<&RecordedBlock>,
) -> Result<Option<Arc<str>>, RecordingError> {
    let named = match columns.previous_hash {
        Some(column) if !row.text(column).is_empty() => Some((column, row.hex(column, 64)?)),
        _ => None,
    };
    match (below, named) {
        (Some(below), Some((column, hash))) if hash != *below.hash => Err(row.fault(
            column,
            format!("the hash in the previous row, {}", below.hash),
        )),
        (Some(below), _) => Ok(Some(below.hash.clone())),
        // The genesis block has no previous block. Its row can have zeros here.
        (None, Some((_, hash))) if hash.bytes().any(|digit| digit != b'0') => Ok(Some(hash.into())),
        (None, _) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "height,hash,previousblockhash,time,mediantime,bits,difficulty,n_tx,subsidy_sat,total_fee_sat";

    fn hash(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    /// A row with these values. The other values are realistic for August 2025.
    fn row(height: &str, hash: &str, previous: &str, time: &str) -> String {
        format!(
            "{height},{hash},{previous},{time},{time},17022cb3,129435235580344.81,2,312500000,9\n"
        )
    }

    fn blocks(rows: &[String]) -> Result<Vec<RecordedBlock>, RecordingError> {
        let text = format!("{HEADER}\n{}", rows.concat());
        parse(&CsvFile::bundled("b.csv", text.as_bytes()))
    }

    #[test]
    fn first_row_can_have_the_hash_of_its_parent_or_leave_it_empty() {
        let named = blocks(&[row("7", &hash('b'), &hash('a'), "5")]).unwrap();
        let unnamed = blocks(&[row("7", &hash('b'), "", "5")]).unwrap();
        let genesis = blocks(&[row("0", &hash('b'), &hash('0'), "5")]).unwrap();

        assert_eq!(named[0].previous_hash.as_deref(), Some(hash('a').as_str()));
        assert_eq!(unnamed[0].previous_hash, None);
        assert_eq!(genesis[0].previous_hash, None);
    }

    #[test]
    fn gap_between_heights_is_refused() {
        let rows = [row("7", &hash('a'), "", "5"), row("9", &hash('b'), "", "6")];

        let error = blocks(&rows).unwrap_err().to_string();

        assert_eq!(
            error,
            r#"b.csv, line 3, column height: expected the next height after 7, found "9""#
        );
    }

    #[test]
    fn parent_that_is_not_the_previous_row_is_refused() {
        let rows = [
            row("7", &hash('a'), "", "5"),
            row("8", &hash('b'), &hash('c'), "6"),
        ];

        let error = blocks(&rows).unwrap_err().to_string();

        assert!(error.starts_with(
            "b.csv, line 3, column previousblockhash: expected the hash in the previous row, aaa"
        ));
    }

    #[test]
    fn bad_values_are_refused() {
        let good = row("7", &hash('a'), "", "5");
        for (from, to, column) in [
            ("7,", "-7,", "height"),
            ("aaaa", "aaa", "hash"),
            (",5,5,", ",5.5,5,", "time"),
            (",5,5,", ",5,,", "mediantime"),
            ("17022cb3", "+7022cb3", "bits"),
            ("129435235580344.81", "NaN", "difficulty"),
            ("129435235580344.81", "0", "difficulty"),
            (",2,", ",0,", "n_tx"),
            ("312500000", "3.125", "subsidy_sat"),
            (",9\n", ",-9\n", "total_fee_sat"),
        ] {
            let error = blocks(&[good.replacen(from, to, 1)])
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with(&format!("b.csv, line 2, column {column}: expected ")),
                "{error}"
            );
        }
    }

    #[test]
    fn same_hash_twice_is_refused() {
        let rows = [row("7", &hash('a'), "", "5"), row("8", &hash('a'), "", "6")];

        let error = blocks(&rows).unwrap_err().to_string();

        assert!(error.contains("line 3, column hash: expected a hash that no earlier row has"));
    }

    #[test]
    fn row_after_the_highest_possible_height_is_refused() {
        let rows = [
            row("4294967295", &hash('a'), "", "5"),
            row("0", &hash('b'), "", "6"),
        ];

        assert!(blocks(&rows).is_err());
    }

    #[test]
    fn file_without_rows_is_refused() {
        let error = blocks(&[]).unwrap_err().to_string();

        assert_eq!(error, "b.csv: expected at least one row below the header");
    }
}
