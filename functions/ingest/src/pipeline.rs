//! The way of a block, from the node into the lake.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use hashlake_core::asic::Asic;
use hashlake_core::block::Block;
use hashlake_core::chain::Chain;
use hashlake_core::cursor::{Cursor, CursorError, Lease, Position};
use hashlake_core::hash::BlockHash;
use hashlake_core::lake::{Lake, LakeError};
use hashlake_core::month::Month;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::timestamp::Timestamp;
use thiserror::Error;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::ledger::{Ledger, LedgerError};
use crate::node::{Node, NodeError, Tip};
use crate::prices::PriceSources;
use crate::reading;

/// Blocks that are committed together: about a month.
pub const BLOCKS_PER_COMMIT: u32 = 4320;

/// A first run starts this far below the tip, unless told otherwise: about a month.
pub const FIRST_RUN_BLOCKS: u32 = 4320;

pub(crate) const READING_MAX: Duration = Duration::from_secs(60); // Then what was read is committed; well within a lease.
pub(crate) const COMMIT_RESERVE: Duration = Duration::from_secs(30); // What prices and writing may take before a deadline.
const WRITE_RESERVE: Duration = Duration::from_secs(15); // Of this, what is kept for writing.
const HASHES_PER_STEP: usize = 200; // Stepping back over a reorg.

/// The outside world of an ingest.
pub struct Outside {
    /// Blocks.
    pub node: Node,
    /// Prices.
    pub prices: PriceSources,
    /// Where tables go.
    pub lake: Arc<dyn Lake>,
    /// How far they go.
    pub cursor: Arc<dyn Cursor>,
    /// Machines whose revenue is written.
    pub asics: Vec<Asic>,
}

/// How a run is to be done.
pub struct Run<'a> {
    /// Its name, which no other run has.
    pub owner: String,
    /// First block of an empty lake; about a month below the tip where not given.
    pub start_height: Option<u32>,
    /// How long it may still take.
    pub time_left: &'a (dyn Fn() -> Duration + Sync),
    /// What time it is.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// Told after each batch of blocks.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Blocks read so far.
    pub read: u32,
    /// Blocks there are to read.
    pub total: u32,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Where the cursor stands.
    pub position: Position,
    /// The node's last block.
    pub tip: u32,
    /// Blocks that were added.
    pub blocks: u32,
    /// The chain that was left for another, if any was.
    pub reorg: Option<Reorg>,
    /// Blocks at the end of the lake whose price is not final.
    pub provisional: usize,
}

impl Report {
    /// Blocks that were dropped for others.
    pub fn reorg_depth(&self) -> usize {
        self.reorg.as_ref().map_or(0, |reorg| reorg.dropped.len())
    }
}

/// A chain that was left for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reorg {
    /// The last block that both have.
    pub common_height: u32,
    /// Blocks that were dropped, the lowest first.
    pub dropped: Vec<BlockHash>,
}

/// Why a run ended before it was done. What it had committed stays.
#[derive(Debug, Error)]
pub enum IngestError {
    /// The node.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The cursor, or the lease.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The lake, or a file in it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The node is on another network than the lake.
    #[error(
        "the node is on the network `{node}`, and the lake holds `{lake}`: give each network a lake of its own (LAKE_URL)"
    )]
    OtherChain {
        /// The node's.
        node: Chain,
        /// The lake's.
        lake: Chain,
    },
    /// The node has fewer blocks than the lake.
    #[error("the node is at height {node}, {} blocks behind the lake ({cursor}): is it still catching up, or another node than before? Nothing was changed", cursor - node)]
    NodeBehind {
        /// The node's height.
        node: u32,
        /// The cursor's.
        cursor: u32,
    },
    /// The first block is not there yet.
    #[error("START_HEIGHT is {start}, and the chain ends at {tip}")]
    StartAboveTip {
        /// The first block to be ingested.
        start: u32,
        /// The node's height.
        tip: u32,
    },
    /// The lake and the node have no block in common.
    #[error(
        "no block of the lake, down to height {lowest}, is in the node's chain: is this the lake's node? Nothing was changed"
    )]
    NothingInCommon {
        /// The lowest block of the lake.
        lowest: u32,
    },
    /// A range that is none, or that the node does not have.
    #[error(
        "no blocks {from} to {to} can be had: the first must not be above the last, and the node's last block is {tip}"
    )]
    NoRange {
        /// First height asked for.
        from: u32,
        /// Last height asked for.
        to: u32,
        /// The node's height.
        tip: u32,
    },
    /// A block of the lake does not follow from the one below, one of which was just fetched.
    #[error(
        "the lake's block {height} does not follow the node's block below it: the chain has changed there since it was written. Fill the blocks around it anew (--force)"
    )]
    Contradiction {
        /// Height of the upper one.
        height: u32,
    },
    /// The time was up before a month was filled.
    #[error(
        "the time is up, and blocks {next} to {to} of {month} are still missing: what was read is in the lake; the same range again goes on there"
    )]
    Unfinished {
        /// The month.
        month: Month,
        /// First block that is missing.
        next: u32,
        /// Last block of the month's part of the range.
        to: u32,
    },
    /// There was no time to read even the first blocks.
    #[error("no time is left to read the first blocks: give the run more than {} s", COMMIT_RESERVE.as_secs())]
    OutOfTime,
    /// The cursor stands where the lake has nothing.
    #[error(
        "the cursor stands at height {cursor}, and the lake holds no block: was it emptied or moved? Delete the cursor to fill it anew"
    )]
    LakeEmpty {
        /// The cursor's height.
        cursor: u32,
    },
}

impl From<LakeError> for IngestError {
    fn from(error: LakeError) -> Self {
        Self::Ledger(error.into())
    }
}

impl IngestError {
    /// Whether another run is at work, which is as good as a run of our own.
    pub const fn is_busy(&self) -> bool {
        matches!(self, Self::Cursor(CursorError::Held { .. }))
    }

    /// Whether another writer came in between, so that the next run finds the lake in order.
    pub const fn is_overtaken(&self) -> bool {
        matches!(
            self,
            Self::Cursor(CursorError::Lost { .. })
                | Self::Ledger(LedgerError::Lake(LakeError::Changed { .. }))
        )
    }
}

/// Brings the lake up to the node's tip.
///
/// # Errors
/// [`IngestError`]; what was committed until then stays, and the next run goes on from there.
pub async fn follow_tip(outside: &Outside, run: &Run<'_>) -> Result<Report, IngestError> {
    let mut lease = outside.cursor.acquire(&run.owner, (run.now)()).await?;
    let result = catch_up(outside, run, &mut lease).await;
    let finished = result.is_ok().then(|| (run.now)());
    match (result, outside.cursor.release(lease, finished).await) {
        (Ok(report), Ok(())) => Ok(report),
        (Err(error), _) => Err(error),
        (Ok(_), Err(error)) => Err(error.into()),
    }
}

async fn catch_up(
    outside: &Outside,
    run: &Run<'_>,
    lease: &mut Lease,
) -> Result<Report, IngestError> {
    let Outside {
        node,
        prices,
        lake,
        cursor,
        asics,
    } = outside;
    let tip = node.tip().await?;
    let start = first_height(lease.position(), &tip, run.start_height)?;
    let mut ledger = Ledger::open(lake.as_ref(), asics, start, (run.now)()).await?;
    let (mut next, reorg) = match lease.position() {
        None => (start, None),
        Some(position) => step_back(node, &mut ledger, position).await?,
    };
    let first = next;
    loop {
        let heights = next..=tip.height.min(next + (BLOCKS_PER_COMMIT - 1));
        let progress = Progress {
            read: next - first,
            total: tip.height + 1 - first,
        };
        let blocks = read_blocks(node, ledger.rows(), heights, run, progress).await?;
        next += count(blocks.len());
        ledger.append(blocks);
        let time_left = || (run.time_left)().saturating_sub(WRITE_RESERVE);
        let gaps = ledger.price_gaps().await?;
        let answer = prices.fetch(&gaps, (run.now)(), &time_left).await;
        ledger.price_blocks(answer.points, &answer.unanswered);
        ledger.write().await?;
        let Some(position) = position(tip.chain, ledger.rows()) else {
            return Err(IngestError::OutOfTime);
        };
        if lease.position() != Some(position) {
            cursor
                .advance(lease, position, tip.height, (run.now)())
                .await?;
        }
        if position.height >= tip.height || is_late(run) {
            let blocks = position.height + 1 - first;
            if blocks > 0 {
                let last_height = position.height;
                info!(
                    first_height = first,
                    last_height, blocks, "ingested {blocks} blocks up to {last_height}"
                );
            }
            return Ok(Report {
                position,
                tip: tip.height,
                blocks,
                reorg,
                provisional: ledger.provisional(),
            });
        }
    }
}

/// That the node is on the lake's network.
pub(crate) fn check_chain(position: Option<Position>, tip: &Tip) -> Result<(), IngestError> {
    match position.map(|position| position.chain) {
        Some(lake) if lake != tip.chain => Err(IngestError::OtherChain {
            node: tip.chain,
            lake,
        }),
        _ => Ok(()),
    }
}

/// Height of the first block above the cursor, or of the first of all.
fn first_height(
    position: Option<Position>,
    tip: &Tip,
    start_height: Option<u32>,
) -> Result<u32, IngestError> {
    check_chain(position, tip)?;
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
        None if tip.height < tip.headers => Err(NodeError::Downloading {
            blocks: tip.height,
            headers: tip.headers,
        }
        .into()),
        None => Ok(tip.height.saturating_sub(FIRST_RUN_BLOCKS)),
    }
}

/// Drops the blocks that are not in the node's chain, however many; the answer is the height to go on from.
async fn step_back(
    node: &Node,
    ledger: &mut Ledger<'_>,
    position: Position,
) -> Result<(u32, Option<Reorg>), IngestError> {
    let common_height = last_common(node, ledger, position.height).await?;
    let is_dropped = |row: &&PricedBlock| row.block.height > common_height;
    let dropped: Vec<BlockHash> = ledger
        .rows()
        .iter()
        .filter(is_dropped)
        .map(|row| row.block.hash)
        .collect();
    ledger.truncate_above(common_height);
    if ledger
        .rows()
        .last()
        .is_some_and(|row| row.block.hash == position.hash)
    {
        return Ok((common_height + 1, None));
    }
    let depth = position.height - common_height;
    warn!(
        depth,
        common_height,
        ?dropped,
        "reorg of {depth} blocks: stepped back from {} to {common_height}",
        position.height
    );
    Ok((
        common_height + 1,
        Some(Reorg {
            common_height,
            dropped,
        }),
    ))
}

/// Height of the highest block of the lake that the node's chain has too.
async fn last_common(
    node: &Node,
    ledger: &mut Ledger<'_>,
    cursor: u32,
) -> Result<u32, IngestError> {
    let mut below = u32::MAX;
    let mut step = 1; // Almost always the last block is still in the chain.
    loop {
        let rows = ledger
            .rows()
            .iter()
            .rev()
            .filter(|row| row.block.height < below)
            .take(step);
        let candidates: Vec<(u32, BlockHash)> =
            rows.map(|row| (row.block.height, row.block.hash)).collect();
        let Some(&(lowest, _)) = candidates.last() else {
            if ledger.load_earlier_month().await? {
                continue;
            }
            return Err(match ledger.rows().first() {
                Some(row) => IngestError::NothingInCommon {
                    lowest: row.block.height,
                },
                None => IngestError::LakeEmpty { cursor },
            });
        };
        let heights: Vec<u32> = candidates.iter().map(|(height, _)| *height).collect();
        let hashes = node.hashes(&heights).await?;
        let common = candidates
            .iter()
            .zip(hashes)
            .find(|((_, ours), theirs)| *theirs == Some(*ours));
        if let Some(((height, _), _)) = common {
            return Ok(*height);
        }
        (below, step) = (lowest, HASHES_PER_STEP);
    }
}

/// Blocks from the node; none where there is nothing new, or no time.
async fn read_blocks(
    node: &Node,
    rows: &[PricedBlock],
    heights: RangeInclusive<u32>,
    run: &Run<'_>,
    before: Progress,
) -> Result<Vec<Block>, NodeError> {
    if heights.is_empty() || is_late(run) {
        return Ok(Vec::new());
    }
    let started = Instant::now();
    let go_on = |read| {
        (run.progress)(Progress {
            read: before.read + count(read),
            ..before
        });
        started.elapsed() < READING_MAX && !is_late(run)
    };
    reading::read_blocks(node, rows, heights, &go_on).await
}

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

fn is_late(run: &Run<'_>) -> bool {
    (run.time_left)() <= COMMIT_RESERVE
}
