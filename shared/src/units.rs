//! Amounts that carry their unit in their type.

use thiserror::Error;

/// A number that is not in the range of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{value} is not a {unit}: {range}")]
pub struct UnitError {
    value: f64,
    unit: &'static str,
    range: &'static str,
}

/// An exact amount of bitcoin in satoshis (1 BTC = 100,000,000 sat).
///
/// From 0 to 21 million BTC. Never made from a float.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sats(i64);

impl Sats {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// 21 million BTC, more than will ever exist.
    pub const MAX: Self = Self(21_000_000 * 100_000_000);

    /// An amount of `sat` satoshis.
    ///
    /// # Errors
    /// [`UnitError`] where `sat` is negative or more than [`Sats::MAX`].
    pub const fn new(sat: i64) -> Result<Self, UnitError> {
        if sat < 0 || sat > Self::MAX.0 {
            return Err(UnitError {
                value: lossy(sat),
                unit: "number of satoshis",
                range: "0 to 2,100,000,000,000,000",
            });
        }
        Ok(Self(sat))
    }

    /// The amount in satoshis.
    pub const fn to_sat(self) -> i64 {
        self.0
    }

    /// The amount as a float, exact: every [`Sats`] is below 2^53.
    pub const fn to_f64(self) -> f64 {
        lossy(self.0)
    }

    /// The sum, where it is an amount that can exist.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_add(other.0)?).ok()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact below 2^53, which is all that is kept; else it is only shown"
)]
const fn lossy(sat: i64) -> f64 {
    sat as f64
}

macro_rules! positive {
    ($(#[$doc:meta])* $name:ident, $unit:literal, $new:ident, $get:ident) => {
        $(#[$doc])*
        ///
        /// Finite and above zero.
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            #[doc = concat!("A value in ", $unit, ".")]
            ///
            /// # Errors
            /// [`UnitError`] where the value is not finite or not above zero.
            pub fn $new(value: f64) -> Result<Self, UnitError> {
                if value.is_finite() && value > 0.0 {
                    return Ok(Self(value));
                }
                Err(UnitError { value, unit: concat!("value in ", $unit), range: "finite and above zero" })
            }

            #[doc = concat!("The value in ", $unit, ".")]
            pub const fn $get(self) -> f64 {
                self.0
            }
        }
    };
}

positive!(
    /// Price of one bitcoin, in US dollars.
    UsdPerBtc, "USD per BTC", new, to_usd_per_btc
);
positive!(
    /// Energy that a machine spends for each terahash, in joules; one TH/s at `e` J/TH draws `e` watts.
    JoulesPerTh, "J/TH", new, to_joules_per_th
);
positive!(
    /// How many times harder than the easiest target a block is; the easiest takes about 2^32 hashes.
    Difficulty, "difficulty", new, to_f64
);
positive!(
    /// Hashes a second.
    HashesPerSecond, "H/s", new, to_hs
);

impl HashesPerSecond {
    /// 1 PH/s.
    pub const ONE_PH: Self = Self(1e15);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_21_million_btc_is_refused() {
        assert_eq!(Sats::new(2_100_000_000_000_000), Ok(Sats::MAX));
        assert!(Sats::new(2_100_000_000_000_001).is_err());
        assert!(Sats::new(-1).is_err());
        assert_eq!(Sats::MAX.checked_add(Sats(1)), None);
    }

    #[test]
    fn a_price_of_zero_says_what_is_wrong_with_it() {
        let error = UsdPerBtc::new(0.0).expect_err("zero is no price");

        assert_eq!(
            error.to_string(),
            "0 is not a value in USD per BTC: finite and above zero"
        );
        assert!(UsdPerBtc::new(f64::NAN).is_err());
        assert!(UsdPerBtc::new(f64::INFINITY).is_err());
    }
}
