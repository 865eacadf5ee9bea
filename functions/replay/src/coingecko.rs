//! Imitates CoinGecko's route `market_chart/range` with the recorded prices.

use axum::extract::Query;
use axum::http::Uri;
use serde::Serialize;

use crate::recording::price_csv::PricePoint;

const DAY_S: u32 = 86_400;
/// Longest range for which the response has hourly points. Longer ranges get daily points.
const HOURLY_RANGE_S: f64 = 90.0 * 86_400.0;
/// A response with daily points has the first point of each day, if it is in the first hour of the
/// day.
const DAILY_POINT_WITHIN_S: u32 = 3_600;

/// The body of a response.
#[derive(Serialize)]
pub(crate) struct MarketChartJson {
    /// UNIX time in milliseconds, and USD.
    prices: Vec<(u64, f64)>,
    market_caps: [(); 0],
    total_volumes: [(); 0],
}

/// The requested range, in UNIX seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PriceRange {
    pub(crate) from_s: f64,
    pub(crate) to_s: f64,
}

impl PriceRange {
    /// Parses the range in the query of a URL. Errors are messages of CoinGecko.
    pub(crate) fn parse(uri: &Uri) -> Result<Self, String> {
        let Query(parameters) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| "Invalid query string".to_owned())?;
        let parameter = |name: &str| {
            let found = parameters
                .iter()
                .find(|(key, value)| key == name && !value.is_empty());
            found
                .map(|(_, value)| value.as_str())
                .ok_or_else(|| format!("Missing parameter {name}"))
        };
        let unix_s = |name: &str| {
            let time: Option<f64> = parameter(name)?.parse().ok();
            time.filter(|time| time.is_finite())
                .ok_or_else(|| format!("Invalid parameter {name}"))
        };
        if !parameter("vs_currency")?.eq_ignore_ascii_case("usd") {
            return Err("invalid vs_currency".to_owned());
        }
        Ok(Self {
            from_s: unix_s("from")?,
            to_s: unix_s("to")?,
        })
    }
}

/// The response to a request at the time `clock_s`, in UNIX seconds.
pub(crate) fn market_chart(
    points: &[PricePoint],
    range: PriceRange,
    clock_s: f64,
) -> MarketChartJson {
    let in_ms = |point: &PricePoint| (u64::from(point.time_s) * 1_000, point.usd);
    MarketChartJson {
        prices: select(points, range, clock_s).iter().map(in_ms).collect(),
        market_caps: [],
        total_volumes: [],
    }
}

/// The points of a response. None is later than `clock_s`. A range of up to 90 days gets every point.
/// A longer range gets the first point of each UTC day and, if it reaches the clock, the last point.
fn select(points: &[PricePoint], range: PriceRange, clock_s: f64) -> Vec<PricePoint> {
    let PriceRange { from_s, to_s } = range;
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
        .filter(|&index| represents_its_day(points, index) || (reaches_clock && index + 1 == end))
        .map(|index| points[index])
        .collect()
}

fn represents_its_day(points: &[PricePoint], index: usize) -> bool {
    let time_s = points[index].time_s;
    let is_first = index == 0 || points[index - 1].time_s / DAY_S < time_s / DAY_S;
    is_first && time_s % DAY_S < DAILY_POINT_WITHIN_S
}

#[cfg(test)]
mod tests {
    use super::{DAY_S, PricePoint, PriceRange};

    /// Start of 1 June 2025 (UTC).
    const JUNE: u32 = 1_748_736_000;
    const HOUR_S: u32 = 3_600;

    /// Hourly points of 100 days from 1 June. The price of each is its position in the list, from 1.
    fn hourly() -> Vec<PricePoint> {
        let point = |hour| PricePoint {
            time_s: JUNE + hour * HOUR_S,
            usd: f64::from(hour + 1),
        };
        (0..2_400).map(point).collect()
    }

    fn select(points: &[PricePoint], from_s: f64, to_s: f64, clock_s: f64) -> Vec<PricePoint> {
        super::select(points, PriceRange { from_s, to_s }, clock_s)
    }

    fn after_june(seconds: f64) -> f64 {
        f64::from(JUNE) + seconds
    }

    fn times(points: &[PricePoint]) -> Vec<u32> {
        points.iter().map(|point| point.time_s - JUNE).collect()
    }

    #[test]
    fn both_ends_of_a_range_are_included() {
        let points = select(
            &hourly(),
            after_june(3_600.0),
            after_june(7_200.0),
            after_june(1e6),
        );

        assert_eq!(times(&points), [3_600, 7_200]);
    }

    #[test]
    fn ends_of_a_range_can_have_fractions_of_a_second() {
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
    fn daily_range_that_reaches_the_clock_ends_with_the_last_point() {
        // The clock is at 05:30 of the second day.
        let clock = after_june(86_400.0 + 5.5 * 3_600.0);

        let points = select(&hourly(), after_june(0.0), after_june(1e8), clock);

        assert_eq!(times(&points), [0, 86_400, 86_400 + 5 * HOUR_S]);
    }

    #[test]
    fn midnight_appears_once_if_it_is_also_the_last_point() {
        let points = select(
            &hourly(),
            after_june(0.0),
            after_june(1e8),
            after_june(86_400.0 + 60.0),
        );

        assert_eq!(times(&points), [0, 86_400]);
    }

    #[test]
    fn day_without_a_point_in_its_first_hour_has_no_daily_point() {
        let points: Vec<_> = hourly().into_iter().skip(12).collect();

        let daily = select(&points, after_june(0.0), after_june(1e8), after_june(2e5));

        assert_eq!(times(&daily), [86_400, 172_800, 198_000]);
    }
}
