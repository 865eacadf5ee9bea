//! Blocks added up over time: the points of a series.

pub(crate) mod bucket;
pub(crate) mod change;
pub(crate) mod field;
pub(crate) mod interval;
pub(crate) mod window;
