//! Waits for the lease.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use hashlake_core::cursor::{Cursor, CursorError, Lease};
use hashlake_core::timestamp::Timestamp;
use tracing::info;

/// Takes the lease. If another run has it, waits for up to about a minute and a half.
pub(crate) async fn acquire(
    cursor: &dyn Cursor,
    owner: &str,
    now: fn() -> Timestamp,
    is_late: &(dyn Fn() -> bool + Sync),
) -> Result<Lease, CursorError> {
    let backoff = ExponentialBuilder::default()
        .with_max_delay(Duration::from_secs(5))
        .with_max_times(20)
        .with_jitter();
    (|| cursor.acquire(owner, now()))
        .retry(backoff)
        .when(|error| matches!(error, CursorError::Held { .. }) && !is_late())
        .notify(|error, _| info!("waiting for the lease: {error}"))
        .await
}
