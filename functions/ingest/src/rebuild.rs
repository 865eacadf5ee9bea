//! Rebuilds files of the lake that are damaged or missing: blocks from the node, prices from the
//! stored blocks and the price sources, and all other tables from the blocks.
//!
//! A run has the lease until it ends, so that no other run writes the same files. It does what a
//! backfill, an upgrade and a repair do, for these files.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use hashlake_core::cursor::{CursorError, Lease};
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::price::needed;
use hashlake_core::table::{blocks, daily, mwh_revenue, prices};
use hashlake_core::timestamp::Timestamp;
use tracing::warn;

use crate::backfill::Backfill;
use crate::lake_file::{LakeFileError, read, read_replaceable, stored_months};
use crate::lease::acquire;
use crate::month_rows::rewrite_revenue;
use crate::node::Tip;
use crate::pipeline::{IngestContext, IngestError};
use crate::plan::{BackfillPlan, Redo};
use crate::repair::{restore_prices, write_days};
use crate::rows::heights_of;
use crate::upgrade::rewrite_outdated;

/// Rebuilds the files with these keys, and fetches the blocks that the lake lacks up to its cursor.
/// Waits while another run has the lease. Does nothing if the lake has no cursor.
///
/// # Errors
/// [`IngestError`]; files that were rebuilt before the error stay.
pub async fn rebuild(
    job: &Arc<Backfill>,
    owner: &str,
    damaged: &BTreeSet<String>,
) -> Result<(), IngestError> {
    let cursor = job.context.cursor.as_ref();
    let lease = acquire(cursor, owner, job.now, &|| job.is_late()).await?;
    let mut writer = Writer { job, owner, lease };
    let rebuilt = writer.rebuild(damaged).await;
    let released = cursor.release(writer.lease, None).await;
    rebuilt.and(released.map_err(IngestError::from))
}

struct Writer<'a> {
    job: &'a Arc<Backfill>,
    owner: &'a str,
    lease: Lease,
}

impl Writer<'_> {
    async fn rebuild(&mut self, damaged: &BTreeSet<String>) -> Result<(), IngestError> {
        let Some(position) = self.lease.position() else {
            return Ok(());
        };
        let job = self.job;
        let IngestContext { lake, asics, .. } = job.context.as_ref();
        let lake = lake.as_ref();
        let months = |month: fn(&str) -> Option<Month>| -> BTreeSet<Month> {
            damaged.iter().filter_map(|key| month(key)).collect()
        };
        let (damaged_blocks, damaged_prices) = (months(blocks::month), months(prices::month));
        let lowest = Lowest::find(lake, &damaged_blocks).await?;
        let heights = lowest.height..=position.height;
        let tip = job.check(&heights).await?;
        for month in &damaged_prices {
            restore_prices(lake, *month, Redo::Everything).await?;
            self.renew(&tip).await?;
        }
        let plan = self.plan(heights, &lowest, &damaged_blocks).await?;
        let mut unfetched = Vec::new();
        for month in &damaged_prices {
            unfetched.extend(self.fetch_prices_of(*month, &plan).await?);
            self.renew(&tip).await?;
        }
        unfetched.extend(job.fetch_prices(&plan).await?);
        for month in plan.unfilled() {
            let plan = BackfillPlan {
                months: vec![month.clone()],
            };
            job.fill(&plan, &unfetched).await?;
            self.renew(&tip).await?;
        }
        for month in months(mwh_revenue::month) {
            rewrite_revenue(lake, asics, month).await?;
            self.renew(&tip).await?;
        }
        if damaged.contains(daily::KEY) {
            write_days(lake, stored_months(lake).await?).await?;
        }
        rewrite_outdated(lake, asics, &|| job.is_late()).await?;
        Ok(())
    }

    /// A plan for all blocks of the damaged months, and for those of other months that the lake
    /// lacks.
    async fn plan(
        &self,
        heights: RangeInclusive<u32>,
        lowest: &Lowest,
        damaged: &BTreeSet<Month>,
    ) -> Result<BackfillPlan, IngestError> {
        let IngestContext { node, lake, .. } = self.job.context.as_ref();
        let redo = |month: Month| match damaged.contains(&month) {
            true => Redo::Everything,
            false => Redo::Nothing,
        };
        let mut plan = BackfillPlan::make(node, lake.as_ref(), heights, &redo).await?;
        plan.months.retain(|plan| Some(plan.month) >= lowest.month);
        Ok(plan)
    }

    /// Fetches all prices of a month that its blocks, or those of the months before and after it,
    /// can use. Returns the time ranges that have yet to be fetched.
    async fn fetch_prices_of(
        &self,
        month: Month,
        plan: &BackfillPlan,
    ) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
        let now = (self.job.now)();
        let end = month.next().map_or(Timestamp::LAST, Month::start);
        let ranges = plan.months.iter().map(|plan| {
            let needed = needed(plan.times.0, plan.times.1, now);
            needed.start.max(month.start())..needed.end.min(end)
        });
        let ranges: Vec<_> = ranges.filter(|range| range.start < range.end).collect();
        let starts = ranges.iter().map(|range| range.start);
        let ends = ranges.iter().map(|range| range.end);
        let Some((start, end)) = starts.min().zip(ends.max()) else {
            return Ok(Vec::new());
        };
        let unfetched = self.job.fetch_gaps(&[start..end]).await?;
        let key = prices::key(month);
        warn!(
            "rebuilt `{key}` from prices that blocks have, and from the price sources. If it had imported prices that no block uses, import them again (`hashlake import-prices`)"
        );
        for Range { start, end } in &unfetched {
            warn!(
                "the price sources did not return the prices of `{key}` from {start} to {end}: run `hashlake reprice` later"
            );
        }
        Ok(unfetched)
    }

    /// Renews the lease. If it expired, waits for the run that took it over.
    async fn renew(&mut self, tip: &Tip) -> Result<(), IngestError> {
        let (cursor, now) = (self.job.context.cursor.as_ref(), self.job.now);
        let Some(position) = self.lease.position() else {
            return Ok(());
        };
        let renewed = cursor.advance(&mut self.lease, position, tip.height, now());
        match renewed.await {
            Err(CursorError::Lost { .. }) => {
                self.lease = acquire(cursor, self.owner, now, &|| self.job.is_late()).await?;
                Ok(())
            }
            renewed => Ok(renewed?),
        }
    }
}

/// Where the lake begins.
struct Lowest {
    /// Height of the first block; 0 if no readable file has it.
    height: u32,
    month: Option<Month>,
}

impl Lowest {
    async fn find(lake: &dyn Lake, damaged: &BTreeSet<Month>) -> Result<Self, LakeFileError> {
        let (days, _) = read_replaceable(lake, daily::KEY, daily::decode).await?;
        let keys = lake.list("v1/").await?;
        let months = keys
            .iter()
            .filter_map(|(key, _)| blocks::month(key).or_else(|| mwh_revenue::month(key)));
        let month = months.chain(days.first().map(|day| day.day.month())).min();
        let of_days = month.and_then(|month| heights_of(&days, month));
        let mut of_blocks = None;
        if let Some(month) = month.filter(|month| !damaged.contains(month)) {
            let key = blocks::key(month);
            let (rows, _) = read(lake, &key, blocks::decode_economics).await?;
            of_blocks = rows.first().map(|row| row.height);
        }
        let heights = of_days.map(|heights| *heights.start()).into_iter();
        let height = heights.chain(of_blocks).min().unwrap_or_default();
        Ok(Self { height, month })
    }
}
