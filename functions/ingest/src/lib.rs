//! From a Bitcoin node and a price source into the lake.

pub mod coingecko;
pub mod config;
mod http;
pub mod lambda;
mod ledger;
mod metrics;
pub mod node;
pub mod pipeline;
pub mod price_store;
mod replace;
mod secret;
