//! The name under which a run takes the lease.

use hashlake_core::clock::now;

/// A name for this run that no other run has.
pub(crate) fn lease_owner() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    format!(
        "hashlake on {}, process {}, {}",
        host.trim(),
        std::process::id(),
        now()
    )
}
