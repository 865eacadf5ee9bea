//! What every hashlake program agrees on: units, blocks, prices, revenue, and the lake that holds them.
//!
//! The modules of the first group are pure: they know no clock, network, SDK or environment. Those of the second are the
//! edges that the programs share.

#![warn(missing_docs)]

pub mod asic;
pub mod block;
pub mod chain;
pub mod day;
pub mod hash;
pub mod hashrate;
pub mod month;
pub mod price;
pub mod revenue;
pub mod table;
pub mod target;
pub mod timestamp;
pub mod units;

pub mod aws;
pub mod clock;
pub mod cursor;
pub mod env;
pub mod lake;
pub mod log;
