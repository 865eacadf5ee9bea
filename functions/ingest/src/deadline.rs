//! Stops waiting when a run is late: when its deadline is near, or it was interrupted.

use std::time::Duration;

/// How often a wait checks whether there is still time.
pub(crate) const POLL: Duration = Duration::from_millis(500);

/// The result of `work`. If the run is late before `work` ends, `work` is dropped and the result is
/// `None`.
pub(crate) async fn unless_late<T>(
    is_late: &(dyn Fn() -> bool + Sync),
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        done = work => Some(done),
        () = late(is_late) => None,
    }
}

/// Waits until the run is late.
pub(crate) async fn late(is_late: &(dyn Fn() -> bool + Sync)) {
    while !is_late() {
        tokio::time::sleep(POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_is_dropped_when_the_run_is_late() {
        let started = tokio::time::Instant::now();
        let is_late = || started.elapsed() > Duration::from_secs(5);

        assert_eq!(unless_late(&is_late, async { 7 }).await, Some(7));
        let never = unless_late(&is_late, std::future::pending::<()>()).await;

        assert_eq!(never, None);
        assert!(started.elapsed() < Duration::from_secs(6));
    }
}
