//! The ingest as a Lambda function. An event of the schedule brings the lake up to the tip; other
//! events fill a range of blocks.

use std::sync::Arc;

use backon::Retryable;
use hashlake_core::asic;
use hashlake_core::clock::now;
use hashlake_core::env::{Env, EnvError, StoreUrls};
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
use crate::pipeline::{IngestContext, IngestError, Run, follow_tip};
use crate::plan::Redo;
use crate::prices::PriceSources;
use crate::secret::Secrets;

/// How often a run is repeated if another writer overtook it. The lake is still consistent, and
/// there may be new blocks.
const OVERTAKEN_RETRIES: usize = 2;

/// An event that fills a range: `{"backfill": {"from": 0, "to": 999}}`.
#[derive(Deserialize)]
struct BackfillEvent {
    backfill: HeightRange,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeightRange {
    from: u32,
    to: u32,
}

/// The configuration of the function, from environment variables.
#[derive(Clone, Debug)]
struct Config {
    stores: StoreUrls,
    node: NodeConfig,
    prices: Vec<SourceConfig>,
    start_height: Option<u32>,
}

impl Config {
    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EnvError> {
        let mut env = Env::new(&lookup);
        if env.text("BITCOIN_RPC_URL").is_none() {
            env.fault("BITCOIN_RPC_URL is not set (example: http://10.0.0.5:8332)".to_owned());
        }
        let stores = StoreUrls::required(&mut env);
        let node = config::node(&mut env);
        let prices = config::prices(&mut env);
        let start_height = config::start_height(&mut env);
        let config = stores.zip(node).zip(prices);
        env.finish(config.map(|((stores, node), prices)| Self {
            stores,
            node,
            prices,
            start_height,
        }))
    }
}

/// The Lambda function. Its clients are made once and kept between events.
pub struct Handler<L> {
    lookup: L,
    opened: Mutex<Option<Opened>>,
}

struct Opened {
    context: Arc<IngestContext>,
    start_height: Option<u32>,
}

impl<L: Fn(&str) -> Option<String>> Handler<L> {
    /// Reads environment variables through `lookup`, and the secrets that they name. Calls no other
    /// service yet.
    ///
    /// # Errors
    /// All variables that are missing or wrong, together.
    pub async fn new(lookup: L) -> Result<Self, Error> {
        let opened = Opened::new(&lookup).await?;
        Ok(Self {
            lookup,
            opened: Mutex::new(Some(opened)),
        })
    }

    /// Brings the lake up to the tip, or fills the event's range. Records of a queue are handled
    /// one after the other, and the reply lists those that failed. A run that finds another one in
    /// progress succeeds. After a failure, secrets are read again, because they may have changed.
    ///
    /// # Errors
    /// Those of [`follow_tip`] and [`Backfill`], and an event of an unknown form.
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

    /// Failed records go back to their queue, and after too many failures to its dead-letter queue.
    async fn backfill_records(&self, records: &[Value], context: &Context) -> Value {
        let mut failures = Vec::new();
        for record in records {
            let body = record["body"].as_str().unwrap_or_default();
            let done = match serde_json::from_str(body) {
                Ok(event) => self.backfill(event, context).await,
                Err(error) => Err(unknown_event(&error)),
            };
            if let Err(error) = done {
                warn!(body, "a message failed and goes back to its queue: {error}");
                failures.push(json!({ "itemIdentifier": record["messageId"] }));
            }
        }
        json!({ "batchItemFailures": failures })
    }

    async fn backfill(&self, event: Value, context: &Context) -> Result<Value, Error> {
        let BackfillEvent { backfill: heights } =
            serde_json::from_value(event).map_err(|error| unknown_event(&error))?;
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
        let reply = work(&current).await?;
        *opened = Some(current);
        Ok(reply)
    }
}

fn unknown_event(error: &serde_json::Error) -> Error {
    format!(r#"cannot read the event: {error}. Expected an event like {{"backfill": {{"from": 0, "to": 999}}}}"#).into()
}

impl Opened {
    async fn new(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let secrets = Secrets::read(&lookup).await?;
        let config = Config::from_lookup(|name| secrets.get(name).or_else(|| lookup(name)))?;
        let (lake, cursor) = config.stores.open().await;
        Ok(Self {
            context: Arc::new(IngestContext {
                node: Node::new(config.node),
                prices: PriceSources::new(
                    config.prices.into_iter().map(SourceConfig::open).collect(),
                ),
                lake,
                cursor,
                asics: asic::catalogue(),
                inspection: Default::default(),
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
        let result = (|| follow_tip(&self.context, &run))
            .retry(cas_retry().with_max_times(OVERTAKEN_RETRIES))
            .when(IngestError::is_overtaken)
            .notify(|error, _| info!("repeating the run: {error}"))
            .await;
        match result {
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

    async fn backfill(&self, heights: &HeightRange, context: &Context) -> Result<Value, Error> {
        let deadline = deadline(context);
        let job = Arc::new(Backfill {
            context: self.context.clone(),
            parallel: 1,
            time_left: Box::new(move || deadline.since(now())),
            now,
            progress: Box::new(|_| ()),
        });
        let range = heights.from..=heights.to;
        job.check(&range).await?;
        let plan = job.plan(range, Redo::Nothing).await?;
        let unfetched = job.fetch_prices(&plan).await?;
        job.fill(&plan, &unfetched).await?;
        Ok(json!({ "from": heights.from, "to": heights.to, "blocks": plan.blocks() }))
    }
}

fn deadline(context: &Context) -> Timestamp {
    let ms = i64::try_from(context.deadline).ok();
    ms.and_then(Timestamp::from_ms).unwrap_or(Timestamp::LAST)
}
