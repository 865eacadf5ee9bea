//! The pipeline: blocks from the node, prices for them, tables into the lake, then the cursor.

pub(crate) mod error;
mod reorg;
pub(crate) mod run;

use std::time::Duration;

use hashlake_core::block::Block;
use hashlake_core::chain::Chain;
use hashlake_core::cursor::{Lease, Position};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::timestamp::Timestamp;
use tokio::time::Instant;
use tracing::{info, warn};

pub(crate) use self::error::COMMIT_RESERVE;
pub use self::error::IngestError;
pub use self::reorg::Reorg;
use self::reorg::step_back;
pub use self::run::{IngestContext, Progress, Report, Run};
use crate::block_reader::{self, MissingFees};
use crate::deadline::unless_late;
use crate::ledger::Ledger;
use crate::node::{Node, NodeError, Reading, Tip};
use crate::prices::FetchedPrices;
use crate::prices::note::{PriceNews, update_note};
use crate::repair::repair;
use crate::upgrade::upgrade_leased;

/// Blocks per commit: about a month.
pub const BLOCKS_PER_COMMIT: u32 = 4320;

/// A first run starts this far below the tip, about a month, unless `START_HEIGHT` is set.
pub const FIRST_RUN_BLOCKS: u32 = 4320;

/// After this time, the blocks read so far are committed. It is much shorter than a lease.
pub(crate) const READING_MAX: Duration = Duration::from_secs(60);

/// Part of [`COMMIT_RESERVE`] that is kept for writing: fetching prices may not use it.
const WRITE_RESERVE: Duration = Duration::from_secs(15);

/// Brings the lake up to the node's tip.
///
/// # Errors
/// [`IngestError`]; what was committed before the error stays, and the next run continues from
/// there.
pub async fn follow_tip(context: &IngestContext, run: &Run<'_>) -> Result<Report, IngestError> {
    let mut lease = context.cursor.acquire(&run.owner, (run.now)()).await?;
    let result = catch_up(context, run, &mut lease).await;
    let finished = result.is_ok().then(|| (run.now)());
    match (result, context.cursor.release(lease, finished).await) {
        (Ok(report), Ok(())) => Ok(report),
        (Err(error), _) => Err(error),
        (Ok(_), Err(error)) => Err(error.into()),
    }
}

async fn catch_up(
    context: &IngestContext,
    run: &Run<'_>,
    lease: &mut Lease,
) -> Result<Report, IngestError> {
    let IngestContext { lake, asics, .. } = context;
    let is_late = || run.is_late();
    let start = find_start(&context.node, lease.position(), run.start_height);
    let start = unless_late(&is_late, start).await;
    let (tip, start) = start.ok_or(IngestError::OutOfTime)??;
    let mut ledger = Ledger::open(lake.as_ref(), asics, start, (run.now)()).await?;
    let inspection = &context.inspection;
    if upgrade_leased(lake.as_ref(), asics, inspection, &ledger, &is_late).await? {
        ledger = Ledger::open(lake.as_ref(), asics, start, (run.now)()).await?;
    }
    if repair(context, run, &ledger).await? {
        ledger = Ledger::open(lake.as_ref(), asics, start, (run.now)()).await?;
    }
    let (first, reorg) = match lease.position() {
        None => (start, None),
        Some(position) => {
            let common = step_back(&context.node, &mut ledger, position);
            let common = unless_late(&is_late, common).await;
            common.ok_or(IngestError::OutOfTime)??
        }
    };
    let mut next = first;
    loop {
        let blocks = read_blocks(context, run, &ledger, first, next, &tip).await?;
        next += count(blocks.len());
        ledger.append(blocks);
        let fetched = price_blocks(context, run, &mut ledger).await?;
        ledger.write().await?;
        let news = PriceNews {
            states: &fetched.states,
            suspects: &fetched.suspects,
            is_stored: &|time| ledger.points().at(time).is_some(),
        };
        update_note(lake.as_ref(), &news, (run.now)()).await;
        let Some(position) = position(tip.chain, ledger.rows()) else {
            return Err(IngestError::OutOfTime);
        };
        advance_cursor(context, run, lease, position, &tip).await?;
        if position.height >= tip.height || is_late() {
            if next > first {
                warn_of_clock(ledger.rows(), (run.now)());
            }
            return Ok(report(first, position, &tip, reorg, &ledger));
        }
    }
}

/// The node's tip, and the first block to read.
async fn find_start(
    node: &Node,
    position: Option<Position>,
    start_height: Option<u32>,
) -> Result<(Tip, u32), IngestError> {
    let tip = node.tip().await?;
    check_chain(node, position, &tip).await?;
    let start = first_height(position, &tip, start_height)?;
    Ok((tip, start))
}

/// Checks that the node is on the lake's network. If the lake is empty, checks that the node is on
/// the network that it reports.
pub(crate) async fn check_chain(
    node: &Node,
    position: Option<Position>,
    tip: &Tip,
) -> Result<(), IngestError> {
    match position.map(|position| position.chain) {
        Some(lake) if lake != tip.chain => Err(IngestError::OtherChain {
            node: tip.chain,
            lake,
        }),
        Some(_) => Ok(()),
        None => Ok(node.check_network(tip.chain).await?),
    }
}

/// Height of the first block above the cursor, or of the first block of an empty lake.
fn first_height(
    position: Option<Position>,
    tip: &Tip,
    start_height: Option<u32>,
) -> Result<u32, IngestError> {
    if tip.is_without_headers {
        return Err(downloading(tip));
    }
    if let Some(position) = position {
        if tip.height < position.height {
            return Err(IngestError::NodeBehind {
                node: tip.height,
                cursor: position.height,
            });
        }
        return Ok(position.height + 1);
    }
    match start_height {
        Some(start) if start > tip.height => Err(IngestError::StartAboveTip {
            start,
            tip: tip.height,
        }),
        Some(start) => Ok(start),
        None if tip.height < tip.headers => Err(downloading(tip)),
        None => Ok(tip.height.saturating_sub(FIRST_RUN_BLOCKS)),
    }
}

fn downloading(tip: &Tip) -> IngestError {
    let (blocks, headers) = (tip.height, tip.headers);
    NodeError::Downloading { blocks, headers }.into()
}

/// Reads the blocks of one commit from the node; none if there are no new blocks, or no time is
/// left.
async fn read_blocks(
    context: &IngestContext,
    run: &Run<'_>,
    ledger: &Ledger<'_>,
    first: u32,
    next: u32,
    tip: &Tip,
) -> Result<Vec<Block>, NodeError> {
    let heights = next..=tip.height.min(next + (BLOCKS_PER_COMMIT - 1));
    if heights.is_empty() || run.is_late() {
        return Ok(Vec::new());
    }
    let started = Instant::now();
    let go_on = |read| {
        (run.progress)(Progress {
            read: next - first + count(read),
            total: tip.height + 1 - first,
        });
        started.elapsed() < READING_MAX
    };
    let reading = Reading {
        go_on: &go_on,
        is_late: &|| run.is_late(),
    };
    let below = (ledger.rows(), MissingFees::Read);
    block_reader::read_blocks(&context.node, below, heights, reading).await
}

/// Assigns prices to blocks: from the points in the lake, and from the points that the sources
/// return in time.
async fn price_blocks(
    context: &IngestContext,
    run: &Run<'_>,
    ledger: &mut Ledger<'_>,
) -> Result<FetchedPrices, IngestError> {
    let time_left = || (run.time_left)().saturating_sub(WRITE_RESERVE);
    let gaps = ledger.price_gaps().await?;
    let (known, now) = (ledger.points(), (run.now)());
    let fetched = context.prices.fetch(&gaps, known, now, &time_left).await;
    ledger.price_blocks(&fetched.points, &fetched.unfetched);
    Ok(fetched)
}

async fn advance_cursor(
    context: &IngestContext,
    run: &Run<'_>,
    lease: &mut Lease,
    position: Position,
    tip: &Tip,
) -> Result<(), IngestError> {
    if lease.position() != Some(position) {
        let cursor = &context.cursor;
        cursor
            .advance(lease, position, tip.height, (run.now)())
            .await?;
    }
    Ok(())
}

fn report(
    first: u32,
    position: Position,
    tip: &Tip,
    reorg: Option<Reorg>,
    ledger: &Ledger<'_>,
) -> Report {
    let last_height = position.height;
    let blocks = last_height + 1 - first;
    if blocks > 0 {
        info!(
            first_height = first,
            last_height, blocks, "ingested {blocks} blocks up to {last_height}"
        );
    }
    Report {
        position,
        tip: tip.height,
        blocks,
        reorg,
        provisional: ledger.provisional(),
        usd_per_ph_day_144: ledger
            .rows()
            .last()
            .and_then(PricedBlock::usd_per_ph_day_144),
        priced_until: ledger.priced_until(),
    }
}

/// Nodes refuse blocks whose time is further ahead of their own clock than this.
const BLOCK_TIME_MAX: Duration = Duration::from_secs(2 * 3600);

fn warn_of_clock(rows: &[PricedBlock], now: Timestamp) {
    let last = rows.last().map(|row| row.block.time);
    if let Some(time) = last.filter(|time| now + BLOCK_TIME_MAX < *time) {
        warn!(
            "the clock of this computer may be wrong: it shows {now}, but the last block has the time {time}. Set the clock, for example with NTP"
        );
    }
}

/// The last block of the lake, if it has one.
fn position(chain: Chain, rows: &[PricedBlock]) -> Option<Position> {
    rows.last().map(|row| Position {
        chain,
        height: row.block.height,
        hash: row.block.hash,
    })
}

fn count(blocks: usize) -> u32 {
    u32::try_from(blocks).expect("a commit is a few thousand blocks")
}
