//! The query function on AWS Lambda.

use std::sync::Arc;

use hashlake::clock::now;
use lambda_http::Error;
use query::config::Config;
use query::{Api, router};
use tracing_subscriber::EnvFilter;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .without_time()
        .init();
    let config = Config::from_lookup(|name| std::env::var(name).ok())?;
    let (lake, cursor) = config.places.open().await;
    let api = Api::new(lake, cursor, now);
    lambda_http::run(router(Arc::new(api), config.site_dir.as_deref())).await
}
