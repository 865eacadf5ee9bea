//! Prices over time, and the price of a block.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::time::Duration;

use crate::day::Day;
use crate::timestamp::Timestamp;
use crate::units::UsdPerBtc;

/// A price whose time is further than this from the time of a block is not used for the block.
pub const MAX_PRICE_AGE: Duration = Duration::from_secs(36 * 3600);

/// If neighbouring points are further apart than this, prices are missing between them. Points of
/// CoinGecko are up to 6,682 s apart. If a source with points on the hour leaves one out, its
/// neighbours are 7,200 s apart.
pub const MAX_POINT_GAP: Duration = Duration::from_secs(6_700);

/// Prices of one bitcoin in USD that are accepted from outside. The first prices, in 2009, were
/// 0.0008.
pub const PLAUSIBLE_USD: RangeInclusive<f64> = 0.0001..=1e8;

/// The price of bitcoin at a moment, and its source.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// Time of the price.
    pub time: Timestamp,
    /// The price of one bitcoin.
    pub usd: UsdPerBtc,
    /// Source of the price.
    pub source: Arc<str>,
}

impl Quote {
    /// How far its time is from `time`, earlier or later.
    pub fn distance(&self, time: Timestamp) -> Duration {
        self.time.since(time).max(time.since(self.time))
    }
}

/// A price that was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct PricePoint {
    /// The price.
    pub quote: Quote,
    /// Interval of the series that the point is from, in seconds: 300, 3600 or 86400.
    pub resolution_s: i32,
}

/// The price of a block.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockPrice {
    /// There is no price within [`MAX_PRICE_AGE`] of the block; one may still be added.
    Missing,
    /// The nearest price so far; a nearer one may still be added.
    Provisional(Quote),
    /// The nearest price: no nearer one will be added.
    Final(Quote),
}

impl BlockPrice {
    /// The price, if there is one.
    pub const fn quote(&self) -> Option<&Quote> {
        match self {
            Self::Missing => None,
            Self::Provisional(quote) | Self::Final(quote) => Some(quote),
        }
    }

    /// Whether no nearer price will be added.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Final(_))
    }
}

/// Price points sorted by time, at most one for each time.
///
/// # Examples
/// ```
/// use hashlake_core::price::{BlockPrice, PricePoint, PriceSeries, Quote};
/// use hashlake_core::timestamp::Timestamp;
/// use hashlake_core::units::UsdPerBtc;
///
/// let at = Timestamp::from_block_time;
/// let point = |secs, usd| {
///     let quote = Quote { time: at(secs), usd: UsdPerBtc::new(usd)?, source: "coingecko".into() };
///     Ok::<_, hashlake_core::units::UnitError>(PricePoint { quote, resolution_s: 3600 })
/// };
/// let mut prices = PriceSeries::default();
/// prices.merge([point(1_763_766_000, 84_500.0)?, point(1_763_769_600, 84_714.0)?]);
///
/// // The price is that of the nearest point. It is final, because another point follows the block.
/// let price = prices.price_at(at(1_763_769_000), &[]);
/// assert_eq!(price.quote().map(|quote| quote.usd), Some(UsdPerBtc::new(84_714.0)?));
/// assert!(price.is_final());
/// // After the last point, the price is provisional. Beyond 36 hours, there is none.
/// assert!(!prices.price_at(at(1_763_770_000), &[]).is_final());
/// assert_eq!(prices.price_at(at(1_764_000_000), &[]), BlockPrice::Missing);
/// # Ok::<(), hashlake_core::units::UnitError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceSeries(Vec<PricePoint>);

impl PriceSeries {
    /// The points, sorted by time.
    pub fn points(&self) -> &[PricePoint] {
        &self.0
    }

    /// The point with exactly this time.
    pub fn at(&self, time: Timestamp) -> Option<&PricePoint> {
        let place = self.0.binary_search_by_key(&time, |point| point.quote.time);
        place.ok().map(|place| &self.0[place])
    }

    /// Adds points, in any order. If two points have the same time, the one added first stays.
    pub fn merge(&mut self, points: impl IntoIterator<Item = PricePoint>) {
        self.0.extend(points);
        // A stable sort: of equal times, the point added first stays first.
        self.0.sort_by_key(|point| point.quote.time);
        self.0.dedup_by_key(|point| point.quote.time);
    }

    /// The price of a block with this header time: the nearest point, or the earlier of two points
    /// that are equally near.
    ///
    /// It is final once there is a point at or after the block, unless the block is in one of the
    /// `unfetched` time ranges, whose points have yet to be fetched.
    pub fn price_at(&self, time: Timestamp, unfetched: &[Range<Timestamp>]) -> BlockPrice {
        let (earlier, later) = self
            .0
            .split_at(self.0.partition_point(|point| point.quote.time < time));
        let near = |point: &&PricePoint| point.quote.distance(time) <= MAX_PRICE_AGE;
        let nearest = [earlier.last(), later.first()]
            .into_iter()
            .flatten()
            .filter(near);
        match nearest.min_by_key(|point| point.quote.distance(time)) {
            None => BlockPrice::Missing,
            Some(point)
                if later.is_empty() || unfetched.iter().any(|range| range.contains(&time)) =>
            {
                BlockPrice::Provisional(point.quote.clone())
            }
            Some(point) => BlockPrice::Final(point.quote.clone()),
        }
    }

    /// The time ranges whose prices are missing for blocks with header times from `first` to
    /// `last`. None of them reaches beyond `now`.
    ///
    /// They cover whole days around the blocks, so that the points that the lake stores do not
    /// depend on how the blocks were divided into runs. Time ranges with a single point between
    /// them are joined: daily prices leave one gap, not one for each day.
    pub fn gaps(&self, first: Timestamp, last: Timestamp, now: Timestamp) -> Vec<Range<Timestamp>> {
        let needed = needed(first, last, now);
        let known = self
            .0
            .iter()
            .map(|point| point.quote.time)
            .filter(|time| needed.contains(time));
        let mut gaps: Vec<Range<Timestamp>> = Vec::new();
        let mut add = |gap: Range<Timestamp>| match gaps.last_mut() {
            Some(before) if before.end == gap.start => before.end = gap.end,
            _ => gaps.push(gap),
        };
        let mut from = needed.start;
        for time in known {
            if time.since(from) > MAX_POINT_GAP {
                add(from..time);
            }
            from = time;
        }
        if needed.end.since(from) > MAX_POINT_GAP || from < last.min(needed.end) {
            add(from..needed.end);
        }
        gaps
    }
}

/// The time range of the prices that blocks with header times from `first` to `last` need: whole
/// days, not beyond `now`.
pub fn needed(first: Timestamp, last: Timestamp, now: Timestamp) -> Range<Timestamp> {
    Day::of(first - MAX_PRICE_AGE).start()..Day::of(last + MAX_PRICE_AGE).end().min(now)
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
    fn price_is_of_the_nearest_point_and_of_the_earlier_one_if_two_are_equally_near() {
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
    fn price_is_provisional_until_there_is_a_later_point() {
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
    fn price_is_missing_if_no_point_is_within_36_hours() {
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
    fn the_first_point_of_a_time_is_kept() {
        let mut prices = series(&[(0, 1.0)]);
        prices.merge([point(0, 9.0)]);

        assert_eq!(prices.points(), [point(0, 1.0)]);
    }

    #[test]
    fn gaps_extend_to_whole_days_but_exclude_stored_points() {
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
    fn between_daily_points_there_is_one_gap() {
        let day = |n: i64| at(n * 86_400);
        let daily: Vec<(i64, f64)> = (10..20).map(|day| (day * 86_400, 1.0)).collect();

        let gaps = series(&daily).gaps(day(14), day(15), day(1000));

        assert_eq!(gaps, [day(12)..day(17)]);
    }

    #[test]
    fn at_the_tip_the_time_since_the_last_point_is_a_gap() {
        let hourly: Vec<(i64, f64)> = (10 * 24..15 * 24).map(|hour| (hour * 3600, 1.0)).collect();
        let newest = at(15 * 86_400 - 3600);

        let gaps =
            series(&hourly).gaps(at(15 * 86_400 - 60), at(15 * 86_400 - 60), at(15 * 86_400));

        assert_eq!(gaps, [newest..at(15 * 86_400)]);
    }

    proptest! {
        #[test]
        fn nearest_point_is_that_of_a_search_over_all_points(
            points in proptest::collection::vec((0_i64..1_000_000, 1.0..1e6), 0..40), block in 0_i64..1_000_000,
        ) {
            let prices = series(&points);
            let distance = |point: &PricePoint| (point.quote.time.to_secs() - block).abs();
            let nearest = prices.points().iter().filter(|p| distance(p) <= 36 * 3600).min_by_key(|p| (distance(p), p.quote.time));

            let taken = prices.price_at(at(block), &[]);

            prop_assert_eq!(taken.quote(), nearest.map(|point| &point.quote));
        }

        #[test]
        fn order_of_merging_does_not_matter(points in proptest::collection::btree_map(0_i64..1_000, 1.0..1e6, 0..40)) {
            let mut points: Vec<(i64, f64)> = points.into_iter().collect();
            let forward = series(&points);
            points.reverse();

            prop_assert_eq!(forward, series(&points));
        }
    }
}
