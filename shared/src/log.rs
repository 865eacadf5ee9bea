//! What is logged: as `RUST_LOG` says (`info`, or `warn,ingest=debug`).

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The filter that `RUST_LOG` describes; `default` where it describes none.
pub fn filter(default: LevelFilter) -> Targets {
    let described = std::env::var("RUST_LOG").ok();
    described
        .and_then(|filter| filter.parse().ok())
        .unwrap_or_else(|| Targets::new().with_default(default))
}

/// Logs JSON to standard output, a line for each event, as CloudWatch takes it; CloudWatch adds the time.
pub fn to_cloudwatch() {
    tracing_subscriber::registry()
        .with(filter(LevelFilter::INFO))
        .with(tracing_subscriber::fmt::layer().json().without_time())
        .init();
}
