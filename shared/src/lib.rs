//! What all hashlake programs share: units, blocks, prices, revenue, and the lake that stores them.
//!
//! The first group of modules is pure: no clock, network, SDK or environment. The second group is
//! the shared input and output: AWS, the clock, the cursor, environment variables, the lake, logs.
//!
//! `examples/read_lake.rs` shows how another program reads a lake with this crate.
//!
#![doc = include_str!("../../functions/README.md")]
#![warn(missing_docs)]

pub mod asic;
pub mod backtest;
pub mod block;
pub mod chain;
pub mod day;
pub mod difficulty;
pub mod hash;
pub mod hashrate;
pub mod month;
pub mod price;
pub mod price_note;
pub mod revenue;
pub mod strike;
pub mod suspect;
pub mod table;
pub mod target;
pub mod timestamp;
pub mod units;

pub mod aws;
pub mod certificates;
pub mod clock;
pub mod cursor;
pub mod env;
pub mod lake;
pub mod log;
