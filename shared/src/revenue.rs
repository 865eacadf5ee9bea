//! Mining revenue: the formulas of the field, one function each. No other module contains them.
//!
//! `reward` is a block's subsidy plus fees. The expected number of hashes is difficulty x 2^32, as
//! is usual in the field (the exact work is 15 ppm more).

use std::collections::VecDeque;

use crate::asic::Asic;
use crate::block::Block;
use crate::price::BlockPrice;
use crate::timestamp::Timestamp;
use crate::units::{Difficulty, HashesPerSecond, JoulesPerTh, Sats, UsdPerBtc};

const HASHES_PER_DIFFICULTY: f64 = 4_294_967_296.0; // 2^32
const HASHES_PER_PH_DAY: f64 = 1e15 * 86_400.0;
/// Joules per MWh times hashes per TH. Divided by an efficiency in J/TH: hashes per MWh.
const TERAHASH_JOULES_PER_MWH: f64 = 3.6e9 * 1e12;
const SAT_PER_BTC: f64 = 1e8;

/// A block and its price.
#[derive(Clone, Debug, PartialEq)]
pub struct PricedBlock {
    /// The block.
    pub block: Block,
    /// The price of the block.
    pub price: BlockPrice,
}

impl PricedBlock {
    /// The part that matters for the economics of mining.
    pub fn economics(&self) -> BlockEconomics {
        let Self { block, price } = self;
        BlockEconomics {
            height: block.height,
            median_time: block.median_time,
            difficulty: block.bits.difficulty(),
            tx_count: block.tx_count,
            subsidy: block.subsidy,
            fees: block.fees,
            network_hashrate: HashesPerSecond::new(block.network_hashrate_hs).ok(),
            price: price.quote().map(|quote| quote.usd),
            price_is_final: price.is_final(),
            sat_per_ph_day_144: block.sat_per_ph_day_144,
        }
    }

    /// Hashprice of the block in sat/PH/day.
    pub fn sat_per_ph_day(&self) -> f64 {
        self.economics().sat_per_ph_day()
    }

    /// Hashprice of the block in USD/PH/day, if it has a price.
    pub fn usd_per_ph_day(&self) -> Option<f64> {
        self.economics().usd_per_ph_day()
    }

    /// Hashprice with the mean fees of the last 144 blocks in USD/PH/day, if it is known and the
    /// block has a price.
    pub fn usd_per_ph_day_144(&self) -> Option<f64> {
        self.economics().usd_per_ph_day_144()
    }
}

/// The part of a block that matters for the economics of mining. Series over time are made of these
/// values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockEconomics {
    /// Block height.
    pub height: u32,
    /// Median time past: sets the day and month of the block.
    pub median_time: Timestamp,
    /// Difficulty of the block.
    pub difficulty: Difficulty,
    /// Number of transactions including the coinbase.
    pub tx_count: u32,
    /// Block subsidy.
    pub subsidy: Sats,
    /// Transaction fees.
    pub fees: Sats,
    /// Network hash rate, if bitcoind can estimate it.
    pub network_hashrate: Option<HashesPerSecond>,
    /// Price of the block, if it has one.
    pub price: Option<UsdPerBtc>,
    /// Whether no nearer price will be added.
    pub price_is_final: bool,
    /// Hashprice in sat/PH/day with the mean fees of the last 144 blocks, as stored. `None` if the
    /// fees of some of them were unknown, or if the block was written by a version that did not
    /// store it.
    pub sat_per_ph_day_144: Option<f64>,
}

impl BlockEconomics {
    /// Subsidy plus fees.
    pub fn reward(&self) -> Sats {
        self.subsidy.checked_add(self.fees).unwrap_or(Sats::MAX)
    }

    /// Hashprice in sat/PH/day.
    pub fn sat_per_ph_day(&self) -> f64 {
        sat_per_ph_day(self.difficulty, self.reward())
    }

    /// Hashprice in USD/PH/day, if the block has a price.
    pub fn usd_per_ph_day(&self) -> Option<f64> {
        self.usd(self.sat_per_ph_day())
    }

    /// Hashprice with the mean fees of the last 144 blocks in USD/PH/day, if it is known and the
    /// block has a price.
    pub fn usd_per_ph_day_144(&self) -> Option<f64> {
        self.usd(self.sat_per_ph_day_144?)
    }

    /// Expected revenue of one MWh on this miner, in sat.
    pub fn sat_per_mwh(&self, asic: &Asic) -> f64 {
        sat_per_mwh(self.difficulty, self.reward(), asic.efficiency())
    }

    /// Expected share of this block for one megawatt of this miner, in sat; `None` if the network
    /// hash rate is unknown.
    pub fn sat_per_block(&self, asic: &Asic) -> Option<f64> {
        self.share(asic.hashrate_per_mw())
    }

    /// Expected share of this block for one PH/s, in sat; `None` if the network hash rate is
    /// unknown.
    pub fn sat_per_ph(&self) -> Option<f64> {
        self.share(HashesPerSecond::ONE_PH)
    }

    fn share(&self, hashrate: HashesPerSecond) -> Option<f64> {
        Some(sat_per_block(
            hashrate,
            self.network_hashrate?,
            self.reward(),
        ))
    }

    /// Satoshis in US dollars at the price of the block, if it has one.
    pub fn usd(&self, sat: f64) -> Option<f64> {
        self.price.map(|price| usd(sat, price))
    }
}

/// Hashprice of a block in sat/PH/day: the expected revenue of one PH/s in a day, at the difficulty
/// and reward of the block.
///
/// `1e15 x 86400 / (difficulty x 2^32) x reward`
///
/// # Examples
/// ```
/// use hashlake_core::revenue::{sat_per_ph_day, usd};
/// use hashlake_core::units::{Difficulty, Sats, UsdPerBtc};
///
/// let sat = sat_per_ph_day(Difficulty::new(1e14)?, Sats::new(312_500_000 + 2_000_000)?);
/// assert_eq!(format!("{sat:.6}"), "63266.605139");
/// assert_eq!(format!("{:.5}", usd(sat, UsdPerBtc::new(84_714.0)?)), "53.59567");
/// # Ok::<(), hashlake_core::units::UnitError>(())
/// ```
pub fn sat_per_ph_day(difficulty: Difficulty, reward: Sats) -> f64 {
    HASHES_PER_PH_DAY / expected_hashes(difficulty) * reward.to_f64()
}

/// Hashprice in sat/PH/day with the mean fees of the last 144 blocks in place of one block's own:
/// the industry's definition (<https://docs.luxor.tech/hashrateindex/hashprice>).
///
/// `1e15 x 86400 / (difficulty x 2^32) x (subsidy + fees_sat_144)`
pub fn sat_per_ph_day_144(difficulty: Difficulty, subsidy: Sats, fees_sat_144: f64) -> f64 {
    HASHES_PER_PH_DAY / expected_hashes(difficulty) * (subsidy.to_f64() + fees_sat_144)
}

/// The mean fees of the last 144 blocks in sat, computed back from a block's
/// [`sat_per_ph_day_144`]. The result is exact to a thousandth of a satoshi, as long as the reward
/// is below 1e12 sat.
///
/// `sat_per_ph_day_144 x difficulty x 2^32 / (1e15 x 86400) - subsidy`
pub fn fees_sat_144(difficulty: Difficulty, subsidy: Sats, sat_per_ph_day_144: f64) -> f64 {
    sat_per_ph_day_144 / (HASHES_PER_PH_DAY / expected_hashes(difficulty)) - subsidy.to_f64()
}

/// Fees of the last 144 blocks, about a day.
///
/// # Examples
/// ```
/// use hashlake_core::revenue::FeeWindow;
/// use hashlake_core::units::Sats;
///
/// let mut window = FeeWindow::default();
/// let means: Vec<_> = (0..145).map(|height| Some(window.push(height, Sats::new(height.into()).ok()?))).collect();
/// assert_eq!(means[142], Some(None));
/// assert_eq!(means[144], Some(Some(72.5))); // The mean of 1 to 144.
/// ```
#[derive(Clone, Debug, Default)]
pub struct FeeWindow {
    fees: VecDeque<Sats>,
    sum_sat: i64,
    next_height: u32,
}

impl FeeWindow {
    /// Number of blocks in a full window.
    pub const BLOCKS: u32 = 144;

    /// Adds the fees of a block, and returns the mean fees of the last 144 blocks including it, in
    /// sat. `None` while fewer are known. A block that does not follow the one before it starts a
    /// new window.
    pub fn push(&mut self, height: u32, fees: Sats) -> Option<f64> {
        if height != self.next_height {
            *self = Self::default();
        }
        self.next_height = height + 1;
        self.fees.push_back(fees);
        self.sum_sat += fees.to_sat();
        if self.fees.len() > Self::BLOCKS as usize {
            self.sum_sat -= self.fees.pop_front().map_or(0, Sats::to_sat);
        }
        self.mean_sat()
    }

    /// Mean fees of the last 144 blocks in sat; `None` while fewer are known.
    pub fn mean_sat(&self) -> Option<f64> {
        let is_full = self.fees.len() == Self::BLOCKS as usize;
        is_full.then(|| lossy(self.sum_sat) / f64::from(Self::BLOCKS))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "fees of 144 blocks are below 2^53 sat, because all bitcoin are"
)]
const fn lossy(sat: i64) -> f64 {
    sat as f64
}

/// Expected revenue of one MWh on a machine of this efficiency, in sat.
///
/// `3.6e21 / efficiency / (difficulty x 2^32) x reward`
///
/// # Examples
/// ```
/// use hashlake_core::revenue::{sat_per_mwh, usd};
/// use hashlake_core::units::{Difficulty, JoulesPerTh, Sats, UsdPerBtc};
///
/// // A subsidy of 3.125 BTC and fees of 0.02 BTC, at 84,714 USD/BTC, on a machine of 15 J/TH.
/// let reward = Sats::new(312_500_000 + 2_000_000)?;
/// let sat = sat_per_mwh(Difficulty::new(1e14)?, reward, JoulesPerTh::new(15.0)?);
/// assert_eq!(format!("{sat:.6}"), "175740.569830");
/// assert_eq!(format!("{:.5}", usd(sat, UsdPerBtc::new(84_714.0)?)), "148.87687");
/// # Ok::<(), hashlake_core::units::UnitError>(())
/// ```
pub fn sat_per_mwh(difficulty: Difficulty, reward: Sats, efficiency: JoulesPerTh) -> f64 {
    TERAHASH_JOULES_PER_MWH / efficiency.to_joules_per_th() / expected_hashes(difficulty)
        * reward.to_f64()
}

/// How many days one MWh powers 1 PH/s at this efficiency. Hashprice times this is the revenue per
/// MWh.
///
/// `1000 / (24 x efficiency)`: 3.6e9 J/MWh / (`efficiency` J/TH x 8.64e7 TH per PH/s-day).
///
/// # Examples
/// ```
/// use hashlake_core::revenue::ph_days_per_mwh;
/// use hashlake_core::units::JoulesPerTh;
///
/// // At a hashprice of 36 USD/PH/day, a machine of 15 J/TH earns 100 USD/MWh.
/// assert_eq!(format!("{:.6}", 36.0 * ph_days_per_mwh(JoulesPerTh::new(15.0)?)), "100.000000");
/// # Ok::<(), hashlake_core::units::UnitError>(())
/// ```
pub fn ph_days_per_mwh(efficiency: JoulesPerTh) -> f64 {
    1000.0 / (24.0 * efficiency.to_joules_per_th())
}

/// Hash rate in PH/s of as many machines as draw one megawatt.
pub fn ph_per_mw(asic: &Asic) -> f64 {
    asic.hashrate_per_mw().to_hs() / HashesPerSecond::ONE_PH.to_hs()
}

/// Fees as a fraction of the block reward, from 0 to 1; `None` if the reward is zero.
pub fn fee_share(subsidy: Sats, fees: Sats) -> Option<f64> {
    let reward = subsidy.to_f64() + fees.to_f64();
    (reward > 0.0).then(|| fees.to_f64() / reward)
}

/// Costs that are paid from mining revenue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MiningCosts {
    /// Price of electricity in USD/MWh.
    pub power_price: f64,
    /// Fraction of revenue that the pool keeps, from 0 to 1.
    pub pool_fee: f64,
}

impl MiningCosts {
    /// Profit in USD from revenue in USD and the energy that earned it, in MWh.
    ///
    /// `revenue x (1 - pool_fee) - power_price x mwh`
    pub fn profit_usd(self, revenue_usd: f64, mwh: f64) -> f64 {
        revenue_usd * (1.0 - self.pool_fee) - self.power_price * mwh
    }
}

/// Expected share of a block for machines of this hash rate, in sat.
///
/// `hashrate / network_hashrate x reward`
pub fn sat_per_block(
    hashrate: HashesPerSecond,
    network_hashrate: HashesPerSecond,
    reward: Sats,
) -> f64 {
    hashrate.to_hs() / network_hashrate.to_hs() * reward.to_f64()
}

/// Satoshis in US dollars.
pub fn usd(sat: f64, price: UsdPerBtc) -> f64 {
    sat / SAT_PER_BTC * price.to_usd_per_btc()
}

fn expected_hashes(difficulty: Difficulty) -> f64 {
    difficulty.to_f64() * HASHES_PER_DIFFICULTY
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn difficulty(d: f64) -> Difficulty {
        Difficulty::new(d).expect("a difficulty")
    }

    fn joules_per_th(e: f64) -> JoulesPerTh {
        JoulesPerTh::new(e).expect("an efficiency")
    }

    #[test]
    fn formulas_give_the_values_that_bc_calculates() {
        // bc(1): 3.6e21 / 15 / (1e14 x 4294967296) x 314,500,000 and 8.64e19 / (1e14 x 4294967296) x 314,500,000.
        let reward = Sats::new(312_500_000 + 2_000_000).expect("an amount");
        let price = UsdPerBtc::new(84_714.0).expect("a price");

        let per_mwh = sat_per_mwh(difficulty(1e14), reward, joules_per_th(15.0));
        let per_ph_day = sat_per_ph_day(difficulty(1e14), reward);

        assert_eq!(format!("{per_mwh:.6}"), "175740.569830");
        assert_eq!(format!("{per_ph_day:.6}"), "63266.605139");
        assert_eq!(format!("{:.5}", usd(per_mwh, price)), "148.87687");
        assert_eq!(format!("{:.5}", usd(per_ph_day, price)), "53.59567");
    }

    #[test]
    fn expected_share_of_a_block_is_the_share_of_the_network_hash_rate() {
        // 1 EH/s is a thousandth of the network's 1,000 EH/s, and gets a thousandth of 3.145 BTC.
        let hs = |value| HashesPerSecond::new(value).expect("a hash rate");

        assert_eq!(
            sat_per_block(
                hs(1e18),
                hs(1e21),
                Sats::new(314_500_000).expect("an amount")
            ),
            314_500.0
        );
    }

    #[test]
    fn one_megawatt_at_15_joules_per_terahash_runs_66_and_two_thirds_ph() {
        // 1e6 W / 15 J/TH = 66,666.67 TH/s.
        let asics = crate::asic::catalogue();
        let s21 = asics.iter().find(|asic| asic.id == "antminer-s21-pro-234");

        let ph = ph_per_mw(s21.expect("a machine of the catalogue"));

        assert_eq!(format!("{ph:.6}"), "66.666667");
    }

    #[test]
    fn fee_share_is_fees_over_the_reward() {
        let sats = |sat| Sats::new(sat).expect("an amount");

        // bc(1): 2,000,000 / 314,500,000.
        let share = fee_share(sats(312_500_000), sats(2_000_000)).expect("a reward above zero");
        assert_eq!(format!("{share:.9}"), "0.006359300");
        assert_eq!(fee_share(sats(0), sats(0)), None);
        assert_eq!(fee_share(sats(0), sats(1)), Some(1.0));
    }

    #[test]
    fn profit_is_revenue_minus_pool_fee_and_power_cost() {
        // 100 USD x 0.98 - 2 MWh x 30 USD/MWh.
        let costs = MiningCosts {
            power_price: 30.0,
            pool_fee: 0.02,
        };

        assert_eq!(costs.profit_usd(100.0, 2.0), 38.0);
        assert_eq!(MiningCosts::default().profit_usd(100.0, 2.0), 100.0);
    }

    proptest! {
        #[test]
        fn mean_fees_are_computed_back_from_the_hashprice(d in 1e-10..1e16_f64, subsidy in 0_i64..=5_000_000_000, fees in 0.0..1e11_f64) {
            let subsidy = Sats::new(subsidy).expect("an amount");
            let hashprice = sat_per_ph_day_144(difficulty(d), subsidy, fees);

            prop_assert!((fees_sat_144(difficulty(d), subsidy, hashprice) - fees).abs() < 1e-3);
        }

        #[test]
        fn revenue_per_mwh_is_hashprice_divided_by_24_times_the_efficiency(d in 1e-10..1e16_f64, sat in 0_i64..5_000_000_000, e in 1.0..1e4_f64) {
            let reward = Sats::new(sat).expect("an amount");
            let through_hashprice = sat_per_ph_day(difficulty(d), reward) * ph_days_per_mwh(joules_per_th(e));

            let direct = sat_per_mwh(difficulty(d), reward, joules_per_th(e));

            prop_assert!((direct - through_hashprice).abs() <= 1e-14 * direct * 10.0);
        }
    }
}
