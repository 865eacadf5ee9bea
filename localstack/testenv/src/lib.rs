//! Real services for tests. Each runs on loopback, has its own folder and stops when the test ends.
//!
//! `localstack/services/install.sh` installs them. If one is missing, the test fails; it is never
//! skipped.

pub mod bitcoind;
pub mod fuzz;
pub mod localstack;
pub mod ministack;
pub mod modules;
pub mod runtime_api;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Child;

/// Path of a program that `localstack/services/install.sh` installed.
///
/// # Panics
/// If it is missing.
pub fn tool(name: &str) -> PathBuf {
    let tools = std::env::var_os("HASHLAKE_TOOLS")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache/hashlake-tools")));
    let program = tools.expect("a home directory").join("bin").join(name);
    assert!(
        program.exists(),
        "{} is missing: run localstack/services/install.sh",
        program.display()
    );
    program
}

/// A port on loopback that is free at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    listener.local_addr().expect("it is bound").port()
}

/// A process that is stopped on drop.
struct Service(Child);

impl Service {
    fn assert_alive(&mut self, name: &str) {
        if let Some(status) = self
            .0
            .try_wait()
            .expect("the status of a child process is readable")
        {
            panic!("{name} stopped during its start: {status}");
        }
    }

    fn terminate(&mut self) {
        if self.0.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        let pid = self.0.id().to_string();
        let killed = std::process::Command::new("kill").arg(&pid).status();
        if killed.is_ok_and(|status| status.success()) {
            drop(self.0.wait());
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.terminate();
    }
}
