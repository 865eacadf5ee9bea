//! A month's file of blocks.

use std::ops::RangeInclusive;

use bytes::Bytes;
use hashlake_core::lake::Stamp;
use hashlake_core::revenue::{BlockEconomics, PricedBlock};
use hashlake_core::table::{TableError, blocks};

use crate::reader::error::ReadError;

/// A month's file of blocks: the columns that series need are decoded, whole rows only on request.
#[derive(Default)]
pub(crate) struct MonthFile {
    pub(crate) economics: Vec<BlockEconomics>,
    bytes: Bytes,
}

impl MonthFile {
    pub(crate) fn decode(bytes: Bytes, _: &Stamp) -> Result<Self, TableError> {
        let economics = blocks::decode_economics(bytes.clone())?;
        Ok(Self { economics, bytes })
    }

    /// Height of the first block; `None` if a reorg left no block in the month.
    pub(crate) fn first_height(&self) -> Option<u32> {
        self.economics.first().map(|row| row.height)
    }

    /// The blocks up to `height`.
    pub(crate) fn blocks_up_to(&self, height: u32) -> &[BlockEconomics] {
        let end = self.economics.partition_point(|row| row.height <= height);
        &self.economics[..end]
    }

    /// The rows of these heights.
    pub(crate) fn rows(
        &self,
        key: &str,
        heights: RangeInclusive<u32>,
    ) -> Result<Vec<PricedBlock>, ReadError> {
        blocks::decode_heights(self.bytes.clone(), heights).map_err(|source| ReadError::Damaged {
            key: key.to_owned(),
            source,
        })
    }
}
