//! Replays recorded blocks and prices. One address serves a Bitcoin node's JSON-RPC and CoinGecko's
//! price route.
//!
//! | request | response |
//! |---|---|
//! | `POST`, any path | JSON-RPC, single or batch: `getblockchaininfo`, `getblockhash`, `getblockheader` (verbose), `getblockstats` |
//! | `GET ../coins/bitcoin/market_chart/range` | prices up to the replay's clock |
//!
//! All data is recorded from a real node and a real price source. Fields that are not recorded are
//! left out of a response. Only the headers of stale blocks are recorded, so a stale block has the
//! transaction count, subsidy and fees of the canonical block of the same height.
//!
//! The first 120 blocks of a recording have headers but no `getblockstats`, as on a pruned node: they
//! are only used to compute the network hash rate of later blocks. A recording that begins with the
//! genesis block has `getblockstats` for all blocks.
//!
//! The replay's clock starts at the latest header time of the blocks up to the tip. At speed `S`, it
//! runs `S` times as fast as real time. A block is released when the clock reaches the latest header
//! time of the blocks up to it. At speed 0, the clock is paused. Prices later than the clock are not
//! returned.
//!
//! The feature `faults` is for tests and for the program `replay`: it adds fault injection, a log
//! of price requests and the routes below `/_replay`. `hashlake` uses this library without it.
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
