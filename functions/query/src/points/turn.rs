//! Large answers are built one after the other, so that small answers do not wait for all of them.

use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::yield_now;

/// An answer with more values, or from more blocks, takes a turn. It takes about 3 ms to build.
const SMALL_MAX: usize = 20_000;

static TURNS: Semaphore = Semaphore::const_new(1);

/// The right to build a large answer. Other large answers wait until it is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    _permit: Arc<SemaphorePermit<'static>>,
}

impl Turn {
    /// Waits for the turn of an answer with about this number of values, which are calculated from
    /// about this number of blocks. A small answer needs none.
    pub(crate) async fn wait(values: usize, blocks: usize) -> Option<Self> {
        if values.max(blocks) <= SMALL_MAX {
            return None;
        }
        let permit = TURNS.acquire().await.expect("it is never closed");
        // Otherwise, this thread might build many answers without looking for new requests.
        yield_now().await;
        Some(Self {
            _permit: Arc::new(permit),
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_large_answer_waits_for_the_one_before_it_and_a_small_one_does_not() {
        let first = Turn::wait(SMALL_MAX + 1, 0).await;
        let mut second = Box::pin(Turn::wait(0, SMALL_MAX + 1));

        assert!((&mut second).now_or_never().is_none());
        assert!(Turn::wait(SMALL_MAX, SMALL_MAX).await.is_none());
        assert!(first.is_some());
        drop(first);

        assert!(second.await.is_some());
    }
}
