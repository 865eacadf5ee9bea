//! What the writes so far were, as far as the invariants need it.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashlake_core::hash::BlockHash;
use hashlake_core::price::PricePoint;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily::DayRow;

/// What was checked so far, and what was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    pub(crate) violations: Vec<String>,
    pub(crate) blocks: BTreeMap<String, Arc<Vec<PricedBlock>>>,
    pub(crate) prices: BTreeMap<String, Arc<Vec<PricePoint>>>,
    pub(crate) days: Arc<Vec<DayRow>>,
    /// Every position that the cursor has had, the last one at the end.
    pub(crate) positions: Vec<(u32, BlockHash)>,
    /// Whether two processes may write at the same time. Then they may also fetch the same prices.
    pub(crate) has_two_writers: bool,
    /// Whether an operator moves the clock.
    pub(crate) has_moved_clock: bool,
    /// Whether a command has replaced prices.
    pub(crate) has_replaced_prices: bool,
}
