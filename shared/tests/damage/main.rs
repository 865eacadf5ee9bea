//! Tests that a damaged file of the lake is an error, or has the same rows.

#[path = "../../benches/chain/mod.rs"]
mod chain;
mod flipped;
mod tables;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/damage"));
}
