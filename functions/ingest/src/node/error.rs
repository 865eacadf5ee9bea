//! Errors of a node: what bitcoind's codes and failures of the transport mean.

use bitcoincore_rpc::jsonrpc;
use thiserror::Error;

// bitcoind's error codes, from src/rpc/protocol.h.
const MISC_ERROR: i32 = -1;
pub(super) const INVALID_PARAMETER: i32 = -8;
const IN_WARMUP: i32 = -28;

/// Why a request to the node failed.
#[derive(Clone, Debug, Error)]
pub enum NodeError {
    #[error("no node answers at {url} (BITCOIN_RPC_URL): {reason}")]
    Unreachable { url: String, reason: String },
    #[error(
        "the node at {url} refuses the credentials: check BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD, or BITCOIN_RPC_COOKIE_FILE"
    )]
    Credentials { url: String },
    #[error("cannot read the cookie file {path} (BITCOIN_RPC_COOKIE_FILE): {reason}")]
    Cookie { path: String, reason: String },
    /// bitcoind has just been started.
    #[error("the node is starting up ({message}): try again in a moment")]
    WarmingUp { message: String },
    /// Initial block download: the node knows headers whose blocks it does not have yet.
    #[error(
        "the node is still downloading the chain: it has {blocks} of {headers} blocks. Wait, or set START_HEIGHT to ingest the blocks that it has"
    )]
    Downloading { blocks: u32, headers: u32 },
    #[error(
        "the node has pruned block {height}: set START_HEIGHT to a later block, or use a node that keeps all blocks"
    )]
    Pruned { height: u32 },
    /// Two calls saw different chains.
    #[error(
        "the chain changed at height {height} while it was read: the next run continues from there"
    )]
    Moved { height: u32 },
    #[error("the node refused `{method}`: {message} (code {code})")]
    Refused {
        method: &'static str,
        message: String,
        code: i32,
    },
    #[error("unexpected reply to `{method}` from the node: {reason}")]
    Malformed {
        method: &'static str,
        reason: String,
    },
}

impl NodeError {
    /// Whether the same request may succeed soon: the node is starting, or is too busy to answer.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::WarmingUp { .. })
    }
}

/// Why an HTTP request to the node failed.
#[derive(Debug, Error)]
pub(super) enum TransportError {
    #[error("credentials refused")]
    Credentials,
    #[error("cookie file {path}: {reason}")]
    Cookie { path: String, reason: String },
    #[error("{0}")]
    Http(String),
}

pub(super) fn classify_error(method: &'static str, url: &str, error: jsonrpc::Error) -> NodeError {
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

/// Why the node refused `getblockstats` of a height: the height is above its tip, or the block is
/// pruned.
pub(super) fn classify_stats_error(error: NodeError, height: u32) -> NodeError {
    match error {
        NodeError::Refused {
            code: INVALID_PARAMETER,
            ..
        } => NodeError::Moved { height },
        NodeError::Refused {
            code: MISC_ERROR,
            message,
            ..
        } if message.contains("pruned") => NodeError::Pruned { height },
        other => other,
    }
}
