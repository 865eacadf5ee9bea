//! Tests against a real bitcoind, which `localstack/services/install.sh` installs.
//!
//! Each test starts a node of its own.

mod bitcoind;
#[path = "../common/mod.rs"]
mod common;

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

static TEST_LOCK: RwLock<()> = RwLock::const_new(());

/// Held by a test that can run beside others.
async fn shared_turn() -> RwLockReadGuard<'static, ()> {
    TEST_LOCK.read().await
}

/// Held by a test that needs the processor for itself.
async fn exclusive_turn() -> RwLockWriteGuard<'static, ()> {
    TEST_LOCK.write().await
}

#[test]
fn every_test_file_is_a_module_of_this_program() {
    testenv::modules::assert_declared(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/services"));
}
