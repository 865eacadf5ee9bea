//! Runs bitcoin-etl, which exports blocks and their transactions from the same node.

use std::process::{Command, Stdio};

use testenv::bitcoind::{PASSWORD, USER};

use crate::process::{self, Took};

/// Number of blocks to export; few, because it is slow.
pub(crate) const BLOCKS: u32 = 40;

/// Blocks per request, and requests at the same time: its defaults, and a way with fewer round
/// trips.
const WAYS: [(u32, u32); 2] = [(1, 5), (10, 2)];

/// Exports the blocks of these heights in both ways; returns the faster result.
pub(crate) fn export(url: &str, (from, to): (u32, u32)) -> Took {
    let uri = url.replace("http://", &format!("http://{USER}:{PASSWORD}@"));
    let export = |(batch, workers): (u32, u32)| {
        let folder = process::folder();
        let mut command = Command::new(testenv::tool("bitcoinetl"));
        command
            .args(["export_blocks_and_transactions", "--provider-uri", &uri])
            .args([
                "--start-block",
                &from.to_string(),
                "--end-block",
                &to.to_string(),
            ])
            .args([
                "--batch-size",
                &batch.to_string(),
                "--max-workers",
                &workers.to_string(),
            ])
            .arg("--blocks-output")
            .arg(folder.path().join("blocks.json"))
            .arg("--transactions-output")
            .arg(folder.path().join("transactions.json"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        process::run(command)
    };
    let ways = WAYS.map(export);
    ways.into_iter()
        .min_by(|a, b| a.secs.total_cmp(&b.secs))
        .expect("there are two ways")
}
