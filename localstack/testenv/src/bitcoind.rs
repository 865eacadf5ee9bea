//! Bitcoin Core on a private network (regtest).

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Service, free_port, tool};

/// RPC user of [`Bitcoind`].
pub const USER: &str = "test";
/// RPC password of [`Bitcoind`].
pub const PASSWORD: &str = "regtest-only";

/// Block `n` has the header time of `n` minutes after this time, which is 2026-01-31T20:00:00Z: four
/// hours before the end of a month.
const START_TIME: u32 = 1_769_889_600;

pub struct Bitcoind {
    service: Service,
    folder: TempDir,
    port: u16,
    arguments: Vec<String>,
    http: reqwest::Client,
}

impl Bitcoind {
    /// Starts bitcoind with these additional arguments, and waits until it responds.
    pub async fn start(arguments: &[&str]) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().expect("a temporary folder can be created");
        let port = free_port();
        let arguments = arguments
            .iter()
            .map(|argument| (*argument).to_owned())
            .collect();
        let service = spawn(&folder, port, &arguments);
        let mut node = Self {
            service,
            folder,
            port,
            arguments,
            http: reqwest::Client::new(),
        };
        node.wait_until_ready().await;
        node
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Path of the cookie file. bitcoind writes it only with the argument `-rpccookieperms=owner`, and
    /// then [`USER`] and [`PASSWORD`] are not set.
    pub fn cookie_file(&self) -> PathBuf {
        self.folder.path().join("regtest/.cookie")
    }

    /// Restarts bitcoind with the same data, without waiting until it is ready.
    pub fn restart(&mut self) {
        self.service.terminate();
        self.service = spawn(&self.folder, self.port, &self.arguments);
    }

    /// Restarts bitcoind with the same data and other arguments, and waits until it responds.
    pub async fn restart_with(&mut self, arguments: &[&str]) {
        self.arguments = arguments
            .iter()
            .map(|argument| (*argument).to_owned())
            .collect();
        self.restart();
        self.wait_until_ready().await;
    }

    /// The result of a JSON-RPC call.
    ///
    /// # Panics
    /// If bitcoind replies with an error.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        self.try_call(method, params)
            .await
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Mines `count` blocks, a minute apart.
    pub async fn mine(&self, count: u32) {
        let height = self
            .call("getblockcount", json!([]))
            .await
            .as_u64()
            .expect("a height");
        let height = u32::try_from(height).expect("a height");
        let times = (height + 1..=height + count).map(|height| START_TIME + 60 * height);
        self.mine_at(times, "raw(51)").await; // OP_TRUE: anyone can spend the coinbase.
    }

    /// Mines a block at each of these header times, which must increase. `descriptor` is the output
    /// of the coinbases.
    pub async fn mine_at(&self, times: impl IntoIterator<Item = u32>, descriptor: &str) {
        for time in times {
            self.call("setmocktime", json!([time])).await;
            self.call("generatetodescriptor", json!([1, descriptor]))
                .await;
        }
    }

    /// A transaction, in hex, that spends the whole coinbase of the block at `height` as a fee.
    pub async fn burn_coinbase(&self, height: u32) -> String {
        let hash = self.call("getblockhash", json!([height])).await;
        let block = self.call("getblock", json!([hash])).await;
        let inputs = json!([{ "txid": block["tx"][0], "vout": 0 }]);
        // The data make the transaction long enough to be relayed.
        let outputs = json!([{ "data": "00".repeat(40) }]);
        let transaction = self
            .call("createrawtransaction", json!([inputs, outputs]))
            .await;
        transaction.as_str().expect("hex").to_owned()
    }

    /// Replaces the last `depth` blocks with `depth + 1` others, whose times are seconds apart.
    pub async fn reorg(&self, depth: u32) {
        let common = self.invalidate(depth).await;
        self.call("setmocktime", json!([START_TIME + 60 * common + 1]))
            .await;
        self.call("generatetodescriptor", json!([depth + 1, "raw(52)"]))
            .await; // OP_2 makes the hashes differ from those of the replaced blocks.
    }

    /// Drops the last `depth` blocks and returns the height of the new tip.
    pub async fn invalidate(&self, depth: u32) -> u32 {
        let height = self
            .call("getblockcount", json!([]))
            .await
            .as_u64()
            .expect("a height");
        let common = u32::try_from(height).expect("a height") - depth;
        let lowest = self.call("getblockhash", json!([common + 1])).await;
        self.call("invalidateblock", json!([lowest])).await;
        common
    }

    pub async fn wait_until_ready(&mut self) {
        while self.try_call("getblockcount", json!([])).await.is_err() {
            self.service.assert_alive("bitcoind");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn try_call(&self, method: &str, params: Value) -> Result<Value, String> {
        let request = json!({ "jsonrpc": "1.0", "id": 0, "method": method, "params": params });
        let (user, password) = match std::fs::read_to_string(self.cookie_file()) {
            Ok(cookie) => cookie
                .split_once(':')
                .map(|(u, p)| (u.to_owned(), p.to_owned()))
                .ok_or("no cookie yet")?,
            Err(_) => (USER.to_owned(), PASSWORD.to_owned()),
        };
        let sent = self
            .http
            .post(self.url())
            .basic_auth(user, Some(password))
            .json(&request)
            .send()
            .await;
        let reply: Value = sent
            .map_err(|error| error.to_string())?
            .json()
            .await
            .map_err(|error| error.to_string())?;
        if reply["error"].is_null() {
            Ok(reply["result"].clone())
        } else {
            Err(reply["error"].to_string())
        }
    }
}

fn spawn(folder: &TempDir, port: u16, arguments: &Vec<String>) -> Service {
    let log = File::create(folder.path().join("stdout.log")).expect("a log file can be created");
    let mut command = Command::new(tool("bitcoind"));
    command
        .args([
            "-regtest",
            "-server",
            "-listen=0",
            "-dnsseed=0",
            "-fallbackfee=0.0002",
            "-rpcbind=127.0.0.1",
            "-rpcallowip=127.0.0.1",
        ])
        .arg(format!("-datadir={}", folder.path().display()))
        .arg(format!("-rpcport={port}"))
        .args(arguments)
        .stdout(Stdio::from(log))
        .stderr(Stdio::null());
    if !arguments
        .iter()
        .any(|argument| argument == "-rpccookieperms=owner")
    {
        command
            .arg(format!("-rpcuser={USER}"))
            .arg(format!("-rpcpassword={PASSWORD}"));
    }
    Service(command.spawn().expect("bitcoind starts"))
}
