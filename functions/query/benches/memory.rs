//! Measures the memory that one response needs. The program starts itself again with a path, and the
//! new process only builds the response to that path.

use std::fs;
use std::process::{Command, Stdio};

use axum::http::StatusCode;

use crate::{http, lake};

/// The query function must not need more memory than this.
pub(crate) const TARGET_MB: u32 = 128;

const BUILD: &str = "build-response";

/// Peak memory in MB of a process that only builds the response to `path`.
pub(crate) fn peak_mb(path: &str) -> f64 {
    let program = std::env::current_exe().expect("a program has a file");
    let output = Command::new(program)
        .args([BUILD, path])
        .stderr(Stdio::inherit())
        .output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{path}: {}", output.status);
    let kb = String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse::<f64>()
        .expect("a number");
    kb * 1024.0 / 1e6
}

/// The path whose response this process must build, if it was started for that.
pub(crate) fn path_to_build() -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    (arguments.next()? == BUILD).then(|| arguments.next())?
}

/// Builds the response to `path`. Returns the peak memory of this process in units of 1,024 bytes.
pub(crate) async fn build_and_measure(path: &str) -> String {
    let (status, _, body) = http::send(&lake::api(), path, None).await;
    assert_eq!(
        status,
        StatusCode::OK,
        "{path}: {}",
        String::from_utf8_lossy(&body)
    );
    let status = fs::read_to_string("/proc/self/status").expect("the bench needs Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().strip_suffix(" kB"))
        .expect("VmHWM in kB")
        .to_owned()
}
