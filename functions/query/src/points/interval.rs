//! How much time a point of a series stands for.

use std::time::Duration;

use hashlake_core::day::Day;
use hashlake_core::month::Month;
use hashlake_core::timestamp::Timestamp;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

const MS_PER_HOUR: i64 = 3_600_000;

/// How much time a point of a series stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Block, Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The one of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|interval| interval.name() == name)
    }

    /// Where the interval that holds `time` starts.
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
}

impl Interval {
    /// Where the interval ends that starts at `start`; for a block at once.
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

impl PartialSchema for Interval {
    fn schema() -> RefOr<Schema> {
        let names = Self::ALL.map(Self::name);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(names))
            .into()
    }
}

impl ToSchema for Interval {}

/// The Monday on or before it; day 0, 1970-01-01, was a Thursday.
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
