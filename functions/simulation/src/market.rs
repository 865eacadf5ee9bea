//! The simulated market: an hourly price, and when a source publishes which value of it.

use std::time::Duration;

use hashlake_core::timestamp::Timestamp;

use crate::dice::{mix, one_in};

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Name of the source in the lake.
pub(crate) const SOURCE: &str = "simulated";

/// How the source publishes its prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Habit {
    /// Every price at its hour, and for ever the same.
    #[default]
    Regular,
    /// Some prices hours late, revised, never, or absurd at first.
    Irregular,
}

/// The prices of a source.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) habit: Habit,
    pub(crate) seed: u64,
    /// Calls to the source: the day since 1970, and how many.
    pub(crate) calls_of_day: (i64, u32),
}

impl Market {
    /// The value of an hour that is correct in the end.
    pub(crate) fn true_usd(hour: i64) -> f64 {
        let noise = u32::try_from(mix(7, hour.unsigned_abs()) % 10_000).expect("below 10,000");
        60_000.0 + f64::from(noise) / 100.0
    }

    /// What the source says of an hour, if it says anything.
    pub(crate) fn usd(&self, hour: i64, now: Timestamp) -> Option<f64> {
        let time = time_of(hour);
        if now < time {
            return None;
        }
        let usd = Self::true_usd(hour);
        if self.habit == Habit::Regular {
            return Some(usd);
        }
        let age = now.since(time);
        let of_day = mix(self.seed, (hour / 24).unsigned_abs());
        let dice = mix(self.seed, hour.unsigned_abs());
        match dice % 40 {
            // The source is late for hours at a time.
            _ if one_in(of_day, 6) && hour % 24 >= 12 && age < HOUR * 20 => None,
            0 => None,
            1 if age < HOUR * 5 => Some(usd + 0.5),
            // Not two in a row: a price that stays at its level is no error.
            2 if age < HOUR * 3 && hour % 8 == 0 => Some(usd * 1000.0),
            3 if age < HOUR * 3 => Some(-1.0),
            _ => Some(usd),
        }
    }

    /// Whether the source has ever said this of an hour.
    pub(crate) fn is_possible(&self, hour: i64, usd: f64) -> bool {
        let truth = Self::true_usd(hour);
        let same = |other: f64| (usd - other).abs() < 1e-9;
        match self.habit {
            Habit::Regular => same(truth),
            Habit::Irregular => same(truth) || same(truth + 0.5),
        }
    }
}

/// Time of an hour since 1970.
pub(crate) fn time_of(hour: i64) -> Timestamp {
    Timestamp::from_secs(hour * 3600).expect("a date")
}
