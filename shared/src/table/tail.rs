//! The end of a Parquet file, which contains the footer.

use bytes::Bytes;
use bytes::buf::{Buf, Reader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::reader::{ChunkReader, Length};

/// Length of the end of a `blocks` file that contains its footer and its bloom filter (about 8 kB for
/// a month).
pub const TAIL_LEN: u64 = 32 * 1024;

/// A file of which only the last bytes are available.
pub(super) struct Tail {
    pub(super) tail: Bytes,
    pub(super) len: u64,
}

impl Tail {
    fn from(&self, start: u64) -> ParquetResult<Bytes> {
        let missing = self.len.saturating_sub(self.tail.len() as u64);
        let at = start
            .checked_sub(missing)
            .and_then(|at| usize::try_from(at).ok());
        at.filter(|at| *at <= self.tail.len())
            .map(|at| self.tail.slice(at..))
            .ok_or_else(|| {
                ParquetError::EOF(format!(
                    "byte {start} is not in the last {} bytes",
                    self.tail.len()
                ))
            })
    }
}

impl Length for Tail {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Tail {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let mut bytes = self.from(start)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF(format!(
                "{length} bytes from {start} are beyond the end"
            )));
        }
        bytes.truncate(length);
        Ok(bytes)
    }
}
