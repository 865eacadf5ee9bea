//! A simulated world for ingest, for tests: a chain, prices, a lake and a cursor, whose every call can
//! fail, be late, or be the last one of its process.

mod case;
mod chain;
mod clock;
mod cursor;
mod dice;
mod fault;
mod gate;
mod invariants;
mod lake;
mod market;
mod month;
mod node;
mod objects;
mod prices;
mod reader;
mod shrink;
mod state;
mod table;
mod tally;
mod watch;
mod world;

pub use case::{Before, Case, Pair};
pub use fault::{Fault, Kind};
pub use shrink::shrink;
pub use table::{Worlds, page};
pub use tally::Tally;
pub use world::{CursorStore, Outcome};
