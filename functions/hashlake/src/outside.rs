//! The outside world: the node and the prices that are configured, or the recording of real ones.

use std::error::Error;

use hashlake::asic;
use ingest::coingecko::{CoinGecko, CoinGeckoConfig, Plan};
use ingest::node::{Auth, Node, NodeConfig};
use ingest::pipeline::Outside;
use replay::{Recording, Replay};
use tokio::net::TcpListener;
use tracing::info;

use crate::config::Config;

const WINDOW_BLOCKS: u32 = 120; // The start of a recording, which serves to tell the network's hash rate.
const LAST_PRICED_BLOCK: u32 = 924_778; // The recorded prices end here; blocks go on.
const RECORDED_SOURCE: &str = "cryptocompare (recorded)"; // Whose index the recorded prices are.

/// How fast a recording goes on when all blocks that have prices are told; times real time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ReplaySpeed {
    Standing,
    SixtyTimes,
}

/// The outside world, and the first block to ingest.
pub(crate) async fn open(
    config: &Config,
    speed: ReplaySpeed,
) -> Result<(Outside, Option<u32>), Box<dyn Error>> {
    let (lake, cursor) = config.places.open().await;
    let asics = asic::catalogue();
    if let Some(node) = config.node.clone() {
        let (node, prices) = (Node::new(node), CoinGecko::new(config.coingecko.clone()));
        return Ok((
            Outside {
                node,
                prices,
                lake,
                cursor,
                asics,
            },
            config.start_height,
        ));
    }
    let recording = Recording::bundled()?;
    let (first, last) = (recording.first_height(), recording.last_height());
    let cursor_height = cursor
        .read()
        .await?
        .position
        .map_or(0, |position| position.height);
    let tip = cursor_height.clamp(LAST_PRICED_BLOCK, last);
    let speed = match speed {
        ReplaySpeed::Standing => 0.0,
        ReplaySpeed::SixtyTimes => 60.0,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(Replay::new(recording, tip, speed)?.serve(listener));
    info!("no node is configured (BITCOIN_RPC_URL): replaying real blocks {first} to {tip} and on");
    let node = Node::new(NodeConfig {
        url: url.parse()?,
        auth: Auth::None,
    });
    let source = RECORDED_SOURCE.into();
    let prices = CoinGecko::new(CoinGeckoConfig {
        plan: Plan::Pro,
        key: None,
        url: url.parse()?,
        source,
    });
    let start = config.start_height.unwrap_or(first + WINDOW_BLOCKS);
    Ok((
        Outside {
            node,
            prices,
            lake,
            cursor,
            asics,
        },
        Some(start),
    ))
}
