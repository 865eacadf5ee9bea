//! Plays the recorded outside world back: a Bitcoin node's JSON-RPC and `CoinGecko`'s price route on one address.
//!
//! Every answer comes from real recorded data; what the recording does not know is left out of an answer, never made
//! up. The one exception is a stale block, of which only the header is recorded: its transaction count and fees are
//! those of the block that took its place.
//!
//! | request | answer |
//! |---|---|
//! | `POST`, any path | JSON-RPC, single or batch: `getblockchaininfo`, `getblockhash`, `getblockheader` (verbose), `getblockstats` |
//! | `GET ../coins/bitcoin/market_chart/range` | prices up to the replay's clock |
//! | `GET /_replay` | tip, clock, stale blocks, counts of price requests and of queued faults |
//! | `POST /_replay/release` | `{"to": 910000}`: the canonical chain up to there becomes the best one |
//! | `POST /_replay/stale` | `{"hash": ".."}`: this stale block becomes the tip |
//! | `POST /_replay/fault` | `{"side": "rpc"}` or `"price"`, with one of `"status": 429` (and `"headers"`, `"body"`), `"code": -28` (and `"message"`), `"hang": true`, `"drop": true`; `"times": 3` queues it three times |
//!
//! The first 120 blocks of a recording serve as window only: they have headers, but no `getblockstats`, as on a pruned
//! node. A recording that begins with the genesis block needs no window and has none.
//!
//! The replay's clock begins at the latest header time up to the tip. At speed `S` it runs `S` times as fast as real
//! time, and each block is released when the clock reaches the latest header time up to it; at speed 0 both stand
//! still. No price after the clock is told.
//!
//! # Examples
//!
//! ```
//! use replay::{Recording, Replay};
//!
//! let replay = Replay::new(Recording::bundled()?, 920_000, 0.0)?;
//! replay.release_to(920_001);
//! assert_eq!(replay.tip().0, 920_001);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod cli;
mod coingecko;
mod control;
mod fault;
mod listener;
mod node;
mod playback;
mod recording;
mod server;
#[cfg(test)]
mod testing;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;

pub use crate::fault::Fault;
pub use crate::recording::Recording;
pub use crate::recording::error::{RecordingError, ReplayError};

use crate::fault::Wire;
use crate::listener::CuttableListener;
use crate::node::chain::{Chain, NodeView};
use crate::playback::Playback;
use crate::recording::block::BlockId;

/// A running replay; clones are handles to the same one.
///
/// Blocks that are due by the clock count as released whenever anyone looks, whether it is [`served`](Self::serve) or not.
#[derive(Clone)]
pub struct Replay(Arc<Shared>);

struct Shared {
    recording: Recording,
    speed: f64,
    started: Instant,
    state: Mutex<State>,
}

struct State {
    playback: Playback,
    rpc_faults: VecDeque<Fault>,
    price_faults: VecDeque<Fault>,
    price_requests: Vec<(f64, f64)>,
}

impl Replay {
    /// A replay whose newest block is the canonical one at `tip`, and whose time runs `speed` times as fast as real
    /// time from now on (0: stands still).
    ///
    /// # Errors
    ///
    /// [`ReplayError::TipOutsideRecording`] and, for a speed below 0 or not finite, [`ReplayError::BadSpeed`].
    pub fn new(recording: Recording, tip: u32, speed: f64) -> Result<Self, ReplayError> {
        let (first, last) = (recording.first_height(), recording.last_height());
        if tip < first || last < tip {
            return Err(ReplayError::TipOutsideRecording { tip, first, last });
        }
        if !speed.is_finite() || speed < 0.0 {
            return Err(ReplayError::BadSpeed { speed });
        }
        let state = State {
            playback: Playback::new(recording.blocks(), tip, speed),
            rpc_faults: VecDeque::new(),
            price_faults: VecDeque::new(),
            price_requests: Vec::new(),
        };
        let started = Instant::now();
        Ok(Self(Arc::new(Shared {
            recording,
            speed,
            started,
            state: Mutex::new(state),
        })))
    }

    /// The routes, for a server of one's own.
    pub fn router(&self) -> axum::Router {
        server::router(self.clone())
    }

    /// Answers on this listener until the future is dropped.
    ///
    /// # Errors
    ///
    /// None today: a connection that fails ends alone.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let service = self.router().into_make_service_with_connect_info::<Wire>();
        axum::serve(CuttableListener(listener), service).await
    }

    /// Height and hash of the block that ends the best chain.
    pub fn tip(&self) -> (u32, String) {
        let chain = self.chain();
        let tip = NodeView {
            blocks: self.recording().blocks(),
            chain: &chain,
        }
        .tip();
        (tip.height, tip.hash.to_string())
    }

    /// UNIX time in the replayed world, in seconds.
    pub fn clock(&self) -> f64 {
        self.state().playback.unix_s(self.elapsed())
    }

    /// Makes the canonical chain up to `height` the best one, whatever was best before; ends a stale switch.
    ///
    /// A height outside the recording means its first or last block. The clock goes along, but never back.
    pub fn release_to(&self, height: u32) {
        let recording = self.recording();
        let height = height.clamp(recording.first_height(), recording.last_height());
        self.state()
            .playback
            .release_to(recording.blocks(), height, self.elapsed());
    }

    /// Makes this stale block the tip, on top of the canonical chain and its stale ancestors.
    ///
    /// # Errors
    ///
    /// [`ReplayError::UnknownStale`] where [`stale`](Self::stale) has no such hash.
    pub fn switch_to_stale(&self, hash: &str) -> Result<(), ReplayError> {
        let blocks = self.recording().blocks();
        match blocks.find(&hash.to_ascii_lowercase()) {
            Some(BlockId::Stale(index)) => {
                self.state()
                    .playback
                    .switch_to_stale(blocks, index, self.elapsed());
                Ok(())
            }
            _ => Err(ReplayError::UnknownStale {
                hash: hash.to_owned(),
                known: blocks.stale().len(),
            }),
        }
    }

    /// Height and hash of each stale block that can become the tip, by height.
    pub fn stale(&self) -> Vec<(u32, String)> {
        let stale = self.recording().blocks().stale().iter();
        stale
            .map(|stale| (stale.block.height, stale.block.hash.to_string()))
            .collect()
    }

    /// Queues a fault for the node's side; each HTTP request there takes one from the queue, in order.
    pub fn inject_rpc_fault(&self, fault: Fault) {
        self.state().rpc_faults.push_back(fault);
    }

    /// Queues a fault for the price side; each HTTP request there takes one from the queue, in order.
    pub fn inject_price_fault(&self, fault: Fault) {
        self.state().price_faults.push_back(fault);
    }

    /// `from` and `to` of each price request so far, in UNIX seconds, those that got a fault included.
    pub fn price_requests(&self) -> Vec<(f64, f64)> {
        self.state().price_requests.clone()
    }

    fn recording(&self) -> &Recording {
        &self.0.recording
    }

    /// The node's chain as it is now.
    fn chain(&self) -> Chain {
        self.state().playback.chain().clone()
    }

    /// The state, with every block released that is due.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self
            .0
            .state
            .lock()
            .expect("nothing panics while it holds this lock");
        state
            .playback
            .advance(self.recording().blocks(), self.elapsed());
        state
    }

    fn elapsed(&self) -> Duration {
        self.0.started.elapsed()
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
            "block 931519 is not in the recording, which holds 909458 to 931518"
        );
    }

    #[test]
    fn speed_that_is_no_speed_is_refused() {
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
    fn every_stale_block_becomes_the_tip_and_leaves_again() {
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
    fn release_outside_the_recording_means_its_ends() {
        let replay = Replay::new(bundled(), 920_000, 0.0).unwrap();

        replay.release_to(u32::MAX);
        assert_eq!(replay.tip().0, 931_518);

        replay.release_to(0);
        assert_eq!(replay.tip().0, 909_458);
    }

    #[test]
    fn blocks_are_released_at_speed_without_being_asked_for() {
        let replay = Replay::new(bundled(), 910_000, 1_000.0).unwrap();

        while replay.tip().0 == 910_000 {
            std::thread::yield_now();
        }

        assert!(replay.clock() >= 1_755_163_814.0); // The header time of 910,001, 259 s after that of 910,000.
    }
}
