//! A cache of the files from which answers are built. They are kept in memory, decoded.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use hashlake_core::day::Day;
use hashlake_core::lake::{Lake, Stamp, Version};
use hashlake_core::month::Month;
use hashlake_core::price::PricePoint;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::hash_filter::HashFilter;
use hashlake_core::table::tail::TAIL_LEN;
use hashlake_core::table::{blocks, daily, prices};

use crate::reader::error::ReadError;
use crate::reader::month_file::MonthFile;
use crate::reader::store::{Part, Store};
use crate::reader::sums_144::Sums144;

const MONTHS_KEPT: usize = 24; // A month is about 1 MB; the longest answer needs 15 months.
const PRICE_MONTHS_KEPT: usize = 2; // Only the latest prices are read.
const FILTERS_KEPT: usize = 512; // A filter is 8 kB; 512 months are 42 years.

/// The lake's files that have been read, by table.
pub(crate) struct Files {
    months: Store<MonthFile>,
    days: Store<Vec<DayRow>>,
    filters: Store<HashFilter>,
    prices: Store<Vec<PricePoint>>,
    sums: Mutex<BTreeMap<Month, (Versions, DaySums)>>,
}

/// The sums of each day of a month.
pub(crate) type DaySums = Arc<Vec<(Day, Sums144)>>;

/// Versions of the month's file and of the one before it. Both matter, because the mean fees of a
/// month's first blocks include fees of the month before.
pub(crate) type Versions = [Option<Version>; 2];

impl Files {
    pub(crate) fn new(lake: &Arc<dyn Lake>) -> Self {
        Self {
            months: Store::new(lake.clone(), Part::Whole, MonthFile::decode, MONTHS_KEPT),
            days: Store::new(
                lake.clone(),
                Part::Whole,
                |bytes, _| daily::decode(bytes),
                1,
            ),
            filters: Store::new(
                lake.clone(),
                Part::Tail(TAIL_LEN),
                |tail, stamp| HashFilter::decode(tail, stamp.len),
                FILTERS_KEPT,
            ),
            prices: Store::new(
                lake.clone(),
                Part::Whole,
                |bytes, _| prices::decode(bytes),
                PRICE_MONTHS_KEPT,
            ),
            sums: Mutex::default(),
        }
    }

    /// The month's blocks.
    pub(crate) async fn month(
        &self,
        month: Month,
        stamp: &Stamp,
    ) -> Result<Arc<MonthFile>, ReadError> {
        self.months.get(&blocks::key(month), stamp).await
    }

    /// The daily table.
    pub(crate) async fn days(&self, stamp: &Stamp) -> Result<Arc<Vec<DayRow>>, ReadError> {
        self.days.get(daily::KEY, stamp).await
    }

    /// The month's prices.
    pub(crate) async fn prices(
        &self,
        month: Month,
        stamp: &Stamp,
    ) -> Result<Arc<Vec<PricePoint>>, ReadError> {
        self.prices.get(&prices::key(month), stamp).await
    }

    /// The month's sums by day, if they are kept and were computed from these versions.
    pub(crate) fn sums(&self, month: Month, versions: &Versions) -> Option<DaySums> {
        let known = self.lock_sums();
        let (of_versions, sums) = known.get(&month)?;
        (of_versions == versions).then(|| sums.clone())
    }

    /// Keeps the month's sums by day. A month takes about 1 kB, so all months are kept.
    pub(crate) fn keep_sums(&self, month: Month, versions: Versions, sums: DaySums) {
        self.lock_sums().insert(month, (versions, sums));
    }

    fn lock_sums(&self) -> MutexGuard<'_, BTreeMap<Month, (Versions, DaySums)>> {
        let sums = self.sums.lock();
        sums.expect("no code panics while it holds the lock")
    }

    /// The bloom filter over the hashes of the month's blocks, from the end of the month's file.
    pub(crate) async fn hash_filter(
        &self,
        month: Month,
        stamp: &Stamp,
    ) -> Result<Arc<HashFilter>, ReadError> {
        self.filters.get(&blocks::key(month), stamp).await
    }
}
