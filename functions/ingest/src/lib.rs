//! From a Bitcoin node and sources of prices into the lake.

pub mod backfill;
mod block_reader;
pub mod config;
mod http;
pub mod lake_file;
pub mod lambda;
mod ledger;
mod metrics;
mod month_rows;
pub mod node;
pub mod pipeline;
pub mod plan;
pub mod prices;
pub mod reprice;
mod rows;
mod secret;
mod write_order;
