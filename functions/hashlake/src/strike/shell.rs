//! Runs a command of the user with `sh -c`, in a process group of its own, so that a time-out ends
//! all its processes.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// Why a command did not end by itself.
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

/// Runs the command, with which `talk` exchanges input and output, until it ends.
///
/// All its processes are killed after `timeout`, or when the future is dropped before its end.
pub(crate) async fn run<T>(
    mut command: Command,
    timeout: Duration,
    talk: impl AsyncFnOnce(&mut Child) -> io::Result<T>,
) -> Result<(ExitStatus, T), ShellError> {
    let mut group = Group(command.spawn()?);
    let whole = async {
        let said = talk(&mut group.0).await?;
        Ok((group.0.wait().await?, said))
    };
    match tokio::time::timeout(timeout, whole).await {
        Ok(ended) => ended,
        Err(_) => {
            group.kill();
            group.0.wait().await?;
            Err(ShellError::TimedOut(timeout))
        }
    }
}

/// A process and its descendants, as far as these have not left its process group.
struct Group(Child);

impl Group {
    /// Kills them, unless the process has ended: then its number may be that of another.
    fn kill(&self) {
        let number = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = number.and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL); // An error means that it has just ended.
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
