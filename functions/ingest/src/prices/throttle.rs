//! Calls one price source within its limits: counts the calls, spreads them over the minute, and
//! retries them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use hashlake_core::price::{MAX_POINT_GAP, PricePoint, PriceSeries};
use hashlake_core::suspect::{Suspect, suspects};
use hashlake_core::timestamp::Timestamp;
use tokio::time::Instant;
use tracing::{info, warn};

use super::source::{CallLimits, PriceError, PriceReply, PriceSource};
use crate::deadline::unless_late;

/// No source publishes points more often, so a source is not called again sooner.
const FINEST_INTERVAL: Duration = Duration::from_secs(300);

/// A range for which a source has no prices is requested again after this time, or after a quarter
/// of its age if that is longer: 21 times in [`RECENT`].
const MISSING_RETRY: Duration = Duration::from_secs(3600);

/// A source may still add missing prices that are more recent than this.
const RECENT: Duration = Duration::from_secs(7 * 86_400);

/// The newest price of a source may be this old: replies are cached for half an hour, and points
/// are an hour apart.
const NEWEST_MAX_AGE: Duration = Duration::from_secs(3 * 3600);

/// A warning is logged for a longer range without prices, even if the range is old.
const OUTAGE: Duration = Duration::from_secs(6 * 3600);

const DAY: Duration = Duration::from_secs(86_400);

/// If the median distance of points is more than this, they are daily points.
const HOURLY_STEP_MAX: Duration = Duration::from_secs(20_000);

/// A reply is refused if it has more suspect points than this, and more than one in
/// [`SUSPECT_SHARE`].
const SUSPECTS_MAX: usize = 3;
const SUSPECT_SHARE: usize = 10;

/// The longest `Retry-After` for which a run waits.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(20);

/// How often a wait checks whether there is still time.
const POLL: Duration = Duration::from_secs(1);

/// Points that were fetched, and time ranges without points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchedPrices {
    /// In order of time.
    pub points: Vec<PricePoint>,
    /// Points that were held back.
    pub suspects: Vec<Suspect>,
    /// Ranges for which no prices were fetched yet. A later run may fetch them.
    pub unfetched: Vec<Range<Timestamp>>,
    /// Ranges before the history of every source, for which there will never be prices.
    pub before_history: Vec<Range<Timestamp>>,
    /// The state of each source, by its name.
    pub states: Vec<(&'static str, SourceState)>,
}

/// How the calls to a source went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// It was not called, because no price from its history was missing.
    NotNeeded,
    /// It was not called, because it is too early for newer prices, or too late in the run.
    Waiting,
    Answered,
    /// Why prices are missing.
    Failing(String),
}

/// Calls to a source in a UTC day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    pub source: &'static str,
    pub made: u32,
    /// hashlake's own limit.
    pub allowed: u32,
}

impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.source, self.made, self.allowed)
    }
}

/// A source, and the log of the calls to it.
pub(super) struct Throttled {
    source: Box<dyn PriceSource>,
    log: Mutex<CallLog>,
}

/// Time ranges, split by whether a source can answer them.
pub(super) struct SplitRanges {
    /// A range for each call.
    pub(super) calls: Vec<Range<Timestamp>>,
    pub(super) before_history: Vec<Range<Timestamp>>,
}

impl Throttled {
    pub(super) fn new(source: Box<dyn PriceSource>) -> Self {
        Self {
            source,
            log: Mutex::default(),
        }
    }

    /// Fetches `ranges` in their order. After a failed call, no other call is made. Points that are
    /// far off their neighbours are held back. The points in `known` count as neighbours too.
    pub(super) async fn fetch(
        &self,
        ranges: &[Range<Timestamp>],
        known: &PriceSeries,
        now: Timestamp,
        time_left: &(dyn Fn() -> Duration + Sync),
    ) -> FetchedPrices {
        let SplitRanges {
            calls,
            before_history,
        } = self.split(ranges, now);
        let mut fetched = FetchedPrices {
            before_history,
            ..FetchedPrices::default()
        };
        let asked = calls.clone();
        let failure = self
            .fetch_calls(calls.into(), now, time_left, &mut fetched)
            .await;
        let failure = match self.hold_back(known, now, &mut fetched) {
            Ok(()) => failure,
            Err(error) => {
                fetched.unfetched = asked.clone();
                self.fail(&error);
                Some(error)
            }
        };
        let mut log = self.log();
        let state = match (failure, &log.failing) {
            _ if asked.is_empty() => SourceState::NotNeeded,
            (Some(PriceError::OutOfTime), None) => SourceState::Waiting,
            (None, _) if fetched.unfetched.is_empty() => SourceState::Answered,
            (_, Some(why)) => SourceState::Failing(why.clone()),
            (_, None) => SourceState::Waiting,
        };
        if matches!(state, SourceState::NotNeeded | SourceState::Answered) {
            log.failing = None;
        }
        fetched.states.push((self.source.name(), state));
        fetched
    }

    /// Makes the calls until one fails. Returns the last failure.
    async fn fetch_calls(
        &self,
        mut calls: VecDeque<Range<Timestamp>>,
        now: Timestamp,
        time_left: &(dyn Fn() -> Duration + Sync),
        fetched: &mut FetchedPrices,
    ) -> Option<PriceError> {
        let name = self.source.name();
        let limits = self.source.limits(now);
        let mut daily = Vec::new();
        let mut failure = None;
        while let Some(range) = calls.pop_front() {
            if self.log().is_quiet() {
                calls.push_front(range);
                break;
            }
            if self.log().is_too_early(&range) {
                fetched.unfetched.push(range);
                continue;
            }
            let longest = self.log().max_range(&limits);
            if length(&range) > longest {
                let parts: Vec<_> = cut(&range, longest).collect();
                parts
                    .into_iter()
                    .rev()
                    .for_each(|part| calls.push_front(part));
                continue;
            }
            let was_daily = self.log().hourly_max.is_some();
            match self.call(&range, now, &limits, time_left).await {
                Ok(reply)
                    if is_daily(&reply, &range, &limits, was_daily) && length(&range) > DAY =>
                {
                    info!(from = %range.start, to = %range.end, "{name} sent prices a day apart; asking for shorter ranges");
                    self.log().hourly_max = Some((length(&range) / 4).max(DAY));
                    daily.extend(reply.points);
                    calls.push_front(range);
                }
                Ok(reply) if is_daily(&reply, &range, &limits, was_daily) => {
                    daily.extend(reply.points);
                    failure = Some(PriceError::Coarse(range.clone()));
                    self.fail(&PriceError::Coarse(range.clone()));
                    self.log().quiet_until = Some(Instant::now() + MISSING_RETRY);
                    calls.push_front(range);
                    break;
                }
                Ok(reply) => {
                    if let Some(left_out) = &reply.left_out {
                        warn!("{name} sent invalid prices, which are left out: {left_out}");
                    }
                    self.log().record(&range, &reply, now);
                    failure = self.missing(&range, &reply, now, fetched).or(failure);
                    fetched.points.extend(reply.points);
                }
                Err(error @ PriceError::TooOld { .. }) => {
                    info!(from = %range.start, to = %range.end, "{name} {error}");
                    self.log().history_start = Some(range.end);
                    fetched.before_history.push(range);
                }
                Err(error) => {
                    self.fail(&error);
                    self.log().quiet_until = Some(Instant::now() + quiet_time(&error));
                    calls.push_front(range);
                    failure = Some(error);
                    break;
                }
            }
        }
        if failure.is_some() {
            // Daily prices are used until there are nearer ones.
            fetched.points.extend(daily);
        }
        fetched.unfetched.extend(calls);
        failure
    }

    /// Finds the times for which a reply has no prices. Times whose prices may still come are added
    /// to the unfetched ones, and returned as a failure.
    fn missing(
        &self,
        range: &Range<Timestamp>,
        reply: &PriceReply,
        now: Timestamp,
        fetched: &mut FetchedPrices,
    ) -> Option<PriceError> {
        let name = self.source.name();
        let mut failure = None;
        let newest = reply
            .points
            .last()
            .map_or(range.start, |last| last.quote.time);
        let is_to_now = now.since(range.end) < FINEST_INTERVAL;
        if is_to_now && !reply.times.is_empty() && range.end.since(newest) > OUTAGE {
            // The reply has the newest intervals, but nothing was traded in them.
            let error = PriceError::Stopped { since: newest };
            self.fail(&error);
            failure = Some(error);
        }
        for hole in holes(range, &reply.times) {
            let is_all = reply.times.is_empty();
            let is_last = hole.end == range.end && !is_all;
            let error = if is_last && now.since(range.end) < FINEST_INTERVAL {
                if length(&hole) < NEWEST_MAX_AGE {
                    continue;
                }
                PriceError::Stopped { since: hole.start }
            } else {
                PriceError::Missing(hole.clone())
            };
            if is_recent(&hole, now) || (is_all && length(&hole) > DAY) {
                if matches!(error, PriceError::Missing(_)) {
                    self.log().postpone(&hole, now);
                }
                self.fail(&error);
                fetched.unfetched.push(hole);
                failure = Some(error);
            } else if is_all || (!is_last && length(&hole) > OUTAGE) {
                warn!("{name} {error}: blocks of that time take the nearest price within 36 hours");
            }
        }
        failure
    }

    /// Removes points that are far off their neighbours from the fetched ones.
    fn hold_back(
        &self,
        known: &PriceSeries,
        now: Timestamp,
        fetched: &mut FetchedPrices,
    ) -> Result<(), PriceError> {
        let mut new = PriceSeries::default();
        new.merge(std::mem::take(&mut fetched.points));
        let mut all = known.clone();
        all.merge(new.points().iter().cloned());
        let is_new = |quote: &Suspect| known.at(quote.quote.time).is_none();
        let suspects: Vec<Suspect> = suspects(all.points()).into_iter().filter(is_new).collect();
        let total = new.points().len();
        if suspects.len() > SUSPECTS_MAX && suspects.len() * SUSPECT_SHARE > total {
            let suspects = suspects.len();
            return Err(PriceError::Unsteady { suspects, total });
        }
        let name = self.source.name();
        let is_held = |point: &PricePoint| suspects.iter().any(|held| held.quote == point.quote);
        fetched.points = new
            .points()
            .iter()
            .filter(|point| !is_held(point))
            .cloned()
            .collect();
        for suspect in &suspects {
            let mut log = self.log();
            match (&suspect.before, &suspect.after) {
                (Some(before), Some(after)) => {
                    let hole = before.time..after.time;
                    log.postpone(&hole, now);
                    if is_recent(&hole, now) {
                        fetched.unfetched.push(hole);
                    }
                }
                (Some(before), None) => {
                    let retry = Instant::now() + FINEST_INTERVAL;
                    log.not_before.insert(before.time, retry);
                }
                (None, _) => {}
            }
            if log.held.insert(suspect.quote.time) {
                let until = match suspect.after {
                    None => " until the next price arrives",
                    Some(_) => "",
                };
                warn!(
                    "{name} sent a price that is far off its neighbours: {suspect}. It is held back{until}"
                );
            }
        }
        fetched.suspects = suspects;
        Ok(())
    }

    /// Logs a failure as a warning, or as information if the last call failed in the same way.
    fn fail(&self, error: &PriceError) {
        let name = self.source.name();
        let why = error.to_string();
        let mut log = self.log();
        if log.failing.as_ref() == Some(&why) {
            info!("{name} {why}");
            return;
        }
        warn!("{name} {why}. The affected blocks have no final price yet");
        if !matches!(error, PriceError::OutOfTime) {
            log.failing = Some(why);
        }
    }

    /// Splits `ranges` where the source's history starts, and divides the later parts into calls.
    pub(super) fn split(&self, ranges: &[Range<Timestamp>], now: Timestamp) -> SplitRanges {
        let limits = self.source.limits(now);
        let learned = self.log().history_start;
        let history_start = learned.map_or(limits.history_start, |start| {
            start.max(limits.history_start)
        });
        let within = ranges
            .iter()
            .map(|range| range.start.max(history_start)..range.end);
        let before = ranges
            .iter()
            .map(|range| range.start..range.end.min(history_start));
        SplitRanges {
            calls: within
                .flat_map(|range| cut(&range, self.log().max_range(&limits)))
                .collect(),
            before_history: before.filter(|range| !range.is_empty()).collect(),
        }
    }

    pub(super) fn calls_of_day(&self, now: Timestamp) -> Calls {
        Calls {
            source: self.source.name(),
            made: self.log().calls_of(now),
            allowed: self.source.limits(now).calls_per_day,
        }
    }

    /// Fetches the range of one call, with retries.
    async fn call(
        &self,
        range: &Range<Timestamp>,
        now: Timestamp,
        limits: &CallLimits,
        time_left: &(dyn Fn() -> Duration + Sync),
    ) -> Result<PriceReply, PriceError> {
        let name = self.source.name();
        let call = || async {
            let start = self.log().reserve_call(limits, now, time_left())?;
            wait_until(start, time_left).await?;
            self.source.fetch(range, now).await
        };
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_secs(1))
            .with_max_times(2)
            .with_jitter();
        let calls = call
            .retry(backoff)
            .when(PriceError::is_retryable)
            .adjust(|error, delay| {
                let delay = match error {
                    PriceError::RateLimited {
                        retry_after: Some(wait),
                    } => delay.and((*wait <= MAX_RETRY_AFTER).then_some(*wait)),
                    _ => delay,
                };
                delay.filter(|delay| *delay < time_left())
            })
            .notify(|error, delay| {
                let delay_ms = delay.as_millis();
                info!(delay_ms, "{name} {error}; retrying in {delay_ms} ms");
            });
        let points = unless_late(&|| time_left().is_zero(), calls).await;
        points.unwrap_or(Err(PriceError::OutOfTime))
    }

    fn log(&self) -> MutexGuard<'_, CallLog> {
        self.log
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

/// The calls to a source so far, and the limits for later calls that follow from them.
#[derive(Debug, Default)]
struct CallLog {
    day: i64, // Days since 1970.
    calls_of_day: u32,
    calls_of_minute: VecDeque<Instant>,
    quiet_until: Option<Instant>,
    /// Starts of ranges, and when to ask for them again.
    not_before: BTreeMap<Timestamp, Instant>,
    history_start: Option<Timestamp>, // A range that ended here was refused as too old.
    hourly_max: Option<Duration>,     // Longer ranges were answered with daily points.
    failing: Option<String>,          // Why prices are missing.
    held: BTreeSet<Timestamp>,        // Suspect points that were logged.
}

impl CallLog {
    fn calls_of(&self, now: Timestamp) -> u32 {
        if self.day == day_of(now) {
            self.calls_of_day
        } else {
            0
        }
    }

    /// Counts a call, and returns when it may start; `None` if it may start now. A call that could
    /// only start after `time_left` is an error, and is not counted.
    fn reserve_call(
        &mut self,
        limits: &CallLimits,
        now: Timestamp,
        time_left: Duration,
    ) -> Result<Option<Instant>, PriceError> {
        let calls_per_day = limits.calls_per_day;
        let calls_of_day = self.calls_of(now);
        if calls_of_day >= calls_per_day {
            return Err(PriceError::DailyLimit { calls_per_day });
        }
        let (at, minute) = (Instant::now(), Duration::from_secs(60));
        self.calls_of_minute.retain(|call| *call + minute > at);
        let place = self
            .calls_of_minute
            .len()
            .checked_sub(limits.calls_per_minute);
        let start = place.map(|place| self.calls_of_minute[place] + minute);
        if start.unwrap_or(at).duration_since(at) >= time_left {
            return Err(PriceError::OutOfTime);
        }
        (self.day, self.calls_of_day) = (day_of(now), calls_of_day + 1);
        self.calls_of_minute.push_back(start.unwrap_or(at));
        Ok(start)
    }

    /// Records when there may be points that are newer than the returned ones, and when to ask again
    /// for points that are missing between the returned ones.
    fn record(&mut self, range: &Range<Timestamp>, reply: &PriceReply, now: Timestamp) {
        let at = Instant::now();
        self.not_before.retain(|_, until| at < *until);
        let newest = reply.times.last().copied().unwrap_or(range.start);
        if newest <= range.start || now.since(range.end) < FINEST_INTERVAL {
            self.not_before.insert(newest, at + FINEST_INTERVAL);
        }
        let priced: Vec<Timestamp> = reply.points.iter().map(|point| point.quote.time).collect();
        for hole in holes(range, &priced) {
            if is_recent(&hole, now) && priced.contains(&hole.end) {
                self.postpone(&hole, now);
            }
        }
    }

    /// Records when to ask again for the prices of a hole.
    fn postpone(&mut self, hole: &Range<Timestamp>, now: Timestamp) {
        let wait = MISSING_RETRY.max(now.since(hole.end) / 4);
        self.not_before.insert(hole.start, Instant::now() + wait);
    }

    /// Whether all calls should wait for a later run.
    fn is_quiet(&self) -> bool {
        self.quiet_until.is_some_and(|until| Instant::now() < until)
    }

    /// Whether a call for this range should wait for a later run.
    fn is_too_early(&self, range: &Range<Timestamp>) -> bool {
        let until = self.not_before.get(&range.start);
        until.is_some_and(|until| Instant::now() < *until)
    }

    /// The longest range that is answered with hourly points.
    fn max_range(&self, limits: &CallLimits) -> Duration {
        let learned = self.hourly_max.unwrap_or(limits.max_range);
        learned.min(limits.max_range)
    }
}

/// Whether a reply has daily points, although the source has hourly ones. `was_daily` is whether an
/// earlier reply had daily points.
fn is_daily(
    reply: &PriceReply,
    range: &Range<Timestamp>,
    limits: &CallLimits,
    was_daily: bool,
) -> bool {
    let mut steps: Vec<Duration> = reply
        .times
        .windows(2)
        .map(|pair| pair[1].since(pair[0]))
        .collect();
    steps.sort_unstable();
    let is_daily = match (steps.get(steps.len() / 2), reply.times.first()) {
        (Some(step), _) if steps.len() == 1 => *step > DAY / 2,
        (Some(step), _) => *step > HOURLY_STEP_MAX,
        // The lake has a point at the start of the range. The source may have no other point yet.
        (None, Some(only)) => was_daily || only.since(range.start) > MAX_POINT_GAP,
        (None, None) => false,
    };
    is_daily && length(range) > DAY / 2 && limits.hourly_since <= range.start
}

/// The time ranges for which a reply has no prices although there should be some.
fn holes(range: &Range<Timestamp>, times: &[Timestamp]) -> Vec<Range<Timestamp>> {
    let starts = std::iter::once(range.start).chain(times.iter().copied());
    let ends = times.iter().copied().chain([range.end]);
    let holes = starts
        .zip(ends)
        .filter(|(start, end)| end.since(*start) > MAX_POINT_GAP);
    holes.map(|(start, end)| start..end).collect()
}

/// Length of a range in whole seconds, as in [`cut`].
fn length(range: &Range<Timestamp>) -> Duration {
    let (start_s, end_s) = (range.start.to_secs(), range.end.to_secs());
    Duration::from_secs(end_s.abs_diff(start_s))
}

/// Whether the source may still add the prices of a hole.
fn is_recent(hole: &Range<Timestamp>, now: Timestamp) -> bool {
    now.since(hole.end) < RECENT
}

/// How long a source is not called after this error.
const fn quiet_time(error: &PriceError) -> Duration {
    match error {
        PriceError::RateLimited {
            retry_after: Some(wait),
        } => *wait,
        PriceError::OutOfTime => Duration::ZERO,
        _ => FINEST_INTERVAL,
    }
}

async fn wait_until(
    start: Option<Instant>,
    time_left: &(dyn Fn() -> Duration + Sync),
) -> Result<(), PriceError> {
    let Some(start) = start else {
        return Ok(());
    };
    while Instant::now() < start {
        if time_left().is_zero() {
            return Err(PriceError::OutOfTime);
        }
        tokio::time::sleep_until(start.min(Instant::now() + POLL)).await;
    }
    Ok(())
}

fn day_of(now: Timestamp) -> i64 {
    now.to_secs().div_euclid(86_400)
}

/// Divides `range` into the fewest ranges of at most `longest`. All of them have the same length,
/// because sources answer a short range at another resolution than a long one. The cuts are at
/// whole seconds, because calls have whole seconds.
fn cut(
    range: &Range<Timestamp>,
    longest: Duration,
) -> impl Iterator<Item = Range<Timestamp>> + use<> {
    let Range { start, end } = *range;
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
    const LIMITS: CallLimits = CallLimits {
        max_range: Duration::from_secs(90 * 86_400),
        history_start: Timestamp::FIRST,
        hourly_since: Timestamp::FIRST,
        calls_per_minute: 5,
        calls_per_day: 320,
    };

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs).expect("a date")
    }

    fn lengths_in_days(days: i64) -> Vec<u64> {
        cut(&(at(0)..at(days * DAY_S)), LIMITS.max_range)
            .map(|range| range.end.since(range.start).as_secs() / 86_400)
            .collect()
    }

    #[test]
    fn all_prices_for_the_blocks_of_a_year_take_five_calls_of_the_same_length() {
        // 36 hours before and after, and whole days: 365 + 2 x 2.5.
        assert_eq!(lengths_in_days(370), [74; 5]);
        assert_eq!(lengths_in_days(365), [73; 5]);
        assert_eq!(lengths_in_days(90), [90]);
        assert_eq!(lengths_in_days(91), [45; 2]); // 45.5 days each.
        assert!(lengths_in_days(0).is_empty());
    }

    #[test]
    fn ranges_of_calls_have_whole_seconds_the_same_length_and_no_gaps() {
        let moment = |ms| Timestamp::from_ms(ms).expect("a date");
        let longest_s = 3_596_400; // 999 hours.
        for length_ms in (1..40_000_000_000).step_by(34_567_891) {
            let start_ms = 1_618_499_053_000 + length_ms % 1000;
            let whole = moment(start_ms)..moment(start_ms + length_ms);

            let ranges: Vec<_> = cut(&whole, Duration::from_secs(longest_s)).collect();

            let lengths = ranges
                .iter()
                .map(|range| range.end.to_secs().abs_diff(range.start.to_secs()));
            let (shortest, widest) = (lengths.clone().min(), lengths.clone().max());
            assert!(widest <= Some(longest_s) && shortest >= widest.map(|s| s.saturating_sub(1)));
            let fewest = lengths.sum::<u64>().div_ceil(longest_s).max(1);
            assert_eq!(ranges.len() as u64, fewest);
            let ends = ranges.first().zip(ranges.last());
            assert_eq!(ends.map(|(first, last)| first.start..last.end), Some(whole));
            assert!(
                ranges.windows(2).all(|pair| {
                    pair[0].end == pair[1].start && pair[0].end.to_ms() % 1000 == 0
                })
            );
        }
    }

    #[tokio::test]
    async fn calls_are_counted_by_day_and_spread_over_the_minute() {
        let mut log = CallLog::default();
        let (today, tomorrow) = (at(DAY_S * 20_000), at(DAY_S * 20_001));
        let mut reserve = || {
            log.reserve_call(&LIMITS, today, Duration::MAX)
                .expect("within the limits")
        };

        assert!((0..5).all(|_| reserve().is_none()));
        assert!(reserve().is_some_and(|at| at > Instant::now() + Duration::from_secs(50)));
        assert!((6..320).all(|_| reserve().is_some()));
        assert_eq!(log.calls_of(today), 320);
        assert_eq!(
            log.reserve_call(&LIMITS, today, Duration::MAX),
            Err(PriceError::DailyLimit { calls_per_day: 320 })
        );
        assert!(log.reserve_call(&LIMITS, tomorrow, Duration::MAX).is_ok());
        assert_eq!((log.calls_of(today), log.calls_of(tomorrow)), (0, 1));
    }

    #[tokio::test]
    async fn a_call_without_time_for_it_is_not_counted() {
        let mut log = CallLog::default();
        let today = at(DAY_S * 20_000);
        let mut reserve = |seconds| log.reserve_call(&LIMITS, today, Duration::from_secs(seconds));

        assert_eq!(reserve(0), Err(PriceError::OutOfTime));
        assert!((0..5).all(|_| reserve(1) == Ok(None)));
        assert_eq!(reserve(30), Err(PriceError::OutOfTime)); // A minute must pass first.
        assert!(matches!(reserve(90), Ok(Some(_))));
        assert_eq!(log.calls_of(today), 6);
    }

    #[tokio::test]
    async fn a_wait_stops_when_there_is_no_more_time() {
        let in_an_hour = Some(Instant::now() + Duration::from_secs(3600));

        let stopped = wait_until(in_an_hour, &|| Duration::ZERO).await;

        assert_eq!(stopped, Err(PriceError::OutOfTime));
    }
}
