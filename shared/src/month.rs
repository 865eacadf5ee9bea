//! A calendar month in UTC. The lake has one file for each table and month.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use crate::timestamp::Timestamp;

/// A UTC month from `0000-01` to `9999-12`, displayed as `2025-11`.
///
/// # Examples
/// ```
/// use hashlake_core::month::Month;
/// use hashlake_core::table::blocks;
/// use hashlake_core::timestamp::Timestamp;
///
/// let month = Month::of(Timestamp::from_block_time(1_763_855_637)); // 2025-11-22T23:53:57Z
/// assert_eq!(month.to_string(), "2025-11");
/// assert_eq!(blocks::key(month), "v1/blocks/year=2025/blocks-2025-11.parquet");
/// assert_eq!(blocks::month("v1/blocks/year=2025/blocks-2025-11.parquet"), Some(month));
/// assert_eq!(month.next().map(|next| next.to_string()), Some("2025-12".to_owned()));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8, // 1 to 12
}

/// The text is not a month.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a month: expected the form 2025-11")]
pub struct MonthError(String);

impl Month {
    /// The month that contains `time`.
    pub fn of(time: Timestamp) -> Self {
        let date = time.to_utc();
        Self {
            year: u16::try_from(date.year()).expect("a timestamp's year is 0 to 9999"),
            month: u8::try_from(date.month()).expect("a month is 1 to 12"),
        }
    }

    /// The year, 0 to 9999.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The first moment of the month.
    pub fn start(self) -> Timestamp {
        let date = NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(self.month), 1);
        let midnight = date
            .and_then(|date| date.and_hms_opt(0, 0, 0))
            .expect("every month has a first day");
        Timestamp::from_ms(midnight.and_utc().timestamp_millis()).expect("its year is 0 to 9999")
    }

    /// The following month; `None` after `9999-12`.
    pub fn next(self) -> Option<Self> {
        match self {
            Self {
                year: 9999,
                month: 12,
            } => None,
            Self { year, month: 12 } => Some(Self {
                year: year + 1,
                month: 1,
            }),
            Self { year, month } => Some(Self {
                year,
                month: month + 1,
            }),
        }
    }

    /// The preceding month; `None` before `0000-01`.
    pub fn previous(self) -> Option<Self> {
        match self {
            Self { year: 0, month: 1 } => None,
            Self { year, month: 1 } => Some(Self {
                year: year - 1,
                month: 12,
            }),
            Self { year, month } => Some(Self {
                year,
                month: month - 1,
            }),
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let parse = || {
            let (year, month) = text.split_once('-')?;
            if year.len() != 4
                || month.len() != 2
                || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
            {
                return None;
            }
            let month: u8 = month.parse().ok()?;
            (1..=12).contains(&month).then_some(Self {
                year: year.parse().ok()?,
                month,
            })
        };
        parse().ok_or_else(|| MonthError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_that_is_not_a_month_is_refused() {
        for text in [
            "",
            "2025",
            "2025-13",
            "2025-00",
            "2025-1",
            "25-01",
            "2025-01-01",
            "+025-01",
        ] {
            assert_eq!(text.parse::<Month>(), Err(MonthError(text.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn a_time_is_between_the_start_of_its_month_and_that_of_the_next(ms in Timestamp::FIRST.to_ms()..=Timestamp::LAST.to_ms()) {
            let time = Timestamp::from_ms(ms).expect("in range");
            let month = Month::of(time);

            prop_assert!(month.start() <= time);
            prop_assert!(month.next().is_none_or(|next| time < next.start()));
            prop_assert_eq!(month.to_string().parse(), Ok(month));
            prop_assert_eq!(month.next().and_then(Month::previous).unwrap_or(month), month);
        }
    }
}
