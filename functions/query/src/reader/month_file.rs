//! A month's file of blocks.

use std::ops::RangeInclusive;

use bytes::Bytes;
use hashlake_core::lake::Stamp;
use hashlake_core::revenue::{BlockEconomics, FeeWindow, PricedBlock, sat_per_ph_day_144};
use hashlake_core::table::{TableError, blocks};

use crate::reader::error::ReadError;

/// A month's file of blocks. The columns that series need are decoded at once, and whole rows only
/// on request.
#[derive(Default)]
pub(crate) struct MonthFile {
    pub(crate) economics: Vec<BlockEconomics>,
    bytes: Bytes,
    lacks_means: bool,
}

impl MonthFile {
    pub(crate) fn decode(bytes: Bytes, _: &Stamp) -> Result<Self, TableError> {
        let economics = blocks::decode_economics(bytes.clone())?;
        let lacks_means = economics.iter().any(|row| row.sat_per_ph_day_144.is_none());
        Ok(Self {
            economics,
            bytes,
            lacks_means,
        })
    }

    /// Whether a block has no hashprice with mean fees: an earlier version wrote the file, or the
    /// lake starts in this month.
    pub(crate) const fn lacks_means(&self) -> bool {
        self.lacks_means
    }

    /// A copy of this file in which missing hashprices with mean fees are computed, as far as the
    /// fees are known. `before` are the blocks below those of the file.
    pub(crate) fn with_means<'a>(&self, before: impl Iterator<Item = &'a BlockEconomics>) -> Self {
        let mut fees = FeeWindow::default();
        for row in before {
            fees.push(row.height, row.fees);
        }
        let complete = |row: &BlockEconomics| {
            let computed = fees
                .push(row.height, row.fees)
                .map(|fees_sat| sat_per_ph_day_144(row.difficulty, row.subsidy, fees_sat));
            BlockEconomics {
                sat_per_ph_day_144: row.sat_per_ph_day_144.or(computed),
                ..*row
            }
        };
        Self {
            economics: self.economics.iter().map(complete).collect(),
            bytes: self.bytes.clone(),
            lacks_means: false,
        }
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
        let rows = blocks::decode_heights(self.bytes.clone(), heights);
        let mut rows = rows.map_err(|source| ReadError::Damaged {
            key: key.to_owned(),
            source,
        })?;
        for row in &mut rows {
            row.block.sat_per_ph_day_144 = self.sat_per_ph_day_144(row.block.height);
        }
        Ok(rows)
    }

    fn sat_per_ph_day_144(&self, height: u32) -> Option<f64> {
        let at = self
            .economics
            .binary_search_by_key(&height, |row| row.height);
        self.economics[at.ok()?].sat_per_ph_day_144
    }
}
