//! Helpers that run `hashlake` as a process, and a lock for tests that must not run beside others.

#![allow(dead_code, reason = "each test program uses only some of the helpers")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Duration;

use replay::{Recording, Replay};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Tests that take much processor time hold this lock. Most hold it for reading and run in parallel.
/// A test that depends on its own speed holds it for writing, and then no other test runs.
static TEST_LOCK: RwLock<()> = RwLock::const_new(());

/// Waits until a test may run beside others. The test must keep the guard until it ends.
pub(crate) async fn shared_turn() -> RwLockReadGuard<'static, ()> {
    TEST_LOCK.read().await
}

/// Waits until no other test runs. The test must keep the guard until it ends.
pub(crate) async fn exclusive_turn() -> RwLockWriteGuard<'static, ()> {
    TEST_LOCK.write().await
}

/// The command `hashlake` with an empty environment.
pub(crate) fn hashlake(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hashlake"));
    command.env_clear().args(arguments);
    command
}

/// Standard output and standard error of a finished command.
pub(crate) fn printed(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A process `hashlake run` that replays recorded blocks into a lake. It is killed on drop.
pub(crate) struct Run {
    child: Child,
    /// URL of the page.
    pub(crate) page: String,
}

impl Run {
    /// Starts the process on a free port, with the page from static-site/dist.
    pub(crate) fn start(lake: &Path) -> Self {
        let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static-site/dist");
        let mut command = hashlake(&["run"]);
        command.env("SITE_DIR", site);
        Self::start_command(command, lake)
    }

    /// Starts the process on a free port, without the page. It may open 1,024 files.
    pub(crate) fn start_with_1024_files(lake: &Path) -> Self {
        let mut command = Command::new("sh");
        command
            .env_clear()
            .args(["-c", "ulimit -n 1024; exec \"$0\" run"])
            .arg(env!("CARGO_BIN_EXE_hashlake"));
        Self::start_command(command, lake)
    }

    fn start_command(mut command: Command, lake: &Path) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut child = command
            .env("LAKE_URL", lake)
            .env("LISTEN", "127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut log = BufReader::new(child.stderr.take().expect("piped"))
            .lines()
            .map_while(Result::ok);
        let page = log
            .find_map(|line| Some(line.split_once("the page is on ")?.1.to_owned()))
            .expect("the log has the address");
        // If nothing reads the log, the pipe fills up and blocks the process.
        std::thread::spawn(move || log.for_each(drop));
        Self { child, page }
    }

    /// What the process uses now.
    pub(crate) fn resources(&self) -> Resources {
        Resources::of(self.child.id())
    }

    /// Waits until the tip is above `height`, and returns the status.
    pub(crate) async fn wait_for_block_above(&self, height: u64) -> Value {
        loop {
            if let Some(status) = self
                .status()
                .await
                .filter(|status| status["tip"]["height"].as_u64() > Some(height))
            {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn status(&self) -> Option<Value> {
        let response = reqwest::get(format!("{}/api/v1/status", self.page)).await;
        response.ok()?.error_for_status().ok()?.json().await.ok()
    }

    /// Sends SIGTERM, and waits until the process exits.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let signal = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(signal.expect("`kill` runs").success());
        self.child.wait().expect("it ends")
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        drop(self.child.kill().and_then(|()| self.child.wait()));
    }
}

/// What a process uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resources {
    /// Memory in units of 1,024 bytes.
    pub(crate) memory_kb: u64,
    /// The most memory so far.
    pub(crate) peak_kb: u64,
    pub(crate) open_files: usize,
}

impl Resources {
    /// What a process of this computer uses now.
    pub(crate) fn of(pid: u32) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
        let kb = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let figure = line.expect("a figure").trim().trim_end_matches(" kB");
            figure.parse().expect("a number")
        };
        Self {
            memory_kb: kb("VmRSS:"),
            peak_kb: kb("VmHWM:"),
            open_files: std::fs::read_dir(format!("/proc/{pid}/fd"))
                .expect("it runs")
                .count(),
        }
    }
}

/// Starts a replay whose tip is `tip`. Returns the replay, and the variables that make `hashlake` read
/// prices and blocks from it, starting at height `start`.
pub(crate) async fn replay(tip: u32, start: u32) -> (Replay, BTreeMap<String, String>) {
    let replay = Replay::new(
        Recording::bundled().expect("the bundled recording"),
        tip,
        0.0,
    )
    .expect("the recording has this block");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(replay.clone().serve(listener));
    let variables = [
        ("BITCOIN_RPC_URL", url.clone()),
        ("PRICE_SOURCES", "coingecko".to_owned()),
        ("COINGECKO_URL", url),
        ("COINGECKO_PLAN", "pro".to_owned()),
        ("COINGECKO_API_KEY", "none".to_owned()),
        ("START_HEIGHT", start.to_string()),
    ];
    (
        replay,
        variables
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
    )
}

/// The content of all data files of a lake, by path.
pub(crate) fn files(lake: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.insert(
                    path.display().to_string(),
                    std::fs::read(&path).expect("a file"),
                );
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&lake.join("v1"), &mut found);
    found
        .into_iter()
        .map(|(path, body)| (path[lake.display().to_string().len()..].to_owned(), body))
        .collect()
}
