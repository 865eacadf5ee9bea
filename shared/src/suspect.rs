//! Price points that are probably errors of their source.

use std::fmt;
use std::time::Duration;

use crate::price::{MAX_PRICE_AGE, PricePoint, Quote};

/// Points of an hourly series are at most this far apart, even if one between them is missing.
const NEAR: Duration = Duration::from_hours(2);

/// In hourly series, the real price never moved by this factor and came back in the next hour. The
/// largest moves in an hour were factors of about 1.3 (2013-04-12, 2020-03-13).
const NEAR_FACTOR: f64 = 1.5;

/// The factor for points up to 36 hours apart, such as daily series, and series with hours without
/// trades in 2011.
const FAR_FACTOR: f64 = 3.0;

/// A single price that is far off its neighbours. A price that stays at its new level is not a
/// suspect.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// The price.
    pub quote: Quote,
    /// The point before it; `None` if there is none within 36 hours.
    pub before: Option<Quote>,
    /// The point after it; `None` if there is none within 36 hours.
    pub after: Option<Quote>,
}

impl fmt::Display for Suspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let price = |quote: &Quote| format!("{} USD at {}", quote.usd.to_usd_per_btc(), quote.time);
        write!(f, "{}", price(&self.quote))?;
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => {
                write!(f, ", between {} and {}", price(before), price(after))
            }
            (Some(before), None) => write!(f, ", after {}", price(before)),
            (None, Some(after)) => write!(f, ", before {}", price(after)),
            (None, None) => Ok(()),
        }
    }
}

/// The points that are far above both neighbours, or far below both, while the neighbours are near
/// each other. `points` are in order of time.
///
/// # Examples
/// ```
/// use hashlake_core::price::{PricePoint, Quote};
/// use hashlake_core::suspect::spikes;
/// use hashlake_core::timestamp::Timestamp;
/// use hashlake_core::units::UsdPerBtc;
///
/// let hourly = |prices: &[f64]| {
///     let point = |(hour, usd): (u32, &f64)| {
///         let time = Timestamp::from_block_time(1_763_766_000 + 3600 * hour);
///         let quote = Quote { time, usd: UsdPerBtc::new(*usd)?, source: "coingecko".into() };
///         Ok(PricePoint { quote, resolution_s: 3600 })
///     };
///     (0..).zip(prices).map(point).collect::<Result<Vec<_>, hashlake_core::units::UnitError>>()
/// };
/// assert_eq!(spikes(&hourly(&[84_500.0, 84_714_000.0, 84_600.0])?).len(), 1);
/// assert_eq!(spikes(&hourly(&[84_500.0, 42_000.0, 41_000.0])?).len(), 0); // A crash.
/// # Ok::<(), hashlake_core::units::UnitError>(())
/// ```
pub fn spikes(points: &[PricePoint]) -> Vec<Suspect> {
    let windows = points.windows(3);
    windows
        .filter_map(|window| spike(&window[0].quote, &window[1].quote, &window[2].quote))
        .collect()
}

/// The [`spikes`], and also the points at either end of a series that are far off their only
/// neighbour. The next point will show whether the price stays there.
pub fn suspects(points: &[PricePoint]) -> Vec<Suspect> {
    let mut suspects = spikes(points);
    let is_spike = |quote: &Quote| suspects.iter().any(|suspect| suspect.quote == *quote);
    let others: Vec<&Quote> = points
        .iter()
        .map(|point| &point.quote)
        .filter(|quote| !is_spike(quote))
        .collect();
    let mut at_ends = Vec::new();
    for (at, quote) in others.iter().enumerate() {
        let near = |other: &&Quote| quote.distance(other.time) <= MAX_PRICE_AGE;
        let before = at.checked_sub(1).map(|at| others[at]).filter(near);
        let after = others.get(at + 1).copied().filter(near);
        let is_suspect = match (before, after) {
            (Some(before), None) => is_far_off(quote, before),
            (None, Some(after)) => {
                // The first point is suspect only if the third one is near the second one.
                let stays_there = others
                    .get(at + 2)
                    .is_some_and(|later| spike_like(quote, after, later));
                is_far_off(quote, after) && stays_there
            }
            _ => false,
        };
        if is_suspect {
            let (before, after) = (before.cloned(), after.cloned());
            at_ends.push(Suspect {
                quote: (*quote).clone(),
                before,
                after,
            });
        }
    }
    suspects.extend(at_ends);
    suspects.sort_by_key(|suspect| suspect.quote.time);
    suspects
}

fn spike(before: &Quote, quote: &Quote, after: &Quote) -> Option<Suspect> {
    let is_same_side = (rise(before, quote) > 0.0) == (rise(after, quote) > 0.0);
    let is_spike = is_same_side
        && is_far_off(quote, before)
        && is_far_off(quote, after)
        && spike_like(quote, before, after);
    is_spike.then(|| Suspect {
        quote: quote.clone(),
        before: Some(before.clone()),
        after: Some(after.clone()),
    })
}

/// Whether `first` and `second` are nearer to each other than half the way to `quote`.
fn spike_like(quote: &Quote, first: &Quote, second: &Quote) -> bool {
    let way = rise(first, quote).abs().min(rise(second, quote).abs());
    rise(first, second).abs() < way / 2.0
}

/// Whether the price differs from that of a point within 36 hours by more than any real move.
fn is_far_off(quote: &Quote, other: &Quote) -> bool {
    let distance = quote.distance(other.time);
    let factor = if distance <= NEAR {
        NEAR_FACTOR
    } else {
        FAR_FACTOR
    };
    distance <= MAX_PRICE_AGE && rise(other, quote).abs() > factor.ln()
}

/// Logarithm of the factor from one price to another.
fn rise(from: &Quote, to: &Quote) -> f64 {
    (to.usd.to_usd_per_btc() / from.usd.to_usd_per_btc()).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;
    use crate::units::UsdPerBtc;

    fn points(step_s: i64, prices: &[f64]) -> Vec<PricePoint> {
        let point = |(n, usd): (i64, &f64)| PricePoint {
            quote: Quote {
                time: Timestamp::from_secs(1_300_000_000 + n * step_s).expect("a date"),
                usd: UsdPerBtc::new(*usd).expect("a price"),
                source: "test".into(),
            },
            resolution_s: 3600,
        };
        (0..).zip(prices).map(point).collect()
    }

    fn suspect_prices(step_s: i64, prices: &[f64]) -> Vec<f64> {
        let suspects = suspects(&points(step_s, prices)).into_iter();
        suspects
            .map(|suspect| suspect.quote.usd.to_usd_per_btc())
            .collect()
    }

    #[test]
    fn a_single_point_far_above_or_below_both_neighbours_is_suspect() {
        for factor in [1000.0, 10.0, 2.0, 1.6, 0.6, 0.5, 0.1, 0.001] {
            let spike = 84_000.0 * factor;
            let prices = [84_000.0, 84_100.0, spike, 84_300.0, 84_200.0];

            for step_s in [300, 3600] {
                assert_eq!(suspect_prices(step_s, &prices), [spike], "{factor}");
            }
        }
        // Daily prices may differ more than hourly ones.
        assert!(suspect_prices(86_400, &[10.0, 10.5, 18.0, 10.2, 10.0]).is_empty());
        assert_eq!(
            suspect_prices(86_400, &[10.0, 10.5, 40.0, 10.2, 10.0]),
            [40.0]
        );
        // Points that are more than 36 hours apart are not compared.
        assert!(suspect_prices(7 * 86_400, &[10.0, 10.5, 400.0, 10.2, 10.0]).is_empty());
        assert_eq!(
            suspect_prices(3600, &[84.0, 84.0, 9e4, 85.0, 85.0, 0.01, 85.0, 86.0]),
            [9e4, 0.01]
        );
    }

    #[test]
    fn a_move_that_stays_is_not_suspect() {
        for after in [0.5, 0.1, 2.0, 10.0] {
            let level = 8000.0 * after;
            assert!(
                suspect_prices(3600, &[7900.0, 8000.0, level, level * 1.1, level * 0.95])
                    .is_empty()
            );
        }
        // Approximate hourly prices of 12 and 13 March 2020: they fall by half, and regain half of that.
        assert!(
            suspect_prices(
                3600,
                &[7300.0, 6000.0, 5600.0, 4900.0, 3900.0, 5100.0, 5600.0]
            )
            .is_empty()
        );
        // Approximate daily prices around 10 to 12 April 2013.
        assert!(
            suspect_prices(86_400, &[230.0, 266.0, 105.0, 124.0, 61.0, 117.0, 90.0]).is_empty()
        );
        // Daily prices at Mt. Gox between 8 and 19 June 2011.
        assert!(
            suspect_prices(
                86_400,
                &[29.6, 28.9, 24.0, 14.6, 18.5, 19.8, 19.4, 16.8, 17.5]
            )
            .is_empty()
        );
    }

    #[test]
    fn the_first_or_last_point_is_suspect_until_the_next_one_confirms_it() {
        assert_eq!(suspect_prices(3600, &[84.0, 84.1, 42.0]), [42.0]);
        assert!(suspect_prices(3600, &[84.0, 84.1, 42.0, 42.5]).is_empty());
        assert_eq!(suspect_prices(3600, &[84.0, 84.1, 42.0, 84.5]), [42.0]);
        assert_eq!(suspect_prices(3600, &[42.0, 84.0, 84.1]), [42.0]);
        assert_eq!(suspect_prices(3600, &[42.0, 84.0, 200.0]), [200.0]);
        assert_eq!(suspect_prices(3600, &[84.0, 42.0]), [42.0]);
        assert!(suspect_prices(3600, &[84.0]).is_empty());
        // The spike is suspect, and not the last point after it.
        assert_eq!(suspect_prices(3600, &[84.0, 8400.0, 84.1]), [8400.0]);
    }
}
