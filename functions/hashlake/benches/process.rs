//! Runs `hashlake` as a process and measures its duration, CPU time and memory.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const POLL: Duration = Duration::from_millis(5);
const TICKS_PER_SEC: f64 = 100.0; // USER_HZ of Linux on x86-64 and ARM64.

/// The resources that a process used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    /// Duration.
    pub(crate) secs: f64,
    /// CPU time of all threads, including time in the kernel.
    pub(crate) cpu_secs: f64,
    /// Peak memory.
    pub(crate) peak_mb: f64,
}

/// Fills `heights` of an empty lake from the node that `variables` name.
pub(crate) fn backfill(heights: (u32, u32), variables: &[(&str, String)]) -> Took {
    let lake = folder();
    let (from, to) = (heights.0.to_string(), heights.1.to_string());
    let mut command = Command::new(env!("CARGO_BIN_EXE_hashlake"));
    command
        .args(["backfill", "--from", &from, "--to", &to])
        .env("LAKE_URL", lake.path())
        .env("PRICE_SOURCES", "coingecko")
        .env("COINGECKO_PLAN", "pro")
        .env("COINGECKO_API_KEY", "none")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::null());
    run(command)
}

/// A temporary folder in the target folder.
pub(crate) fn folder() -> TempDir {
    TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

/// Runs a command to its end.
///
/// # Panics
/// If it fails.
pub(crate) fn run(mut command: Command) -> Took {
    let (start, cpu_before) = (Instant::now(), cpu_secs().children);
    let mut child = command.spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kb = 0.0;
    let exit = loop {
        peak_kb = peak(&status).unwrap_or(peak_kb);
        match child
            .try_wait()
            .expect("the state of a child process can be read")
        {
            Some(exit) => break exit,
            None => std::thread::sleep(POLL),
        }
    };
    assert!(exit.success(), "{command:?}: {exit}");
    Took {
        secs: start.elapsed().as_secs_f64(),
        cpu_secs: cpu_secs().children - cpu_before,
        peak_mb: peak_kb * 1024.0 / 1e6,
    }
}

/// Peak memory in kB of 1,024 bytes.
fn peak(status: &str) -> Option<f64> {
    let status = fs::read_to_string(status).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}

/// CPU times.
pub(crate) struct Cpu {
    /// CPU time of this process.
    pub(crate) own: f64,
    /// CPU time of child processes that have ended.
    pub(crate) children: f64,
}

/// CPU times so far.
pub(crate) fn cpu_secs() -> Cpu {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let ticks: Vec<f64> = fields
        .split_whitespace()
        .skip(11)
        .take(4)
        .map(|ticks| ticks.parse().expect("a number"))
        .collect();
    Cpu {
        own: (ticks[0] + ticks[1]) / TICKS_PER_SEC,
        children: (ticks[2] + ticks[3]) / TICKS_PER_SEC,
    }
}
