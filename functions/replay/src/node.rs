//! The Bitcoin node that the replay plays.

pub(crate) mod chain;
pub(crate) mod rpc;
