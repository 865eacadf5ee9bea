//! Tests that need no service: the ingest reads a replay and made-up price sources over HTTP on
//! loopback.
//!
//! Each test has its own lake, ports and folders, so all tests can run at the same time.

mod backfill;
mod coingecko;
#[path = "../common/mod.rs"]
mod common;
mod lambda;
mod node;
mod pipeline;
mod prices;
mod reprice;
mod upgrade;
mod wire;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"));
}
