//! A calendar day in UTC.

use std::fmt;
use std::time::Duration;

use crate::month::Month;
use crate::timestamp::Timestamp;

const MS_PER_DAY: i64 = 86_400_000;

/// A UTC day, counted from 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The day that contains `time`.
    pub fn of(time: Timestamp) -> Self {
        Self(
            i32::try_from(time.to_ms().div_euclid(MS_PER_DAY))
                .expect("the years 0 to 9999 are 3.7 million days"),
        )
    }

    /// The day `days` after 1970-01-01 (Arrow's `Date32`); `None` outside the years 0 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        Timestamp::from_ms(i64::from(days) * MS_PER_DAY).map(Self::of)
    }

    /// Days since 1970-01-01.
    pub const fn to_days(self) -> i32 {
        self.0
    }

    /// The first moment of the day.
    pub fn start(self) -> Timestamp {
        Timestamp::from_ms(i64::from(self.0) * MS_PER_DAY)
            .expect("every `Day` was made from a timestamp of that day")
    }

    /// The first moment of the next day.
    pub fn end(self) -> Timestamp {
        self.start() + Duration::from_secs(86_400)
    }

    /// The month that contains the day.
    pub fn month(self) -> Month {
        Month::of(self.start())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.start().to_utc().date_naive())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_contains_its_start_but_not_its_end() {
        // `date -ud @1763855637` prints 2025-11-22 23:53:57.
        let day = Day::of(Timestamp::from_block_time(1_763_855_637));

        assert_eq!(day.to_string(), "2025-11-22");
        assert_eq!(Day::of(day.start()), day);
        assert_eq!(Day::of(day.end()).to_string(), "2025-11-23");
    }
}
