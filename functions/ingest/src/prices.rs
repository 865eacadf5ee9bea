//! Prices from several sources, in a fixed order, each within its limits.

pub mod bitstamp;
pub mod coingecko;
pub(crate) mod gaps;
pub mod note;
pub mod source;
pub mod store;
mod throttle;

use std::ops::Range;
use std::time::Duration;

use hashlake_core::price::PriceSeries;
use hashlake_core::timestamp::Timestamp;

use self::source::PriceSource;
use self::throttle::Throttled;
pub use self::throttle::{Calls, FetchedPrices, SourceState};

/// Price sources, in the order of `PRICE_SOURCES`.
///
/// A source is called only for times that are too early for all sources ahead of it. If a source
/// fails for now (unreachable, rate limited), the next one is not called instead: the range
/// stays unfetched, and a later run calls the same source again. So the source of a price does not
/// depend on which source failed that day.
pub struct PriceSources(Vec<Throttled>);

impl PriceSources {
    /// Makes no call yet.
    pub fn new(sources: Vec<Box<dyn PriceSource>>) -> Self {
        Self(sources.into_iter().map(Throttled::new).collect())
    }

    /// Price points in `ranges`. Each source is called from its earliest range on, until a call
    /// fails or `time_left` leaves no time for another. Points that are far off their neighbours
    /// are held back. The points in `known` count as neighbours too.
    ///
    /// A failure is not an error: it is logged, and the ranges without prices are returned.
    pub async fn fetch(
        &self,
        ranges: &[Range<Timestamp>],
        known: &PriceSeries,
        now: Timestamp,
        time_left: &(dyn Fn() -> Duration + Sync),
    ) -> FetchedPrices {
        let mut all = FetchedPrices {
            before_history: ranges.to_vec(),
            ..FetchedPrices::default()
        };
        for source in &self.0 {
            let ranges = &all.before_history;
            let fetched = source.fetch(ranges, known, now, time_left).await;
            all.points.extend(fetched.points);
            all.suspects.extend(fetched.suspects);
            all.unfetched.extend(fetched.unfetched);
            all.states.extend(fetched.states);
            all.before_history = fetched.before_history;
        }
        all.points.sort_by_key(|point| point.quote.time);
        all
    }

    /// Number of calls that `ranges` take, as far as the sources' histories are known without a
    /// call.
    pub fn calls_for(&self, ranges: &[Range<Timestamp>], now: Timestamp) -> u32 {
        let (mut calls, mut ranges) = (0, ranges.to_vec());
        for source in &self.0 {
            let split = source.split(&ranges, now);
            calls += split.calls.len();
            ranges = split.before_history;
        }
        u32::try_from(calls).unwrap_or(u32::MAX)
    }

    /// Calls made to each source in the UTC day of `now`.
    pub fn calls_of_day(&self, now: Timestamp) -> Vec<Calls> {
        self.0
            .iter()
            .map(|source| source.calls_of_day(now))
            .collect()
    }
}
