//! Files with a flipped bit, files that are cut off, and files in the place of others.

use bytes::Bytes;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::tail::TAIL_LEN;
use hashlake_core::table::{LengthGuard, TableError, blocks, check_month};
use parquet::file::metadata::ParquetMetaDataReader;

use super::tables::{TableFile, blocks_of_a_month, files};

#[test]
fn a_flipped_bit_is_an_error_or_changes_no_row() {
    for TableFile { key, body, readers } in files(&blocks_of_a_month(30)) {
        for (reader, (name, read)) in readers.iter().enumerate() {
            let undamaged = read(&body).expect("an undamaged file");
            let mut flipped = body.to_vec();
            let step = if reader == 0 { 5 } else { 47 };
            for at in (reader..body.len()).step_by(step) {
                let bit = 1 << (at * 7919 % 8);
                flipped[at] ^= bit;
                let rows = read(&flipped.clone().into());
                flipped[at] ^= bit;
                assert!(
                    rows.as_ref().is_err() || rows.is_ok_and(|rows| rows == undamaged),
                    "{key}, {name}: byte {at}, bit {bit}"
                );
            }
        }
    }
}

#[test]
fn a_file_that_is_cut_off_is_an_error() {
    for TableFile { key, body, readers } in files(&blocks_of_a_month(60)) {
        for (name, read) in readers {
            for len in (0..body.len()).step_by(100) {
                let rows = read(&body.slice(..len));
                assert!(rows.is_err(), "{key}, {name}: {len} bytes: {rows:?}");
            }
        }
    }
}

#[test]
fn a_file_with_blocks_of_zeros_is_an_error() {
    const SECTOR: usize = 512;
    for TableFile { key, body, readers } in files(&blocks_of_a_month(60)) {
        for (name, read) in readers {
            let undamaged = read(&body).expect("an undamaged file");
            for at in (0..body.len()).step_by(SECTOR) {
                let mut zeroed = body.to_vec();
                let end = body.len().min(at + SECTOR);
                zeroed[at..end].fill(0);
                let rows = read(&zeroed.into());
                assert!(
                    rows.as_ref().is_err() || rows.is_ok_and(|rows| rows == undamaged),
                    "{key}, {name}: zeros from {at}"
                );
            }
        }
    }
}

#[test]
fn the_end_of_the_file_of_a_month_is_checked_without_the_rest() {
    let body = blocks::encode(&blocks_of_a_month(4400), LengthGuard::Absent);
    let len = body.len();
    let outline = |body: &[u8]| {
        let tail = Bytes::copy_from_slice(&body[len - usize::try_from(TAIL_LEN).expect("small")..]);
        Outline::decode(tail, len as u64)
    };
    let undamaged = outline(&body).expect("an undamaged file");

    for at in (len - 9_000..len).step_by(7) {
        let mut flipped = body.to_vec();
        flipped[at] ^= 1;
        let found = outline(&flipped);
        assert!(
            found.as_ref().is_err() || found.is_ok_and(|found| found == undamaged),
            "byte {at} of {len}"
        );
    }
    let mut flipped = body.to_vec();
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&body);
    let filter = metadata
        .expect("a footer")
        .row_group(0)
        .column(1)
        .bloom_filter_offset();
    flipped[usize::try_from(filter.expect("a filter")).expect("in memory") + 99] ^= 1;
    assert!(matches!(outline(&flipped), Err(TableError::Checksum)));
}

#[test]
fn a_file_of_another_month_is_an_error() {
    for TableFile { key, body, .. } in files(&blocks_of_a_month(60)) {
        let len = body.len() as u64;
        let other = key.replace("2010-10", "2010-11");
        check_month(&key, body.clone(), len).expect("the month of its rows");

        let checked = check_month(&other, body, len);

        match checked {
            Err(error @ TableError::OtherMonth { .. }) => assert_eq!(
                error.to_string(),
                "it has rows of 2010-10, but its name has another month"
            ),
            checked => assert!(key == other && checked.is_ok(), "{other}: {checked:?}"),
        }
    }
}
