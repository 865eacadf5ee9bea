//! Reads the footer of a file.

use bytes::Bytes;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::tail::Tail;
use super::{TableError, catch_panic, checksum};

/// The footer of a file of `len` bytes of which `tail` are the last ones, at least the footer.
pub(super) fn read(tail: Bytes, len: u64) -> Result<ParquetMetaData, TableError> {
    checksum::check(&tail, len)?;
    catch_panic(|| Ok(ParquetMetaDataReader::new().parse_and_finish(&Tail { tail, len })?))
}
