//! Plays recorded blocks and prices: a Bitcoin node's JSON-RPC and CoinGecko's price route on one
//! address.
//!
//! | request | answer |
//! |---|---|
//! | `POST`, any path | JSON-RPC, single or batch: `getblockchaininfo`, `getblockhash`, `getblockheader` (verbose), `getblockstats` |
//! | `GET ../coins/bitcoin/market_chart/range` | prices up to the replay's clock |
//!
//! All data is real and recorded. Fields that are not recorded are left out of an answer. Of a
//! stale block only the header is recorded, so its transaction count and fees are those of the
//! canonical block of the same height.
//!
//! The first 120 blocks of a recording have headers but no `getblockstats`, as on a pruned node:
//! they are the window of the network hash rate. A recording that begins with the genesis block has
//! no such window.
//!
//! The replay's clock starts at the latest header time up to the tip. At speed `S` it runs `S`
//! times as fast as real time and releases each block when it reaches the latest header time up to
//! that block. At speed 0 it stands still. Prices later than the clock are held back.
//!
//! The feature `faults` is for tests and for the program `replay`: it adds fault injection, a log
//! of price requests and the routes below `/_replay`. `hashlake` links this library without it.
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

mod coingecko;
#[cfg(feature = "faults")]
mod control;
#[cfg(feature = "faults")]
mod fault;
#[cfg(feature = "faults")]
mod inject;
mod node;
mod playback;
mod recording;
mod replay;
mod reply;
mod server;
mod side;
#[cfg(test)]
mod testing;

#[cfg(feature = "faults")]
pub use crate::fault::Fault;
pub use crate::recording::Recording;
pub use crate::recording::error::RecordingError;
pub use crate::replay::{Replay, ReplayError};
