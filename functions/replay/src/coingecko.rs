//! Recorded prices, and which of them `CoinGecko` would answer a range with.

use crate::recording::price_csv::PricePoint;

const DAY_S: u32 = 86_400;
/// Widest range that is answered with hourly points.
const HOURLY_RANGE_S: f64 = 90.0 * 86_400.0;
/// A day is stood for by its first point, if that lies in the day's first hour.
const DAILY_POINT_WITHIN_S: u32 = 3_600;

/// The points that answer a range of UNIX times when it is `clock_s`, all three in seconds.
///
/// No point is later than `clock_s`. A range of up to 90 days takes every point; a wider one takes the first point of
/// each UTC day and, where it reaches the clock, the last known point as "now".
pub(crate) fn select(
    points: &[PricePoint],
    from_s: f64,
    to_s: f64,
    clock_s: f64,
) -> Vec<PricePoint> {
    let begin = points.partition_point(|point| f64::from(point.time_s) < from_s);
    let end = points.partition_point(|point| f64::from(point.time_s) <= to_s.min(clock_s));
    if begin >= end {
        return Vec::new();
    }
    if to_s - from_s <= HOURLY_RANGE_S {
        return points[begin..end].to_vec();
    }
    let reaches_clock = clock_s <= to_s;
    (begin..end)
        .filter(|&index| stands_for_its_day(points, index) || (reaches_clock && index + 1 == end))
        .map(|index| points[index])
        .collect()
}

fn stands_for_its_day(points: &[PricePoint], index: usize) -> bool {
    let time_s = points[index].time_s;
    let is_first = index == 0 || points[index - 1].time_s / DAY_S < time_s / DAY_S;
    is_first && time_s % DAY_S < DAILY_POINT_WITHIN_S
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-06-01T00:00:00Z.
    const JUNE: u32 = 1_748_736_000;
    const HOUR_S: u32 = 3_600;

    /// Hourly points of 100 days from 1 June on, whose price is their number.
    fn hourly() -> Vec<PricePoint> {
        let point = |hour| PricePoint {
            time_s: JUNE + hour * HOUR_S,
            usd: f64::from(hour + 1),
        };
        (0..2_400).map(point).collect()
    }

    fn after_june(seconds: f64) -> f64 {
        f64::from(JUNE) + seconds
    }

    fn times(points: &[PricePoint]) -> Vec<u32> {
        points.iter().map(|point| point.time_s - JUNE).collect()
    }

    #[test]
    fn both_ends_of_a_range_belong_to_it() {
        let points = select(
            &hourly(),
            after_june(3_600.0),
            after_june(7_200.0),
            after_june(1e6),
        );

        assert_eq!(times(&points), [3_600, 7_200]);
    }

    #[test]
    fn ends_may_have_fractions_of_a_second() {
        let points = select(
            &hourly(),
            after_june(3_600.1),
            after_june(10_800.9),
            after_june(1e6),
        );

        assert_eq!(times(&points), [7_200, 10_800]);
    }

    #[test]
    fn no_point_is_later_than_the_clock() {
        let points = select(
            &hourly(),
            after_june(0.0),
            after_june(1e6),
            after_june(7_199.0),
        );

        assert_eq!(times(&points), [0, 3_600]);
    }

    #[test]
    fn range_that_ends_before_it_begins_is_empty() {
        assert!(select(&hourly(), after_june(7_200.0), after_june(3_600.0), 1e10).is_empty());
        assert!(select(&hourly(), 1e10, 2e10, 3e10).is_empty());
    }

    #[test]
    fn ninety_days_are_hourly_and_a_second_more_is_daily() {
        let ninety_days = 90.0 * 86_400.0;

        let hourly_points = select(&hourly(), after_june(0.0), after_june(ninety_days), 1e10);
        let daily = select(
            &hourly(),
            after_june(0.0),
            after_june(ninety_days + 1.0),
            1e10,
        );

        assert_eq!(hourly_points.len(), 90 * 24 + 1);
        assert_eq!(daily.len(), 91);
        assert!(daily.iter().all(|point| point.time_s % DAY_S == 0));
    }

    #[test]
    fn daily_range_that_reaches_the_clock_ends_with_now() {
        // Five and a half hours into the second day.
        let clock = after_june(86_400.0 + 5.5 * 3_600.0);

        let points = select(&hourly(), after_june(0.0), after_june(1e8), clock);

        assert_eq!(times(&points), [0, 86_400, 86_400 + 5 * HOUR_S]);
    }

    #[test]
    fn midnight_is_not_told_twice_when_it_is_now() {
        let points = select(
            &hourly(),
            after_june(0.0),
            after_june(1e8),
            after_june(86_400.0 + 60.0),
        );

        assert_eq!(times(&points), [0, 86_400]);
    }

    #[test]
    fn day_that_begins_late_has_no_daily_point() {
        let points: Vec<_> = hourly().into_iter().skip(12).collect();

        let daily = select(&points, after_june(0.0), after_june(1e8), after_june(2e5));

        assert_eq!(times(&daily), [86_400, 172_800, 198_000]);
    }
}
