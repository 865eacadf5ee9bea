//! A snapshot of the lake: the cursor, and the version of each file.
//!
//! All files of an answer are read in the versions of one listing. Ingest replaces files before it
//! moves the cursor, so a listing can be ahead of the cursor: rows above the cursor are not shown.
//! A listing can also be behind, if the cursor moved after it was made: then the cursor's block is
//! missing, and the files are listed again.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join_all, try_join3};
use hashlake_core::cursor::{Cursor, CursorState, Position};
use hashlake_core::lake::{Lake, Stamp};
use hashlake_core::month::Month;
use hashlake_core::price_note::{self, PriceNote};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{blocks, daily, prices};
use hashlake_core::timestamp::Timestamp;
use tracing::debug;

use crate::reader::error::ReadError;
use crate::reader::files::Files;

/// Time after which the cursor is read again.
const RECHECK: Duration = Duration::from_secs(2);

/// Time after which files are listed again even if the cursor has not moved, because ingest also
/// rewrites blocks below it.
const RELIST: Duration = Duration::from_secs(60);

/// Maximum number of attempts to get a consistent snapshot. An ingest replaces the files within a
/// fraction of a second.
const ATTEMPTS: u32 = 4;

/// Number of the latest months that are read at the same time. Nearly every answer needs them.
const PREFETCHED_MONTHS: usize = 2;

/// A snapshot of the lake.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// The cursor's block.
    pub(crate) position: Position,
    pub(crate) cursor: CursorState,
    /// The row of the cursor's block, which is the latest one that is shown.
    pub(crate) tip: PricedBlock,
    /// Why the lake could not be read again after this snapshot; `None` if it could.
    pub(crate) read_error: Option<String>,
    /// What ingest noted about prices.
    pub(crate) price_note: Arc<PriceNote>,
    listing: Arc<Listing>,
    checked: Timestamp,
    listed: Timestamp,
}

#[derive(Debug, Default)]
struct Listing {
    months: BTreeMap<Month, Stamp>,
    prices: BTreeMap<Month, Stamp>,
    daily: Option<Stamp>,
}

impl Snapshot {
    /// A snapshot of the lake at time `now`. While the cursor has not moved, `earlier` is reused.
    ///
    /// # Errors
    /// [`ReadError::Empty`] if the lake has no blocks.
    pub(crate) async fn take(
        lake: &dyn Lake,
        cursor: &dyn Cursor,
        files: &Files,
        earlier: Option<&Self>,
        now: Timestamp,
    ) -> Result<Self, ReadError> {
        if let Some(earlier) = earlier.filter(|earlier| now.since(earlier.listed) < RELIST) {
            let cursor = cursor.read().await?;
            if cursor == earlier.cursor {
                return Ok(Self {
                    checked: now,
                    read_error: None,
                    ..earlier.clone()
                });
            }
        }
        let mut attempts = 1..=ATTEMPTS;
        loop {
            let cursor = async { Ok(cursor.read().await?) };
            let note = async { Ok(price_note(lake).await) };
            let (cursor, listing, note) = try_join3(cursor, Listing::read(lake), note).await?;
            let position = cursor.position.ok_or(ReadError::Empty)?;
            match tip(files, &listing, position).await {
                Err(ReadError::Replaced { .. } | ReadError::TipMissing { .. })
                    if attempts.next().is_some() => {}
                tip => {
                    return Ok(Self {
                        position,
                        cursor,
                        tip: tip?,
                        read_error: None,
                        price_note: Arc::new(note),
                        listing: Arc::new(listing),
                        checked: now,
                        listed: now,
                    });
                }
            }
        }
    }

    /// The same snapshot, with the error that prevented a newer one.
    pub(crate) fn with_read_error(&self, read_error: String, now: Timestamp) -> Self {
        Self {
            read_error: Some(read_error),
            checked: now,
            ..self.clone()
        }
    }

    /// Whether this snapshot is so recent that no newer one is needed.
    pub(crate) fn is_recent(&self, now: Timestamp) -> bool {
        now.since(self.checked) < RECHECK
    }

    /// Months that have a file of blocks, up to the month of the latest block that is shown.
    pub(crate) fn months(&self) -> impl DoubleEndedIterator<Item = Month> {
        let latest = Month::of(self.tip.block.median_time);
        self.listing
            .months
            .range(..=latest)
            .map(|(month, _)| *month)
    }

    /// Stamp of the month's file of blocks.
    pub(crate) fn month(&self, month: Month) -> Option<&Stamp> {
        self.listing.months.get(&month)
    }

    /// Months that have a file of prices, with its stamp.
    pub(crate) fn prices(&self) -> impl DoubleEndedIterator<Item = (Month, &Stamp)> {
        self.listing
            .prices
            .iter()
            .map(|(month, stamp)| (*month, stamp))
    }

    /// Stamp of the daily table.
    pub(crate) fn daily(&self) -> Option<&Stamp> {
        self.listing.daily.as_ref()
    }

    /// A hash that is equal for snapshots with the same blocks and files.
    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (
            self.position.hash,
            &self.listing.daily,
            &self.listing.months,
        )
            .hash(&mut hasher);
        hasher.finish()
    }
}

impl Listing {
    async fn read(lake: &dyn Lake) -> Result<Self, ReadError> {
        let mut files = Self::default();
        for (key, stamp) in lake.list("v1/").await? {
            if key == daily::KEY {
                files.daily = Some(stamp);
            } else if let Some(month) = blocks::month(&key) {
                files.months.insert(month, stamp);
            } else if let Some(month) = prices::month(&key) {
                files.prices.insert(month, stamp);
            }
        }
        Ok(files)
    }
}

/// What ingest noted about prices. If the note is missing or cannot be read, it is empty, because
/// every answer is possible without it.
async fn price_note(lake: &dyn Lake) -> PriceNote {
    match lake.get(price_note::KEY).await {
        Ok(Some(stored)) => PriceNote::from_json(&stored.body),
        Ok(None) => PriceNote::default(),
        Err(error) => {
            debug!("the note about prices cannot be read: {error}");
            PriceNote::default()
        }
    }
}

/// The row of the cursor's block.
async fn tip(
    files: &Files,
    listing: &Listing,
    position: Position,
) -> Result<PricedBlock, ReadError> {
    let read = |(month, stamp): (&Month, &Stamp)| {
        let (month, stamp) = (*month, stamp.clone());
        async move { Ok::<_, ReadError>((files.month(month, &stamp).await?, blocks::key(month))) }
    };
    let latest = listing.months.iter().rev().take(PREFETCHED_MONTHS);
    for file in join_all(latest.map(read)).await {
        match file {
            // A damaged file is an error only for answers that need it.
            Ok(_) | Err(ReadError::Damaged { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    for entry in listing.months.iter().rev() {
        let (file, key) = read(entry).await?;
        if file
            .first_height()
            .is_some_and(|first| first <= position.height)
        {
            let rows = file.rows(&key, position.height..=position.height)?;
            let found = rows.into_iter().find(|row| row.block.hash == position.hash);
            return found.ok_or(ReadError::TipMissing {
                height: position.height,
            });
        }
    }
    Err(ReadError::TipMissing {
        height: position.height,
    })
}
