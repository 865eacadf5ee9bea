//! Adds up blocks over time, to the points of a series. It does not use HTTP, JSON or CSV.

pub(crate) mod bucket;
pub(crate) mod change;
pub(crate) mod field;
pub(crate) mod interval;
pub(crate) mod mean_fees;
pub(crate) mod next_block;
pub(crate) mod time_range;
pub(crate) mod turn;
