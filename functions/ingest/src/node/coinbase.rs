//! What the coinbase of a block pays out.
//!
//! The sum is read from the start of the block, over bitcoind's REST interface, which may be off.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bitcoincore_rpc::bitcoin::consensus::encode::{self, deserialize_partial};
use bitcoincore_rpc::bitcoin::{Transaction, VarInt};
use futures_util::{StreamExt, TryStreamExt, stream};
use hashlake_core::hash::BlockHash;
use hashlake_core::units::Sats;
use reqwest::{Response, StatusCode};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};
use tracing::warn;

use super::answers::ChainInfoJson;
use super::error::NodeError;
use super::pace::{Busy, BusyKind, NodeLimiter};
use super::rpc::{BROKEN_RETRIES, TIMEOUT, broken_pause};
use super::url::NodeUrl;
use crate::http;

const REQUESTS_PER_BATCH: usize = 8; // Requests in flight at a time, for each batch of blocks.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// A request that is refused for this long is given up, because blocks can be stored without the
/// sum. A proxy may limit only REST.
const REFUSED_MAX: Duration = Duration::from_secs(20);

/// After a request is given up, no request is made for this long.
const REFUSED_RETRY: Duration = Duration::from_secs(600);

/// A coinbase has a few hundred bytes. If this many bytes contain no coinbase, the reply is not a
/// block.
const COINBASE_MAX_BYTES: usize = 1 << 20;

/// Reads coinbases over REST, if the node has that interface on.
pub(super) struct CoinbaseReader {
    http: reqwest::Client,
    url: NodeUrl,
    pace: Arc<NodeLimiter>,
    has_rest: OnceCell<bool>,
    /// REST was refused for too long, so no request is made before this time.
    refused_until: Mutex<Option<Instant>>,
}

impl CoinbaseReader {
    pub(super) fn new(http: reqwest::Client, url: NodeUrl, pace: Arc<NodeLimiter>) -> Self {
        Self {
            http,
            url,
            pace,
            has_rest: OnceCell::new(),
            refused_until: Mutex::default(),
        }
    }

    /// What the coinbases of these blocks pay out, in their order; `None` if REST is off or refused.
    pub(super) async fn claimed(
        &self,
        hashes: &[BlockHash],
    ) -> Result<Vec<Option<Sats>>, NodeError> {
        let nothing = vec![None; hashes.len()];
        if self.is_refused() {
            return Ok(nothing);
        }
        let has_rest = *self.has_rest.get_or_try_init(|| self.probe()).await?;
        if !has_rest || self.is_refused() {
            return Ok(nothing);
        }
        stream::iter(hashes.to_vec())
            .map(|hash| self.claimed_in(hash))
            .buffered(REQUESTS_PER_BATCH)
            .try_collect()
            .await
    }

    /// Whether the node has its REST interface on.
    async fn probe(&self) -> Result<bool, NodeError> {
        match self.get("chaininfo.json", PROBE_TIMEOUT, 0).await {
            Ok(Some(response)) if response.status().is_success() => {
                Ok(response.json::<ChainInfoJson>().await.is_ok())
            }
            Ok(None) => Ok(true), // A later request will show whether REST is on.
            Err(error @ NodeError::Busy { .. }) => Err(error),
            _ => Ok(false),
        }
    }

    async fn claimed_in(&self, hash: BlockHash) -> Result<Option<Sats>, NodeError> {
        const METHOD: &str = "/rest/block";
        let path = format!("block/{hash}.bin");
        let Some(mut response) = self.get(&path, TIMEOUT, BROKEN_RETRIES).await? else {
            return Ok(None);
        };
        if !response.status().is_success() {
            return Ok(None); // The block is pruned, or REST was switched off since.
        }
        let mut start = Vec::new();
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|error| self.unreachable(error))?
        {
            start.extend_from_slice(&part);
            if let Some(sat) = claimed_sat(&start) {
                let claimed = i64::try_from(sat).ok().and_then(|sat| Sats::new(sat).ok());
                return claimed.map(Some).ok_or_else(|| NodeError::Malformed {
                    method: METHOD,
                    reason: format!(
                        "the coinbase of block {hash} pays {sat} sat, more than can exist"
                    ),
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

    /// A reply with any status; `None` if requests are refused for too long. A request that does
    /// not reach the node is repeated up to `retries` times.
    async fn get(
        &self,
        path: &str,
        timeout: Duration,
        retries: u32,
    ) -> Result<Option<Response>, NodeError> {
        let mut url = self.url.as_url().clone();
        url.set_path(&format!("/rest/{path}"));
        let started = Instant::now();
        let mut broken = 0;
        loop {
            if self.is_refused() {
                return Ok(None);
            }
            let ticket = self.pace.admit().await.map_err(|busy| self.busy(busy))?;
            match self.http.get(url.clone()).timeout(timeout).send().await {
                Ok(response) if is_refusal(response.status()) => {
                    let wait = http::retry_after(&response).unwrap_or_default();
                    if started.elapsed().saturating_add(wait) >= REFUSED_MAX {
                        self.pause(response.status());
                        return Ok(None);
                    }
                    // The pauses are short, because calls over RPC may still be allowed.
                    let busy = Busy {
                        kind: BusyKind::Queue,
                        message: format!("HTTP status {}", response.status()),
                        retry_after: None,
                    };
                    ticket.refused(1, busy).map_err(|busy| self.busy(busy))?;
                    sleep(wait).await;
                }
                Ok(response) => {
                    ticket.answered(1);
                    return Ok(Some(response));
                }
                Err(error) if broken == retries => return Err(self.unreachable(error)),
                Err(_) => {
                    drop(ticket);
                    broken += 1;
                    sleep(broken_pause(broken)).await;
                }
            }
        }
    }

    fn is_refused(&self) -> bool {
        let until = *self.refused_until();
        until.is_some_and(|until| Instant::now() < until)
    }

    fn pause(&self, status: StatusCode) {
        let until = Instant::now() + REFUSED_RETRY;
        let before = self.refused_until().replace(until);
        if before.is_none_or(|before| before <= Instant::now()) {
            warn!(
                "the node at {} refuses REST requests (HTTP status {status}): blocks of the next {} s are stored without \
                 claimed_sat",
                self.url,
                REFUSED_RETRY.as_secs()
            );
        }
    }

    fn refused_until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.refused_until
            .lock()
            .expect("nothing panics while it holds the lock")
    }

    fn unreachable(&self, error: reqwest::Error) -> NodeError {
        NodeError::Unreachable {
            address: self.url.to_string(),
            reason: http::describe(error),
        }
    }

    fn busy(&self, Busy { message, .. }: Busy) -> NodeError {
        NodeError::Busy {
            address: self.url.to_string(),
            message,
        }
    }
}

/// Whether requests are refused for now.
fn is_refusal(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
    )
}

/// Sum of the outputs of a block's first transaction; `None` if more of the block is needed.
fn claimed_sat(block_start: &[u8]) -> Option<u64> {
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
    use testenv::fuzz::{changed, changes, fuzz};

    use super::*;

    /// Height, and what the coinbase paid in sat: column `coinbase_out` of
    /// `shared/testdata/real_blocks.csv`. For block 702861, whose fees are unknown, it is the sum
    /// of the outputs.
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

            assert_eq!(claimed_sat(&start), Some(sat), "{height}");
            let cut_short = (0..start.len()).map(|length| claimed_sat(&start[..length]));
            assert!(
                cut_short.flatten().all(|read| read == sat),
                "{height}: never a wrong sum"
            );
        }
    }

    #[test]
    fn fuzz_starts_of_blocks() {
        let start = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/testdata/block_starts/739990.bin"
        ));
        let start = start.expect("the start of a block");
        fuzz(&changes(), |changes| {
            claimed_sat(&changed(&start, &changes)); // Any sum or none, but no panic.
        });
    }
}
