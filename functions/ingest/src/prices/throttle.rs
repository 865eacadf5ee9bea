//! One source of prices within its limits: calls are counted, spread out and retried.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use hashlake_core::price::PricePoint;
use hashlake_core::timestamp::Timestamp;
use tokio::time::Instant;
use tracing::{info, warn};

use super::source::{Limits, PriceError, PriceSource};

const FINEST: Duration = Duration::from_secs(300); // No source has newer points more often: no use asking sooner.
const PATIENCE: Duration = Duration::from_secs(20); // The longest that a source may ask a run to wait.
const GLANCE: Duration = Duration::from_secs(1); // How often one who waits looks whether there is still time.

/// What was answered, and for which stretches of time nothing was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Points in order of time.
    pub points: Vec<PricePoint>,
    /// Stretches that were not answered and may be later.
    pub unanswered: Vec<Range<Timestamp>>,
    /// Stretches from before the history of every source, which never will be.
    pub before_history: Vec<Range<Timestamp>>,
}

/// Where one source is asked.
pub(super) struct Desk {
    pub(super) source: Box<dyn PriceSource>,
    pub(super) notes: Mutex<Notes>,
}

impl Desk {
    pub(super) async fn fetch(
        &self,
        stretches: &[Range<Timestamp>],
        now: Timestamp,
        time_left: &(dyn Fn() -> Duration + Sync),
        answer: &mut Answer,
    ) {
        let name = self.source.name();
        let limits = self.source.limits(now);
        let (windows, before) = self.windows(stretches, now);
        answer.before_history.extend(before);
        let mut windows = windows.into_iter();
        for window in windows.by_ref() {
            if self.notes().is_quiet(&window) {
                answer.unanswered.push(window);
                break;
            }
            match self.ask(&window, now, &limits, time_left).await {
                Ok(points) => {
                    self.notes().take_down(&window, &points, now);
                    answer.points.extend(points);
                }
                Err(error @ PriceError::TooOld { .. }) => {
                    info!(from = %window.start, to = %window.end, "{name} {error}");
                    self.notes().history_start = Some(window.end);
                    answer.before_history.push(window);
                }
                Err(error) => {
                    warn!(from = %window.start, to = %window.end, "blocks stay without a final price for now: {name} {error}");
                    self.notes().quiet_until = Some(Instant::now() + quiet_after(&error));
                    answer.unanswered.push(window);
                    break;
                }
            }
        }
        answer.unanswered.extend(windows);
    }

    /// The calls that these stretches take, and those parts of them that its history does not reach back to.
    pub(super) fn windows(
        &self,
        stretches: &[Range<Timestamp>],
        now: Timestamp,
    ) -> (Vec<Range<Timestamp>>, Vec<Range<Timestamp>>) {
        let limits = self.source.limits(now);
        let learned = self.notes().history_start;
        let history_start = learned.map_or(limits.history_start, |start| {
            start.max(limits.history_start)
        });
        let within = stretches
            .iter()
            .map(|stretch| stretch.start.max(history_start)..stretch.end);
        let before = stretches
            .iter()
            .map(|stretch| stretch.start..stretch.end.min(history_start));
        (
            within
                .flat_map(|stretch| cut(&stretch, limits.window))
                .collect(),
            before.filter(|stretch| !stretch.is_empty()).collect(),
        )
    }

    /// Asks, and once more where that may help.
    async fn ask(
        &self,
        window: &Range<Timestamp>,
        now: Timestamp,
        limits: &Limits,
        time_left: &(dyn Fn() -> Duration + Sync),
    ) -> Result<Vec<PricePoint>, PriceError> {
        let name = self.source.name();
        let ask = || async {
            let leave = self.notes().take_leave(limits, now, time_left())?;
            wait_until(leave, time_left).await?;
            let answer = tokio::time::timeout(time_left(), self.source.ask(window)).await;
            answer.unwrap_or(Err(PriceError::OutOfTime))
        };
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_secs(1))
            .with_max_times(2)
            .with_jitter();
        ask.retry(backoff)
            .when(PriceError::is_retryable)
            .adjust(|error, delay| {
                let delay = match error {
                    PriceError::RateLimited {
                        retry_after: Some(wait),
                    } => delay.and((*wait <= PATIENCE).then_some(*wait)),
                    _ => delay,
                };
                delay.filter(|delay| *delay < time_left())
            })
            .notify(|error, delay| {
                info!(
                    delay_ms = delay.as_millis(),
                    "asking {name} again, which {error}"
                );
            })
            .await
    }

    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

/// What was asked of a source so far, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Notes {
    day: i64, // Since 1970.
    calls_of_day: u32,
    calls_of_minute: VecDeque<Instant>,
    quiet_until: Option<Instant>,
    nothing_after: Option<(Timestamp, Instant)>, // No newer point was there; it is no use asking before then.
    history_start: Option<Timestamp>,            // A range that ends here was refused as too old.
}

impl Notes {
    pub(super) fn calls_of(&self, now: Timestamp) -> u32 {
        if self.day == day_of(now) {
            self.calls_of_day
        } else {
            0
        }
    }

    /// Counts a call in; `Some` when it may only be made later. It is not counted where there is no time for it.
    fn take_leave(
        &mut self,
        limits: &Limits,
        now: Timestamp,
        time_left: Duration,
    ) -> Result<Option<Instant>, PriceError> {
        let calls_per_day = limits.calls_per_day;
        let calls_of_day = self.calls_of(now);
        if calls_of_day >= calls_per_day {
            return Err(PriceError::Budget { calls_per_day });
        }
        let (at, minute) = (Instant::now(), Duration::from_secs(60));
        self.calls_of_minute.retain(|call| *call + minute > at);
        let place = self
            .calls_of_minute
            .len()
            .checked_sub(limits.calls_per_minute);
        let leave = place.map(|place| self.calls_of_minute[place] + minute);
        if leave.unwrap_or(at).duration_since(at) >= time_left {
            return Err(PriceError::OutOfTime);
        }
        (self.day, self.calls_of_day) = (day_of(now), calls_of_day + 1);
        self.calls_of_minute.push_back(leave.unwrap_or(at));
        Ok(leave)
    }

    fn take_down(&mut self, window: &Range<Timestamp>, points: &[PricePoint], now: Timestamp) {
        let newest = points.last().map_or(window.start, |point| point.quote.time);
        if newest <= window.start || now.since(window.end) < FINEST {
            self.nothing_after = Some((newest, Instant::now() + FINEST));
        }
    }

    fn is_quiet(&self, window: &Range<Timestamp>) -> bool {
        let now = Instant::now();
        self.quiet_until.is_some_and(|until| now < until)
            || self
                .nothing_after
                .is_some_and(|(start, until)| start == window.start && now < until)
    }
}

/// How long a source that failed so is left alone.
const fn quiet_after(error: &PriceError) -> Duration {
    match error {
        PriceError::RateLimited {
            retry_after: Some(wait),
        } => *wait,
        PriceError::OutOfTime => Duration::ZERO,
        _ => FINEST,
    }
}

async fn wait_until(
    leave: Option<Instant>,
    time_left: &(dyn Fn() -> Duration + Sync),
) -> Result<(), PriceError> {
    let Some(leave) = leave else {
        return Ok(());
    };
    while Instant::now() < leave {
        if time_left().is_zero() {
            return Err(PriceError::OutOfTime);
        }
        tokio::time::sleep_until(leave.min(Instant::now() + GLANCE)).await;
    }
    Ok(())
}

fn day_of(now: Timestamp) -> i64 {
    now.to_secs().div_euclid(86_400)
}

/// As few windows of at most `longest` as there must be, all of one length. Equal ones, because sources answer a short window
/// otherwise than a long one. They are cut, and their length counts, in the whole seconds that are asked for.
fn cut(
    stretch: &Range<Timestamp>,
    longest: Duration,
) -> impl Iterator<Item = Range<Timestamp>> + use<> {
    let Range { start, end } = *stretch;
    let first_s = start.to_secs();
    let length_s = end.to_secs().abs_diff(first_s);
    let count = match length_s.div_ceil(longest.as_secs()) {
        _ if start >= end => 0,
        count => count.max(1),
    };
    let edge = move |n: u64| match n {
        0 => start,
        n if n == count => end,
        n => {
            Timestamp::from_secs(first_s).unwrap_or(start)
                + Duration::from_secs(length_s * n / count)
        }
    };
    (0..count).map(move |n| edge(n)..edge(n + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_S: i64 = 86_400;
    const LIMITS: Limits = Limits {
        window: Duration::from_secs(90 * 86_400),
        history_start: Timestamp::FIRST,
        calls_per_minute: 5,
        calls_per_day: 320,
    };

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs).expect("a date")
    }

    fn lengths_in_days(days: i64) -> Vec<u64> {
        cut(&(at(0)..at(days * DAY_S)), LIMITS.window)
            .map(|window| window.end.since(window.start).as_secs() / 86_400)
            .collect()
    }

    #[test]
    fn a_year_with_all_that_its_blocks_need_is_five_calls_of_one_length() {
        // 36 hours before and after, and whole days: 365 + 2 x 2.5.
        assert_eq!(lengths_in_days(370), [74; 5]);
        assert_eq!(lengths_in_days(365), [73; 5]);
        assert_eq!(lengths_in_days(90), [90]);
        assert_eq!(lengths_in_days(91), [45; 2]); // And a half.
        assert!(lengths_in_days(0).is_empty());
    }

    #[test]
    fn windows_are_whole_seconds_of_one_length_without_gaps() {
        let moment = |ms| Timestamp::from_ms(ms).expect("a date");
        let longest_s = 3_596_400; // 999 hours.
        for length_ms in (1..40_000_000_000).step_by(34_567_891) {
            let start_ms = 1_618_499_053_000 + length_ms % 1000;
            let stretch = moment(start_ms)..moment(start_ms + length_ms);

            let windows: Vec<_> = cut(&stretch, Duration::from_secs(longest_s)).collect();

            let lengths = windows
                .iter()
                .map(|window| window.end.to_secs().abs_diff(window.start.to_secs()));
            let (shortest, widest) = (lengths.clone().min(), lengths.clone().max());
            assert!(widest <= Some(longest_s) && shortest >= widest.map(|s| s.saturating_sub(1)));
            let fewest = lengths.sum::<u64>().div_ceil(longest_s).max(1);
            assert_eq!(windows.len() as u64, fewest);
            let ends = windows.first().zip(windows.last());
            assert_eq!(
                ends.map(|(first, last)| first.start..last.end),
                Some(stretch)
            );
            assert!(
                windows.windows(2).all(|pair| {
                    pair[0].end == pair[1].start && pair[0].end.to_ms() % 1000 == 0
                })
            );
        }
    }

    #[tokio::test]
    async fn calls_are_counted_by_day_and_spread_over_the_minute() {
        let mut notes = Notes::default();
        let (today, tomorrow) = (at(DAY_S * 20_000), at(DAY_S * 20_001));
        let mut leave = || {
            notes
                .take_leave(&LIMITS, today, Duration::MAX)
                .expect("within the budget")
        };

        assert!((0..5).all(|_| leave().is_none()));
        assert!(leave().is_some_and(|at| at > Instant::now() + Duration::from_secs(50)));
        assert!((6..320).all(|_| leave().is_some()));
        assert_eq!(notes.calls_of(today), 320);
        assert_eq!(
            notes.take_leave(&LIMITS, today, Duration::MAX),
            Err(PriceError::Budget { calls_per_day: 320 })
        );
        assert!(notes.take_leave(&LIMITS, tomorrow, Duration::MAX).is_ok());
        assert_eq!((notes.calls_of(today), notes.calls_of(tomorrow)), (0, 1));
    }

    #[tokio::test]
    async fn a_call_for_which_there_is_no_time_is_not_counted() {
        let mut notes = Notes::default();
        let today = at(DAY_S * 20_000);
        let mut leave = |seconds| notes.take_leave(&LIMITS, today, Duration::from_secs(seconds));

        assert_eq!(leave(0), Err(PriceError::OutOfTime));
        assert!((0..5).all(|_| leave(1) == Ok(None)));
        assert_eq!(leave(30), Err(PriceError::OutOfTime)); // A minute must pass first.
        assert!(matches!(leave(90), Ok(Some(_))));
        assert_eq!(notes.calls_of(today), 6);
    }

    #[tokio::test]
    async fn who_waits_for_leave_stops_when_there_is_no_more_time() {
        let in_an_hour = Some(Instant::now() + Duration::from_secs(3600));

        let stopped = wait_until(in_an_hour, &|| Duration::ZERO).await;

        assert_eq!(stopped, Err(PriceError::OutOfTime));
    }
}
