//! What a node answers.

use std::fmt;
use std::str::FromStr;

use hashlake_core::chain::Chain;
use hashlake_core::hash::BlockHash;
use hashlake_core::target::CompactTarget;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::Sats;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// The end of the node's best chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The network.
    pub chain: Chain,
    /// Height of the last block.
    pub height: u32,
    /// Its hash.
    pub hash: BlockHash,
    /// Highest block of which it knows the header; higher than `height` while it downloads.
    pub headers: u32,
}

/// A block's header, and what a node says beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Height.
    pub height: u32,
    /// Hash.
    pub hash: BlockHash,
    /// Hash of the block below.
    pub prev_hash: BlockHash,
    /// Header time.
    pub time: Timestamp,
    /// Median time past.
    pub median_time: Timestamp,
    /// Target.
    pub bits: CompactTarget,
    /// Transactions with the coinbase.
    pub tx_count: u32,
}

/// A block as a node tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeBlock {
    /// Its header.
    pub header: Header,
    /// What it may create.
    pub subsidy: Sats,
    /// What its transactions paid.
    pub fees: Sats,
    /// What its coinbase pays out, where the node has its REST interface on.
    pub claimed: Option<Sats>,
}

#[derive(Deserialize)]
pub(super) struct ChainInfo {
    #[serde(deserialize_with = "parsed")]
    pub(super) chain: Chain,
    pub(super) blocks: u32,
    pub(super) headers: u32,
    #[serde(deserialize_with = "parsed")]
    pub(super) bestblockhash: BlockHash,
}

#[derive(Deserialize)]
pub(super) struct Hash(#[serde(deserialize_with = "parsed")] pub(super) BlockHash);

#[derive(Deserialize)]
pub(super) struct HeaderInfo {
    #[serde(deserialize_with = "parsed")]
    pub(super) hash: BlockHash,
    pub(super) height: u32,
    pub(super) previousblockhash: Option<Hash>,
    pub(super) time: u32,
    pub(super) mediantime: u32,
    #[serde(deserialize_with = "parsed")]
    pub(super) bits: CompactTarget,
    #[serde(rename = "nTx")]
    pub(super) n_tx: u32,
}

#[derive(Deserialize)]
pub(super) struct BlockStats {
    #[serde(deserialize_with = "parsed")]
    pub(super) blockhash: BlockHash,
    #[serde(deserialize_with = "sats")]
    pub(super) subsidy: Sats,
    #[serde(deserialize_with = "sats")]
    pub(super) totalfee: Sats,
}

fn parsed<'de, T: FromStr<Err: fmt::Display>, D: Deserializer<'de>>(
    text: D,
) -> Result<T, D::Error> {
    String::deserialize(text)?.parse().map_err(D::Error::custom)
}

fn sats<'de, D: Deserializer<'de>>(sat: D) -> Result<Sats, D::Error> {
    Sats::new(i64::deserialize(sat)?).map_err(D::Error::custom)
}
