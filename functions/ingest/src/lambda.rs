//! The ingest as a Lambda function: each event of the schedule brings the lake up to the tip.

use hashlake::asic;
use hashlake::clock::now;
use hashlake::env::{Env, EnvError, Places};
use hashlake::timestamp::Timestamp;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tracing::{info, warn};

use crate::coingecko::{CoinGecko, CoinGeckoConfig};
use crate::config;
use crate::node::{Node, NodeConfig};
use crate::pipeline::{Outside, Run, follow_tip};

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Config {
    places: Places,
    node: NodeConfig,
    coingecko: CoinGeckoConfig,
    start_height: Option<u32>,
}

impl Config {
    /// From environment variables, as `lookup` answers.
    ///
    /// # Errors
    /// [`EnvError`] with everything that is missing or wrong.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EnvError> {
        let mut env = Env::new(&lookup);
        if env.text("BITCOIN_RPC_URL").is_none() {
            env.fault("BITCOIN_RPC_URL is not set: for example http://10.0.0.5:8332".to_owned());
        }
        let places = Places::required(&mut env);
        let node = config::node(&mut env);
        let coingecko = config::coingecko(&mut env);
        let start_height = config::start_height(&mut env);
        let config = places.zip(node).zip(coingecko);
        env.finish(config.map(|((places, node), coingecko)| Self {
            places,
            node,
            coingecko,
            start_height,
        }))
    }
}

/// The function, with its clients made once.
pub struct Handler {
    outside: Outside,
    start_height: Option<u32>,
}

impl Handler {
    /// Makes the clients. Nothing is asked of anyone yet.
    pub async fn new(config: Config) -> Self {
        let (lake, cursor) = config.places.open().await;
        let (node, prices) = (Node::new(config.node), CoinGecko::new(config.coingecko));
        let outside = Outside {
            node,
            prices,
            lake,
            cursor,
            asics: asic::catalogue(),
        };
        Self {
            outside,
            start_height: config.start_height,
        }
    }

    /// Brings the lake up to the tip. A run that finds another one at work ends well.
    ///
    /// # Errors
    /// What [`follow_tip`] says; and an event that asks for something else.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Value, Error> {
        for kind in ["backfill", "Records"] {
            if event.payload.get(kind).is_some() {
                return Err(format!(
                    "this function follows the tip, and knows no event with `{kind}`"
                )
                .into());
            }
        }
        let deadline = deadline(&event.context);
        let run = Run {
            owner: format!("lambda {}", event.context.request_id),
            start_height: self.start_height,
            time_left: &|| deadline.since(now()),
            now: &now,
            progress: &|_| (),
        };
        match follow_tip(&self.outside, &run).await {
            Ok(report) => Ok(json!({
                "height": report.position.height,
                "tip": report.tip,
                "blocks": report.blocks,
                "reorg_depth": report.reorg.map_or(0, |reorg| reorg.dropped.len()),
                "provisional": report.provisional,
            })),
            Err(error) if error.is_busy() => {
                info!("{error}");
                Ok(json!({ "busy": error.to_string() }))
            }
            Err(error) => {
                warn!("{error}");
                Err(error.into())
            }
        }
    }
}

fn deadline(context: &Context) -> Timestamp {
    let ms = i64::try_from(context.deadline).ok();
    ms.and_then(Timestamp::from_ms).unwrap_or(Timestamp::LAST)
}
