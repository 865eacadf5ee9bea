//! The node's replies as JSON, and the types that the rest of the ingest uses.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bitcoincore_rpc::bitcoin::Network;
use bitcoincore_rpc::bitcoin::constants::genesis_block;
use hashlake_core::block::Block;
use hashlake_core::chain::Chain;
use hashlake_core::clock::now;
use hashlake_core::hash::BlockHash;
use hashlake_core::revenue::sat_per_ph_day_144;
use hashlake_core::target::CompactTarget;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::Sats;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Number;

const HEIGHT_MAX: u32 = i32::MAX as u32;

/// A block has room for about 17,000 of the smallest transactions.
const TX_MAX: u32 = 1_000_000;

/// Time of Bitcoin's first block: 2009-01-03T18:15:05Z.
const FIRST_BLOCK_S: i64 = 1_231_006_505;

/// Start of the reason if a block's time is refused.
pub(super) const CLOCK_MAY_BE_WRONG: &str = "the clock of this computer may be wrong";

/// A block's time may be at most this far ahead of the clock of this computer. Nodes refuse blocks
/// more than two hours ahead of their own clock, and that clock may differ from this one.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(86_400);

/// The end of the node's best chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    pub chain: Chain,
    pub height: u32,
    pub hash: BlockHash,
    /// Height of the highest header that the node has. It is above `height` while the node
    /// downloads blocks.
    pub headers: u32,
    /// The first block that a pruned node keeps.
    pub kept_from: Option<u32>,
    /// Whether the node has just begun to download the chain, and has no headers yet.
    pub is_without_headers: bool,
}

/// The header of a block, with the fields that the node adds.
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

/// The fees that the transactions of a block paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockFees {
    pub height: u32,
    pub hash: BlockHash,
    pub fees: Sats,
}

/// Hash, subsidy and fees of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockStats {
    pub hash: BlockHash,
    pub subsidy: Sats,
    pub fees: Sats,
}

/// A block as the node reports it, without the values that depend on the blocks below it.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeBlock {
    pub header: BlockHeader,
    pub subsidy: Sats,
    pub fees: Sats,
    /// What the coinbase pays out; `None` if the node's REST interface is off.
    pub claimed: Option<Sats>,
}

impl NodeBlock {
    /// The block, with the network's hash rate at this block in H/s, and the mean fees of the last
    /// 144 blocks in sat, if they are known.
    pub fn into_block(self, network_hashrate_hs: f64, fees_sat_144: Option<f64>) -> Block {
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
            sat_per_ph_day_144: fees_sat_144
                .map(|fees| sat_per_ph_day_144(bits.difficulty(), self.subsidy, fees)),
        }
    }
}

/// Reply to `getblockchaininfo`.
#[derive(Deserialize)]
pub(super) struct ChainInfoJson {
    #[serde(deserialize_with = "parsed")]
    chain: Chain,
    #[serde(deserialize_with = "height")]
    blocks: u32,
    #[serde(deserialize_with = "height")]
    headers: u32,
    #[serde(deserialize_with = "parsed")]
    bestblockhash: BlockHash,
    #[serde(default)]
    initialblockdownload: bool,
    /// Only on a pruned node.
    #[serde(default)]
    pruneheight: Option<u32>,
}

impl From<ChainInfoJson> for Tip {
    fn from(info: ChainInfoJson) -> Self {
        // A node downloads the headers twice, and reports none of them the first time. A private
        // network (regtest) reports an initial download until it has a block of today.
        let is_without_headers =
            info.initialblockdownload && info.headers == 0 && info.chain != Chain::Regtest;
        Self {
            chain: info.chain,
            height: info.blocks,
            hash: info.bestblockhash,
            headers: info.headers,
            kept_from: info.pruneheight,
            is_without_headers,
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
    #[serde(deserialize_with = "height")]
    height: u32,
    previousblockhash: Option<HashJson>,
    #[serde(deserialize_with = "block_time")]
    time: Timestamp,
    #[serde(deserialize_with = "block_time")]
    mediantime: Timestamp,
    #[serde(deserialize_with = "parsed")]
    bits: CompactTarget,
    #[serde(rename = "nTx", deserialize_with = "tx_count")]
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
            time: header.time,
            median_time: header.mediantime,
            bits: header.bits,
            tx_count: header.n_tx,
        }
    }
}

/// Reply to `getblockstats` with these three fields.
#[derive(Deserialize)]
pub(super) struct BlockStatsJson {
    #[serde(deserialize_with = "parsed")]
    blockhash: BlockHash,
    #[serde(deserialize_with = "sats")]
    subsidy: Sats,
    #[serde(deserialize_with = "sats")]
    totalfee: Sats,
}

impl From<BlockStatsJson> for BlockStats {
    fn from(stats: BlockStatsJson) -> Self {
        Self {
            hash: stats.blockhash,
            subsidy: stats.subsidy,
            fees: stats.totalfee,
        }
    }
}

/// Hash of the genesis block of a network.
pub(super) fn genesis(chain: Chain) -> BlockHash {
    let network = match chain {
        Chain::Main => Network::Bitcoin,
        Chain::Test => Network::Testnet,
        Chain::Testnet4 => Network::Testnet4,
        Chain::Signet => Network::Signet,
        Chain::Regtest => Network::Regtest,
    };
    let hash = genesis_block(network).block_hash().to_string();
    hash.parse().expect("both show a hash in the same form")
}

fn parsed<'de, T: FromStr<Err: fmt::Display>, D: Deserializer<'de>>(
    text: D,
) -> Result<T, D::Error> {
    String::deserialize(text)?.parse().map_err(D::Error::custom)
}

fn sats<'de, D: Deserializer<'de>>(sat: D) -> Result<Sats, D::Error> {
    let number = Number::deserialize(sat)?;
    if number.is_f64() {
        return Err(D::Error::custom(format!(
            "the amount {number} has decimals, but Bitcoin Core sends whole satoshis: this is a node of another coin"
        )));
    }
    let sat = number.as_i64().unwrap_or(i64::MAX);
    Sats::new(sat).map_err(|_| D::Error::custom(format!("{number} sat is not a possible amount")))
}

/// Heights fit into a signed number of 32 bits, as in the lake and in bitcoind.
fn height<'de, D: Deserializer<'de>>(height: D) -> Result<u32, D::Error> {
    let height = i64::deserialize(height)?;
    let in_range = u32::try_from(height).ok();
    in_range
        .filter(|&height| height <= HEIGHT_MAX)
        .ok_or_else(|| D::Error::custom(format!("the height {height} is out of range")))
}

fn tx_count<'de, D: Deserializer<'de>>(count: D) -> Result<u32, D::Error> {
    let count = i64::deserialize(count)?;
    let in_range = u32::try_from(count).ok();
    in_range
        .filter(|count| (1..=TX_MAX).contains(count))
        .ok_or_else(|| D::Error::custom(format!("a block cannot have {count} transactions")))
}

fn block_time<'de, D: Deserializer<'de>>(secs: D) -> Result<Timestamp, D::Error> {
    let secs = i64::deserialize(secs)?;
    let latest = now() + CLOCK_TOLERANCE;
    if secs < FIRST_BLOCK_S {
        return Err(D::Error::custom(format!(
            "the time of a block is {secs} s since 1970, which is before the first block"
        )));
    }
    let time = Timestamp::from_secs(secs).filter(|time| *time <= latest);
    time.ok_or_else(|| {
        D::Error::custom(format!(
            "{CLOCK_MAY_BE_WRONG}: it shows {}, but a block has the time {}",
            now(),
            Timestamp::from_secs(secs).map_or_else(|| secs.to_string(), |time| time.to_string()),
        ))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const HASH: &str = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

    fn header(field: &str, value: Value) -> Result<BlockHeader, String> {
        let mut header = json!({
            "hash": HASH, "height": 1, "time": 1_700_000_000, "mediantime": 1_699_999_000,
            "bits": "1d00ffff", "nTx": 1, "previousblockhash": HASH,
        });
        header[field] = value;
        let header: Result<HeaderJson, _> = serde_json::from_value(header);
        header.map(Into::into).map_err(|error| error.to_string())
    }

    fn stats(field: &str, value: Value) -> Result<BlockStatsJson, String> {
        let mut stats = json!({ "blockhash": HASH, "subsidy": 5_000_000_000_i64, "totalfee": 0 });
        stats[field] = value;
        serde_json::from_value(stats).map_err(|error| error.to_string())
    }

    #[test]
    fn impossible_numbers_in_a_header_are_refused() {
        let next_year = now().to_secs() + 366 * 86_400;
        let wrong = [
            ("height", json!(-1)),
            ("height", json!(2_147_483_648_u32)),
            ("height", json!(1.5)),
            ("time", json!(0)),
            ("time", json!(4_294_967_295_u32)),
            ("time", json!(next_year)),
            ("time", json!(1_700_000_000_000_i64)), // Milliseconds.
            ("mediantime", json!(-1)),
            ("mediantime", json!(next_year)),
            ("bits", json!("00000000")),
            ("bits", json!("ffffffff")),
            ("nTx", json!(0)),
            ("nTx", json!(-1)),
            ("nTx", json!(2_147_483_648_u32)),
            ("nTx", json!(1e30)),
            ("hash", json!("00")),
            ("previousblockhash", json!(5)),
        ];
        for (field, value) in wrong {
            let error = header(field, value.clone());
            assert!(error.is_err(), "{field} {value}");
        }
        assert!(header("nTx", json!(16_000)).is_ok());
    }

    #[test]
    fn impossible_amounts_are_refused_and_decimals_mean_another_coin() {
        for value in [
            json!(-1),
            json!(2_100_000_000_000_001_i64),
            json!(u64::MAX),
            json!("1"),
            json!(null),
        ] {
            assert!(stats("totalfee", value.clone()).is_err(), "{value}");
            assert!(stats("subsidy", value.clone()).is_err(), "{value}");
        }
        for value in [json!(3.125), json!(6.25), json!(1e300)] {
            let error = stats("subsidy", value).err().expect("it has decimals");
            assert!(error.contains("another coin"), "{error}");
        }
        assert!(stats("totalfee", json!(2_100_000_000_000_000_i64)).is_ok());
    }

    #[test]
    fn the_genesis_block_of_each_network_is_known() {
        // Any explorer shows them.
        let hashes = [
            (Chain::Main, HASH),
            (
                Chain::Test,
                "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
            ),
            (
                Chain::Testnet4,
                "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
            ),
            (
                Chain::Signet,
                "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
            ),
            (
                Chain::Regtest,
                "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
            ),
        ];
        for (chain, hash) in hashes {
            assert_eq!(genesis(chain).to_string(), hash);
        }
    }

    #[test]
    fn a_node_that_has_just_begun_to_sync_has_no_headers() {
        let tip = |chain: &str, headers: u32| {
            let info = json!({
                "chain": chain, "blocks": 0, "headers": headers, "bestblockhash": HASH, "initialblockdownload": true,
            });
            let info: ChainInfoJson = serde_json::from_value(info).expect("an answer");
            Tip::from(info).is_without_headers
        };
        assert!(tip("main", 0));
        assert!(!tip("main", 1) && !tip("regtest", 0));
    }
}
