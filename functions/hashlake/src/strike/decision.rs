//! Decides at each poll whether one miner model should mine or stop. The signal does not change while
//! the power price is close to the strike (the band), or for some blocks after the last change (the
//! hold).
//! [`OnUnknown`] decides while the signal is unknown. This module uses no clock.

use std::fmt;

use clap::ValueEnum;
use hashlake_core::strike::{Signal, Strike};

/// After this number of polls in a row without a signal, [`OnUnknown`] applies, so that a single lost
/// reply does not stop a site.
pub(crate) const UNKNOWN_POLLS: u32 = 3;

/// What the miners should do while the signal is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnUnknown {
    /// Keep the last signal
    Keep,
    /// Change the signal to `mine`
    Mine,
    /// Change the signal to `stop`
    Stop,
}

/// The settings, which are the same for all polls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// A signal does not change for this many blocks after its last change.
    pub(crate) hold_blocks: u32,
    pub(crate) on_unknown: OnUnknown,
}

/// The values of one poll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PolledValues {
    pub(crate) strike: Strike,
    /// In USD/MWh.
    pub(crate) power_price: f64,
    /// Height of the newest block.
    pub(crate) height: u32,
}

impl fmt::Display for PolledValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Strike {
            usd_per_mwh,
            stop_above,
            start_below,
        } = self.strike;
        write!(
            f,
            "power {:.2} USD/MWh, strike {usd_per_mwh:.2} (stop above {stop_above:.2}, start below {start_below:.2})",
            self.power_price
        )
    }
}

/// A change of the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// `None` for the first signal.
    pub(crate) from: Option<Signal>,
    pub(crate) to: Signal,
}

/// The signal of one miner model, and the state on which its next change depends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decision {
    signal: Option<Signal>,
    /// Height of the newest block at the last change, if it was known.
    changed_at: Option<u32>,
    height: Option<u32>,
    unknown_polls: u32,
}

impl Decision {
    /// The signal; `None` before the first one.
    pub(crate) fn signal(&self) -> Option<Signal> {
        self.signal
    }

    /// Records one poll. `values` is `None` if the poll gave no signal. Returns the resulting
    /// change of the signal, if there is one.
    ///
    /// A change because of [`OnUnknown`] can also happen during a hold. It starts a new hold.
    pub(crate) fn observe(&mut self, values: Option<PolledValues>, rules: Rules) -> Option<Change> {
        let to = match values {
            Some(values) => {
                self.unknown_polls = 0;
                self.height = Some(values.height);
                if self.is_held(values.height, rules) {
                    return None;
                }
                values.strike.signal(values.power_price, self.signal)
            }
            None => {
                self.unknown_polls = self.unknown_polls.saturating_add(1);
                match rules.on_unknown {
                    _ if self.unknown_polls < UNKNOWN_POLLS => return None,
                    OnUnknown::Keep => return None,
                    OnUnknown::Mine => Signal::Mine,
                    OnUnknown::Stop => Signal::Stop,
                }
            }
        };
        if self.signal == Some(to) {
            return None;
        }
        let from = self.signal.replace(to);
        self.changed_at = self.height;
        Some(Change { from, to })
    }

    /// Whether the hold still applies. It ends `hold_blocks` after the last change. It also ends if the
    /// height is at least `hold_blocks` lower than at the last change: the data are then from another lake.
    fn is_held(&self, height: u32, rules: Rules) -> bool {
        self.changed_at
            .is_some_and(|changed_at| height.abs_diff(changed_at) < rules.hold_blocks)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::weighted;
    use proptest::prelude::*;

    use super::*;

    const KEEP: Rules = Rules {
        hold_blocks: 6,
        on_unknown: OnUnknown::Keep,
    };
    const STOP: Rules = Rules {
        on_unknown: OnUnknown::Stop,
        ..KEEP
    };

    /// A strike of 100 USD/MWh with a band from 98 to 102.
    fn values(height: u32, power_price: f64) -> Option<PolledValues> {
        Some(PolledValues {
            strike: Strike::with_band(100.0, 0.02),
            power_price,
            height,
        })
    }

    /// The changes as `(index of the poll, new signal)`.
    fn changes(rules: Rules, polls: &[Option<PolledValues>]) -> Vec<(usize, Signal)> {
        let mut decision = Decision::default();
        let changes = polls.iter().enumerate().filter_map(|(index, poll)| {
            let change = decision.observe(*poll, rules)?;
            Some((index, change.to))
        });
        changes.collect()
    }

    #[test]
    fn the_first_signal_is_a_change() {
        let mut decision = Decision::default();

        let change = decision.observe(values(900_000, 101.0), KEEP);

        let to = Signal::Stop; // The power price is above the strike, but within the band.
        assert_eq!(change, Some(Change { from: None, to }));
        assert_eq!(decision.signal(), Some(to));
    }

    #[test]
    fn nothing_changes_within_the_band() {
        let polls = [90.0, 101.9, 98.1, 102.1, 98.1, 97.9].map(|power| values(0, power));
        let at_heights = |(height, poll): (u32, Option<PolledValues>)| {
            poll.map(|poll| PolledValues {
                height: height * 10,
                ..poll
            })
        };
        let polls: Vec<_> = (0..).zip(polls).map(at_heights).collect();

        let expected = vec![(0, Signal::Mine), (3, Signal::Stop), (5, Signal::Mine)];
        assert_eq!(changes(KEEP, &polls), expected);
    }

    #[test]
    fn a_change_waits_until_the_hold_is_over() {
        let heights = [900_000, 900_001, 900_005, 900_006, 900_007];
        let polls: Vec<_> = heights
            .iter()
            .map(|height| match height {
                900_000 => values(*height, 90.0),
                _ => values(*height, 500.0),
            })
            .collect();

        let expected = vec![(0, Signal::Mine), (3, Signal::Stop)];
        assert_eq!(changes(KEEP, &polls), expected);
    }

    #[test]
    fn the_height_of_another_lake_ends_the_hold() {
        let mut decision = Decision::default();
        decision.observe(values(900_000, 1.0), KEEP);

        decision.observe(values(100, 900.0), KEEP);

        assert_eq!(decision.signal(), Some(Signal::Stop));
    }

    #[test]
    fn without_a_hold_each_crossing_of_the_band_is_a_change() {
        let rules = Rules {
            hold_blocks: 0,
            ..KEEP
        };
        let polls = [90.0, 110.0, 90.0].map(|power| values(900_000, power));

        assert_eq!(changes(rules, &polls).len(), 3);
    }

    #[test]
    fn two_lost_polls_change_nothing_and_three_stop_the_miners() {
        let two_missing = [values(900_000, 90.0), None, None, values(900_000, 90.0)];
        assert_eq!(changes(STOP, &two_missing), vec![(0, Signal::Mine)]);

        let three_missing = [values(900_000, 90.0), None, None, None, None];
        let expected = vec![(0, Signal::Mine), (3, Signal::Stop)];
        assert_eq!(changes(STOP, &three_missing), expected);
    }

    #[test]
    fn after_a_stop_because_of_lost_polls_the_miners_start_when_the_hold_ends() {
        let polls = [
            values(900_000, 90.0),
            None,
            None,
            None,
            values(900_005, 90.0),
            values(900_006, 90.0),
        ];

        let expected = vec![(0, Signal::Mine), (3, Signal::Stop), (5, Signal::Mine)];
        assert_eq!(changes(STOP, &polls), expected);
    }

    #[test]
    fn miners_stop_without_any_answer_if_the_policy_is_to_stop() {
        assert_eq!(changes(STOP, &[None; 5]), vec![(2, Signal::Stop)]);
        assert_eq!(changes(KEEP, &[None; 5]), vec![]);
    }

    /// Polls with rising heights. Some of them have no answer.
    fn polls() -> impl Strategy<Value = Vec<Option<PolledValues>>> {
        let poll = weighted(0.9, (0..3_u32, 80.0..120.0_f64, 80.0..120.0_f64));
        vec(poll, 1..200).prop_map(|polls| {
            let mut height = 900_000;
            let mut values = |(step, strike, power_price)| {
                height += step;
                PolledValues {
                    strike: Strike::with_band(strike, 0.02),
                    power_price,
                    height,
                }
            };
            polls
                .into_iter()
                .map(|poll| poll.map(&mut values))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn changes_respect_the_hold_and_the_band(polls in polls(), hold_blocks in 0..20_u32) {
            let rules = Rules { hold_blocks, ..KEEP };
            let mut decision = Decision::default();
            let mut last: Option<(u32, Signal)> = None;

            for poll in polls {
                let change = decision.observe(poll, rules);

                let Some(Change { from, to }) = change else { continue };
                let values = poll.expect("OnUnknown::Keep never changes the signal");
                prop_assert_eq!(from, last.map(|(_, signal)| signal));
                prop_assert_ne!(from, Some(to));
                if let Some((height, _)) = last {
                    prop_assert!(height + hold_blocks <= values.height);
                    match to {
                        Signal::Mine => prop_assert!(values.power_price < values.strike.start_below),
                        Signal::Stop => prop_assert!(values.power_price > values.strike.stop_above),
                    }
                }
                last = Some((values.height, to));
            }
        }

        #[test]
        fn a_price_outside_the_band_is_followed_when_the_hold_ends(polls in polls(), power in prop_oneof![Just(1.0), Just(900.0)]) {
            for rules in [KEEP, STOP] {
                let mut decision = Decision::default();
                for poll in &polls {
                    decision.observe(*poll, rules);
                }
                let top = polls.iter().flatten().map(|values| values.height).max().unwrap_or(0);

                decision.observe(values(top + rules.hold_blocks, power), rules);

                let expected = if power < 100.0 { Signal::Mine } else { Signal::Stop };
                prop_assert_eq!(decision.signal(), Some(expected));
            }
        }

        #[test]
        fn after_three_polls_without_an_answer_the_policy_decides(polls in polls()) {
            for (on_unknown, expected) in [(OnUnknown::Mine, Signal::Mine), (OnUnknown::Stop, Signal::Stop)] {
                let rules = Rules { on_unknown, ..KEEP };
                let mut decision = Decision::default();
                for poll in polls.iter().copied().chain([None; 3]) {
                    decision.observe(poll, rules);
                }

                prop_assert_eq!(decision.signal(), Some(expected));
            }
        }
    }
}
