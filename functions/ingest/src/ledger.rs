//! The end of the lake in memory: its last months, as stored and as changed.
//!
//! Rows are changed in memory. Writing then replaces each file whose rows differ from the stored
//! ones.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use hashlake_core::asic::Asic;
use hashlake_core::block::Block;
use hashlake_core::lake::{Lake, LakeError, Stamp};
use hashlake_core::month::Month;
use hashlake_core::price::{self, BlockPrice, PricePoint, PriceSeries};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::{LengthGuard, TableError, asics, blocks, daily, mwh_revenue, prices};
use hashlake_core::timestamp::Timestamp;

use crate::block_reader::BLOCKS_BELOW;
use crate::lake_file::{LakeFileError, read, read_replaceable, replace};
use crate::rows::{by_month, contradicts, heights_of, refill_command};
use crate::write_order::{TableWriter, write_tables};

/// Blocks without a final price are priced again if they are from the last 90 days. One price call
/// covers that time.
const REPRICE_LOOKBACK: Duration = Duration::from_secs(90 * 86_400);

/// The end of a lake.
pub(crate) struct Ledger<'a> {
    lake: &'a dyn Lake,
    asics: &'a [Asic],
    now: Timestamp,
    stamps: BTreeMap<String, Stamp>,
    earlier_months: Vec<Month>, // Stored but not loaded, in order.
    rows: Vec<PricedBlock>,
    stored_blocks: BTreeMap<Month, Vec<PricedBlock>>,
    outlines: BTreeMap<Month, Outline>, // Of files of blocks, as they were loaded.
    points: PriceSeries,
    stored_points: BTreeMap<Month, Vec<PricePoint>>,
    days: Vec<DayRow>,
    stored_days: Vec<DayRow>,
    stored_asics: Vec<Asic>,
}

impl<'a> Ledger<'a> {
    /// Loads the end of the lake, as far back as is needed to continue at height `first`. Rows at
    /// and above `first` are dropped: a run that died wrote them before it could move the cursor.
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
            outlines: BTreeMap::new(),
            points: PriceSeries::default(),
            stored_points: BTreeMap::new(),
            days: Vec::new(),
            stored_days: Vec::new(),
            stored_asics: Vec::new(),
        };
        ledger.stored_days = ledger.read_replaceable(daily::KEY, daily::decode).await?;
        ledger.days = ledger.stored_days.clone();
        ledger.stored_asics = ledger.read_replaceable(asics::KEY, asics::decode).await?;
        while ledger
            .rows
            .first()
            .is_none_or(|row| row.block.height + BLOCKS_BELOW >= first || ledger.wants_price(row))
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

    /// The loaded blocks, in order of height.
    pub(crate) fn rows(&self) -> &[PricedBlock] {
        &self.rows
    }

    /// The stamps of the lake's table files, by key.
    pub(crate) fn stamps(&self) -> &BTreeMap<String, Stamp> {
        &self.stamps
    }

    pub(crate) fn stored_days(&self) -> &[DayRow] {
        &self.stored_days
    }

    pub(crate) fn stored_asics(&self) -> &[Asic] {
        &self.stored_asics
    }

    /// The outlines of the loaded files of blocks, as they were loaded.
    pub(crate) const fn outlines(&self) -> &BTreeMap<Month, Outline> {
        &self.outlines
    }

    /// The blocks of the loaded months, as they are stored.
    pub(crate) fn stored_blocks(&self) -> &BTreeMap<Month, Vec<PricedBlock>> {
        &self.stored_blocks
    }

    /// Loads the month before the loaded ones; false if there is no earlier month.
    pub(crate) async fn load_earlier_month(&mut self) -> Result<bool, LakeFileError> {
        let Some(month) = self.earlier_months.pop() else {
            return Ok(false);
        };
        let file = self.read(&blocks::key(month), decode_with_outline).await;
        let (rows, outline) =
            file.map_err(
                |error| match (error, heights_of(&self.stored_days, month)) {
                    (LakeFileError::Damaged { key, source, .. }, Some(heights)) => {
                        LakeFileError::Damaged {
                            key,
                            source,
                            advice: refill_command(&heights),
                        }
                    }
                    (error, _) => error,
                },
            )?;
        self.rows.splice(..0, rows.iter().cloned());
        self.outlines
            .extend(outline.map(|outline| (month, outline)));
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

    /// Number of blocks whose price is not final.
    pub(crate) fn provisional(&self) -> usize {
        self.rows.iter().filter(|row| !row.price.is_final()).count()
    }

    /// The loaded price points.
    pub(crate) const fn points(&self) -> &PriceSeries {
        &self.points
    }

    /// Time of the newest price; if there are no prices, time of the first block.
    pub(crate) fn priced_until(&self) -> Option<Timestamp> {
        let stored = self.points.points().last().map(|point| point.quote.time);
        let used = self
            .rows
            .iter()
            .filter_map(|row| Some(row.price.quote()?.time))
            .max();
        stored
            .max(used)
            .or(self.rows.first().map(|row| row.block.time))
    }

    /// Time ranges for which prices must be fetched, because blocks in them have no final price.
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

    /// Merges price points, and prices again the blocks whose price is not final. `unfetched` are
    /// ranges whose points have yet to be fetched.
    pub(crate) fn price_blocks(&mut self, points: &[PricePoint], unfetched: &[Range<Timestamp>]) {
        self.points.merge(points.iter().cloned());
        for row in self.rows.iter_mut().filter(|row| !row.price.is_final()) {
            row.price = self.points.price_at(row.block.time, unfetched);
        }
    }

    /// Writes the tables that changed.
    pub(crate) async fn write(&mut self) -> Result<(), LakeFileError> {
        let months = self.changed_months();
        write_tables(&mut LedgerTables {
            ledger: self,
            months,
        })
        .await?;
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
            let lacks_revenue = !self.stamps.contains_key(&mwh_revenue::key(*month));
            let stored = self.stored_blocks.get(month);
            lacks_revenue || stored.is_none_or(|stored| stored != rows)
        });
        months
            .into_iter()
            .map(|(month, rows)| (month, rows.to_vec()))
            .collect()
    }

    /// Keeps in memory only what the next blocks need, so that long runs do not need more and more
    /// memory.
    fn forget_early_months(&mut self) {
        let Some(keep_from) = self.rows.len().checked_sub(BLOCKS_BELOW as usize + 1) else {
            return;
        };
        let month = Month::of(self.rows[keep_from].block.median_time);
        self.rows
            .retain(|row| Month::of(row.block.median_time) >= month);
        self.stored_blocks.retain(|stored, _| *stored >= month);
    }

    fn wants_price(&self, row: &PricedBlock) -> bool {
        !row.price.is_final() && row.block.time > self.now - REPRICE_LOOKBACK
    }

    async fn read<T: Default>(
        &mut self,
        key: &str,
        decode: fn(Bytes) -> Result<T, TableError>,
    ) -> Result<T, LakeFileError> {
        if !self.stamps.contains_key(key) {
            return Ok(T::default());
        }
        self.keep_stamp(key, read(self.lake, key, decode).await?)
    }

    async fn read_replaceable<T>(
        &mut self,
        key: &str,
        decode: fn(Bytes) -> Result<Vec<T>, TableError>,
    ) -> Result<Vec<T>, LakeFileError> {
        if !self.stamps.contains_key(key) {
            return Ok(Vec::new());
        }
        self.keep_stamp(key, read_replaceable(self.lake, key, decode).await?)
    }

    fn keep_stamp<T>(
        &mut self,
        key: &str,
        (rows, stamp): (T, Option<Stamp>),
    ) -> Result<T, LakeFileError> {
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

fn decode_with_outline(file: Bytes) -> Result<(Vec<PricedBlock>, Option<Outline>), TableError> {
    let len = file.len() as u64;
    let rows = blocks::decode(file.clone())?;
    Ok((rows, Some(Outline::decode(file, len)?)))
}

/// The tables of a ledger, with the months whose blocks changed.
struct LedgerTables<'l, 'a> {
    ledger: &'l mut Ledger<'a>,
    months: BTreeMap<Month, Vec<PricedBlock>>,
}

impl TableWriter for LedgerTables<'_, '_> {
    async fn write_prices(&mut self) -> Result<(), LakeFileError> {
        let Self { ledger, .. } = self;
        for (month, points) in ledger.changed_points() {
            ledger
                .replace(&prices::key(month), |guard| prices::encode(&points, guard))
                .await?;
            ledger.stored_points.insert(month, points);
        }
        Ok(())
    }

    async fn write_revenue(&mut self) -> Result<(), LakeFileError> {
        let Self { ledger, months } = self;
        let asics = ledger.asics;
        for (month, rows) in months.iter() {
            ledger
                .replace(&mwh_revenue::key(*month), |guard| {
                    mwh_revenue::encode(rows, asics, guard)
                })
                .await?;
        }
        Ok(())
    }

    async fn write_asics(&mut self) -> Result<(), LakeFileError> {
        let Self { ledger, .. } = self;
        let asics = ledger.asics;
        if ledger.stored_asics != asics {
            ledger
                .replace(asics::KEY, |guard| asics::encode(asics, guard))
                .await?;
            ledger.stored_asics = asics.to_vec();
        }
        Ok(())
    }

    async fn write_days(&mut self) -> Result<(), LakeFileError> {
        let Self { ledger, .. } = self;
        if let Some(first) = ledger.rows.first().map(|row| row.block.height) {
            ledger.days.retain(|day| day.last_height < first);
            ledger.days.extend(daily::summarise(&ledger.rows));
        }
        if ledger.days != ledger.stored_days {
            let days = ledger.days.clone();
            ledger
                .replace(daily::KEY, |guard| daily::encode(&days, guard))
                .await?;
            ledger.stored_days = days;
        }
        Ok(())
    }

    async fn write_blocks(&mut self) -> Result<(), LakeFileError> {
        let Self { ledger, months } = self;
        for (month, rows) in std::mem::take(months) {
            ledger
                .replace(&blocks::key(month), |guard| blocks::encode(&rows, guard))
                .await?;
            ledger.stored_blocks.insert(month, rows);
        }
        Ok(())
    }
}
