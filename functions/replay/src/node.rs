//! Plays a Bitcoin node that is on the main chain.

pub(crate) mod chain;
pub(crate) mod error;
pub(crate) mod methods;
mod results;
pub(crate) mod rpc;
