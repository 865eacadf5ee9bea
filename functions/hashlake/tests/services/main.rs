//! Tests against real services: bitcoind, LocalStack, MiniStack, Chromium, and independent readers and
//! clients.
//!
//! Tests start in the order of their names; `make test` runs four at a time. The browser test waits
//! for the tests that started with it, and then runs alone. The deployments (`stack`) take longest and
//! mostly wait. Their name comes after `browser`, so they start after it and overlap with each other.

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
