//! The files that answers are made of, each kept decoded in memory.

use std::sync::Arc;

use hashlake_core::lake::{Lake, Stamp};
use hashlake_core::month::Month;
use hashlake_core::price::PricePoint;
use hashlake_core::table::daily::DayRow;
use hashlake_core::table::hash_filter::HashFilter;
use hashlake_core::table::tail::TAIL_LEN;
use hashlake_core::table::{blocks, daily, prices};

use crate::reader::error::ReadError;
use crate::reader::month_file::MonthFile;
use crate::reader::store::{Part, Store};

const MONTHS_KEPT: usize = 24; // A month is about 1 MB; the longest answer takes 15.
const PRICE_MONTHS_KEPT: usize = 2; // Only the latest are read.
const FILTERS_KEPT: usize = 512; // A filter is 8 kB; these are 42 years.

/// The lake's files that have been read, by table.
pub(crate) struct Files {
    months: Store<MonthFile>,
    days: Store<Vec<DayRow>>,
    filters: Store<HashFilter>,
    prices: Store<Vec<PricePoint>>,
}

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

    /// The bloom filter over the hashes of the month's blocks: only the end of its file is read.
    pub(crate) async fn hash_filter(
        &self,
        month: Month,
        stamp: &Stamp,
    ) -> Result<Arc<HashFilter>, ReadError> {
        self.filters.get(&blocks::key(month), stamp).await
    }
}
