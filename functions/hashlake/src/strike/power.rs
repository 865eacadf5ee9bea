//! Runs the command that prints the power price.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, copy, sink};
use tokio::process::Child;

use crate::number_args::usd_per_mwh;
use crate::strike::shell;

/// Maximum length of the line. Every plausible price is shorter.
const LINE_MAX: u64 = 1024;

/// An error shows at most this many characters of an invalid line.
const SHOWN_CHARS: usize = 40;

/// Runs the command, and returns the power price that it prints, in USD/MWh.
///
/// # Errors
/// If the command prints no price: an earlier price is never used instead. The error gives the
/// reason, and does not contain the command, which may contain a key.
pub(crate) async fn printed_by(command: &str, timeout: Duration) -> Result<f64, String> {
    let failed = |reason: String| format!("the power price command {reason}");
    let mut command = shell::shell(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let (status, line) = shell::run(command, timeout, first_line)
        .await
        .map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    let line = String::from_utf8_lossy(&line);
    usd_per_mwh(line.trim()).map_err(|expected| {
        let start: String = line.trim().chars().take(SHOWN_CHARS).collect();
        failed(format!("printed `{}`: {expected}", start.escape_debug()))
    })
}

/// The first line of the output. The rest is read as well, until the process ends, because a
/// command may fail if its output is not read.
async fn first_line(child: &mut Child) -> io::Result<Vec<u8>> {
    let Some(stdout) = child.stdout.take() else {
        return Ok(Vec::new());
    };
    let mut stdout = BufReader::new(stdout);
    let mut line = Vec::new();
    (&mut stdout)
        .take(LINE_MAX)
        .read_until(b'\n', &mut line)
        .await?;
    let mut rest = sink();
    tokio::select! {
        _ = child.wait() => {} // A background process may keep the output open.
        _ = copy(&mut stdout, &mut rest) => {}
    }
    Ok(line)
}
