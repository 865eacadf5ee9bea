//! The rules of a backtest: when to mine.

use super::timeline::Step;
use crate::strike::{Signal, Strike};

/// A rule that says when to mine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Mine always.
    Always,
    /// Never mine.
    Never,
    /// Mine while the power price is at most this constant, in USD/MWh.
    Constant(f64),
    /// Mine while the power price is at most what the newest block alone pays per MWh.
    NewestBlock,
    /// Follow the strike, which uses the mean fees of the last 144 blocks, and the subsidy and
    /// difficulty of the next block.
    Strike {
        /// The signal does not change while the power price differs from the strike by less than
        /// this fraction of the strike. From 0 to below 1.
        band: f64,
        /// Minimum number of blocks between two changes of the signal.
        hold_blocks: u32,
    },
    /// Mine exactly while it pays. No one can do this, because the revenue becomes known only
    /// later.
    PerfectForesight,
}

impl Rule {
    /// A name for programs, such as `perfect_foresight`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Constant(_) => "constant",
            Self::NewestBlock => "newest_block",
            Self::Strike { .. } => "strike",
            Self::PerfectForesight => "perfect_foresight",
        }
    }
}

/// Follows a rule through time.
#[derive(Clone, Debug)]
pub(super) struct Decider {
    rule: Rule,
    now: Option<Signal>,
    /// Height of the newest block at the last change.
    changed_at: Option<u32>,
}

impl Decider {
    pub(super) const fn new(rule: Rule) -> Self {
        Self {
            rule,
            now: None,
            changed_at: None,
        }
    }

    /// What the machines do now; `None` before the first decision.
    pub(super) const fn now(&self) -> Option<Signal> {
        self.now
    }

    /// Decides what to do during this step. If a value that the rule needs is unknown, the last
    /// decision stays; `None` if there was no decision yet. Values are in USD/MWh.
    pub(super) fn decide(&mut self, step: &Step) -> Option<Signal> {
        let wanted = match self.rule {
            Rule::Always => Some(Signal::Mine),
            Rule::Never => Some(Signal::Stop),
            Rule::Constant(usd_per_mwh) => Some(mine_up_to(usd_per_mwh, step)),
            Rule::NewestBlock => step
                .newest_block_revenue
                .map(|value| mine_up_to(value, step)),
            Rule::Strike { band, hold_blocks } => self.follow(step, band, hold_blocks),
            Rule::PerfectForesight => step.revenue.map(|value| mine_up_to(value, step)),
        };
        self.now = wanted.or(self.now);
        self.now
    }

    fn follow(&mut self, step: &Step, band: f64, hold_blocks: u32) -> Option<Signal> {
        let strike = Strike::with_band(step.strike?, band);
        let wanted = strike.signal(step.power_price, self.now);
        let is_change = self.now.is_some_and(|now| now != wanted);
        let is_held = self
            .changed_at
            .is_some_and(|height| step.height < height.saturating_add(hold_blocks));
        if is_change && is_held {
            return self.now;
        }
        if is_change {
            self.changed_at = Some(step.height);
        }
        Some(wanted)
    }
}

fn mine_up_to(usd_per_mwh: f64, step: &Step) -> Signal {
    if step.power_price <= usd_per_mwh {
        Signal::Mine
    } else {
        Signal::Stop
    }
}
