//! What may be shown of the lake: the blocks up to its cursor.
//!
//! Tables are written before the cursor moves, so a file can be ahead of it. The daily table says which days and months
//! there are; a day that reaches beyond the cursor is added up from its blocks.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use hashlake::cursor::{Cursor, CursorError, Position};
use hashlake::day::Day;
use hashlake::lake::Lake;
use hashlake::month::Month;
use hashlake::revenue::PricedBlock;
use hashlake::table::daily::DayRow;
use hashlake::table::{blocks, daily};
use hashlake::timestamp::Timestamp;
use thiserror::Error;
use tracing::warn;

use crate::problem::Problem;
use crate::store::{Store, StoreError};

const MONTHS_KEPT: usize = 24; // About 1 MB each; the longest answer takes 15.
const RECHECK: Duration = Duration::from_secs(2);

/// Why the lake cannot be shown.
#[derive(Debug, Error)]
pub(crate) enum ReadError {
    /// A file of the lake.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its cursor.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// There is no block to be shown.
    #[error("the lake is empty so far")]
    Empty,
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        let detail = match &error {
            ReadError::Empty => return Self::unavailable(error.to_string()),
            ReadError::Store(StoreError::Damaged { key, .. }) => {
                format!("the lake's file `{key}` is damaged")
            }
            ReadError::Store(StoreError::Lake(_)) => "the lake cannot be read now".to_owned(),
            ReadError::Cursor(_) => "the lake's cursor cannot be read now".to_owned(),
        };
        warn!("{error}"); // Where the lake is and what it said is not for everyone.
        Self::unavailable(detail)
    }
}

/// Reads the lake.
pub(crate) struct Reader {
    cursor: Arc<dyn Cursor>,
    blocks: Store<PricedBlock>,
    days: Store<DayRow>,
}

impl Reader {
    pub(crate) fn new(lake: Arc<dyn Lake>, cursor: Arc<dyn Cursor>) -> Self {
        Self {
            cursor,
            blocks: Store::new(lake.clone(), blocks::decode, MONTHS_KEPT, RECHECK),
            days: Store::new(lake, daily::decode, 1, RECHECK),
        }
    }

    /// What may be shown now.
    ///
    /// # Errors
    /// [`ReadError::Empty`] where that is nothing; what else stands in the way.
    pub(crate) async fn history(&self) -> Result<History<'_>, ReadError> {
        let state = self.cursor.read().await?; // First: what is read later holds at least what it says.
        let position = state.position.ok_or(ReadError::Empty)?;
        let days = self.days.rows(daily::KEY).await?;
        let whole = days.partition_point(|day| day.last_height <= position.height);
        let beyond = days.get(whole).cloned();
        let mut history = History {
            reader: self,
            position,
            last_run: state.last_run,
            days,
            whole,
            cut_day: None,
        };
        if let Some(day) = beyond {
            let blocks = history
                .blocks_of([day.day.month()], day.day.start()..day.day.end())
                .await?;
            let shown: Vec<PricedBlock> = blocks.iter().cloned().collect();
            history.cut_day = daily::summarise(&shown).pop();
        }
        if history.days().next().is_none() {
            return Err(ReadError::Empty);
        }
        Ok(history)
    }
}

/// The blocks up to the cursor.
pub(crate) struct History<'a> {
    reader: &'a Reader,
    /// Where the cursor stands.
    pub(crate) position: Position,
    /// When an ingest last ended well.
    pub(crate) last_run: Option<Timestamp>,
    days: Arc<Vec<DayRow>>,
    whole: usize, // So many of the days lie below the cursor.
    cut_day: Option<DayRow>,
}

impl History<'_> {
    /// The days that have blocks, in order.
    pub(crate) fn days(&self) -> impl DoubleEndedIterator<Item = &DayRow> {
        self.days[..self.whole].iter().chain(&self.cut_day)
    }

    /// The months that have blocks, in order.
    pub(crate) fn months(&self) -> Vec<Month> {
        let mut months: Vec<Month> = self.days().map(|day| day.day.month()).collect();
        months.dedup();
        months
    }

    /// Blocks of the last day that has any and of the `before` that end with it: at least the newest block.
    ///
    /// # Errors
    /// [`ReadError::Empty`] where there are none; what else stands in the way.
    pub(crate) async fn newest(&self, before: Duration) -> Result<Blocks, ReadError> {
        let last = self.days().next_back().ok_or(ReadError::Empty)?;
        self.blocks(last.day.start() - before..last.day.end()).await
    }

    /// Blocks with a median time in `range`.
    ///
    /// # Errors
    /// What stands in the way.
    pub(crate) async fn blocks(&self, range: Range<Timestamp>) -> Result<Blocks, ReadError> {
        let in_range = |day: &Day| day.start() < range.end && range.start < day.end();
        let mut months: Vec<Month> = self
            .days()
            .map(|day| day.day)
            .filter(in_range)
            .map(Day::month)
            .collect();
        months.dedup();
        self.blocks_of(months, range).await
    }

    async fn blocks_of(
        &self,
        months: impl IntoIterator<Item = Month>,
        range: Range<Timestamp>,
    ) -> Result<Blocks, ReadError> {
        let mut blocks = Blocks {
            months: Vec::new(),
            last_height: self.position.height,
            range,
        };
        for month in months {
            blocks
                .months
                .push(self.reader.blocks.rows(&blocks::key(month)).await?);
        }
        Ok(blocks)
    }
}

/// Blocks of a stretch of time.
pub(crate) struct Blocks {
    months: Vec<Arc<Vec<PricedBlock>>>,
    last_height: u32,
    range: Range<Timestamp>,
}

impl Blocks {
    /// The blocks, in order of height.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &PricedBlock> {
        let is_shown = |row: &&PricedBlock| {
            row.block.height <= self.last_height && self.range.contains(&row.block.median_time)
        };
        self.months
            .iter()
            .flat_map(|rows| rows.iter())
            .filter(is_shown)
    }
}
