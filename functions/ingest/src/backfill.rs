//! Fills ranges of blocks, such as history or gaps, independently of the schedule that follows the
//! tip.
//!
//! Months are disjoint, so they are filled in parallel. Nothing is locked: files are replaced by
//! compare-and-swap.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use hashlake_core::asic::Asic;
use hashlake_core::block::Block;
use hashlake_core::cursor::Position;
use hashlake_core::hash::BlockHash;
use hashlake_core::lake::Lake;
use hashlake_core::price::PriceSeries;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::blocks;
use hashlake_core::timestamp::Timestamp;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::block_reader::{MissingFees, read_blocks};
use crate::deadline::unless_late;
use crate::lake_file::{LakeFileError, read, stored_months};
use crate::lease::acquire;
use crate::month_rows::change_month;
use crate::node::{NodeError, Reading, Tip};
use crate::pipeline::{COMMIT_RESERVE, IngestContext, IngestError, READING_MAX, check_chain};
use crate::plan::{BackfillPlan, MonthPlan, Redo};
use crate::prices::gaps::{fetch_gaps, find_gaps};
use crate::prices::store::prices_around;
use crate::rows::contradicts;
use crate::upgrade::write_asics;

/// Number of blocks in each sample that estimates how long reading takes.
const SAMPLE_BLOCKS: u32 = 200;

/// Fills ranges of blocks.
pub struct Backfill {
    pub context: Arc<IngestContext>,
    /// Number of months that are filled at the same time.
    pub parallel: usize,
    pub time_left: Box<dyn Fn() -> Duration + Send + Sync>,
    pub now: fn() -> Timestamp,
    /// Called with the number of blocks read since the last call.
    pub progress: Box<dyn Fn(u32) + Send + Sync>,
}

impl Backfill {
    /// Checks that the node has the range and is on the lake's network. Returns the node's tip.
    ///
    /// # Errors
    /// [`IngestError::OtherChain`], [`IngestError::NoRange`], and errors of the node and the
    /// cursor.
    pub async fn check(&self, range: &RangeInclusive<u32>) -> Result<Tip, IngestError> {
        let node = &self.context.node;
        let tip = node.tip().await?;
        let position = self.context.cursor.read().await?.position;
        check_chain(node, position, &tip).await?;
        if range.is_empty() || *range.end() > tip.height {
            return Err(IngestError::NoRange {
                from: *range.start(),
                to: *range.end(),
                tip: tip.height,
            });
        }
        Ok(tip)
    }

    /// Finds out which blocks of the range to fetch. Changes nothing.
    pub async fn plan(
        &self,
        range: RangeInclusive<u32>,
        redo: Redo,
    ) -> Result<BackfillPlan, IngestError> {
        BackfillPlan::make(
            &self.context.node,
            self.context.lake.as_ref(),
            range,
            &|_| redo,
        )
        .await
    }

    /// Estimates how long it takes to read the plan's blocks, from samples at its start, middle and
    /// end.
    pub async fn expected_time(&self, plan: &BackfillPlan) -> Result<Duration, NodeError> {
        let missing: Vec<_> = plan.unfilled().flat_map(|month| &month.missing).collect();
        let (mut blocks, mut time) = (0, Duration::ZERO);
        for index in [0, missing.len() / 2, missing.len().saturating_sub(1)] {
            let Some(heights) = missing.get(index) else {
                break;
            };
            let started = Instant::now();
            let end = heights.start() + SAMPLE_BLOCKS;
            let sample = *heights.start()..=end.min(*heights.end());
            let reading = Reading {
                go_on: &|_| true,
                is_late: &|| self.is_late(),
            };
            blocks += count(self.context.node.blocks(sample, reading).await?.len());
            time += started.elapsed();
        }
        let share = f64::from(plan.blocks()) / f64::from(blocks).max(1.0);
        Ok(time.mul_f64(share))
    }

    /// Time ranges around the plan's missing blocks for which the lake has no prices.
    pub async fn price_gaps(
        &self,
        plan: &BackfillPlan,
    ) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
        let times = plan.unfilled().map(|month| month.times);
        find_gaps(self.context.lake.as_ref(), times, (self.now)()).await
    }

    /// Fetches prices around the plan's missing blocks into the lake, in as few calls as possible.
    /// Returns the time ranges that have yet to be fetched: a source that does not answer is not an
    /// error.
    pub async fn fetch_prices(
        &self,
        plan: &BackfillPlan,
    ) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
        self.fetch_gaps(&self.price_gaps(plan).await?).await
    }

    /// Fetches prices of these time ranges into the lake. Returns those that have yet to be fetched.
    pub(crate) async fn fetch_gaps(
        &self,
        gaps: &[Range<Timestamp>],
    ) -> Result<Vec<Range<Timestamp>>, LakeFileError> {
        let IngestContext { lake, prices, .. } = self.context.as_ref();
        let time_left = || (self.time_left)().saturating_sub(COMMIT_RESERVE);
        fetch_gaps(lake.as_ref(), prices, gaps, (self.now)(), &time_left).await
    }

    /// Fetches the plan's missing blocks and writes them, with prices from the lake. `unfetched`
    /// are time ranges whose prices have yet to be fetched. Except in the plan's first month, the
    /// first blocks of a month have no hashprice with mean fees until the lake is upgraded. To add
    /// it here, the node would have to compute the fees at the end of each month twice.
    ///
    /// # Errors
    /// The error of the first month that failed. Months in progress are finished before it is
    /// returned.
    pub async fn fill(
        self: &Arc<Self>,
        plan: &BackfillPlan,
        unfetched: &[Range<Timestamp>],
    ) -> Result<(), IngestError> {
        let IngestContext { lake, asics, .. } = self.context.as_ref();
        // Write the miner models only if the lake has none. If it has others, an upgrade replaces
        // them, after the revenue of all months.
        write_asics(lake.as_ref(), asics, <[Asic]>::is_empty).await?;
        let mut months = plan.unfilled();
        let first = plan.months.first().map(|plan| plan.month);
        let (mut tasks, mut result) = (JoinSet::new(), Ok(()));
        loop {
            while tasks.len() < self.parallel && result.is_ok() {
                let Some(month) = months.next() else { break };
                let missing_fees = if Some(month.month) == first {
                    MissingFees::Read
                } else {
                    MissingFees::Later
                };
                let (job, month, unfetched) = (self.clone(), month.clone(), unfetched.to_vec());
                tasks.spawn(async move { job.fill_month(&month, missing_fees, &unfetched).await });
            }
            let Some(done) = tasks.join_next().await else {
                return result;
            };
            result = result.and(done.expect("filling a month does not panic and is never aborted"));
        }
    }

    async fn fill_month(
        &self,
        plan: &MonthPlan,
        missing_fees: MissingFees,
        unfetched: &[Range<Timestamp>],
    ) -> Result<(), IngestError> {
        let lake = self.context.lake.as_ref();
        let month = plan.month;
        let prices = prices_around(lake, month).await?;
        let mut below = Vec::new();
        for heights in &plan.missing {
            let mut next = *heights.start();
            while next <= *heights.end() {
                let below_next = (below.as_slice(), missing_fees);
                let read = self.read(below_next, next..=*heights.end()).await?;
                if read.is_empty() {
                    return Err(IngestError::Unfinished {
                        month,
                        next,
                        to: *plan.heights.end(),
                    });
                }
                next += count(read.len());
                let new = priced(read, &prices, unfetched);
                change_month(lake, &self.context.asics, month, plan.redo, &|stored| {
                    merged(stored, &new).map(Some)
                })
                .await?;
                below.extend(new);
            }
        }
        info!(%month, blocks = plan.blocks(), "filled {month}: blocks {} to {}", plan.heights.start(), plan.heights.end());
        Ok(())
    }

    /// Reads blocks from the start of `heights`, for at most a minute. Reads no blocks if the run
    /// has little time left. Retries while the node is unreachable or busy. `below` has the blocks
    /// that were already read below `heights`.
    async fn read(
        &self,
        below: (&[PricedBlock], MissingFees),
        heights: RangeInclusive<u32>,
    ) -> Result<Vec<Block>, NodeError> {
        let started = Instant::now();
        let reported = AtomicUsize::new(0);
        let go_on = |read: usize| {
            (self.progress)(count(
                read.saturating_sub(reported.fetch_max(read, Ordering::Relaxed)),
            ));
            started.elapsed() < READING_MAX
        };
        let is_late = || self.is_late();
        let reading = Reading {
            go_on: &go_on,
            is_late: &is_late,
        };
        let mut delays = ExponentialBuilder::default()
            .with_min_delay(Duration::from_secs(1))
            .with_max_delay(Duration::from_secs(30))
            .with_max_times(8)
            .with_jitter()
            .build();
        while !is_late() {
            let error = match read_blocks(&self.context.node, below, heights.clone(), reading).await
            {
                Err(error) if error.is_temporary() => error,
                read => return read,
            };
            let Some(delay) = delays.next() else {
                return Err(error);
            };
            warn!(
                delay_ms = delay.as_millis(),
                "retrying the request to the node: {error}"
            );
            unless_late(&is_late, tokio::time::sleep(delay)).await;
        }
        Ok(Vec::new())
    }

    /// Moves the cursor to the last block before the next gap in the lake. If there is no cursor
    /// yet, it starts at the plan's first block. Returns the new position.
    pub async fn move_cursor(
        &self,
        owner: &str,
        plan: &BackfillPlan,
        tip: &Tip,
    ) -> Result<Option<Position>, IngestError> {
        let IngestContext { cursor, lake, .. } = self.context.as_ref();
        let position = cursor.read().await?.position;
        if position.is_some_and(|position| position.height >= *plan.heights().end()) {
            return Ok(position);
        }
        let is_late = || self.is_late();
        let mut lease = acquire(cursor.as_ref(), owner, self.now, &is_late).await?;
        let moved = match last_consecutive(lake.as_ref(), lease.position(), plan).await {
            Ok(Some((height, hash))) => {
                let to = Position {
                    chain: tip.chain,
                    height,
                    hash,
                };
                let node_height = tip.height.max(height);
                cursor
                    .advance(&mut lease, to, node_height, (self.now)())
                    .await
                    .map_err(IngestError::from)
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error.into()),
        };
        let position = lease.position();
        cursor.release(lease, None).await?;
        moved.map(|()| position)
    }

    pub(crate) fn is_late(&self) -> bool {
        (self.time_left)() <= COMMIT_RESERVE
    }
}

fn count(blocks: usize) -> u32 {
    u32::try_from(blocks).expect("a month has a few thousand blocks")
}

fn priced(
    blocks: Vec<Block>,
    prices: &PriceSeries,
    unfetched: &[Range<Timestamp>],
) -> Vec<PricedBlock> {
    let priced = |block: Block| PricedBlock {
        price: prices.price_at(block.time, unfetched),
        block,
    };
    blocks.into_iter().map(priced).collect()
}

/// Stored blocks with the new ones in their place, in order of height.
fn merged(
    mut rows: Vec<PricedBlock>,
    new: &[PricedBlock],
) -> Result<Vec<PricedBlock>, IngestError> {
    let ends = new.first().zip(new.last());
    rows.retain(|row| {
        ends.is_none_or(|(first, last)| {
            !(first.block.height..=last.block.height).contains(&row.block.height)
        })
    });
    rows.extend_from_slice(new);
    rows.sort_by_key(|row| row.block.height);
    match rows.windows(2).find(|pair| contradicts(pair)) {
        Some(pair) => Err(IngestError::Contradiction {
            height: pair[1].block.height,
        }),
        None => Ok(rows),
    }
}

/// The last of the consecutive blocks above `position` or, without a position, from the plan's
/// first block on; `None` if the lake has no such block.
async fn last_consecutive(
    lake: &dyn Lake,
    position: Option<Position>,
    plan: &BackfillPlan,
) -> Result<Option<(u32, BlockHash)>, LakeFileError> {
    let Some(MonthPlan {
        month: from,
        heights,
        ..
    }) = plan.months.first()
    else {
        return Ok(None);
    };
    let mut end = position.map(|position| (position.height, position.hash));
    let mut last = None;
    let months = stored_months(lake).await?.into_iter();
    for month in months.filter(|month| month >= from) {
        let (rows, _) = read(lake, &blocks::key(month), blocks::decode).await?;
        for PricedBlock { block, .. } in rows {
            let follows = match end {
                Some((height, hash)) => block.height == height + 1 && block.prev_hash == hash,
                None => block.height == *heights.start(),
            };
            if follows {
                end = Some((block.height, block.hash));
                last = end;
            }
        }
    }
    Ok(last)
}
