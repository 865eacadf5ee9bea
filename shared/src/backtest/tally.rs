//! What a rule earned, added up by month.

use super::timeline::Step;
use crate::month::Month;
use crate::strike::Signal;

/// Whose profit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Buys the power that is mined. Idle costs nothing.
    Buyer,
    /// Owns the power, and sells what is not mined at the power price, even if that is negative.
    Owner,
}

/// What 1 MW of power did in a time, and what it earned. As it is 1 MW, hours are MWh, too.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Hours of mining.
    pub hours_mined: f64,
    /// Hours of standing idle.
    pub hours_idle: f64,
    /// Hours in which the other decision would have earned more.
    pub hours_wrong: f64,
    /// How often mining began after standing idle.
    pub starts: u32,
    /// How often mining ended.
    pub stops: u32,
    /// Revenue of mining in USD, after pool fee, overhead and adder.
    pub mining_usd: f64,
    /// Power that was mined, at the power price, in USD.
    pub power_usd: f64,
    /// Power that was not mined, at the power price, in USD.
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

    /// How much more than never mining it earned, in USD. It is the same in both views: a buyer who
    /// never mines earns nothing, and an owner sells all power.
    pub fn gain_usd(&self) -> f64 {
        self.mining_usd - self.power_usd
    }

    /// The gain as a share of that of perfect foresight; `None` if foresight gains nothing either.
    pub fn share_of(&self, foresight: &Self) -> Option<f64> {
        let best = foresight.gain_usd();
        (best > 0.0).then(|| self.gain_usd() / best)
    }

    /// Adds another time.
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

/// Tallies by month, in order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Months(Vec<(Month, Tally)>);

impl Months {
    /// Counts a step at which machines went from `before` to `now`. `revenue` is in USD/MWh.
    pub(super) fn count(&mut self, step: &Step, revenue: f64, before: Option<Signal>, now: Signal) {
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
