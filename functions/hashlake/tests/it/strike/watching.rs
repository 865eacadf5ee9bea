//! A process `hashlake strike --watch`, whose output can be read while it runs.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::common::hashlake;

/// A test fails if it waits for longer than this. No test needs as long.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The process. It is killed on drop.
pub(crate) struct Watching {
    child: Child,
    /// Lines of standard output.
    changes: UnboundedReceiver<String>,
    /// Lines of standard error: the log, and what the command of `--exec` prints.
    log: UnboundedReceiver<String>,
}

impl Watching {
    /// Polls the API at `url` twenty times a second.
    pub(crate) fn start(url: &str, arguments: &[&str]) -> Self {
        Self::start_every("0.05", url, arguments)
    }

    /// Polls the API at `url`.
    pub(crate) fn start_every(seconds: &str, url: &str, arguments: &[&str]) -> Self {
        let mut command = hashlake(&["strike", "--watch", "--every", seconds, "--api", url]);
        command
            .args(arguments)
            .env("PATH", "/usr/bin:/bin")
            .env("HASHLAKE_HEIGHT", "of another program")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let changes = lines(child.stdout.take().expect("piped"));
        let log = lines(child.stderr.take().expect("piped"));
        Self {
            child,
            changes,
            log,
        }
    }

    /// The next line of standard output.
    pub(crate) async fn change(&mut self) -> String {
        let line = tokio::time::timeout(TIMEOUT, self.changes.recv()).await;
        line.expect("a line in time").expect("it runs")
    }

    /// The next line of standard error that contains `text`.
    pub(crate) async fn logged(&mut self, text: &str) -> String {
        loop {
            let line = tokio::time::timeout(TIMEOUT, self.log.recv()).await;
            let line = line.unwrap_or_else(|_| panic!("no line with `{text}`"));
            let line = line.unwrap_or_else(|| panic!("it ended without `{text}`"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The lines of standard output since the last call.
    pub(crate) fn changes_so_far(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.changes.try_recv().ok()).collect()
    }

    /// The lines of standard error since the last call.
    pub(crate) fn log_so_far(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.log.try_recv().ok()).collect()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        let asked = Command::new("kill").arg(self.pid().to_string()).status();
        assert!(asked.expect("`kill` runs").success());
    }

    /// Waits for the end. Returns the exit status, and all lines of both outputs that are left.
    pub(crate) fn end(mut self) -> (ExitStatus, Vec<String>, Vec<String>) {
        let status = self.child.wait().expect("it ends");
        let rest = |lines: &mut UnboundedReceiver<String>| {
            std::iter::from_fn(|| lines.blocking_recv()).collect()
        };
        let (changes, log) = (rest(&mut self.changes), rest(&mut self.log));
        (status, changes, log)
    }

    /// Stops the process, and returns the same values as [`Self::end`].
    pub(crate) async fn stop(self) -> (ExitStatus, Vec<String>, Vec<String>) {
        self.ask_to_stop();
        let ended = tokio::task::spawn_blocking(|| self.end());
        ended.await.expect("no panic")
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        drop(self.child.kill().and_then(|()| self.child.wait()));
    }
}

fn lines(stream: impl Read + Send + 'static) -> UnboundedReceiver<String> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stream).lines().map_while(Result::ok);
        lines
            .map(|line| sender.send(line))
            .take_while(Result::is_ok)
            .for_each(drop);
    });
    receiver
}

/// Waits until this process has ended. A zombie has ended, even if its parent has not noticed it
/// yet.
pub(crate) async fn wait_for_end(pid: &str) {
    let stat = format!("/proc/{}/stat", pid.trim());
    let runs = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    let ended = async {
        while runs() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let in_time = tokio::time::timeout(TIMEOUT, ended).await;
    in_time.unwrap_or_else(|_| panic!("{pid} still runs"));
}

/// The children of a process, as `(id, state)`; the state of a zombie is `Z`.
pub(crate) fn children(parent: u32) -> Vec<(u32, char)> {
    let processes = std::fs::read_dir("/proc").expect("/proc");
    let child = |name: String| {
        let pid: u32 = name.parse().ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?; // The name before it may contain anything.
        let mut fields = fields.split(' ');
        let state = fields.next()?.chars().next()?;
        (fields.next()?.parse() == Ok(parent)).then_some((pid, state))
    };
    processes
        .filter_map(|entry| child(entry.ok()?.file_name().into_string().ok()?))
        .collect()
}
