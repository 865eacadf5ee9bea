//! What a run holds of the lake: the months at its end, and what is stored of them.
//!
//! Rows are changed in memory. Writing then replaces each file whose rows differ from those that are stored.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
use hashlake_core::asic::Asic;
use hashlake_core::block::Block;
use hashlake_core::hashrate::WINDOW_BLOCKS;
use hashlake_core::lake::{Lake, LakeError, Stamp};
use hashlake_core::month::Month;
use hashlake_core::price::{self, BlockPrice, PricePoint, PriceSeries};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::{LengthGuard, TableError, asics, blocks, daily, mwh_revenue, prices};
use hashlake_core::timestamp::Timestamp;

use crate::lake_file::{LakeFileError, read, replace};
use crate::rows::{by_month, contradicts};

/// How far back blocks are looked for that still want a final price; one price call reaches as far.
const HEALING: std::time::Duration = std::time::Duration::from_secs(90 * 86_400);

/// The end of a lake.
pub(crate) struct Ledger<'a> {
    lake: &'a dyn Lake,
    asics: &'a [Asic],
    now: Timestamp,
    stamps: BTreeMap<String, Stamp>,
    earlier_months: Vec<Month>, // Stored, and not looked at yet; the latest last.
    rows: Vec<PricedBlock>,
    stored_blocks: BTreeMap<Month, Vec<PricedBlock>>,
    points: PriceSeries,
    stored_points: BTreeMap<Month, Vec<PricePoint>>,
    days: Vec<DayRow>,
    stored_days: Vec<DayRow>,
    stored_asics: Vec<Asic>,
}

impl<'a> Ledger<'a> {
    /// Opens the end of the lake, as far back as is needed to go on at height `first`. Rows from there on are dropped: they
    /// were written by a run that died before it was done.
    pub(crate) async fn open(
        lake: &'a dyn Lake,
        asics: &'a [Asic],
        first: u32,
        now: Timestamp,
    ) -> Result<Self, LakeFileError> {
        let stamps: BTreeMap<String, Stamp> = lake.list("v1/").await?.into_iter().collect();
        let earlier_months = stamps.keys().filter_map(|key| blocks::month(key)).collect();
        let mut ledger = Self {
            lake,
            asics,
            now,
            stamps,
            earlier_months,
            rows: Vec::new(),
            stored_blocks: BTreeMap::new(),
            points: PriceSeries::default(),
            stored_points: BTreeMap::new(),
            days: Vec::new(),
            stored_days: Vec::new(),
            stored_asics: Vec::new(),
        };
        ledger.stored_days = ledger.read(daily::KEY, daily::decode).await?;
        ledger.days = ledger.stored_days.clone();
        ledger.stored_asics = ledger.read(asics::KEY, asics::decode).await?;
        while ledger
            .rows
            .first()
            .is_none_or(|row| row.block.height + WINDOW_BLOCKS >= first || ledger.wants_price(row))
        {
            if !ledger.load_earlier_month().await? {
                break;
            }
        }
        ledger.rows.retain(|row| row.block.height < first);
        if let Some(last_good) = ledger.rows.windows(2).position(contradicts) {
            ledger.rows.truncate(last_good + 1);
        }
        Ok(ledger)
    }

    /// The blocks that it holds, in order of height.
    pub(crate) fn rows(&self) -> &[PricedBlock] {
        &self.rows
    }

    /// Takes in the month before those that it holds; false where there is none.
    pub(crate) async fn load_earlier_month(&mut self) -> Result<bool, LakeFileError> {
        let Some(month) = self.earlier_months.pop() else {
            return Ok(false);
        };
        let rows = self.read(&blocks::key(month), blocks::decode).await?;
        self.rows.splice(..0, rows.iter().cloned());
        self.stored_blocks.insert(month, rows);
        Ok(true)
    }

    /// Drops the blocks above `height`.
    pub(crate) fn truncate_above(&mut self, height: u32) {
        self.rows.retain(|row| row.block.height <= height);
    }

    /// Adds blocks, which have no price yet.
    pub(crate) fn append(&mut self, blocks: Vec<Block>) {
        self.rows
            .extend(blocks.into_iter().map(|block| PricedBlock {
                block,
                price: BlockPrice::Missing,
            }));
    }

    /// Blocks whose price is not final.
    pub(crate) fn provisional(&self) -> usize {
        self.rows.iter().filter(|row| !row.price.is_final()).count()
    }

    /// Stretches of time worth asking a price source about, for the blocks whose price is not final.
    pub(crate) async fn price_gaps(&mut self) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
        let times = || {
            self.rows
                .iter()
                .filter(|row| !row.price.is_final())
                .map(|row| row.block.time)
        };
        let (Some(first), Some(last)) = (times().min(), times().max()) else {
            return Ok(Vec::new());
        };
        let needed = price::needed(first, last, self.now);
        let mut month = Some(Month::of(needed.start));
        while let Some(at) = month.filter(|month| month.start() < needed.end) {
            if !self.stored_points.contains_key(&at) {
                let points = self.read(&prices::key(at), prices::decode).await?;
                self.points.merge(points.iter().cloned());
                self.stored_points.insert(at, points);
            }
            month = at.next();
        }
        Ok(self.points.gaps(first, last, self.now))
    }

    /// Takes in price points, and joins them to the blocks whose price is not final.
    pub(crate) fn price_blocks(
        &mut self,
        points: Vec<PricePoint>,
        unanswered: &[Range<Timestamp>],
    ) {
        self.points.merge(points);
        for row in self.rows.iter_mut().filter(|row| !row.price.is_final()) {
            row.price = self.points.price_at(row.block.time, unanswered);
        }
    }

    /// Writes what changed: prices, revenue and days first, blocks last, so that a run that dies in between leaves blocks
    /// that are still to be written.
    pub(crate) async fn write(&mut self) -> Result<(), LakeFileError> {
        for (month, points) in self.changed_points() {
            self.replace(&prices::key(month), |guard| prices::encode(&points, guard))
                .await?;
            self.stored_points.insert(month, points);
        }
        let months = self.changed_months();
        for (month, rows) in &months {
            let asics = self.asics;
            self.replace(&mwh_revenue::key(*month), |guard| {
                mwh_revenue::encode(rows, asics, guard)
            })
            .await?;
        }
        if self.stored_asics != self.asics {
            let asics = self.asics;
            self.replace(asics::KEY, |guard| asics::encode(asics, guard))
                .await?;
            self.stored_asics = asics.to_vec();
        }
        if let Some(first) = self.rows.first().map(|row| row.block.height) {
            self.days.retain(|day| day.last_height < first);
            self.days.extend(daily::summarise(&self.rows));
        }
        if self.days != self.stored_days {
            let days = self.days.clone();
            self.replace(daily::KEY, |guard| daily::encode(&days, guard))
                .await?;
            self.stored_days = days;
        }
        for (month, rows) in months {
            self.replace(&blocks::key(month), |guard| blocks::encode(&rows, guard))
                .await?;
            self.stored_blocks.insert(month, rows);
        }
        self.forget_early_months();
        Ok(())
    }

    fn changed_points(&self) -> Vec<(Month, Vec<PricePoint>)> {
        let mut months = by_month(self.points.points(), |point| point.quote.time);
        months.retain(|(month, points)| {
            self.stored_points
                .get(month)
                .is_none_or(|stored| stored != points)
        });
        months
            .into_iter()
            .map(|(month, points)| (month, points.to_vec()))
            .collect()
    }

    fn changed_months(&self) -> BTreeMap<Month, Vec<PricedBlock>> {
        let mut months: BTreeMap<Month, &[PricedBlock]> = self
            .stored_blocks
            .keys()
            .map(|month| (*month, &[][..]))
            .collect();
        months.extend(by_month(&self.rows, |row| row.block.median_time));
        months.retain(|month, rows| {
            self.stored_blocks
                .get(month)
                .is_none_or(|stored| stored != rows)
        });
        months
            .into_iter()
            .map(|(month, rows)| (month, rows.to_vec()))
            .collect()
    }

    /// Keeps in memory what the next blocks need, however long the run.
    fn forget_early_months(&mut self) {
        let Some(keep_from) = self.rows.len().checked_sub(WINDOW_BLOCKS as usize + 1) else {
            return;
        };
        let month = Month::of(self.rows[keep_from].block.median_time);
        self.rows
            .retain(|row| Month::of(row.block.median_time) >= month);
        self.stored_blocks.retain(|stored, _| *stored >= month);
    }

    fn wants_price(&self, row: &PricedBlock) -> bool {
        !row.price.is_final() && row.block.time > self.now - HEALING
    }

    async fn read<T>(
        &mut self,
        key: &str,
        decode: fn(Bytes) -> Result<Vec<T>, TableError>,
    ) -> Result<Vec<T>, LakeFileError> {
        if !self.stamps.contains_key(key) {
            return Ok(Vec::new());
        }
        let (rows, stamp) = read(self.lake, key, decode).await?;
        let stamp = stamp.ok_or_else(|| LakeError::Changed {
            key: key.to_owned(),
        })?;
        self.stamps.insert(key.to_owned(), stamp);
        Ok(rows)
    }

    async fn replace(
        &mut self,
        key: &str,
        encode: impl Fn(LengthGuard) -> Bytes,
    ) -> Result<(), LakeFileError> {
        let stamp = replace(self.lake, key, self.stamps.get(key), encode).await?;
        self.stamps.insert(key.to_owned(), stamp);
        Ok(())
    }
}
