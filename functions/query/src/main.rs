//! The query function on AWS Lambda.

use std::sync::Arc;

use hashlake_core::clock::now;
use hashlake_core::log;
use lambda_http::Error;
use query::config::Config;
use query::{Api, https_only, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::to_cloudwatch();
    let config = Config::from_lookup(hashlake_core::env::variable)?;
    let (lake, cursor) = config.stores.open().await;
    let api = Api::new(lake, cursor, now);
    let app = router(Arc::new(api), config.site_dir.as_deref());
    lambda_http::run(https_only(app)).await
}
