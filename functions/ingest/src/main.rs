//! The ingest function on AWS Lambda.

use ingest::lambda::{Config, Handler};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use tracing_subscriber::EnvFilter;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .without_time()
        .init();
    let handler = Handler::new(Config::from_lookup(|name| std::env::var(name).ok())?).await;
    run(service_fn(|event: LambdaEvent<Value>| {
        handler.handle(event)
    }))
    .await
}
