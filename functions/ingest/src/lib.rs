//! Ingests blocks from a Bitcoin node and prices from price sources into the lake.
//!
//! [`pipeline::follow_tip`] is the whole ingest, step by step.
//!
#![doc = include_str!("../../README.md")]

pub mod backfill;
mod block_reader;
pub mod config;
mod deadline;
mod http;
pub mod inspection;
pub mod lake_file;
pub mod lambda;
mod lease;
mod ledger;
mod metrics;
mod month_rows;
pub mod node;
pub mod pipeline;
pub mod plan;
pub mod prices;
pub mod rebuild;
pub mod remote_api;
mod repair;
pub mod reprice;
mod rows;
mod secret;
pub mod upgrade;
mod write_order;
