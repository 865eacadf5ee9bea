//! The time intervals of the points of a series.

use std::time::Duration;

use hashlake_core::day::Day;
use hashlake_core::month::Month;
use hashlake_core::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MS_PER_HOUR: i64 = 3_600_000;

/// Length of the time interval that one point covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Interval {
    /// Each block is a point.
    Block,
    /// UTC hours.
    Hour,
    /// UTC days.
    Day,
    /// Weeks from Monday to Sunday, in UTC.
    Week,
    /// UTC months.
    Month,
}

impl Interval {
    /// Start of the interval that contains `time`.
    pub(crate) fn start_of(self, time: Timestamp) -> Timestamp {
        let day = Day::of(time);
        match self {
            Self::Block => time,
            Self::Hour => Timestamp::from_ms(time.to_ms().div_euclid(MS_PER_HOUR) * MS_PER_HOUR)
                .unwrap_or(time),
            Self::Day => day.start(),
            Self::Week => monday(day).unwrap_or(day).start(),
            Self::Month => Month::of(time).start(),
        }
    }

    /// End of the interval that starts at `start`; for a block, `start` itself.
    pub(crate) fn end_of(self, start: Timestamp) -> Timestamp {
        let hours = |hours| start + Duration::from_hours(hours);
        match self {
            Self::Block => start,
            Self::Hour => hours(1),
            Self::Day => hours(24),
            Self::Week => hours(7 * 24),
            Self::Month => Month::of(start)
                .next()
                .map_or(Timestamp::LAST, Month::start),
        }
    }
}

/// The Monday on or before `day`. Day 0, 1970-01-01, was a Thursday.
fn monday(day: Day) -> Option<Day> {
    Day::from_days(day.to_days() - (day.to_days() + 3).rem_euclid(7))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::at;

    #[test]
    fn intervals_start_at_their_first_moment_in_utc() {
        // `date -ud 2025-11-23 +%A`: Sunday, so its week starts on Monday, 2025-11-17.
        let starts = [
            (
                Interval::Block,
                "2025-11-23T23:59:59Z",
                "2025-11-23T23:59:59Z",
            ),
            (
                Interval::Hour,
                "2025-11-23T23:59:59Z",
                "2025-11-23T23:00:00Z",
            ),
            (
                Interval::Day,
                "2025-11-23T23:59:59Z",
                "2025-11-23T00:00:00Z",
            ),
            (
                Interval::Week,
                "2025-11-23T23:59:59Z",
                "2025-11-17T00:00:00Z",
            ),
            (
                Interval::Week,
                "2025-11-24T00:00:00Z",
                "2025-11-24T00:00:00Z",
            ),
            (
                Interval::Month,
                "2025-11-23T23:59:59Z",
                "2025-11-01T00:00:00Z",
            ),
            (
                Interval::Week,
                "1969-12-31T00:00:00Z",
                "1969-12-29T00:00:00Z",
            ),
            (
                Interval::Week,
                "0000-01-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
            ),
        ];
        for (interval, time, start) in starts {
            assert_eq!(
                interval.start_of(at(time)).to_string(),
                start,
                "{interval:?} of {time}"
            );
        }
    }
}
