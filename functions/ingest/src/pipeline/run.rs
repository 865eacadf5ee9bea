//! What a run works with, and what it reports.

use std::sync::Arc;
use std::time::Duration;

use hashlake_core::asic::Asic;
use hashlake_core::cursor::{Cursor, Position};
use hashlake_core::lake::Lake;
use hashlake_core::timestamp::Timestamp;

use super::error::COMMIT_RESERVE;
use super::reorg::Reorg;
use crate::inspection::Inspection;
use crate::node::Node;
use crate::prices::PriceSources;

/// Everything outside the process that an ingest reads and writes.
pub struct IngestContext {
    pub node: Node,
    pub prices: PriceSources,
    pub lake: Arc<dyn Lake>,
    pub cursor: Arc<dyn Cursor>,
    /// Miner models whose revenue is written.
    pub asics: Vec<Asic>,
    /// The lake's files that this process has already read.
    pub inspection: Inspection,
}

/// The parameters of one run.
pub struct Run<'a> {
    /// Owner of the lease: a name that no other run has.
    pub owner: String,
    /// First block of an empty lake; by default about a month below the tip.
    pub start_height: Option<u32>,
    pub time_left: &'a (dyn Fn() -> Duration + Sync),
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// Called after each batch of blocks.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

impl Run<'_> {
    /// Whether the remaining time is only enough for prices and for writing.
    pub(crate) fn is_late(&self) -> bool {
        (self.time_left)() <= COMMIT_RESERVE
    }
}

/// Blocks read so far, of those that the run has to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub read: u32,
    pub total: u32,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Where the cursor is now.
    pub position: Position,
    /// Height of the node's tip.
    pub tip: u32,
    /// Number of blocks added.
    pub blocks: u32,
    pub reorg: Option<Reorg>,
    /// Blocks at the end of the lake whose price is not final.
    pub provisional: usize,
    /// Hashprice with the mean fees of the last 144 blocks at the last block, in USD/PH/day; `None`
    /// if the block has no price, or if some of these fees are unknown.
    pub usd_per_ph_day_144: Option<f64>,
    /// Time of the newest price; if there are no prices, time of the first block without a price.
    pub priced_until: Option<Timestamp>,
}

impl Report {
    /// Number of blocks that a reorg dropped.
    pub fn reorg_depth(&self) -> usize {
        self.reorg.as_ref().map_or(0, |reorg| reorg.dropped.len())
    }
}
