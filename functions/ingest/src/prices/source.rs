//! What a price source does, and why it may fail.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use hashlake_core::price::PricePoint;
use hashlake_core::timestamp::Timestamp;
use thiserror::Error;

use crate::http::HttpError;

/// A service that publishes the price of bitcoin.
#[async_trait]
pub trait PriceSource: Send + Sync {
    /// Its name in messages.
    fn name(&self) -> &'static str;

    fn limits(&self, now: Timestamp) -> CallLimits;

    /// Its points in `range`, both ends included, in order of time. Makes one call.
    async fn fetch(&self, range: &Range<Timestamp>) -> Result<Vec<PricePoint>, PriceError>;
}

/// Limits of the calls to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// The longest time range that one call answers at full resolution.
    pub max_range: Duration,
    /// Start of its history, as far as that is known without a call.
    pub history_start: Timestamp,
    /// Calls that hashlake allows itself in a minute.
    pub calls_per_minute: usize,
    /// Calls that hashlake allows itself in a UTC day.
    pub calls_per_day: u32,
}

/// Why a source gave no prices. Messages begin with the source's name, which is not part of the
/// text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PriceError {
    #[error("is rate limiting{}", retry_after.map(|wait| format!(": retry after {} s", wait.as_secs())).unwrap_or_default())]
    RateLimited { retry_after: Option<Duration> },
    #[error("has no prices from that long ago: {message}")]
    TooOld { message: String },
    #[error("refused the key or the plan: check COINGECKO_API_KEY and COINGECKO_PLAN ({message})")]
    Credentials { message: String },
    #[error("refused the request: {message} (HTTP status {status})")]
    Rejected { status: u16, message: String },
    #[error("cannot be reached: {reason}")]
    Unavailable { reason: String },
    #[error("sent an unexpected reply: `{body_start}`")]
    Malformed { body_start: String },
    #[error(
        "reached today's limit of {calls_per_day} calls; the remaining prices will be fetched tomorrow"
    )]
    DailyLimit { calls_per_day: u32 },
    /// The deadline comes before a reply could.
    #[error("was not called because time ran out; the next run will call it")]
    OutOfTime,
}

impl PriceError {
    /// Whether the same call may succeed soon.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }
}

impl From<HttpError> for PriceError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unavailable { reason } => Self::Unavailable { reason },
            HttpError::BodyTooLong { body_start } => Self::Malformed { body_start },
        }
    }
}

/// The points in `range`, both ends included, in order of time, one for each moment.
pub(crate) fn within(
    range: &Range<Timestamp>,
    points: impl Iterator<Item = PricePoint>,
) -> Vec<PricePoint> {
    let mut points: Vec<PricePoint> = points
        .filter(|point| (range.start..=range.end).contains(&point.quote.time))
        .collect();
    points.sort_by_key(|point| point.quote.time);
    points.dedup_by_key(|point| point.quote.time);
    points
}
