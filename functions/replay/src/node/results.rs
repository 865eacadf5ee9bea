//! Results of the node's methods, as JSON. Fields that are not recorded are left out.

use serde::{Serialize, Serializer};

use crate::node::error::{INVALID_PARAMETER, RpcError};
use crate::recording::block::RecordedBlock;

const ALL_STATS: [&str; 7] = [
    "blockhash",
    "height",
    "mediantime",
    "subsidy",
    "time",
    "totalfee",
    "txs",
];

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum MethodResult<'a> {
    Hash(&'a str),
    ChainInfo(ChainInfoJson<'a>),
    Header(HeaderJson<'a>),
    Stats(StatsJson<'a>),
}

/// Result of `getblockchaininfo`.
#[derive(Debug, Serialize)]
pub(crate) struct ChainInfoJson<'a> {
    pub(crate) chain: &'static str,
    pub(crate) blocks: u32,
    pub(crate) headers: u32,
    pub(crate) bestblockhash: &'a str,
    pub(crate) difficulty: f64,
    pub(crate) time: u32,
    pub(crate) mediantime: u32,
    pub(crate) verificationprogress: u32,
    pub(crate) initialblockdownload: bool,
    pub(crate) pruned: bool,
}

/// Result of `getblockheader`.
#[derive(Debug, Serialize)]
pub(crate) struct HeaderJson<'a> {
    pub(crate) hash: &'a str,
    pub(crate) confirmations: i64,
    pub(crate) height: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<i32>,
    pub(crate) time: u32,
    pub(crate) mediantime: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<u32>,
    #[serde(serialize_with = "as_hex")]
    pub(crate) bits: u32,
    pub(crate) difficulty: f64,
    #[serde(rename = "nTx")]
    pub(crate) tx_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previousblockhash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nextblockhash: Option<&'a str>,
}

/// Result of `getblockstats`: the selected fields.
#[derive(Debug, Default, Serialize)]
pub(crate) struct StatsJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    blockhash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mediantime: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subsidy: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    totalfee: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    txs: Option<u64>,
}

impl<'a> StatsJson<'a> {
    /// The named fields of the block, or all fields if the list is empty.
    pub(crate) fn select(block: &'a RecordedBlock, names: &[&str]) -> Result<Self, RpcError> {
        let names = if names.is_empty() { &ALL_STATS } else { names };
        let mut stats = Self::default();
        for &name in names {
            match name {
                "blockhash" => stats.blockhash = Some(&block.hash),
                "height" => stats.height = Some(block.height),
                "mediantime" => stats.mediantime = Some(block.median_time),
                "subsidy" => stats.subsidy = Some(block.subsidy_sat),
                "time" => stats.time = Some(block.time),
                "totalfee" => stats.totalfee = Some(block.fees_sat),
                "txs" => stats.txs = Some(block.tx_count),
                _ => {
                    let message = format!("Invalid selected statistic '{name}'");
                    return Err(RpcError::new(INVALID_PARAMETER, message));
                }
            }
        }
        Ok(stats)
    }
}

fn as_hex<S: Serializer>(bits: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{bits:08x}"))
}
