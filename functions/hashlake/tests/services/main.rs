//! Tests against real services: bitcoind, LocalStack, MiniStack, Chromium, and outside readers and
//! clients.
//!
//! Tests start in the order of their names, four at a time in `make test`. The browser test runs
//! alone; the deployments, which mostly wait, overlap with the others.

#[path = "../common/mod.rs"]
mod common;

mod browser;
mod coingecko_of_2021;
mod cold;
mod deploy;
mod openapi;
mod readers;
mod reorg;
mod tls;
mod two_ingests;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services"));
}
