//! Errors of a node, and what bitcoind's codes mean.

use bitcoincore_rpc::jsonrpc;
use bitcoincore_rpc::jsonrpc::error::RpcError;
use hashlake_core::chain::Chain;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::answers::CLOCK_MAY_BE_WRONG;
use crate::http::one_line;

// bitcoind's error codes, from src/rpc/protocol.h.
const MISC_ERROR: i32 = -1;
const NOT_FOUND: i32 = -5; // RPC_INVALID_ADDRESS_OR_KEY, as for a block.
pub(super) const INVALID_PARAMETER: i32 = -8;
pub(super) const IN_WARMUP: i32 = -28;
const METHOD_NOT_FOUND: i32 = -32_601;

/// Why a request to the node failed. An `address` is scheme, host and port of the node. A `message`
/// is what the node, or a server in front of it, replied; it can be empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NodeError {
    #[error("no node answers at {address} (BITCOIN_RPC_URL): {reason}")]
    Unreachable { address: String, reason: String },
    /// More requests than the node can serve, or than the plan allows.
    #[error(
        "the node at {address} has too many requests ({message}): try again later, or use a node or a plan that allows more"
    )]
    Busy { address: String, message: String },
    #[error(
        "the node at {address} refuses the credentials: check BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD, or BITCOIN_RPC_COOKIE_FILE, or the key in BITCOIN_RPC_URL{}",
        said(message)
    )]
    Credentials { address: String, message: String },
    #[error(
        "the node at {address} forbids the request (HTTP status 403): {}",
        said_or(
            message,
            "allow this computer (rpcallowip) and hashlake's methods (rpcwhitelist) in bitcoin.conf"
        )
    )]
    Forbidden { address: String, message: String },
    #[error(
        "the node at {address} redirects to {target} (HTTP status {status}), which is not followed: set BITCOIN_RPC_URL to the URL at which the node itself answers"
    )]
    Redirect {
        address: String,
        target: String,
        status: u16,
    },
    #[error(
        "{address} (BITCOIN_RPC_URL) does not answer like a Bitcoin node (HTTP status {status}{}): check its port and path{}", if *is_page { ", an HTML page" } else { "" }, said(message)
    )]
    NotANode {
        address: String,
        status: u16,
        is_page: bool,
        message: String,
    },
    #[error("cannot read the cookie file {path} (BITCOIN_RPC_COOKIE_FILE): {reason}")]
    Cookie { path: String, reason: String },
    /// bitcoind has just been started.
    #[error("the node is starting up ({message}): try again in a moment")]
    WarmingUp { message: String },
    /// Initial block download: the node does not have the blocks of all its headers yet, or has no
    /// headers yet.
    #[error("the node is still downloading the chain: {}", match headers {
        0 => "it has no block headers yet. Wait until it has caught up".to_owned(),
        _ => format!("it has {blocks} of {headers} blocks. Wait, or set START_HEIGHT to ingest the blocks that it has"),
    })]
    Downloading { blocks: u32, headers: u32 },
    #[error(
        "the node has pruned block {height}: {}, or use a node that keeps all blocks", match kept_from {
            Some(first) => format!("it keeps blocks from {first} on. Start there or later (START_HEIGHT)"),
            None => "start at a later block (START_HEIGHT)".to_owned(),
        }
    )]
    Pruned { height: u32, kept_from: Option<u32> },
    /// For example, the node was started from a snapshot of the chain's state.
    #[error(
        "the node has not downloaded block {height} yet ({message}): wait until it has, or start at a later block (START_HEIGHT)"
    )]
    NotDownloaded { height: u32, message: String },
    /// Two calls saw different chains.
    #[error(
        "the chain changed at height {height} while it was read, or BITCOIN_RPC_URL leads to several nodes: the next run continues from there"
    )]
    Moved { height: u32 },
    #[error(
        "the node says that its network is `{chain}`, but {reason}. Nothing was written: use a node of Bitcoin's networks main, test, testnet4, signet or regtest"
    )]
    OtherNetwork { chain: Chain, reason: String },
    #[error(
        "the node first reported the network `{before}`, and then `{after}`. Nothing was written: check that BITCOIN_RPC_URL leads to only one node"
    )]
    ChainChanged { before: Chain, after: Chain },
    #[error(
        "the node at {address} does not have `{method}` ({message}): use Bitcoin Core 25 or later, or a plan that includes this method"
    )]
    MethodMissing {
        address: String,
        method: &'static str,
        message: String,
    },
    #[error("the node refused `{method}`: {message} (code {code})")]
    Refused {
        method: &'static str,
        message: String,
        code: i32,
    },
    /// The time of a block is in the future.
    #[error("{reason}. Set the clock, for example with NTP; if it is right, check the node")]
    Clock { reason: String },
    #[error(
        "unexpected reply to `{method}` from the node: {reason}. Use Bitcoin Core 25 or later, or a compatible node"
    )]
    Malformed {
        method: &'static str,
        reason: String,
    },
}

fn said(message: &str) -> String {
    match message {
        "" => String::new(),
        _ => format!(" (it says: {message})"),
    }
}

fn said_or<'a>(message: &'a str, else_: &'a str) -> &'a str {
    if message.is_empty() { else_ } else { message }
}

impl NodeError {
    /// Whether the same request may succeed soon: the node is starting, or is too busy to answer.
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::WarmingUp { .. } | Self::Busy { .. }
        )
    }
}

/// Why the node at `address` refused one call. `message` is the text of the node, without secrets.
pub(super) fn classify_error(
    method: &'static str,
    address: &str,
    code: i32,
    message: String,
) -> NodeError {
    match code {
        IN_WARMUP => NodeError::WarmingUp { message },
        METHOD_NOT_FOUND => NodeError::MethodMissing {
            address: address.to_owned(),
            method,
            message,
        },
        _ => NodeError::Refused {
            method,
            message,
            code,
        },
    }
}

/// The result of one call, or why there is no result.
pub(super) fn result<T: DeserializeOwned>(
    method: &'static str,
    response: &jsonrpc::Response,
    refusal: impl FnOnce(&RpcError) -> NodeError,
) -> Result<T, NodeError> {
    response.result().map_err(|error| match error {
        jsonrpc::Error::Rpc(error) => refusal(&error),
        other => {
            let text = match other {
                jsonrpc::Error::Json(error) => error.to_string(),
                other => other.to_string(),
            };
            // Leave out the position in the reply.
            let reason = text.split(" at line ").next().unwrap_or_default();
            let reason = one_line(reason);
            match reason.starts_with(CLOCK_MAY_BE_WRONG) {
                true => NodeError::Clock { reason },
                false => NodeError::Malformed { method, reason },
            }
        }
    })
}

/// The error if the node refuses `getblockheader` for a hash that it reported before. For example,
/// a load balancer sends the two calls to different nodes.
pub(super) fn classify_header_error(error: NodeError, height: u32) -> NodeError {
    match error {
        NodeError::Refused {
            code: NOT_FOUND, ..
        } => NodeError::Moved { height },
        other => other,
    }
}

/// The error if the node refuses `getblockstats` for a height: the height is above its tip, or the
/// node does not have the block.
pub(super) fn classify_stats_error(error: NodeError, height: u32) -> NodeError {
    match error {
        NodeError::Refused {
            code: INVALID_PARAMETER | NOT_FOUND,
            ..
        } => NodeError::Moved { height },
        NodeError::Refused {
            code: MISC_ERROR,
            message,
            ..
        } if message.contains("pruned") => NodeError::Pruned {
            height,
            kept_from: None,
        },
        NodeError::Refused {
            code: MISC_ERROR,
            message,
            ..
        } if message.contains("not available") || message.contains("not fully downloaded") => {
            NodeError::NotDownloaded { height, message }
        }
        other => other,
    }
}
