//! What a run is given, and what it reports.

use std::sync::Arc;
use std::time::Duration;

use hashlake_core::asic::Asic;
use hashlake_core::cursor::{Cursor, Position};
use hashlake_core::lake::Lake;
use hashlake_core::timestamp::Timestamp;

use super::reorg::Reorg;
use crate::node::Node;
use crate::prices::PriceSources;

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
