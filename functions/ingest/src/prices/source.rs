//! What a source of prices does, and why it may not.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use hashlake_core::price::PricePoint;
use hashlake_core::timestamp::Timestamp;
use thiserror::Error;

/// Somebody who tells what bitcoin cost.
#[async_trait]
pub trait PriceSource: Send + Sync {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// What may be asked of it at `now`.
    fn limits(&self, now: Timestamp) -> Limits;

    /// Its points in `window`, both ends included, in order of time: one call.
    ///
    /// # Errors
    /// [`PriceError`] where it does not tell.
    async fn ask(&self, window: &Range<Timestamp>) -> Result<Vec<PricePoint>, PriceError>;
}

/// What may be asked of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest stretch of time that one call answers without loss.
    pub window: Duration,
    /// Where its history begins, as far as that is known without asking.
    pub history_start: Timestamp,
    /// Calls that hashlake allows itself in a minute.
    pub calls_per_minute: usize,
    /// Calls that hashlake allows itself in a UTC day.
    pub calls_per_day: u32,
}

/// Why there is no price. Its text goes on after the source's name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PriceError {
    /// Asked too often.
    #[error("asks to wait{}", retry_after.map(|wait| format!(" {} s", wait.as_secs())).unwrap_or_default())]
    RateLimited {
        /// How long, where it says so.
        retry_after: Option<Duration>,
    },
    /// Its history does not reach back so far.
    #[error("has no prices from so long ago: {message}")]
    TooOld {
        /// What it says.
        message: String,
    },
    /// The key is not one of this plan.
    #[error("refuses the key or the plan (COINGECKO_API_KEY, COINGECKO_PLAN): {message}")]
    Credentials {
        /// What it says.
        message: String,
    },
    /// The request is wrong.
    #[error("refuses the request: {message} (HTTP status {status})")]
    Rejected {
        /// HTTP status.
        status: u16,
        /// What it says.
        message: String,
    },
    /// Out of reach for now.
    #[error("is out of reach: {reason}")]
    Unavailable {
        /// What is known of it.
        reason: String,
    },
    /// An answer that is not one.
    #[error("answers with something else than prices: `{body_start}`")]
    Malformed {
        /// How it begins.
        body_start: String,
    },
    /// The day's calls are used up.
    #[error(
        "was asked {calls_per_day} times today, which is enough; the rest is filled in tomorrow"
    )]
    Budget {
        /// The limit.
        calls_per_day: u32,
    },
    /// The run must end before an answer can be there.
    #[error("is left alone: the run has no more time; the next one asks")]
    OutOfTime,
}

impl PriceError {
    /// Whether the same call may go well in a moment.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }
}

/// The points that lie in `window`, in order of time, one for each moment.
pub(crate) fn within(
    window: &Range<Timestamp>,
    points: impl Iterator<Item = PricePoint>,
) -> Vec<PricePoint> {
    let mut points: Vec<PricePoint> = points
        .filter(|point| (window.start..=window.end).contains(&point.quote.time))
        .collect();
    points.sort_by_key(|point| point.quote.time);
    points.dedup_by_key(|point| point.quote.time);
    points
}
