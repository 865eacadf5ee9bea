//! What a node answers: replies as JSON, and the types that the rest of the ingest reads.

use std::fmt;
use std::str::FromStr;

use hashlake_core::block::Block;
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
    pub chain: Chain,
    pub height: u32,
    pub hash: BlockHash,
    /// Highest block whose header the node has; above `height` while it downloads blocks.
    pub headers: u32,
}

/// The header of a block, and what the node adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockHeader {
    pub height: u32,
    pub hash: BlockHash,
    pub prev_hash: BlockHash,
    pub time: Timestamp,
    pub median_time: Timestamp,
    pub bits: CompactTarget,
    pub tx_count: u32,
}

/// A block as the node reports it: everything about it but the network's hash rate.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeBlock {
    pub header: BlockHeader,
    pub subsidy: Sats,
    pub fees: Sats,
    /// What the coinbase pays out; `None` if the node's REST interface is off.
    pub claimed: Option<Sats>,
}

impl NodeBlock {
    /// The block, with the network's hash rate at it in H/s.
    pub fn into_block(self, network_hashrate_hs: f64) -> Block {
        let BlockHeader {
            height,
            hash,
            prev_hash,
            time,
            median_time,
            bits,
            tx_count,
        } = self.header;
        Block {
            height,
            hash,
            prev_hash,
            time,
            median_time,
            bits,
            tx_count,
            subsidy: self.subsidy,
            fees: self.fees,
            claimed: self.claimed,
            network_hashrate_hs,
        }
    }
}

/// Reply to `getblockchaininfo`.
#[derive(Deserialize)]
pub(super) struct ChainInfoJson {
    #[serde(deserialize_with = "parsed")]
    chain: Chain,
    blocks: u32,
    headers: u32,
    #[serde(deserialize_with = "parsed")]
    bestblockhash: BlockHash,
}

impl From<ChainInfoJson> for Tip {
    fn from(info: ChainInfoJson) -> Self {
        Self {
            chain: info.chain,
            height: info.blocks,
            hash: info.bestblockhash,
            headers: info.headers,
        }
    }
}

/// Reply to `getblockhash`.
#[derive(Deserialize)]
pub(super) struct HashJson(#[serde(deserialize_with = "parsed")] pub(super) BlockHash);

/// Reply to `getblockheader`.
#[derive(Deserialize)]
pub(super) struct HeaderJson {
    #[serde(deserialize_with = "parsed")]
    hash: BlockHash,
    height: u32,
    previousblockhash: Option<HashJson>,
    time: u32,
    mediantime: u32,
    #[serde(deserialize_with = "parsed")]
    bits: CompactTarget,
    #[serde(rename = "nTx")]
    n_tx: u32,
}

impl From<HeaderJson> for BlockHeader {
    fn from(header: HeaderJson) -> Self {
        Self {
            height: header.height,
            hash: header.hash,
            prev_hash: header
                .previousblockhash
                .map_or(BlockHash::ZERO, |HashJson(hash)| hash),
            time: Timestamp::from_block_time(header.time),
            median_time: Timestamp::from_block_time(header.mediantime),
            bits: header.bits,
            tx_count: header.n_tx,
        }
    }
}

/// Reply to `getblockstats` with these three fields.
#[derive(Deserialize)]
pub(super) struct BlockStatsJson {
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
