//! Reads the footer of a file. It is checked first: the `parquet` crate allocates memory for as many
//! columns as the footer claims, and calls itself once for each level of nested columns.

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::tail::Tail;
use super::thrift::Compact;
use super::{TableError, catch_panic, checksum, inconsistent};

/// The footer of a file of `len` bytes of which `tail` are the last ones, at least the footer.
pub(super) fn read(tail: Bytes, len: u64) -> Result<ParquetMetaData, TableError> {
    checksum::check(&tail, len)?;
    if let Some(footer) = find(&tail) {
        check_schema(footer)?;
    }
    catch_panic(|| Ok(ParquetMetaDataReader::new().parse_and_finish(&Tail { tail, len })?))
}

/// The bytes of the footer: its length and a mark follow it.
fn find(tail: &[u8]) -> Option<&[u8]> {
    let (rest, _mark) = tail.split_last_chunk::<4>()?;
    let (rest, len) = rest.split_last_chunk::<4>()?;
    let len = usize::try_from(u32::from_le_bytes(*len)).ok()?;
    rest.get(rest.len().checked_sub(len)?..)
}

/// Checks that the only structure that has columns is the row.
fn check_schema(footer: &[u8]) -> Result<(), ParquetError> {
    let mut columns = Vec::new();
    Compact(footer)
        .fields(&mut |path, value| {
            // Each structure has the number of its columns.
            if path == [2, 5] && value > 0 {
                columns.push(value);
            }
        })
        .ok_or_else(inconsistent)?;
    match columns[..] {
        [] => Ok(()),
        [columns] if columns <= footer.len() as u64 => Ok(()),
        _ => Err(ParquetError::General(
            "the file has nested columns: no file of the lake has any".to_owned(),
        )),
    }
}
