//! The program itself, run as people run it.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use replay::{Recording, Replay};
use tokio::net::TcpListener;

/// `hashlake` with nothing of this machine's environment but what is needed to start.
pub(crate) fn hashlake(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hashlake"));
    command.env_clear().args(arguments);
    command
}

/// What a command that has ended said, on both outputs.
pub(crate) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A replay that stands at `tip`, and variables with which `hashlake` follows it.
pub(crate) async fn replay(tip: u32, start: u32) -> (Replay, BTreeMap<String, String>) {
    let replay = Replay::new(
        Recording::bundled().expect("the bundled recording"),
        tip,
        0.0,
    )
    .expect("within it");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(replay.clone().serve(listener));
    let variables = [
        ("BITCOIN_RPC_URL", url.clone()),
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

/// Every file of data below a directory, by its path.
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
