//! Who has the lease.

use hashlake_core::clock::now;

/// This run of this process, by a name that no other has.
pub(crate) fn owner() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    format!(
        "hashlake on {}, process {}, {}",
        host.trim(),
        std::process::id(),
        now()
    )
}
