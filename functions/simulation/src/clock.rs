//! The clock of the world that runs on this thread.

use std::cell::Cell;
use std::sync::LazyLock;
use std::time::Duration;

use hashlake_core::timestamp::Timestamp;
use tokio::time::Instant;

use crate::chain::SimChain;

thread_local! {
    static STARTED: Cell<Option<Instant>> = const { Cell::new(None) };
    static OFFSET_MS: Cell<i64> = const { Cell::new(0) };
}

/// Sets the clock to the beginning of a world, an hour after its last block.
pub(crate) fn start() -> Instant {
    let started = Instant::now();
    STARTED.set(Some(started));
    OFFSET_MS.set(0);
    started
}

/// The time in the world.
pub(crate) fn true_now() -> Timestamp {
    static BEGINNING: LazyLock<Timestamp> =
        LazyLock::new(|| SimChain::first().tip().time() + Duration::from_secs(3600));
    let elapsed = STARTED.get().map(|started| started.elapsed());
    *BEGINNING + elapsed.unwrap_or_default()
}

/// The time that the clock of the processes shows.
pub(crate) fn now() -> Timestamp {
    let time = true_now();
    Timestamp::from_ms(time.to_ms() + OFFSET_MS.get()).unwrap_or(time)
}

/// Sets how far the clock of all processes is ahead.
pub(crate) fn move_by(ms: i64) {
    OFFSET_MS.set(ms);
}
