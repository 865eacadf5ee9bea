//! From a Bitcoin node and sources of prices into the lake.

pub mod backfill;
pub mod config;
mod http;
pub mod lambda;
pub mod ledger;
mod metrics;
mod month_rows;
pub mod node;
pub mod pipeline;
pub mod plan;
pub mod prices;
mod reading;
mod replace;
pub mod reprice;
mod secret;
