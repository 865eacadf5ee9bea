//! Tests against a real bitcoind, which `localstack/services/install.sh` installs.
//!
//! Each test starts a node of its own.

mod bitcoind;
#[path = "../common/mod.rs"]
mod common;

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

static TEST_LOCK: RwLock<()> = RwLock::const_new(());

/// Waits until a test may run beside others. The test must keep the guard until it ends.
async fn shared_turn() -> RwLockReadGuard<'static, ()> {
    TEST_LOCK.read().await
}

/// Waits until no other test runs. The test must keep the guard until it ends.
async fn exclusive_turn() -> RwLockWriteGuard<'static, ()> {
    TEST_LOCK.write().await
}

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services"));
}
