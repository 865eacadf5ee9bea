//! Runs a command as a process, and measures its duration, CPU time and peak memory.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const POLL: Duration = Duration::from_millis(5);
const TICKS_PER_SEC: f64 = 100.0; // USER_HZ of Linux on x86-64 and ARM64.

/// The resources that a process used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResourceUsage {
    pub(crate) secs: f64,
    /// CPU time of all threads, including time in the kernel.
    pub(crate) cpu_secs: f64,
    pub(crate) peak_mb: f64,
}

/// Runs `hashlake backfill` for `heights` on an empty lake. `variables` configure the node and the
/// price source.
pub(crate) fn backfill(heights: (u32, u32), variables: &[(&str, String)]) -> ResourceUsage {
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

/// Runs a command until it exits.
///
/// # Panics
/// If the command fails.
pub(crate) fn run(mut command: Command) -> ResourceUsage {
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
    ResourceUsage {
        secs: start.elapsed().as_secs_f64(),
        cpu_secs: cpu_secs().children - cpu_before,
        peak_mb: peak_kb * 1024.0 / 1e6,
    }
}

/// Peak memory in units of 1,024 bytes, which the kernel calls kB. `None` if the process has ended.
fn peak(status: &str) -> Option<f64> {
    let status = fs::read_to_string(status).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}

/// CPU time used so far, in seconds.
pub(crate) struct CpuSecs {
    /// CPU time of this process.
    pub(crate) own: f64,
    /// CPU time of the child processes that have exited.
    pub(crate) children: f64,
}

pub(crate) fn cpu_secs() -> CpuSecs {
    let stat = fs::read_to_string("/proc/self/stat").expect("the bench needs Linux");
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let ticks: Vec<f64> = fields
        .split_whitespace()
        .skip(11)
        .take(4)
        .map(|ticks| ticks.parse().expect("a number"))
        .collect();
    CpuSecs {
        own: (ticks[0] + ticks[1]) / TICKS_PER_SEC,
        children: (ticks[2] + ticks[3]) / TICKS_PER_SEC,
    }
}
