//! From a Bitcoin node and a price source into the lake.

pub mod backfill;
pub mod coingecko;
pub mod config;
mod http;
pub mod lambda;
pub mod ledger;
mod metrics;
mod month_rows;
pub mod node;
pub mod pipeline;
pub mod plan;
mod price_gaps;
pub mod price_store;
mod reading;
mod replace;
pub mod reprice;
mod secret;
