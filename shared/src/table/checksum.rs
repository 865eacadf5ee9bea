//! A checksum of the whole file, in its footer. Parquet's own checksums are optional, cover pages
//! only, and are not written by the `parquet` crate.
//!
//! The value of the footer entry `hashlake.crc32` has three numbers in hex: where the data end and
//! the bloom filters, indexes and footer begin; the CRC-32 of the data; and the CRC-32 of all other
//! bytes but its own digits. The end of a file can be checked alone. A file without the entry was
//! written by an earlier version or another program, and is not checked.

use bytes::Bytes;
use parquet::file::metadata::ParquetMetaData;

use super::TableError;

/// Name of the footer entry.
pub(super) const KEY: &str = "hashlake.crc32";
/// Its value until [`fill`] replaces it.
pub(super) const UNFILLED: &str = "0000000000000000000000000000";

const START_DIGITS: usize = 12;
const CRC_DIGITS: usize = 8;
/// The entry begins within this number of bytes from the end of a file.
const NEAR_END: usize = 32 * 1024;
/// In Thrift's compact protocol: the header of a field of text, and the length of the value.
const VALUE_HEADER: [u8; 2] = [0x18, 0x1c];

/// Replaces the digits of the footer entry in a file that has just been written.
pub(super) fn fill(file: &mut [u8], metadata: &ParquetMetaData) {
    let start = end_of_data(metadata);
    let value = find_value(file).expect("the file has the entry");
    let crc_of_data = crc32fast::hash(&file[..start]);
    let digits = format!("{start:012x}{crc_of_data:08x}");
    let own_digits = value + digits.len();
    file[value..own_digits].copy_from_slice(digits.as_bytes());
    let crc_of_end = format!("{:08x}", crc_without(&file[start..], own_digits - start));
    file[own_digits..own_digits + CRC_DIGITS].copy_from_slice(crc_of_end.as_bytes());
}

/// Checks a file of `len` bytes of which `tail` are the last ones. If `tail` begins after the end
/// of the data, it is not checked.
pub(super) fn check(tail: &Bytes, len: u64) -> Result<(), TableError> {
    let Some(value) = find_value(tail) else {
        return Ok(());
    };
    match is_valid(tail, len, value) {
        Some(true) => Ok(()),
        Some(false) | None => Err(TableError::Checksum),
    }
}

/// Whether the checksums match; `None` if the entry or the length of the file is not plausible.
fn is_valid(tail: &[u8], len: u64, value: usize) -> Option<bool> {
    let crc_of_data = value + START_DIGITS;
    let own_digits = crc_of_data + CRC_DIGITS;
    let start = std::str::from_utf8(&tail[value..crc_of_data]).ok()?;
    let start = u64::from_str_radix(start, 16).ok()?;
    let missing = len.checked_sub(tail.len() as u64)?;
    let Some(start) = start.checked_sub(missing) else {
        return Some(true);
    };
    let start = usize::try_from(start).ok()?;
    let end = tail.get(start..)?;
    let is_stored =
        |crc: u32, at: usize| tail[at..at + CRC_DIGITS] == *format!("{crc:08x}").as_bytes();
    let is_end_valid = is_stored(crc_without(end, own_digits.checked_sub(start)?), own_digits);
    let has_data = missing == 0;
    Some(is_end_valid && (!has_data || is_stored(crc32fast::hash(&tail[..start]), crc_of_data)))
}

/// CRC-32 of bytes without the digits of a CRC at `at`.
fn crc_without(bytes: &[u8], at: usize) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&bytes[..at]);
    crc.update(&bytes[at + CRC_DIGITS..]);
    crc.finalize()
}

/// Where the column values end: the bloom filters of the last row group follow, then the indexes
/// and the footer.
fn end_of_data(metadata: &ParquetMetaData) -> usize {
    let chunks = metadata
        .row_groups()
        .iter()
        .flat_map(|group| group.columns());
    let end = chunks
        .map(|chunk| chunk.byte_range())
        .map(|(start, len)| start + len)
        .max();
    usize::try_from(end.unwrap_or_default()).expect("the file is in memory")
}

/// Where the value of the entry begins. The entry is near the end of the file. It is found without
/// decoding the footer, because the decoder can fail on a damaged footer.
fn find_value(file: &[u8]) -> Option<usize> {
    let near = file.len().saturating_sub(NEAR_END);
    let entry = [KEY.as_bytes(), &VALUE_HEADER].concat();
    let mut windows = file[near..].windows(entry.len() + UNFILLED.len());
    let at = windows.rposition(|bytes| bytes.starts_with(&entry))?;
    Some(near + at + entry.len())
}
