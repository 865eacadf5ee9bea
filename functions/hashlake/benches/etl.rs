//! Runs bitcoin-etl, which exports blocks and their transactions from the same node.

use std::process::{Command, Stdio};

use testenv::bitcoind::{PASSWORD, USER};

use crate::process::{self, ResourceUsage};

/// Number of blocks to export. bitcoin-etl is slow, so there are few.
pub(crate) const BLOCKS: u32 = 40;

/// Number of blocks per request, and number of concurrent requests: the defaults of bitcoin-etl, and
/// a grouping with fewer round trips.
const GROUPINGS: [(u32, u32); 2] = [(1, 5), (10, 2)];

/// Exports the blocks of these heights once with each grouping; returns the faster result.
pub(crate) fn export(url: &str, (from, to): (u32, u32)) -> ResourceUsage {
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
    let runs = GROUPINGS.map(export);
    runs.into_iter()
        .min_by(|a, b| a.secs.total_cmp(&b.secs))
        .expect("there are two groupings")
}
