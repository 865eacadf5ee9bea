//! The bloom filters of `blocks` files. They exclude most files when a block is looked up by its
//! hash.

use bytes::Bytes;
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::tail::Tail;
use super::{TableError, catch_panic, footer};
use crate::hash::BlockHash;

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
        let metadata = footer::read(tail.clone(), len)?;
        catch_panic(|| Self::of(&metadata, &Tail { tail, len }))
    }

    fn of(metadata: &ParquetMetaData, file: &Tail) -> Result<Self, TableError> {
        let schema = metadata.file_metadata().schema_descr();
        let hash = schema
            .columns()
            .iter()
            .position(|column| column.name() == "hash");
        let column = hash.ok_or_else(|| TableError::Column {
            column: "hash",
            expected: "Utf8".to_owned(),
        })?;
        let filter = |group: &RowGroupMetaData| {
            Sbbf::read_from_column_chunk(group.column(column), file)
                .ok()
                .flatten()
                .filter(|filter| filter.num_blocks() > 0) // An empty one cannot be searched.
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
