//! Files with random changes, without a checksum that would show them.

use proptest::prelude::*;
use proptest::sample::Index;
use testenv::fuzz::{changed, changes, fuzz};

use super::MEMORY;
use super::tables::{TableFile, blocks_of_a_month, files};

#[test]
fn fuzz_files_of_each_table() {
    let tables = files(&blocks_of_a_month(8));
    let unchecked: Vec<Vec<u8>> = tables
        .iter()
        .map(|table| without_checksum(&table.body))
        .collect();
    fuzz(&(any::<Index>(), changes()), |(table, changes)| {
        let table = table.index(tables.len());
        let TableFile { key, readers, .. } = &tables[table];
        let file = changed(&unchecked[table], &changes).into();
        for (name, read) in readers {
            MEMORY.reset_peak_usage();
            drop(read(&file)); // Rows or an error, but no panic.
            let peak_mb = MEMORY.peak_usage_as_mb();
            assert!(peak_mb < 500.0, "{key}, {name}: {peak_mb} MB"); // With what the other tests need.
        }
    });
}

/// The file with another name in place of that of its checksum.
fn without_checksum(file: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"hashlake.crc32";
    let at = file.windows(NAME.len()).rposition(|bytes| bytes == NAME);
    let at = at.expect("the file has a checksum");
    let mut file = file.to_vec();
    file[at..at + NAME.len()].fill(b'x');
    file
}
