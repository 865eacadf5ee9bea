//! The blocks up to the cursor, all from one snapshot of the lake.

use std::ops::{Range, RangeInclusive};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use hashlake_core::difficulty::period_start;
use hashlake_core::hash::BlockHash;
use hashlake_core::month::Month;
use hashlake_core::price::PricePoint;
use hashlake_core::revenue::{BlockEconomics, FeeWindow, PricedBlock};
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::{blocks, daily};
use hashlake_core::timestamp::Timestamp;

use crate::reader::error::ReadError;
use crate::reader::files::{DaySums, Files};
use crate::reader::month_file::MonthFile;
use crate::reader::snapshot::Snapshot;
use crate::reader::sums_144;

const READ_AT_ONCE: usize = 32;
const DECODED_AT_ONCE: usize = 8; // A month in memory is about 1 MB.
const PRICE_MONTHS_READ: usize = 2; // At the start of a month, its file has few prices.

/// The time from a block to the end of a range that includes the block but nothing after it. Block
/// times are whole seconds.
pub(crate) const JUST_AFTER: Duration = Duration::from_secs(1);

/// The blocks up to the cursor.
pub(crate) struct History {
    pub(crate) files: Arc<Files>,
    pub(crate) snapshot: Arc<Snapshot>,
}

impl History {
    /// The latest block.
    pub(crate) fn tip(&self) -> &PricedBlock {
        &self.snapshot.tip
    }

    /// Whole days, and the blocks after them.
    pub(crate) async fn days(&self) -> Result<Days, ReadError> {
        let tip = &self.tip().block;
        let stamp = self.snapshot.daily();
        let stamp = stamp.ok_or(ReadError::Missing { key: daily::KEY })?;
        let rows = self.files.days(stamp).await?;
        let whole = rows.partition_point(|day| day.last_height <= tip.height);
        let start = match rows[..whole].last() {
            None => self.snapshot.months().next().map(Month::start),
            Some(day) => Some(day.day.end()),
        };
        let rest = self
            .blocks(start.unwrap_or(tip.median_time)..tip.median_time + JUST_AFTER)
            .await?;
        Ok(Days { rows, whole, rest })
    }

    /// Blocks with a median time in `range`.
    pub(crate) async fn blocks(&self, range: Range<Timestamp>) -> Result<BlocksInRange, ReadError> {
        let months = self.months_in(&range).map(|month| self.month(month));
        Ok(BlocksInRange {
            months: try_join_all(months).await?,
            last_height: self.tip().block.height,
            range,
        })
    }

    /// Blocks with a median time in `range`, without the months whose file is damaged. It is used
    /// by answers that do not need all blocks.
    pub(crate) async fn readable_blocks(
        &self,
        range: Range<Timestamp>,
    ) -> Result<BlocksInRange, ReadError> {
        let read = async |month| match self.month(month).await {
            Err(ReadError::Damaged { .. }) => Ok(Arc::default()),
            result => result,
        };
        Ok(BlocksInRange {
            months: try_join_all(self.months_in(&range).map(read)).await?,
            last_height: self.tip().block.height,
            range,
        })
    }

    fn months_in(&self, range: &Range<Timestamp>) -> impl Iterator<Item = Month> {
        let in_range = |month: &Month| {
            month.start() < range.end && month.next().is_none_or(|next| range.start < next.start())
        };
        self.snapshot.months().filter(in_range)
    }

    /// At least the last `count` blocks, or fewer if the lake has fewer. A month whose file is
    /// damaged is left out, with all months before it.
    pub(crate) async fn last_blocks(&self, count: usize) -> Result<Vec<BlockEconomics>, ReadError> {
        let last_height = self.tip().block.height;
        let mut files = Vec::new();
        let mut known = 0;
        for month in self.snapshot.months().rev() {
            if known >= count {
                break;
            }
            let file = match self.month(month).await {
                Err(ReadError::Damaged { .. }) => break,
                file => file?,
            };
            known += file.blocks_up_to(last_height).len();
            files.push(file);
        }
        let blocks = files.iter().rev();
        let blocks = blocks.flat_map(|file| file.blocks_up_to(last_height));
        Ok(blocks.copied().collect())
    }

    /// The last `count` prices up to `until` (or fewer), in order of time. Damaged files are left
    /// out.
    pub(crate) async fn last_prices(
        &self,
        until: Timestamp,
        count: usize,
    ) -> Result<Vec<PricePoint>, ReadError> {
        let months = self.snapshot.prices().rev();
        let months = months.filter(|(month, _)| month.start() <= until);
        let mut points = Vec::new();
        for (month, stamp) in months.take(PRICE_MONTHS_READ) {
            let file = match self.files.prices(month, stamp).await {
                Err(ReadError::Damaged { .. }) => continue,
                file => file?,
            };
            let end = file.partition_point(|point| point.quote.time <= until);
            let start = end.saturating_sub(count - points.len());
            points.splice(0..0, file[start..end].iter().cloned());
        }
        Ok(points)
    }

    /// Header time of the first of the 2016 blocks that have the difficulty of the latest block.
    /// `None` if the lake does not have that first block, or its file is damaged.
    pub(crate) async fn period_start_time(&self) -> Result<Option<Timestamp>, ReadError> {
        let first = period_start(self.tip().block.height);
        match self.rows(first..=first).await {
            Err(ReadError::Damaged { .. }) => Ok(None),
            rows => Ok(rows?.first().map(|row| row.block.time)),
        }
    }

    /// Rows of these heights, as far as the lake has them.
    pub(crate) async fn rows(
        &self,
        heights: RangeInclusive<u32>,
    ) -> Result<Vec<PricedBlock>, ReadError> {
        let heights = *heights.start()..=*heights.end().min(&self.tip().block.height);
        let days = self.days().await?;
        let mut rows = Vec::new();
        for month in days.months_of(&heights) {
            let file = self.month(month).await?;
            rows.append(&mut file.rows(&blocks::key(month), heights.clone())?);
        }
        Ok(rows)
    }

    /// The row of the block with this hash. The bloom filter at the end of a month's file shows
    /// whether the file may have the block.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] if no readable file has the block, and at least one file is damaged.
    pub(crate) async fn row_of(&self, hash: BlockHash) -> Result<Option<PricedBlock>, ReadError> {
        let may_hold = |month| async move {
            let Some(stamp) = self.snapshot.month(month) else {
                return Ok(None);
            };
            let filter = self.files.hash_filter(month, stamp).await?;
            Ok::<_, ReadError>(filter.may_hold(hash).then_some(month))
        };
        let mut damage = None;
        let months = stream::iter(self.snapshot.months().rev()).map(may_hold);
        let mut candidates = pin!(months.buffered(READ_AT_ONCE));
        while let Some(candidate) = candidates.next().await {
            let found = match candidate {
                Ok(None) => continue,
                Ok(Some(month)) => self.row_in(month, hash).await,
                Err(error) => Err(error),
            };
            match found {
                Ok(None) => {}
                Ok(Some(row)) => return Ok(Some(row)),
                Err(error @ ReadError::Damaged { .. }) => damage = damage.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        damage.map_or(Ok(None), Err)
    }

    async fn row_in(
        &self,
        month: Month,
        hash: BlockHash,
    ) -> Result<Option<PricedBlock>, ReadError> {
        let file = self.month(month).await?;
        let rows = file.rows(&blocks::key(month), 0..=self.tip().block.height)?;
        Ok(rows.into_iter().find(|row| row.block.hash == hash))
    }

    /// Sums by day that the daily table lacks, for the days of `range`.
    pub(crate) async fn day_sums(
        &self,
        range: Range<Timestamp>,
    ) -> Result<Vec<DaySums>, ReadError> {
        let months = self.months_in(&range).map(|month| self.day_sums_of(month));
        stream::iter(months)
            .buffered(DECODED_AT_ONCE)
            .try_collect()
            .await
    }

    async fn day_sums_of(&self, month: Month) -> Result<DaySums, ReadError> {
        let version = |month| {
            self.snapshot
                .month(month)
                .map(|stamp| stamp.version.clone())
        };
        let versions = [version(month), month.previous().and_then(version)];
        if let Some(known) = self.files.sums(month, &versions) {
            return Ok(known);
        }
        let sums = Arc::new(sums_144::by_day(&self.month(month).await?.economics));
        self.files.keep_sums(month, versions, sums.clone());
        Ok(sums)
    }

    /// The month's file. If it lacks hashprices with mean fees, they are computed, as far as the
    /// lake has the fees.
    async fn month(&self, month: Month) -> Result<Arc<MonthFile>, ReadError> {
        let file = self.stored_month(month).await?;
        if !file.lacks_means() {
            return Ok(file);
        }
        let (mut before, mut known) = (Vec::new(), 0);
        for earlier in self
            .snapshot
            .months()
            .rev()
            .filter(|earlier| *earlier < month)
        {
            if known >= FeeWindow::BLOCKS as usize {
                break;
            }
            let file = match self.stored_month(earlier).await {
                Err(ReadError::Damaged { .. }) => break,
                file => file?,
            };
            known += file.economics.len();
            before.push(file);
        }
        let before = before.iter().rev().flat_map(|file| &file.economics);
        Ok(Arc::new(file.with_means(before)))
    }

    async fn stored_month(&self, month: Month) -> Result<Arc<MonthFile>, ReadError> {
        match self.snapshot.month(month) {
            None => Ok(Arc::new(MonthFile::default())),
            Some(stamp) => self.files.month(month, stamp).await,
        }
    }
}

/// Whole days up to the cursor, from the daily table, and the blocks after them.
pub(crate) struct Days {
    rows: Arc<Vec<DayRow>>,
    whole: usize,
    /// Blocks after the last whole day.
    pub(crate) rest: BlocksInRange,
}

impl Days {
    /// The whole days, in order.
    pub(crate) fn whole(&self) -> &[DayRow] {
        &self.rows[..self.whole]
    }

    /// Height of the lowest block.
    pub(crate) fn first_height(&self) -> Option<u32> {
        let of_rest = || self.rest.iter().next().map(|row| row.height);
        self.whole()
            .first()
            .map(|day| day.first_height)
            .or_else(of_rest)
    }

    /// Number of blocks.
    pub(crate) fn blocks(&self) -> u64 {
        let whole: u64 = self.whole().iter().map(|day| u64::from(day.blocks)).sum();
        whole + self.rest.iter().count() as u64
    }

    /// Months that have blocks.
    pub(crate) fn months(&self) -> Vec<Month> {
        self.months_of(&(0..=u32::MAX))
    }

    fn months_of(&self, heights: &RangeInclusive<u32>) -> Vec<Month> {
        let whole = self.whole();
        let first = whole.partition_point(|day| day.last_height < *heights.start());
        let days = whole[first..]
            .iter()
            .take_while(|day| day.first_height <= *heights.end());
        let rest = self.rest.iter().filter(|row| heights.contains(&row.height));
        let mut months: Vec<Month> = days
            .map(|day| day.day.month())
            .chain(rest.map(|row| Month::of(row.median_time)))
            .collect();
        months.dedup();
        months
    }
}

/// Blocks of a time range.
pub(crate) struct BlocksInRange {
    months: Vec<Arc<MonthFile>>,
    last_height: u32,
    range: Range<Timestamp>,
}

impl BlocksInRange {
    /// The blocks, in order of height.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &BlockEconomics> {
        let is_shown = |row: &&BlockEconomics| {
            row.height <= self.last_height && self.range.contains(&row.median_time)
        };
        self.months
            .iter()
            .flat_map(|month| month.economics.iter())
            .filter(is_shown)
    }
}
