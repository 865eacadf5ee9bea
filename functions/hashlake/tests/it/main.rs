//! Tests that need no service: a replay of recorded blocks and prices replaces the node and the price
//! sources.

#[path = "../common/mod.rs"]
mod common;

mod backfill;
mod backtest;
mod clients;
mod commands;
mod damage;
mod help;
mod import_prices;
mod kill;
mod run;
mod stopping;
mod strike;
mod upgrade;

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"));
}
