//! Tests that a damaged file of the lake is an error, or has the same rows; and that a hostile one
//! needs little memory. A program of its own, because it counts the memory of the whole process.

#[path = "../../benches/chain/mod.rs"]
mod chain;
mod flipped;
mod fuzzed;
mod hostile;
mod tables;

#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/damage"));
}
