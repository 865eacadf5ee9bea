//! Real services for tests, each started on loopback with a folder of its own, and ended with the test.
//!
//! They are what `localstack/services/install.sh` installed. A service that is not there is a failure, never a skip.

pub mod bitcoind;
pub mod localstack;
pub mod ministack;
pub mod runtime_api;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Child;

/// The program that `localstack/services/install.sh` installed under this name.
///
/// # Panics
/// Where it is not there.
pub fn tool(name: &str) -> PathBuf {
    let tools = std::env::var_os("HASHLAKE_TOOLS")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cache/hashlake-tools")));
    let program = tools.expect("a home directory").join("bin").join(name);
    assert!(
        program.exists(),
        "{} is not there: run localstack/services/install.sh",
        program.display()
    );
    program
}

/// A port on loopback that is free now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    listener.local_addr().expect("it is bound").port()
}

/// A process that is ended when it is dropped.
struct Service(Child);

impl Service {
    fn assert_alive(&mut self, name: &str) {
        if let Some(status) = self.0.try_wait().expect("a child can be asked") {
            panic!("{name} ended while it started: {status}");
        }
    }

    fn terminate(&mut self) {
        if self.0.try_wait().is_ok_and(|status| status.is_some()) {
            return;
        }
        let pid = self.0.id().to_string();
        let asked = std::process::Command::new("kill").arg(&pid).status();
        if asked.is_ok_and(|status| status.success()) {
            drop(self.0.wait());
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.terminate();
    }
}
