//! The ingest as a Lambda function: each event of the schedule brings the lake up to the tip; others ask for a range of blocks.

use std::sync::Arc;

use backon::Retryable;
use hashlake_core::asic;
use hashlake_core::clock::now;
use hashlake_core::env::{Env, EnvError, Places};
use hashlake_core::timestamp::Timestamp;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tracing::{info, warn};

use crate::backfill::Backfill;
use crate::config::{self, SourceConfig};
use crate::lake_file::cas_retry;
use crate::metrics;
use crate::node::{Node, NodeConfig};
use crate::pipeline::{IngestError, Outside, Run, follow_tip};
use crate::plan::Redo;
use crate::prices::PriceSources;
use crate::secret::Secrets;

const RETRIES: usize = 2; // Of a run that another writer came in between: the lake is in order then, and there is news.

/// What an event can ask for: `{"backfill": {"from": 0, "to": 999}}`.
#[derive(Deserialize)]
struct Asked {
    backfill: Heights,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heights {
    from: u32,
    to: u32,
}

/// What the function is told by its environment.
#[derive(Clone, Debug)]
struct Config {
    places: Places,
    node: NodeConfig,
    prices: Vec<SourceConfig>,
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
        let prices = config::prices(&mut env);
        let start_height = config::start_height(&mut env);
        let config = places.zip(node).zip(prices);
        env.finish(config.map(|((places, node), prices)| Self {
            places,
            node,
            prices,
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
    outside: Arc<Outside>,
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

    /// Brings the lake up to the tip, or fills the range that the event asks for; a queue's records are done one after the other, and
    /// those that fail are named. A run that finds another one at work ends well. After one that fails, secrets are read anew: they
    /// may have changed.
    ///
    /// # Errors
    /// What [`follow_tip`] and [`Backfill`] say; and an event that asks for something else.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Value, Error> {
        let LambdaEvent { payload, context } = event;
        if let Some(records) = payload["Records"].as_array() {
            return Ok(self.backfill_records(records, &context).await);
        }
        if payload.get("backfill").is_some() {
            return self.backfill(payload, &context).await;
        }
        self.with_opened(async |opened| opened.follow_tip(&context).await)
            .await
    }

    /// Records that failed go back to their queue: and, after so many times, to the one for dead letters.
    async fn backfill_records(&self, records: &[Value], context: &Context) -> Value {
        let mut failures = Vec::new();
        for record in records {
            let body = record["body"].as_str().unwrap_or_default();
            let done = match serde_json::from_str(body) {
                Ok(asked) => self.backfill(asked, context).await,
                Err(error) => Err(not_understood(&error)),
            };
            if let Err(error) = done {
                warn!(body, "a message is left to its queue: {error}");
                failures.push(json!({ "itemIdentifier": record["messageId"] }));
            }
        }
        json!({ "batchItemFailures": failures })
    }

    async fn backfill(&self, asked: Value, context: &Context) -> Result<Value, Error> {
        let Asked { backfill: heights } =
            serde_json::from_value(asked).map_err(|error| not_understood(&error))?;
        self.with_opened(async |opened| opened.backfill(&heights, context).await)
            .await
    }

    async fn with_opened(
        &self,
        work: impl AsyncFnOnce(&Opened) -> Result<Value, Error>,
    ) -> Result<Value, Error> {
        let mut opened = self.opened.lock().await;
        let current = match opened.take() {
            Some(current) => current,
            None => Opened::new(&self.lookup).await?,
        };
        let answer = work(&current).await?;
        *opened = Some(current);
        Ok(answer)
    }
}

fn not_understood(error: &serde_json::Error) -> Error {
    format!(
        r#"expected {{"backfill": {{"from": 0, "to": 999}}}} with heights of your own: {error}"#
    )
    .into()
}

impl Opened {
    async fn new(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let secrets = Secrets::read(&lookup).await?;
        let config = Config::from_lookup(|name| secrets.get(name).or_else(|| lookup(name)))?;
        let (lake, cursor) = config.places.open().await;
        Ok(Self {
            outside: Arc::new(Outside {
                node: Node::new(config.node),
                prices: PriceSources::new(
                    config.prices.into_iter().map(SourceConfig::open).collect(),
                ),
                lake,
                cursor,
                asics: asic::catalogue(),
            }),
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
        let ended = (|| follow_tip(&self.outside, &run))
            .retry(cas_retry().with_max_times(RETRIES))
            .when(IngestError::is_overtaken)
            .notify(|error, _| info!("again: {error}"))
            .await;
        match ended {
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

    async fn backfill(&self, heights: &Heights, context: &Context) -> Result<Value, Error> {
        let deadline = deadline(context);
        let job = Arc::new(Backfill {
            outside: self.outside.clone(),
            parallel: 1,
            time_left: Box::new(move || deadline.since(now())),
            now,
            progress: Box::new(|_| ()),
        });
        let range = heights.from..=heights.to;
        job.check(&range).await?;
        let plan = job.plan(range, Redo::Nothing).await?;
        let unanswered = job.fetch_prices(&plan).await?;
        job.fill(&plan, &unanswered).await?;
        Ok(json!({ "from": heights.from, "to": heights.to, "blocks": plan.blocks() }))
    }
}

fn deadline(context: &Context) -> Timestamp {
    let ms = i64::try_from(context.deadline).ok();
    ms.and_then(Timestamp::from_ms).unwrap_or(Timestamp::LAST)
}
