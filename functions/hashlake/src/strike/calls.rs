//! Chooses the change for which `--exec` is called next. This module uses no process and no clock.

use std::collections::VecDeque;

use crate::strike::event::Event;

/// The changes for which `--exec` has yet to be called. There is at most one for each miner model,
/// because only its newest change matters.
#[derive(Debug, Default)]
pub(crate) struct PendingChanges {
    waiting: VecDeque<Event>,
    /// Changes whose call failed. They wait for the next poll.
    failed: VecDeque<Event>,
}

impl PendingChanges {
    /// Adds a change. If an older change of the same miner model is still pending, it is removed and
    /// returned.
    pub(crate) fn add(&mut self, event: Event) -> Option<Event> {
        let dropped = take(&mut self.waiting, &event.asic_id)
            .or_else(|| take(&mut self.failed, &event.asic_id));
        self.waiting.push_back(event);
        dropped
    }

    /// Keeps a change whose call failed, so that the call is repeated. If a newer change of the
    /// same miner model is waiting, returns the failed one instead.
    pub(crate) fn retry_later(&mut self, event: Event) -> Option<Event> {
        if self.waiting.iter().any(|one| one.asic_id == event.asic_id) {
            return Some(event);
        }
        self.failed.push_back(event);
        None
    }

    /// Moves the changes whose call failed to the waiting ones.
    pub(crate) fn retry_failed(&mut self) {
        self.waiting.append(&mut self.failed);
    }

    /// Removes the change for which to call the command now.
    pub(crate) fn next(&mut self) -> Option<Event> {
        self.waiting.pop_front()
    }

    /// All remaining changes: the waiting ones, then those whose call failed.
    pub(crate) fn remaining(self) -> impl Iterator<Item = Event> {
        self.waiting.into_iter().chain(self.failed)
    }
}

fn take(events: &mut VecDeque<Event>, asic_id: &str) -> Option<Event> {
    let index = events.iter().position(|one| one.asic_id == asic_id)?;
    events.remove(index)
}

#[cfg(test)]
mod tests {
    use hashlake_core::strike::Signal;
    use hashlake_core::timestamp::Timestamp;

    use super::*;
    use crate::strike::decision::Change;

    fn event(asic_id: &str, to: Signal) -> Event {
        let change = Change { from: None, to };
        Event::new(Timestamp::FIRST, asic_id, change)
    }

    fn words(events: impl Iterator<Item = Event>) -> Vec<String> {
        let word = |event: Event| format!("{} {}", event.asic_id, event.signal);
        events.map(word).collect()
    }

    #[test]
    fn a_newer_change_of_a_miner_replaces_the_waiting_one() {
        let mut calls = PendingChanges::default();
        assert!(calls.add(event("a", Signal::Stop)).is_none());
        assert!(calls.add(event("b", Signal::Stop)).is_none());

        let dropped = calls.add(event("a", Signal::Mine));

        assert_eq!(words(dropped.into_iter()), ["a stop"]);
        assert_eq!(words(calls.remaining()), ["b stop", "a mine"]);
    }

    #[test]
    fn a_failed_call_is_repeated_at_the_next_poll() {
        let mut calls = PendingChanges::default();
        calls.add(event("a", Signal::Stop));
        let running = calls.next().expect("a change");

        assert!(calls.retry_later(running).is_none());
        assert!(calls.next().is_none());
        calls.retry_failed();

        assert_eq!(words(calls.next().into_iter()), ["a stop"]);
        assert!(calls.next().is_none());
    }

    #[test]
    fn a_failed_call_is_not_repeated_if_a_newer_change_waits() {
        let mut calls = PendingChanges::default();
        calls.add(event("a", Signal::Stop));
        let running = calls.next().expect("a change");
        calls.add(event("a", Signal::Mine));

        let dropped = calls.retry_later(running);

        assert_eq!(words(dropped.into_iter()), ["a stop"]);
        assert_eq!(words(calls.remaining()), ["a mine"]);

        let mut calls = PendingChanges::default();
        calls.retry_later(event("a", Signal::Stop));
        let dropped = calls.add(event("a", Signal::Mine));
        assert_eq!(words(dropped.into_iter()), ["a stop"]);
        assert_eq!(words(calls.remaining()), ["a mine"]);
    }
}
