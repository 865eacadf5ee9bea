//! Imitates a Bitcoin node on mainnet.

pub(crate) mod chain;
pub(crate) mod error;
pub(crate) mod methods;
mod results;
pub(crate) mod rpc;
