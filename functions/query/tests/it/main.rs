//! Tests of the query function as a program, and of its layers.

mod lambda;
mod layers;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"));
}
