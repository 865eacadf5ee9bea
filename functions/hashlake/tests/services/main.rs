//! Tests against real services: bitcoind, LocalStack, MiniStack, Chromium, and outside readers and
//! clients.
//!
//! Tests start in the order of their names, four at a time in `make test`. The browser test runs
//! alone, after those that start with it. The deployments (`stack`) take longest and mostly wait, so
//! their name puts them after it: there they overlap with each other.

#[path = "../common/mod.rs"]
mod common;

mod browser;
mod coingecko_of_2021;
mod cold;
mod openapi;
mod readers;
mod reorg;
mod stack;
mod tls;
mod two_ingests;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services"));
}
