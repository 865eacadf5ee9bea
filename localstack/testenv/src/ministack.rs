//! MiniStack, a second emulator of AWS, independent of LocalStack. It enforces roles and policies.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::{Service, free_port, tool};

/// A running MiniStack that uses HTTPS. Its Lambda functions are processes on this computer, which
/// stop with MiniStack.
pub struct MiniStack {
    _service: Service,
    state: TempDir,
    endpoint: String,
}

impl MiniStack {
    /// Starts MiniStack with enforced policies, and waits until it responds.
    pub async fn start() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let state = tempfile::tempdir().expect("a temporary folder can be created");
        let address = format!("127.0.0.1:{}", free_port());
        let log = File::create(state.path().join("stdout.log")).expect("a log file can be created");
        let errors = log.try_clone().expect("a file handle can be cloned");
        let mut command = Command::new(tool("ministack"));
        command
            .env("GATEWAY_LISTEN", &address)
            .env("MINISTACK_STATE", state.path())
            .env("AUTH", "true")
            .env("USE_SSL", "1");
        let child = command
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(errors))
            .spawn()
            .expect("MiniStack starts");
        let mut service = Service(child);
        let endpoint = format!("https://{address}");
        while !is_up(&address, &state).await {
            service.assert_alive("MiniStack");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Self {
            _service: service,
            state,
            endpoint,
        }
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Path of MiniStack's self-signed certificate.
    pub fn certificate(&self) -> PathBuf {
        certificate(&self.state)
    }
}

fn certificate(state: &TempDir) -> PathBuf {
    state.path().join("tmp/ministack-tls/server.crt")
}

async fn is_up(address: &str, state: &TempDir) -> bool {
    let Some(http) = client(&certificate(state)) else {
        return false; // MiniStack has not written its certificate yet.
    };
    let health = format!("https://{address}/_ministack/health");
    let response = http.get(health).send().await;
    response.is_ok_and(|response| response.status().is_success())
}

/// An HTTP client that trusts only the certificate in this file. `None` if the file has no certificate.
pub fn client(certificate: &Path) -> Option<reqwest::Client> {
    let pem = std::fs::read(certificate).ok()?;
    let certificate = reqwest::Certificate::from_pem(&pem).ok()?;
    let http = reqwest::Client::builder().tls_certs_only([certificate]);
    http.build().ok()
}
