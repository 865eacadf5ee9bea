//! Logging. `RUST_LOG` sets what is logged, for example `info` or `warn,ingest=debug`.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The filter of `RUST_LOG`, or `default` if it is not set or not valid. With `default`, messages of
/// the AWS SDK are off, because the program itself reports each failure once.
pub fn filter(default: LevelFilter) -> Targets {
    let variable = std::env::var("RUST_LOG").ok();
    variable
        .and_then(|filter| filter.parse().ok())
        .unwrap_or_else(|| {
            Targets::new()
                .with_default(default)
                .with_target("aws_", LevelFilter::OFF)
        })
}

/// Logs to standard output for CloudWatch: one line of JSON for each event, without the time, which
/// CloudWatch adds.
pub fn to_cloudwatch() {
    tracing_subscriber::registry()
        .with(filter(LevelFilter::INFO))
        .with(tracing_subscriber::fmt::layer().json().without_time())
        .init();
}
