//! The bloom filters of `blocks` files, which exclude most files when a block is looked up by its
//! hash.

use bytes::Bytes;
use bytes::buf::{Buf, Reader};
use parquet::bloom_filter::Sbbf;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::file::reader::{ChunkReader, Length};

use super::TableError;
use crate::hash::BlockHash;

/// Length of the end of a file that contains its filter (about 8 kB for a month) and its footer.
pub const TAIL_LEN: u64 = 32 * 1024;

/// The filters of a file: one for each row group, if it has one.
#[derive(Debug)]
pub struct HashFilter(Vec<Option<Sbbf>>);

impl HashFilter {
    /// Decodes the filters of a file of `len` bytes whose last bytes are `tail`. A filter that
    /// begins before `tail` excludes nothing.
    ///
    /// # Errors
    /// [`TableError`] if `tail` is not the end of a file of `blocks`.
    pub fn decode(tail: Bytes, len: u64) -> Result<Self, TableError> {
        super::catch_panic(|| Self::decode_unguarded(tail, len))
    }

    fn decode_unguarded(tail: Bytes, len: u64) -> Result<Self, TableError> {
        let file = Tail { tail, len };
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file)?;
        let schema = metadata.file_metadata().schema_descr();
        let hash = schema
            .columns()
            .iter()
            .position(|column| column.name() == "hash");
        let column = hash.ok_or_else(|| TableError::Column {
            column: "hash",
            expected: "Utf8".to_owned(),
        })?;
        let filter = |group: &parquet::file::metadata::RowGroupMetaData| {
            Sbbf::read_from_column_chunk(group.column(column), &file)
                .ok()
                .flatten()
        };
        Ok(Self(metadata.row_groups().iter().map(filter).collect()))
    }

    /// Whether the file may contain a block with this hash. If false, it does not.
    pub fn may_hold(&self, hash: BlockHash) -> bool {
        let hex = hash.to_string();
        self.0.iter().any(|filter| {
            filter
                .as_ref()
                .is_none_or(|filter| filter.check(hex.as_str()))
        })
    }
}

/// A file of which only the last bytes are available.
struct Tail {
    tail: Bytes,
    len: u64,
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
