//! The name under which a run takes the lease.

use hashlake_core::clock::now;

/// A name for this run that no other run has.
pub(crate) fn lease_owner() -> String {
    let hostname = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = match hostname.trim() {
        "" => "a host without a name",
        host => host,
    };
    let process = std::process::id();
    format!("hashlake on {host} (process {process}, started {})", now())
}
