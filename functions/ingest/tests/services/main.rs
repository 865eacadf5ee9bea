//! Tests against a real bitcoind, which `localstack/services/install.sh` installs.
//!
//! Each test starts a node of its own, so all of them can run at the same time.

mod bitcoind;
#[path = "../common/mod.rs"]
mod common;
