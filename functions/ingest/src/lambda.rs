//! The ingest as a Lambda function: each event of the schedule brings the lake up to the tip.

use hashlake::asic;
use hashlake::clock::now;
use hashlake::env::{Env, EnvError, Places};
use hashlake::timestamp::Timestamp;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tracing::{info, warn};

use crate::coingecko::{CoinGecko, CoinGeckoConfig};
use crate::config;
use crate::metrics;
use crate::node::{Node, NodeConfig};
use crate::pipeline::{Outside, Run, follow_tip};
use crate::secret::Secrets;

const NO_BACKFILL: &str = "this function follows the tip, and knows no `backfill` yet";

/// What the function is told by its environment.
#[derive(Clone, Debug)]
struct Config {
    places: Places,
    node: NodeConfig,
    coingecko: CoinGeckoConfig,
    start_height: Option<u32>,
}

impl Config {
    /// From environment variables, as `lookup` answers.
    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EnvError> {
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
pub struct Handler<L> {
    lookup: L,
    opened: Mutex<Option<Opened>>,
}

struct Opened {
    outside: Outside,
    start_height: Option<u32>,
}

impl<L: Fn(&str) -> Option<String>> Handler<L> {
    /// Reads the environment, as `lookup` answers, and the secrets that it names; nobody else is asked yet.
    ///
    /// # Errors
    /// Everything that is missing or wrong.
    pub async fn new(lookup: L) -> Result<Self, Error> {
        let opened = Opened::new(&lookup).await?;
        Ok(Self {
            lookup,
            opened: Mutex::new(Some(opened)),
        })
    }

    /// Brings the lake up to the tip. A run that finds another one at work ends well. After one that fails, secrets are read
    /// anew: they may have changed.
    ///
    /// # Errors
    /// What [`follow_tip`] says; and an event that asks for something else.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Value, Error> {
        if let Some(records) = event.payload["Records"].as_array() {
            return Ok(refused(records));
        }
        if event.payload.get("backfill").is_some() {
            return Err(NO_BACKFILL.into());
        }
        let mut opened = self.opened.lock().await;
        let current = match opened.take() {
            Some(current) => current,
            None => Opened::new(&self.lookup).await?,
        };
        let answer = current.follow_tip(&event.context).await?;
        *opened = Some(current);
        Ok(answer)
    }
}

impl Opened {
    async fn new(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let secrets = Secrets::read(&lookup).await?;
        let config = Config::from_lookup(|name| secrets.get(name).or_else(|| lookup(name)))?;
        let (lake, cursor) = config.places.open().await;
        Ok(Self {
            outside: Outside {
                node: Node::new(config.node),
                prices: CoinGecko::new(config.coingecko),
                lake,
                cursor,
                asics: asic::catalogue(),
            },
            start_height: config.start_height,
        })
    }

    async fn follow_tip(&self, context: &Context) -> Result<Value, Error> {
        let deadline = deadline(context);
        let run = Run {
            owner: format!("lambda {}", context.request_id),
            start_height: self.start_height,
            time_left: &|| deadline.since(now()),
            now: &now,
            progress: &|_| (),
        };
        match follow_tip(&self.outside, &run).await {
            Ok(report) => {
                metrics::publish(&context.env_config.function_name, now(), &report);
                Ok(json!({
                    "height": report.position.height,
                    "tip": report.tip,
                    "blocks": report.blocks,
                    "reorg_depth": report.reorg_depth(),
                    "provisional": report.provisional,
                }))
            }
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

/// Each record of a queue goes back to it: and, after so many times, to the queue for dead letters.
fn refused(records: &[Value]) -> Value {
    let failures = records.iter().map(|record| {
        warn!("{NO_BACKFILL}: {}", record["body"]);
        json!({ "itemIdentifier": record["messageId"] })
    });
    json!({ "batchItemFailures": failures.collect::<Vec<_>>() })
}

fn deadline(context: &Context) -> Timestamp {
    let ms = i64::try_from(context.deadline).ok();
    ms.and_then(Timestamp::from_ms).unwrap_or(Timestamp::LAST)
}
