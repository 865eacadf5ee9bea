//! Opens the configured node and price sources, or starts a replay of recorded ones.

use std::error::Error;

use hashlake_core::asic;
use hashlake_core::chain::Chain;
use hashlake_core::cursor::Position;
use hashlake_core::hashrate::WINDOW_BLOCKS;
use ingest::config::SourceConfig;
use ingest::node::{Auth, Node, NodeConfig};
use ingest::pipeline::IngestContext;
use ingest::prices::PriceSources;
use ingest::prices::coingecko::{CoinGeckoConfig, CoinGeckoTier};
use replay::{Recording, Replay};
use tokio::net::TcpListener;
use tracing::warn;

use crate::config::Config;

// The last recorded block that has a recorded price. The recording has more blocks without prices.
const LAST_PRICED_BLOCK: u32 = 924_778;
// The recorded prices are the index of CryptoCompare.
const RECORDED_SOURCE: &str = "cryptocompare (recorded)";

/// How fast the replay releases the blocks after the last one with a recorded price.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ReplaySpeed {
    Paused,
    SixtyTimes,
}

/// Opens the node, price sources, lake and cursor. Returns them, and the height of the first block to
/// ingest, if it is known.
pub(crate) async fn open(
    config: &Config,
    speed: ReplaySpeed,
) -> Result<(IngestContext, Option<u32>), Box<dyn Error>> {
    let (lake, cursor) = config.stores.open().await;
    let (node, prices, start_height) = match config.node.clone() {
        Some(node) => (node, config.prices.clone(), config.start_height),
        None => {
            let position = cursor.read().await?.position;
            let (node, prices, first) = replay(position, speed).await?;
            (node, prices, config.start_height.or(Some(first)))
        }
    };
    let context = IngestContext {
        node: Node::new(node),
        prices: PriceSources::new(prices.into_iter().map(SourceConfig::open).collect()),
        lake,
        cursor,
        asics: asic::catalogue(),
        inspection: Default::default(),
    };
    Ok((context, start_height))
}

/// Starts the replay. Its tip is the last block of the lake, or the last block with a price if that is
/// later. Returns the configuration of the node and of the price sources, and the first height whose
/// hash rate can be computed from the blocks before it.
///
/// # Errors
/// If the lake's last block is not in the recording. Then a node filled the lake, and recorded blocks
/// and prices must not be added to it.
async fn replay(
    position: Option<Position>,
    speed: ReplaySpeed,
) -> Result<(NodeConfig, Vec<SourceConfig>, u32), Box<dyn Error>> {
    let recording = Recording::bundled()?;
    let (first, last) = (recording.first_height(), recording.last_height());
    if let Some(Position { chain, height, .. }) = position
        && (chain != Chain::Main || height > last)
    {
        return Err(format!(
            "BITCOIN_RPC_URL is not set, and the lake is at block {height} of the network `{chain}`, which is not in \
             the recording (blocks {first} to {last} of `main`): set BITCOIN_RPC_URL to the node that fills this lake"
        )
        .into());
    }
    let cursor_height = position.map_or(0, |position| position.height);
    let tip = cursor_height.clamp(LAST_PRICED_BLOCK, last);
    let speed = match speed {
        ReplaySpeed::Paused => 0.0,
        ReplaySpeed::SixtyTimes => 60.0,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(Replay::new(recording, tip, speed)?.serve(listener));
    warn!(
        "BITCOIN_RPC_URL is not set: replaying recorded blocks from height {first}; the tip is at height {tip}"
    );
    let node = NodeConfig {
        url: url.parse()?,
        auth: Auth::None,
    };
    let prices = SourceConfig::CoinGecko(CoinGeckoConfig {
        plan: CoinGeckoTier::Pro,
        key: None,
        url: url.parse()?,
        history: None,
        source: RECORDED_SOURCE.into(),
    });
    Ok((node, vec![prices], first + WINDOW_BLOCKS))
}
