//! The ingest function on AWS Lambda.

use hashlake_core::log;
use ingest::lambda::Handler;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::to_cloudwatch();
    let handler = Handler::new(hashlake_core::env::variable).await?;
    run(service_fn(|event: LambdaEvent<Value>| {
        handler.handle(event)
    }))
    .await
}
