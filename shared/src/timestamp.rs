//! A moment in UTC.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment in milliseconds since 1970-01-01T00:00:00Z, without leap seconds, as in Bitcoin and
/// Parquet.
///
/// It is in the years 0 to 9999, so it always has a calendar date. It is displayed per RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// 0000-01-01T00:00:00Z.
    pub const FIRST: Self =
        Self(DateTime::from_timestamp_millis(-62_167_219_200_000).expect("the year 0 has a date"));
    /// 9999-12-31T23:59:59.999Z.
    pub const LAST: Self = Self(
        DateTime::from_timestamp_millis(253_402_300_799_999).expect("the year 9999 has a date"),
    );

    /// The moment `ms` milliseconds after the epoch; `None` outside the years 0 to 9999.
    pub fn from_ms(ms: i64) -> Option<Self> {
        let time = Self(DateTime::from_timestamp_millis(ms)?);
        (Self::FIRST..=Self::LAST).contains(&time).then_some(time)
    }

    /// The moment `secs` seconds after the epoch; `None` outside the years 0 to 9999.
    pub fn from_secs(secs: i64) -> Option<Self> {
        Self::from_ms(secs.checked_mul(1000)?)
    }

    /// The time in a block header. Every 32-bit number of seconds is a date (1970 to 2106).
    pub fn from_block_time(secs: u32) -> Self {
        Self::from_secs(i64::from(secs)).expect("32 bits of seconds reach to the year 2106")
    }

    /// Milliseconds since the epoch.
    pub const fn to_ms(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// Whole seconds since the epoch.
    pub const fn to_secs(self) -> i64 {
        self.0.timestamp()
    }

    /// The calendar date and time in UTC.
    pub const fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        (self.0 - earlier.0).to_std().unwrap_or_default()
    }
}

/// Stops at the end of the year 9999.
impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_ms(self.to_ms().saturating_add(ms)).unwrap_or(Self::LAST)
    }
}

/// Stops at the start of the year 0.
impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        let ms = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_ms(self.to_ms().saturating_sub(ms)).unwrap_or(Self::FIRST)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.0;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let numbers = [
            (0..4, time.year().unsigned_abs()),
            (5..7, time.month()),
            (8..10, time.day()),
            (11..13, time.hour()),
            (14..16, time.minute()),
            (17..19, time.second()),
            (20..23, time.timestamp_subsec_millis()),
        ];
        for (digits, mut number) in numbers {
            for digit in text[digits].iter_mut().rev() {
                *digit = b"0123456789"[number as usize % 10];
                number /= 10;
            }
        }
        let text = std::str::from_utf8(&text).expect("digits and signs are ASCII");
        match time.timestamp_subsec_millis() {
            0 => write!(f, "{}Z", &text[..19]),
            _ => f.write_str(text),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = DateTime::parse_from_rfc3339(&text).map_err(D::Error::custom)?;
        let time = Self::from_ms(time.timestamp_millis());
        time.ok_or_else(|| D::Error::custom("expected a year from 0 to 9999"))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_displayed_per_rfc_3339() {
        assert_eq!(
            Timestamp::from_block_time(1_231_006_505).to_string(),
            "2009-01-03T18:15:05Z"
        );
        assert_eq!(
            Timestamp::from_ms(1_618_499_053_863).map(|t| t.to_string()),
            Some("2021-04-15T15:04:13.863Z".into())
        );
    }

    proptest! {
        #[test]
        fn a_time_is_displayed_as_chrono_displays_it(ms in Timestamp::FIRST.to_ms()..=Timestamp::LAST.to_ms(), is_whole in any::<bool>()) {
            let time = Timestamp::from_ms(if is_whole { ms / 1000 * 1000 } else { ms }).expect("in range");

            let shown = time.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
            prop_assert_eq!(time.to_string(), shown);
        }
    }

    #[test]
    fn a_time_stays_within_the_years_that_have_a_date() {
        assert_eq!(Timestamp::LAST.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_ms(i64::MAX), None);
        assert_eq!(Timestamp::LAST + Duration::from_secs(1), Timestamp::LAST);
        assert_eq!(Timestamp::FIRST - Duration::MAX, Timestamp::FIRST);
    }
}
