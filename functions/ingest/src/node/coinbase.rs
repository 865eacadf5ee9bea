//! What the coinbase of a block pays out, from the start of the whole block over REST.

use std::time::Duration;

use backon::Retryable;
use bitcoincore_rpc::bitcoin::consensus::encode::{self, deserialize_partial};
use bitcoincore_rpc::bitcoin::{Transaction, VarInt};
use futures_util::{StreamExt, TryStreamExt, stream};
use hashlake_core::hash::BlockHash;
use hashlake_core::units::Sats;
use reqwest::Url;

use super::answers::ChainInfo;
use super::error::NodeError;
use super::transport::{is_busy, patience, permit};
use super::{Node, TIMEOUT};
use crate::http;

const REST_IN_FLIGHT: usize = 8; // Of one batch.
const COINBASE_MAX_BYTES: usize = 1 << 20; // A coinbase is a few hundred bytes; what is longer than this is none.

impl Node {
    /// What the coinbases pay out, from the start of each whole block, where the node has its REST interface on.
    pub(super) async fn claims(
        &self,
        hashes: &[BlockHash],
    ) -> Result<Vec<Option<Sats>>, NodeError> {
        if !*self.has_rest.get_or_try_init(|| self.probe_rest()).await? {
            return Ok(vec![None; hashes.len()]);
        }
        stream::iter(hashes.to_vec())
            .map(|hash| self.claim(hash))
            .buffered(REST_IN_FLIGHT)
            .try_collect()
            .await
    }

    async fn probe_rest(&self) -> Result<bool, NodeError> {
        let get = || self.get_rest("chaininfo.json", Duration::from_secs(5));
        match get.retry(patience()).when(is_busy).await {
            Ok(answer) => Ok(answer.json::<ChainInfo>().await.is_ok()),
            Err(error) if is_busy(&error) => Err(self.unreachable(error)),
            Err(_) => Ok(false),
        }
    }

    async fn claim(&self, hash: BlockHash) -> Result<Option<Sats>, NodeError> {
        const METHOD: &str = "/rest/block";
        let path = format!("block/{hash}.bin");
        let get = || self.get_rest(&path, TIMEOUT);
        let passes = |error: &reqwest::Error| error.status().is_none() || is_busy(error);
        let mut answer = match get.retry(patience()).when(passes).await {
            Ok(answer) => answer,
            Err(error) if passes(&error) => return Err(self.unreachable(error)),
            Err(_) => return Ok(None), // Pruned, or switched off since.
        };
        let mut start = Vec::new();
        while let Some(part) = answer
            .chunk()
            .await
            .map_err(|error| self.unreachable(error))?
        {
            start.extend_from_slice(&part);
            if let Some(sat) = coinbase_sat(&start) {
                let claimed = i64::try_from(sat).ok().and_then(|sat| Sats::new(sat).ok());
                return claimed.map(Some).ok_or_else(|| NodeError::Malformed {
                    method: METHOD,
                    reason: format!("{sat} sat"),
                });
            }
            if start.len() > COINBASE_MAX_BYTES {
                break;
            }
        }
        Err(NodeError::Malformed {
            method: METHOD,
            reason: format!("block {hash} does not start with a coinbase"),
        })
    }

    async fn get_rest(&self, path: &str, timeout: Duration) -> reqwest::Result<reqwest::Response> {
        let _permit = permit(&self.in_flight).await;
        let request = self.http.get(self.rest_url(path)).timeout(timeout);
        request.send().await?.error_for_status()
    }

    fn unreachable(&self, error: reqwest::Error) -> NodeError {
        NodeError::Unreachable {
            url: self.url.to_string(),
            reason: http::describe(error),
        }
    }

    fn rest_url(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("/rest/{path}"));
        url
    }
}

/// Sum of the outputs of the first transaction of a block, or `None` where more of the block is needed.
fn coinbase_sat(block_start: &[u8]) -> Option<u64> {
    const HEADER_BYTES: usize = 80;
    let body = block_start.get(HEADER_BYTES..)?;
    let (_tx_count, count_bytes) = partial::<VarInt>(body)?;
    let (coinbase, _) = partial::<Transaction>(&body[count_bytes..])?;
    coinbase
        .output
        .iter()
        .try_fold(0_u64, |sum, output| sum.checked_add(output.value.to_sat()))
}

fn partial<T: encode::Decodable>(bytes: &[u8]) -> Option<(T, usize)> {
    deserialize_partial(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Height and what the coinbase paid, in sat: `coinbase_out` of `shared/testdata/real_blocks.csv`; 702861 by its own
    /// outputs, whose fees are not known.
    const COINBASES: [(u32, u64); 16] = [
        (170, 5_000_000_000),
        (2_016, 5_000_000_000),
        (24_835, 5_000_000_000),
        (32_256, 5_000_000_000),
        (32_636, 5_000_000_000),
        (57_043, 5_099_000_000),
        (72_576, 5_000_000_000),
        (91_722, 5_000_000_000),
        (116_928, 5_004_000_000),
        (150_013, 5_002_455_419),
        (255_018, 2_504_441_000),
        (361_582, 2_503_687_509),
        (403_200, 2_507_962_867),
        (702_861, 629_948_405),
        (739_990, 626_983_001),
        (757_739, 625_107_042),
    ];

    #[test]
    fn coinbases_of_real_blocks_are_read_from_their_first_bytes() {
        for (height, sat) in COINBASES {
            let path = format!(
                "{}/testdata/block_starts/{height}.bin",
                env!("CARGO_MANIFEST_DIR")
            );
            let start = std::fs::read(path).expect("the start of a block");

            assert_eq!(coinbase_sat(&start), Some(sat), "{height}");
            let cut_short = (0..start.len()).map(|length| coinbase_sat(&start[..length]));
            assert!(
                cut_short.flatten().all(|read| read == sat),
                "{height}: never a wrong sum"
            );
        }
    }
}
