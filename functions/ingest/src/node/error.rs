//! Why a node did not give what it was asked for.

use bitcoincore_rpc::jsonrpc;
use thiserror::Error;

/// Why the node did not give what it was asked for.
#[derive(Clone, Debug, Error)]
pub enum NodeError {
    /// Nothing answers there.
    #[error("no node answers at {url} (BITCOIN_RPC_URL): {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// What is known of it.
        reason: String,
    },
    /// User and password are not those it knows.
    #[error(
        "the node at {url} refuses the credentials: check BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD, or BITCOIN_RPC_COOKIE_FILE"
    )]
    Credentials {
        /// Where.
        url: String,
    },
    /// The cookie file cannot be read.
    #[error("cannot read the cookie file {path} (BITCOIN_RPC_COOKIE_FILE): {reason}")]
    Cookie {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// It has just been started.
    #[error("the node is warming up ({message}): it answers in a moment")]
    WarmingUp {
        /// What it says.
        message: String,
    },
    /// It has yet to download blocks that it knows of.
    #[error(
        "the node is still downloading the chain: it has {blocks} of {headers} blocks. Wait, or give START_HEIGHT to take what it has"
    )]
    Downloading {
        /// Blocks it has.
        blocks: u32,
        /// Blocks it knows of.
        headers: u32,
    },
    /// The block's data are gone.
    #[error(
        "the node has pruned block {height}: start later (START_HEIGHT), or use a node that keeps all blocks"
    )]
    Pruned {
        /// The block's height.
        height: u32,
    },
    /// The chain changed between two calls.
    #[error(
        "the chain changed while it was read, at height {height}: the next run takes it from there"
    )]
    Moved {
        /// Where.
        height: u32,
    },
    /// Any other refusal.
    #[error("the node refuses `{method}`: {message} (code {code})")]
    Refused {
        /// What was asked.
        method: &'static str,
        /// What it says.
        message: String,
        /// Its code.
        code: i32,
    },
    /// An answer that is not one.
    #[error("the node answers `{method}` with something else: {reason}")]
    Malformed {
        /// What was asked.
        method: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl NodeError {
    /// Whether it may answer in a moment: it is starting, or has more requests than it can take.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::WarmingUp { .. })
    }
}

#[derive(Debug, Error)]
pub(super) enum TransportError {
    #[error("credentials refused")]
    Credentials,
    #[error("cookie file {path}: {reason}")]
    Cookie { path: String, reason: String },
    #[error("{0}")]
    Http(String),
}

// bitcoind's codes, src/rpc/protocol.h.
const MISC_ERROR: i32 = -1;
pub(super) const INVALID_PARAMETER: i32 = -8;
const IN_WARMUP: i32 = -28;

pub(super) fn decide(method: &'static str, url: &str, error: jsonrpc::Error) -> NodeError {
    match error {
        jsonrpc::Error::Rpc(rpc) if rpc.code == IN_WARMUP => NodeError::WarmingUp {
            message: rpc.message,
        },
        jsonrpc::Error::Rpc(rpc) => NodeError::Refused {
            method,
            message: rpc.message,
            code: rpc.code,
        },
        jsonrpc::Error::Transport(error) => match error.downcast::<TransportError>() {
            Ok(error) => match *error {
                TransportError::Credentials => NodeError::Credentials {
                    url: url.to_owned(),
                },
                TransportError::Cookie { path, reason } => NodeError::Cookie { path, reason },
                TransportError::Http(reason) => NodeError::Unreachable {
                    url: url.to_owned(),
                    reason,
                },
            },
            Err(other) => NodeError::Unreachable {
                url: url.to_owned(),
                reason: other.to_string(),
            },
        },
        other => NodeError::Malformed {
            method,
            reason: other.to_string(),
        },
    }
}

/// What it means that the statistics of a block of the chain are refused.
pub(super) fn unavailable(error: NodeError, height: u32) -> NodeError {
    match error {
        NodeError::Refused {
            code: INVALID_PARAMETER,
            ..
        } => NodeError::Moved { height }, // It is above the tip.
        NodeError::Refused {
            code: MISC_ERROR,
            message,
            ..
        } if message.contains("pruned") => NodeError::Pruned { height },
        other => other,
    }
}
