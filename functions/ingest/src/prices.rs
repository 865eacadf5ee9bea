//! Prices from several sources, one after the other, each within its limits.

pub mod bitstamp;
pub mod coingecko;
pub(crate) mod gaps;
pub mod source;
pub mod store;
mod throttle;

use std::fmt;
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use hashlake_core::timestamp::Timestamp;

use self::source::PriceSource;
pub use self::throttle::Answer;
use self::throttle::Desk;

/// Calls to a source in a UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// The source's name.
    pub source: &'static str,
    /// How many were made.
    pub made: u32,
    /// How many hashlake allows itself.
    pub allowed: u32,
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.source, self.made, self.allowed)
    }
}

/// Sources of prices, in the order in which they are asked.
///
/// A source is asked for what the histories of those before it do not reach back to. What one does not answer for a while
/// (out of reach, asked too often) is not asked of the next: it stays unanswered, and a later run asks the same source
/// again. So which source a price is of does not depend on how anybody felt that day.
pub struct PriceSources(Vec<Desk>);

impl PriceSources {
    /// These sources. Nothing is asked of them yet.
    pub fn new(sources: Vec<Box<dyn PriceSource>>) -> Self {
        let desk = |source| Desk {
            source,
            notes: Mutex::default(),
        };
        Self(sources.into_iter().map(desk).collect())
    }

    /// Points in these stretches of time, of each source from the earliest on until one is refused, or `time_left` says that
    /// there is no time for another call.
    ///
    /// Failure is no error: what is not answered is named, and logged.
    pub async fn fetch(
        &self,
        stretches: &[Range<Timestamp>],
        now: Timestamp,
        time_left: &(dyn Fn() -> Duration + Sync),
    ) -> Answer {
        let mut answer = Answer {
            before_history: stretches.to_vec(),
            ..Answer::default()
        };
        for desk in &self.0 {
            let stretches = std::mem::take(&mut answer.before_history);
            desk.fetch(&stretches, now, time_left, &mut answer).await;
        }
        answer.points.sort_by_key(|point| point.quote.time);
        answer
    }

    /// Calls that these stretches take, as far as the histories of the sources are known without asking.
    pub fn calls_for(&self, stretches: &[Range<Timestamp>], now: Timestamp) -> u32 {
        let (mut calls, mut left) = (0, stretches.to_vec());
        for desk in &self.0 {
            let (windows, before) = desk.windows(&left, now);
            calls += windows.len();
            left = before;
        }
        u32::try_from(calls).unwrap_or(u32::MAX)
    }

    /// Calls made in the UTC day of `now`, to each source.
    pub fn calls_of_day(&self, now: Timestamp) -> Vec<Calls> {
        let calls = |desk: &Desk| Calls {
            source: desk.source.name(),
            made: desk.notes().calls_of(now),
            allowed: desk.source.limits(now).calls_per_day,
        };
        self.0.iter().map(calls).collect()
    }
}
