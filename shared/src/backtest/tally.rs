//! What a rule earned, added up by month.

use super::timeline::Step;
use crate::month::Month;
use crate::strike::Signal;

/// The party whose profit is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Buys power only while mining, and pays nothing while idle.
    Buyer,
    /// Owns the power, and sells it at the power price while not mining, even if that price is
    /// negative.
    Owner,
}

/// What 1 MW of power was used for, and what it earned. Because it is 1 MW, a number of hours is
/// also a number of MWh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Number of hours of mining.
    pub hours_mined: f64,
    /// Number of idle hours.
    pub hours_idle: f64,
    /// Number of hours in which the opposite decision would have earned more.
    pub hours_wrong: f64,
    /// How often mining started after an idle time.
    pub starts: u32,
    /// How often mining stopped.
    pub stops: u32,
    /// Revenue of mining in USD, after pool fee, overhead and adder.
    pub mining_usd: f64,
    /// Value of the power that was used for mining, at the power price, in USD.
    pub power_usd: f64,
    /// Value of the power that was not used for mining, at the power price, in USD.
    pub sold_usd: f64,
}

impl Tally {
    /// Profit in USD.
    pub fn profit_usd(&self, view: View) -> f64 {
        match view {
            View::Buyer => self.gain_usd(),
            View::Owner => self.mining_usd + self.sold_usd,
        }
    }

    /// How much more it earned than never mining, in USD. This is the same in both views: a buyer
    /// who never mines earns nothing, and an owner who never mines sells all power.
    pub fn gain_usd(&self) -> f64 {
        self.mining_usd - self.power_usd
    }

    /// The gain as a fraction of the gain of perfect foresight; `None` if perfect foresight gains
    /// nothing.
    pub fn share_of(&self, foresight: &Self) -> Option<f64> {
        let best = foresight.gain_usd();
        (best > 0.0).then(|| self.gain_usd() / best)
    }

    /// Adds the values of another tally.
    pub fn add(&mut self, other: &Self) {
        self.hours_mined += other.hours_mined;
        self.hours_idle += other.hours_idle;
        self.hours_wrong += other.hours_wrong;
        self.starts += other.starts;
        self.stops += other.stops;
        self.mining_usd += other.mining_usd;
        self.power_usd += other.power_usd;
        self.sold_usd += other.sold_usd;
    }
}

/// A tally for each month, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Months(Vec<(Month, Tally)>);

impl Months {
    /// Adds a step during which the machines do `now`, after they did `before`. `revenue` is in
    /// USD/MWh.
    pub(super) fn add(&mut self, step: &Step, revenue: f64, before: Option<Signal>, now: Signal) {
        let tally = self.tally_of(step.month);
        let power_usd = step.power_price * step.hours;
        match now {
            Signal::Mine => {
                tally.hours_mined += step.hours;
                tally.mining_usd += revenue * step.hours;
                tally.power_usd += power_usd;
                tally.starts += u32::from(before == Some(Signal::Stop));
            }
            Signal::Stop => {
                tally.hours_idle += step.hours;
                tally.sold_usd += power_usd;
                tally.stops += u32::from(before == Some(Signal::Mine));
            }
        }
        let is_wrong = match now {
            Signal::Mine => revenue < step.power_price,
            Signal::Stop => revenue > step.power_price,
        };
        if is_wrong {
            tally.hours_wrong += step.hours;
        }
    }

    pub(super) fn into_vec(self) -> Vec<(Month, Tally)> {
        self.0
    }

    fn tally_of(&mut self, month: Month) -> &mut Tally {
        if self.0.last().is_none_or(|(last, _)| *last != month) {
            self.0.push((month, Tally::default()));
        }
        let at = self.0.len() - 1;
        &mut self.0[at].1
    }
}
