//! Prices over time, and which of them a block takes.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::day::Day;
use crate::timestamp::Timestamp;
use crate::units::UsdPerBtc;

/// A price further than this from a block is not that block's price.
pub const REACH: Duration = Duration::from_secs(36 * 3600);

/// Neighbouring points further apart than this leave a gap worth asking about; hourly sources skip up to 6,682 s.
pub const GAP: Duration = Duration::from_secs(2 * 3600);

/// What bitcoin cost at a moment, and who said so.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// When it was the price.
    pub time: Timestamp,
    /// The price.
    pub usd: UsdPerBtc,
    /// Who said so.
    pub source: Arc<str>,
}

impl Quote {
    /// How far it is from `time`, before or after.
    pub fn distance(&self, time: Timestamp) -> Duration {
        self.time.since(time).max(time.since(self.time))
    }
}

/// A price that was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct PricePoint {
    /// The price.
    pub quote: Quote,
    /// Distance of the points among which it was told, in seconds: 300, 3600 or 86400.
    pub resolution_s: i32,
}

/// The price a block takes.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockPrice {
    /// No price is known within [`REACH`] of the block; one may come.
    Missing,
    /// The nearest known, while a nearer one may still come.
    Provisional(Quote),
    /// The nearest there is.
    Final(Quote),
}

impl BlockPrice {
    /// The price taken.
    pub const fn quote(&self) -> Option<&Quote> {
        match self {
            Self::Missing => None,
            Self::Provisional(quote) | Self::Final(quote) => Some(quote),
        }
    }

    /// Whether no nearer price can come.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Final(_))
    }
}

/// Price points in order of time, one for each moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceSeries(Vec<PricePoint>);

impl PriceSeries {
    /// The points, in order of time.
    pub fn points(&self) -> &[PricePoint] {
        &self.0
    }

    /// Takes in points in any order. What was observed first for a moment stays.
    pub fn merge(&mut self, points: impl IntoIterator<Item = PricePoint>) {
        self.0.extend(points);
        self.0.sort_by_key(|point| point.quote.time); // Stable: the earlier comes first among equals.
        self.0.dedup_by_key(|point| point.quote.time);
    }

    /// The price of a block with this header time: the nearest point, the earlier of two equally near.
    ///
    /// It is final once a point at or after the block is known, unless the block lies in one of the `unanswered` stretches of
    /// time, whose points have yet to be fetched.
    pub fn price_at(&self, time: Timestamp, unanswered: &[Range<Timestamp>]) -> BlockPrice {
        let (earlier, later) = self
            .0
            .split_at(self.0.partition_point(|point| point.quote.time < time));
        let near = |point: &&PricePoint| point.quote.distance(time) <= REACH;
        let nearest = [earlier.last(), later.first()]
            .into_iter()
            .flatten()
            .filter(near);
        match nearest.min_by_key(|point| point.quote.distance(time)) {
            None => BlockPrice::Missing,
            Some(point)
                if later.is_empty() || unanswered.iter().any(|stretch| stretch.contains(&time)) =>
            {
                BlockPrice::Provisional(point.quote.clone())
            }
            Some(point) => BlockPrice::Final(point.quote.clone()),
        }
    }

    /// Stretches of time worth asking a source about, so that blocks with header times from `first` to `last` find their
    /// price; none of them beyond `now`.
    ///
    /// Whole days around the blocks, less what is known: which points end up in the lake then does not depend on how the
    /// blocks were cut into runs.
    pub fn gaps(&self, first: Timestamp, last: Timestamp, now: Timestamp) -> Vec<Range<Timestamp>> {
        let needed = needed(first, last, now);
        let known = self
            .0
            .iter()
            .map(|point| point.quote.time)
            .filter(|time| needed.contains(time));
        let mut gaps = Vec::new();
        let mut from = needed.start;
        for time in known {
            if time.since(from) > GAP {
                gaps.push(from..time);
            }
            from = time;
        }
        if needed.end.since(from) > GAP || from < last.min(needed.end) {
            gaps.push(from..needed.end);
        }
        gaps
    }
}

/// The whole days of prices that blocks with header times from `first` to `last` need, none of them beyond `now`.
pub fn needed(first: Timestamp, last: Timestamp, now: Timestamp) -> Range<Timestamp> {
    Day::of(first - REACH).start()..Day::of(last + REACH).end().min(now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs).expect("a date")
    }

    fn point(secs: i64, usd: f64) -> PricePoint {
        PricePoint {
            quote: quote(secs, usd),
            resolution_s: 3600,
        }
    }

    fn quote(secs: i64, usd: f64) -> Quote {
        Quote {
            time: at(secs),
            usd: UsdPerBtc::new(usd).expect("a price"),
            source: "test".into(),
        }
    }

    fn series(points: &[(i64, f64)]) -> PriceSeries {
        let mut series = PriceSeries::default();
        series.merge(points.iter().map(|&(secs, usd)| point(secs, usd)));
        series
    }

    #[test]
    fn block_takes_the_nearest_point_and_the_earlier_of_two() {
        let prices = series(&[(7200, 3.0), (0, 1.0), (3600, 2.0)]);

        assert_eq!(
            prices.price_at(at(1799), &[]),
            BlockPrice::Final(quote(0, 1.0))
        );
        assert_eq!(
            prices.price_at(at(1800), &[]),
            BlockPrice::Final(quote(0, 1.0))
        );
        assert_eq!(
            prices.price_at(at(1801), &[]),
            BlockPrice::Final(quote(3600, 2.0))
        );
        assert_eq!(
            prices.price_at(at(7200), &[]),
            BlockPrice::Final(quote(7200, 3.0))
        );
    }

    #[test]
    fn price_is_provisional_until_a_later_point_is_known() {
        let prices = series(&[(0, 1.0), (3600, 2.0)]);

        assert_eq!(
            prices.price_at(at(3601), &[]),
            BlockPrice::Provisional(quote(3600, 2.0))
        );
        assert_eq!(
            prices.price_at(at(1000), std::slice::from_ref(&(at(0)..at(3600)))),
            BlockPrice::Provisional(quote(0, 1.0))
        );
    }

    #[test]
    fn no_price_within_36_hours_is_missing() {
        let prices = series(&[(0, 1.0), (10 * 86_400, 2.0)]);

        assert_eq!(
            prices.price_at(at(36 * 3600), &[]),
            BlockPrice::Final(quote(0, 1.0))
        );
        assert_eq!(prices.price_at(at(36 * 3600 + 1), &[]), BlockPrice::Missing);
        assert_eq!(
            PriceSeries::default().price_at(at(0), &[]),
            BlockPrice::Missing
        );
    }

    #[test]
    fn first_observation_of_a_moment_stays() {
        let mut prices = series(&[(0, 1.0)]);
        prices.merge([point(0, 9.0)]);

        assert_eq!(prices.points(), [point(0, 1.0)]);
    }

    #[test]
    fn whole_days_are_asked_for_and_never_twice() {
        let day = |n: i64| at(n * 86_400);
        let now = day(1000);
        let nothing = PriceSeries::default();
        let hourly: Vec<(i64, f64)> = (10 * 24..15 * 24).map(|hour| (hour * 3600, 1.0)).collect();
        let known = series(&hourly);

        assert_eq!(
            nothing.gaps(at(12 * 86_400 + 1), at(13 * 86_400 - 1), now),
            [day(10)..day(15)]
        );
        assert_eq!(
            known.gaps(at(12 * 86_400 + 1), at(13 * 86_400 - 1), now),
            []
        );
        assert_eq!(
            known.gaps(at(12 * 86_400 + 1), day(14), now),
            [at(15 * 86_400 - 3600)..day(16)]
        );
    }

    #[test]
    fn at_the_tip_the_stretch_since_the_last_point_is_asked_for() {
        let hourly: Vec<(i64, f64)> = (10 * 24..15 * 24).map(|hour| (hour * 3600, 1.0)).collect();
        let newest = at(15 * 86_400 - 3600);

        let gaps =
            series(&hourly).gaps(at(15 * 86_400 - 60), at(15 * 86_400 - 60), at(15 * 86_400));

        assert_eq!(gaps, [newest..at(15 * 86_400)]);
    }

    proptest! {
        #[test]
        fn nearest_is_what_a_search_of_all_points_finds(
            points in proptest::collection::vec((0_i64..1_000_000, 1.0..1e6), 0..40), block in 0_i64..1_000_000,
        ) {
            let prices = series(&points);
            let distance = |point: &PricePoint| (point.quote.time.to_secs() - block).abs();
            let nearest = prices.points().iter().filter(|p| distance(p) <= 36 * 3600).min_by_key(|p| (distance(p), p.quote.time));

            let taken = prices.price_at(at(block), &[]);

            prop_assert_eq!(taken.quote(), nearest.map(|point| &point.quote));
        }

        #[test]
        fn order_of_arrival_does_not_matter(points in proptest::collection::btree_map(0_i64..1_000, 1.0..1e6, 0..40)) {
            let mut points: Vec<(i64, f64)> = points.into_iter().collect();
            let forward = series(&points);
            points.reverse();

            prop_assert_eq!(forward, series(&points));
        }
    }
}
