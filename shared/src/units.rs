//! Numbers whose type is their unit.

use thiserror::Error;

/// The number is outside the range of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error("{value} is not a valid {unit}: expected {range}")]
pub struct UnitError {
    value: f64,
    unit: &'static str,
    range: &'static str,
}

/// An exact amount of bitcoin in satoshis (1 BTC = 100,000,000 sat).
///
/// From 0 to 21 million BTC. There is no conversion from a float.
///
/// # Examples
/// ```
/// use hashlake_core::units::Sats;
///
/// let subsidy = Sats::new(312_500_000)?;
/// let fees = Sats::new(2_000_000)?;
/// assert_eq!(subsidy.checked_add(fees).map(Sats::to_sat), Some(314_500_000));
/// assert!(Sats::new(-1).is_err());
/// # Ok::<(), hashlake_core::units::UnitError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sats(i64);

impl Sats {
    /// 0 sat.
    pub const ZERO: Self = Self(0);
    /// 21 million BTC, more than will ever exist.
    pub const MAX: Self = Self(21_000_000 * 100_000_000);

    /// An amount of `sat` satoshis.
    ///
    /// # Errors
    /// [`UnitError`] if `sat` is negative or more than [`Sats::MAX`].
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

    /// The amount as a float. It is exact, because every [`Sats`] is below 2^53.
    pub const fn to_f64(self) -> f64 {
        lossy(self.0)
    }

    /// The sum, or `None` if it is more than [`Sats::MAX`].
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0.checked_add(other.0)?).ok()
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact below 2^53, as every `Sats` is; larger values are only displayed in an error"
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
            /// [`UnitError`] if the value is not finite or not above zero.
            pub fn $new(value: f64) -> Result<Self, UnitError> {
                if value.is_finite() && value > 0.0 {
                    return Ok(Self(value));
                }
                Err(UnitError { value, unit: concat!("value in ", $unit), range: "a finite number above zero" })
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
    /// Energy that a miner uses for one terahash, in joules. One TH/s at `e` J/TH draws `e` watts.
    JoulesPerTh, "J/TH", new, to_joules_per_th
);
positive!(
    /// How many times harder it is to find a block than at difficulty 1, where it takes about 2^32
    /// hashes.
    Difficulty, "difficulty", new, to_f64
);
positive!(
    /// Hash rate: hashes per second.
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
    fn the_error_for_a_price_of_zero_names_the_range() {
        let error = UsdPerBtc::new(0.0).expect_err("zero is not a price");

        assert_eq!(
            error.to_string(),
            "0 is not a valid value in USD per BTC: expected a finite number above zero"
        );
        assert!(UsdPerBtc::new(f64::NAN).is_err());
        assert!(UsdPerBtc::new(f64::INFINITY).is_err());
    }
}
