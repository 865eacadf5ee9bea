//! Tests against LocalStack.

#[path = "../contract/mod.rs"]
mod contract;

mod localstack;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services"));
}
