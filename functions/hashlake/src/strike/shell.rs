//! Runs a command of the user with `sh -c`, in its own process group, so that a timeout can kill
//! all its processes.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// Why a command could not be run, or was killed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShellError {
    #[error("cannot be run: {0}")]
    Io(#[from] io::Error),
    #[error("was killed with all its processes after {} s", .0.as_secs_f64())]
    TimedOut(Duration),
}

/// The command `sh -c text`.
pub(crate) fn shell(text: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(text).process_group(0);
    command
}

/// Runs the command until it ends. `exchange` writes its input and reads its output.
///
/// All its processes are killed after `timeout`, and if the future is dropped.
pub(crate) async fn run<T>(
    mut command: Command,
    timeout: Duration,
    exchange: impl AsyncFnOnce(&mut Child) -> io::Result<T>,
) -> Result<(ExitStatus, T), ShellError> {
    let mut group = Group(command.spawn()?);
    let run_to_end = async {
        let output = exchange(&mut group.0).await?;
        Ok((group.0.wait().await?, output))
    };
    match tokio::time::timeout(timeout, run_to_end).await {
        Ok(ended) => ended,
        Err(_) => {
            group.kill();
            group.0.wait().await?;
            Err(ShellError::TimedOut(timeout))
        }
    }
}

/// A process and its descendants, except those that left its process group.
struct Group(Child);

impl Group {
    /// Kills the process group. Does nothing if the process has ended, because its id may then
    /// belong to another process.
    fn kill(&self) {
        let id = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL); // An error means that it has just ended.
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
