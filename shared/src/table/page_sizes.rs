//! The sizes that a file claims for its pages and rows, checked before memory is allocated for
//! them. The `parquet` crate allocates what a page header claims.

use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};

use super::inconsistent;
use super::thrift::Compact;

/// Pages that hashlake writes have up to 1.4 MB; those of other programs, up to 9 MB for as many
/// rows.
const MAX_PAGE_LEN: u64 = 32 << 20;

/// Checks all pages of all columns of a file.
pub(super) fn check_file(file: &[u8], metadata: &ParquetMetaData) -> Result<(), ParquetError> {
    let groups = metadata.row_groups().iter();
    groups
        .flat_map(RowGroupMetaData::columns)
        .try_for_each(|chunk| check(file, chunk))
}

/// The number of rows of a file; an error if there are more than `max`.
pub(super) fn rows(metadata: &ParquetMetaData, max: usize) -> Result<usize, ParquetError> {
    let mut rows = 0_usize;
    for group in metadata.row_groups() {
        rows = rows.saturating_add(usize::try_from(group.num_rows())?);
    }
    if rows > max {
        return Err(too_large(&format!("{rows} rows, more than {max}")));
    }
    Ok(rows)
}

/// Checks the pages of a column.
pub(super) fn check(file: &[u8], chunk: &ColumnChunkMetaData) -> Result<(), ParquetError> {
    let (start, len) = chunk.byte_range();
    let range = usize::try_from(start)?..usize::try_from(start.saturating_add(len))?;
    let mut rest = Compact(file.get(range).ok_or_else(inconsistent)?);
    while !rest.0.is_empty() {
        let page = Page::read(&mut rest).ok_or_else(inconsistent)?;
        if page.len > MAX_PAGE_LEN || page.dictionary_values > page.len {
            return Err(too_large(&format!(
                "a page of {} bytes with a dictionary of {} values",
                page.len, page.dictionary_values
            )));
        }
        rest.take(page.compressed_len).ok_or_else(inconsistent)?;
    }
    Ok(())
}

fn too_large(what: &str) -> ParquetError {
    ParquetError::General(format!(
        "the file claims {what}: no file of the lake is so large"
    ))
}

/// What a page header claims.
#[derive(Default)]
struct Page {
    len: u64,
    compressed_len: u64,
    dictionary_values: u64,
}

impl Page {
    fn read(bytes: &mut Compact<'_>) -> Option<Self> {
        let mut page = Self::default();
        bytes.fields(&mut |path, value| match path {
            [2] => page.len = value,
            [3] => page.compressed_len = value,
            [7, 1] => page.dictionary_values = value,
            _ => {}
        })?;
        Some(page)
    }
}
