//! Tests that need no service.

#[path = "../contract/mod.rs"]
mod contract;

mod athena;
mod backtest;
mod local;
mod real_blocks;
mod s3_compatibility;
mod tables;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"));
}
