//! The change of mining revenue since an earlier block.

use std::time::Duration;

use hashlake_core::revenue::BlockEconomics;

/// If the last block before a moment is more than this time before it, the lake has a gap, and the
/// change since that moment is unknown.
pub(crate) const MAX_POINT_GAP: Duration = Duration::from_hours(24);

/// Relative change of mining revenue in USD (with the mean fees of 144 blocks) from an earlier
/// block to the latest one: 0.1 means 10 % more. The earlier block is the last one that is at least
/// `ago` older. `None` if there is no such block, if it is more than [`MAX_POINT_GAP`] older than
/// that, or if either block has no price or no mean fees.
///
/// Hashprice and the USD/MWh of every miner model change by the same percentage, because their
/// ratio is constant. `rows` are in order of height.
pub(crate) fn change(rows: &[&BlockEconomics], ago: Duration) -> Option<f64> {
    let latest = rows.last()?;
    let moment = latest.median_time - ago;
    let then = rows[..rows.partition_point(|row| row.median_time <= moment)].last()?;
    if moment.since(then.median_time) > MAX_POINT_GAP {
        return None;
    }
    Some(latest.usd_per_ph_day_144()? / then.usd_per_ph_day_144()? - 1.0)
        .filter(|change| change.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{BlockSpec, block};

    const DAY: Duration = Duration::from_hours(24);

    fn priced(time: &'static str, price: Option<f64>) -> BlockEconomics {
        let spec = BlockSpec {
            time,
            price,
            ..BlockSpec::default()
        };
        let row = block(spec).economics();
        BlockEconomics {
            sat_per_ph_day_144: Some(40_000.0),
            ..row
        }
    }

    fn since(blocks: &[BlockEconomics]) -> Option<f64> {
        change(&blocks.iter().collect::<Vec<_>>(), DAY)
    }

    #[test]
    fn a_change_starts_at_the_last_block_at_or_before_the_moment() {
        let latest = priced("2025-11-23T12:00:00Z", Some(110_000.0));
        let at = |time, price| {
            since(&[
                priced("2025-11-22T01:00:00Z", Some(50_000.0)),
                priced(time, Some(price)),
                latest,
            ])
        };
        let rounded = |change: Option<f64>| change.map(|change| format!("{change:.6}"));

        // The hashprice in sat is the same: 110,000 / 100,000 - 1 and 110,000 / 50,000 - 1.
        assert_eq!(
            rounded(at("2025-11-22T12:00:00Z", 100_000.0)).as_deref(),
            Some("0.100000")
        );
        assert_eq!(
            rounded(at("2025-11-22T12:00:01Z", 100_000.0)).as_deref(),
            Some("1.200000")
        );
    }

    #[test]
    fn a_change_is_unknown_without_a_price_or_a_block_of_that_time() {
        let latest = priced("2025-11-23T12:00:00Z", Some(110_000.0));

        assert_eq!(since(&[]), None);
        assert_eq!(since(std::slice::from_ref(&latest)), None);
        assert_eq!(since(&[priced("2025-11-22T12:00:00Z", None), latest]), None);
        assert_eq!(since(&[latest, priced("2025-11-24T12:00:00Z", None)]), None);
        assert_eq!(
            since(&[priced("2025-11-21T11:59:59Z", Some(1.0)), latest]),
            None
        );
        let without_mean_fees = BlockEconomics {
            sat_per_ph_day_144: None,
            ..priced("2025-11-22T12:00:00Z", Some(100_000.0))
        };
        assert_eq!(since(&[without_mean_fees, latest]), None);
    }

    #[test]
    fn a_change_compares_hashprices_with_mean_fees() {
        let with_hashprice = |time, sat_per_ph_day_144| BlockEconomics {
            sat_per_ph_day_144: Some(sat_per_ph_day_144),
            ..priced(time, Some(100_000.0))
        };

        let change = since(&[
            with_hashprice("2025-11-22T12:00:00Z", 40_000.0),
            with_hashprice("2025-11-23T12:00:00Z", 50_000.0),
        ]);

        assert_eq!(change, Some(0.25)); // 50,000 / 40,000 - 1
    }
}
