//! A running replay, with its chain and its clock.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[cfg(feature = "faults")]
use crate::fault::FaultState;
use crate::node::chain::{Chain, NodeView};
use crate::playback::Playback;
use crate::recording::Recording;
use crate::recording::block::BlockId;

/// A running replay. Clones share its state.
///
/// Its clock runs, and blocks are released, even while it is not [`served`](Self::serve).
#[derive(Clone)]
pub struct Replay(Arc<Shared>);

struct Shared {
    recording: Recording,
    speed: f64,
    started: Instant,
    playback: Mutex<Playback>,
    #[cfg(feature = "faults")]
    faults: Mutex<FaultState>,
}

/// Why an argument of a [`Replay`] is invalid.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ReplayError {
    #[error("block {height} is not in the recording, which has blocks {first} to {last}")]
    NotRecorded { height: u32, first: u32, last: u32 },
    #[error("speed must be 0 (paused) or a positive number, not {speed}")]
    BadSpeed { speed: f64 },
    #[error("{hash} is not one of the {known} stale blocks in the recording")]
    UnknownStale { hash: String, known: usize },
}

impl Replay {
    /// A replay whose tip is the canonical block at `tip`. Its clock starts now, and runs `speed` times
    /// as fast as real time. At speed 0 it is paused.
    ///
    /// # Errors
    ///
    /// [`ReplayError::NotRecorded`] if the block is not recorded, and [`ReplayError::BadSpeed`] if the
    /// speed is negative or not finite.
    pub fn new(recording: Recording, tip: u32, speed: f64) -> Result<Self, ReplayError> {
        check_recorded(&recording, tip)?;
        if !speed.is_finite() || speed < 0.0 {
            return Err(ReplayError::BadSpeed { speed });
        }
        Ok(Self(Arc::new(Shared {
            playback: Mutex::new(Playback::new(recording.blocks(), tip, speed)),
            recording,
            speed,
            started: Instant::now(),
            #[cfg(feature = "faults")]
            faults: Mutex::default(),
        })))
    }

    /// Height and hash of the last block of the best chain.
    pub fn tip(&self) -> (u32, String) {
        let chain = self.chain();
        let tip = NodeView {
            blocks: self.recording().blocks(),
            chain: &chain,
        }
        .tip();
        (tip.height, tip.hash.to_string())
    }

    /// The replay's time, in UNIX seconds.
    pub fn clock(&self) -> f64 {
        self.playback().unix_s(self.elapsed())
    }

    /// Makes the canonical chain up to `height` the best chain, also after a switch to a stale block.
    ///
    /// A height outside the recording is replaced with the nearest recorded height. The clock moves
    /// forward with the blocks, but never back.
    pub fn release_to(&self, height: u32) {
        let recording = self.recording();
        let height = height.clamp(recording.first_height(), recording.last_height());
        self.playback()
            .release_to(recording.blocks(), height, self.elapsed());
    }

    /// Makes the stale block with this hash the tip. The best chain then has its ancestors below it.
    ///
    /// # Errors
    ///
    /// [`ReplayError::UnknownStale`] if the hash is not in [`stale`](Self::stale).
    pub fn switch_to_stale(&self, hash: &str) -> Result<(), ReplayError> {
        let blocks = self.recording().blocks();
        match blocks.find(&hash.to_ascii_lowercase()) {
            Some(BlockId::Stale(index)) => {
                self.playback()
                    .switch_to_stale(blocks, index, self.elapsed());
                Ok(())
            }
            _ => Err(ReplayError::UnknownStale {
                hash: hash.to_owned(),
                known: blocks.stale().len(),
            }),
        }
    }

    /// Height and hash of each recorded stale block, by height.
    pub fn stale(&self) -> Vec<(u32, String)> {
        let stale = self.recording().blocks().stale().iter();
        stale
            .map(|stale| (stale.block.height, stale.block.hash.to_string()))
            .collect()
    }

    pub(crate) fn recording(&self) -> &Recording {
        &self.0.recording
    }

    /// A copy of the node's chain at this moment.
    pub(crate) fn chain(&self) -> Chain {
        self.playback().chain().clone()
    }

    #[cfg(feature = "faults")]
    pub(crate) fn speed(&self) -> f64 {
        self.0.speed
    }

    #[cfg(feature = "faults")]
    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultState> {
        let faults = self.0.faults.lock();
        faults.expect("no code panics while it holds this lock")
    }

    /// The playback, after all blocks that are due have been released.
    fn playback(&self) -> MutexGuard<'_, Playback> {
        let playback = self.0.playback.lock();
        let mut playback = playback.expect("no code panics while it holds this lock");
        playback.advance(self.recording().blocks(), self.elapsed());
        playback
    }

    fn elapsed(&self) -> Duration {
        self.0.started.elapsed()
    }
}

pub(crate) fn check_recorded(recording: &Recording, height: u32) -> Result<(), ReplayError> {
    let (first, last) = (recording.first_height(), recording.last_height());
    if (first..=last).contains(&height) {
        Ok(())
    } else {
        Err(ReplayError::NotRecorded {
            height,
            first,
            last,
        })
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("recording", self.recording())
            .field("speed", &self.0.speed)
            .field("tip", &self.tip())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::bundled;

    #[test]
    fn tip_outside_the_recording_is_refused() {
        let error = Replay::new(bundled(), 931_519, 0.0).unwrap_err();

        assert_eq!(
            error.to_string(),
            "block 931519 is not in the recording, which has blocks 909458 to 931518"
        );
    }

    #[test]
    fn invalid_speed_is_refused() {
        for speed in [-1.0, f64::NAN, f64::INFINITY] {
            let error = Replay::new(bundled(), 920_000, speed).unwrap_err();
            assert!(matches!(error, ReplayError::BadSpeed { .. }));
        }
    }

    #[test]
    fn hash_that_is_not_stale_is_refused() {
        let replay = Replay::new(bundled(), 920_000, 0.0).unwrap();
        let (_, canonical) = replay.tip();

        let error = replay.switch_to_stale(&canonical).unwrap_err();

        assert_eq!(
            error,
            ReplayError::UnknownStale {
                hash: canonical,
                known: 26
            }
        );
    }

    #[test]
    fn every_stale_block_can_become_the_tip_and_be_replaced_again() {
        let replay = Replay::new(bundled(), 920_000, 0.0).unwrap();

        for (height, hash) in replay.stale() {
            replay.switch_to_stale(&hash).unwrap();
            assert_eq!(replay.tip(), (height, hash.clone()));

            replay.release_to(height);
            assert_eq!(replay.tip().0, height);
            assert_ne!(replay.tip().1, hash);
        }
    }

    #[test]
    fn release_stops_at_the_ends_of_the_recording() {
        let replay = Replay::new(bundled(), 920_000, 0.0).unwrap();

        replay.release_to(u32::MAX);
        assert_eq!(replay.tip().0, 931_518);

        replay.release_to(0);
        assert_eq!(replay.tip().0, 909_458);
    }

    #[test]
    fn blocks_are_released_over_time() {
        let replay = Replay::new(bundled(), 910_000, 1_000.0).unwrap();

        while replay.tip().0 == 910_000 {
            std::thread::yield_now();
        }

        assert!(replay.clock() >= 1_755_163_814.0); // Header time of 910,001, 259 s after that of 910,000.
    }
}
