//! How many requests a node gets at a time: calls in a batch, requests in flight, and pauses.
//!
//! What a node refuses is remembered as long as the program runs. A node on this computer starts at
//! the full pace. Any other node starts at one request at a time, and gets more requests with each
//! reply; a refusal or a time-out halves the number.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Mutex as FairMutex, Notify};
use tokio::time::{Instant, sleep_until};
use tracing::{info, warn};

use crate::http::RETRY_AFTER_MAX;

/// The most calls in a batch.
pub(super) const CALLS_PER_BATCH: usize = 50;

/// The most blocks in a batch. The node works through a batch on one thread, and has to read each
/// block from disk.
pub(super) const BLOCKS_PER_BATCH: usize = 25;

/// bitcoind has 16 threads for requests and a queue of 64, and refuses more.
const LOCAL_REQUESTS: usize = 32;

/// The most calls in flight to a node on another computer, and the most requests if each has a
/// single call.
const CALLS_IN_FLIGHT: usize = 100;
const REQUESTS_IN_FLIGHT: usize = 16;

/// A batch that takes this long is too large: the next one is half as large.
const SLOW: Duration = Duration::from_secs(15);

/// First and longest pause after a refusal. Each further refusal without a reply in between doubles
/// the pause.
const QUEUE_PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(500));
const RATE_PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Shortest and longest time between requests, if even one request at a time is too many.
const GAPS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// The longest `Retry-After` that a run waits for.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// If a node refuses all requests for this long, the run stops.
const GIVE_UP_AFTER: Duration = Duration::from_secs(120);

/// If a node sends nothing for this long, a warning is logged.
const SILENCE: Duration = Duration::from_secs(30);

/// A refusal because the node has too many requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Busy {
    pub(super) kind: BusyKind,
    /// The node's message.
    pub(super) message: String,
    pub(super) retry_after: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BusyKind {
    /// The node has more requests at the moment than it accepts.
    Queue,
    /// More calls were made per second or minute than the node allows.
    Rate,
}

/// The pace of all requests to one node.
pub(super) struct NodeLimiter {
    /// Scheme, host and port of the node, for logs.
    address: String,
    is_local: bool,
    state: Mutex<State>,
    /// The request that starts next holds this lock, so that requests start in order.
    door: FairMutex<()>,
    changed: Notify,
}

struct State {
    calls_per_batch: usize,
    limit: usize,
    /// While `limit` is below this value, each reply raises `limit` by one. From this value on,
    /// each full round of replies raises it by one.
    threshold: usize,
    replies_of_round: usize,
    in_flight: usize,
    /// How often `limit` was halved. A refused request that started before the last time does not
    /// halve it again.
    cut: u32,
    pause_until: Option<Instant>,
    /// Time between the starts of requests, if even one request at a time is too many.
    gap: Duration,
    last_start: Option<Instant>,
    refusals: u32,
    trouble_since: Option<Instant>,
    refusal: Option<Busy>,
    /// Time of the last reply, or of the first request after it.
    heard: Option<Instant>,
    is_silence_reported: bool,
}

/// A request in flight. A ticket that is dropped without an outcome belongs to a cancelled request,
/// and the pace stays the same.
pub(super) struct Ticket<'a> {
    pace: &'a NodeLimiter,
    cut: u32,
    started: Instant,
}

impl NodeLimiter {
    pub(super) fn new(address: String, is_local: bool) -> Self {
        let state = State {
            calls_per_batch: CALLS_PER_BATCH,
            limit: if is_local { LOCAL_REQUESTS } else { 1 },
            threshold: usize::MAX,
            replies_of_round: 0,
            in_flight: 0,
            cut: 0,
            pause_until: None,
            gap: Duration::ZERO,
            last_start: None,
            refusals: 0,
            trouble_since: None,
            refusal: None,
            heard: None,
            is_silence_reported: false,
        };
        Self {
            address,
            is_local,
            state: Mutex::new(state),
            door: FairMutex::default(),
            changed: Notify::new(),
        }
    }

    /// The most calls that the next batch may have.
    pub(super) fn calls_per_batch(&self) -> usize {
        self.state().calls_per_batch
    }

    /// Limits later batches to this many calls.
    pub(super) fn limit_batch(&self, calls: usize) {
        let mut state = self.state();
        if calls < state.calls_per_batch {
            state.calls_per_batch = calls.max(1);
            let calls = state.calls_per_batch;
            info!(
                calls,
                "the node at {} gets batches of at most {calls} calls from now on", self.address
            );
        }
    }

    /// Removes the limit that [`Self::limit_batch`] has set.
    pub(super) fn forget_batch_limit(&self) {
        self.state().calls_per_batch = CALLS_PER_BATCH;
    }

    /// Waits until a request may start.
    ///
    /// # Errors
    /// The last refusal, if the node has asked for a longer wait than a run has time for.
    pub(super) async fn admit(&self) -> Result<Ticket<'_>, Busy> {
        let _door = self.door.lock().await;
        loop {
            let start = {
                let mut state = self.state();
                let now = Instant::now();
                let start = state.next_start(now);
                if let (Some(start), Some(refusal)) = (start, &state.refusal)
                    && start > now + WAIT_MAX
                {
                    return Err(refusal.clone());
                }
                if start.is_none() && state.in_flight < state.limit {
                    return Ok(self.start(&mut state, now));
                }
                start
            };
            match start {
                Some(start) => sleep_until(start).await,
                None => self.changed.notified().await,
            }
        }
    }

    fn start(&self, state: &mut State, now: Instant) -> Ticket<'_> {
        state.in_flight += 1;
        state.last_start = Some(now);
        if state.in_flight == 1 && state.trouble_since.is_none() {
            state.heard = Some(now);
        }
        Ticket {
            pace: self,
            cut: state.cut,
            started: now,
        }
    }

    /// Logs a warning once when the node has sent nothing for half a minute. Never returns.
    pub(super) async fn report_silence(&self) {
        loop {
            let since = self.state().heard.unwrap_or_else(Instant::now);
            if since.elapsed() < SILENCE {
                sleep_until(since + SILENCE).await;
                continue;
            }
            if !std::mem::replace(&mut self.state().is_silence_reported, true) {
                warn!(
                    "the node at {} has sent no reply for {} s: waiting for it",
                    self.address,
                    SILENCE.as_secs()
                );
            }
            std::future::pending::<()>().await;
        }
    }

    fn most_requests(&self, calls_per_batch: usize) -> usize {
        if self.is_local {
            return LOCAL_REQUESTS;
        }
        (CALLS_IN_FLIGHT / calls_per_batch.min(BLOCKS_PER_BATCH)).min(REQUESTS_IN_FLIGHT)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

impl State {
    /// When the next request may start, if that is later than now.
    fn next_start(&self, now: Instant) -> Option<Instant> {
        let after_gap = self.last_start.map(|start| start + self.gap);
        let start = self.pause_until.max(after_gap)?;
        (start > now).then_some(start)
    }

    /// Halves the number of requests in flight, once for all that were in flight together.
    fn cut(&mut self, ticket_cut: u32) -> bool {
        if ticket_cut != self.cut {
            return false;
        }
        self.cut += 1;
        self.trouble_since.get_or_insert_with(Instant::now);
        let busy_with = self.limit.min(self.in_flight);
        self.limit = (busy_with / 2).max(1);
        self.threshold = self.limit;
        self.replies_of_round = 0;
        true
    }
}

impl Ticket<'_> {
    /// The node replied to a request of this many calls.
    pub(super) fn answered(self, calls: usize) {
        let slow = self.started.elapsed() > SLOW && calls > 1;
        self.replied();
        {
            let mut state = self.pace.state();
            state.gap = match state.gap.mul_f64(0.9) {
                gap if gap < Duration::from_millis(20) => Duration::ZERO,
                gap => gap,
            };
            state.replies_of_round += 1;
            let is_due = state.limit < state.threshold || state.replies_of_round >= 8 * state.limit;
            let most = self.pace.most_requests(state.calls_per_batch);
            if is_due && state.limit < most {
                state.limit += 1;
                state.replies_of_round = 0;
            }
        }
        if slow {
            self.pace.limit_batch(calls / 2);
        }
    }

    /// Records that the node replied, and did not report too many requests.
    pub(super) fn replied(&self) {
        let mut state = self.pace.state();
        state.heard = Some(Instant::now());
        state.is_silence_reported = false;
        (state.refusals, state.trouble_since, state.refusal) = (0, None, None);
    }

    /// The node refused a request of this many calls for now. No request starts until the pause is
    /// over.
    ///
    /// # Errors
    /// The refusal, if the node has refused everything for too long, or asks for a wait that is too
    /// long.
    pub(super) fn refused(self, calls: usize, busy: Busy) -> Result<(), Busy> {
        let mut state = self.pace.state();
        state.heard = Some(Instant::now());
        state.refusal = Some(busy.clone());
        let was_alone = state.limit == 1;
        if state.cut(self.cut) {
            state.refusals += 1;
            let (first, longest) = match busy.kind {
                BusyKind::Queue => QUEUE_PAUSES,
                BusyKind::Rate => RATE_PAUSES,
            };
            let backoff = first.saturating_mul(1 << (state.refusals - 1).min(8));
            let pause = match busy.retry_after {
                Some(wait) => wait.clamp(QUEUE_PAUSES.0, RETRY_AFTER_MAX),
                None => backoff.min(longest).mul_f64(jitter()),
            };
            let now = Instant::now();
            state.pause_until = Some(now + pause);
            if was_alone && busy.kind == BusyKind::Rate {
                state.gap = (2 * state.gap).clamp(GAPS.0, GAPS.1);
            }
            if state.refusals == 1 || pause >= SILENCE {
                info!(
                    pause_ms = pause.as_millis(),
                    "the node at {} has too many requests ({}): pausing",
                    self.pace.address,
                    busy.message
                );
            }
            if state.refusals > 1 && calls > 1 {
                // The batch was refused alone and after a pause, so the batch itself is too large.
                state.calls_per_batch = state.calls_per_batch.min(calls / 2);
            }
        }
        let pause = state
            .next_start(Instant::now())
            .map(|start| start - Instant::now());
        let waited = state
            .trouble_since
            .map_or(Duration::ZERO, |since| since.elapsed());
        if pause > Some(WAIT_MAX) || waited > GIVE_UP_AFTER {
            return Err(busy);
        }
        Ok(())
    }

    /// The node sent no reply to a request of this many calls in time.
    pub(super) fn timed_out(self, calls: usize) {
        if calls > 1 {
            self.pace.limit_batch(calls / 4);
        }
        self.pace.state().cut(self.cut);
    }
}

/// A factor from 1 to 1.25, so that clients that were refused together do not retry together.
fn jitter() -> f64 {
    let random = RandomState::new().build_hasher().finish() % 256;
    1.0 + f64::from(u8::try_from(random).unwrap_or(0)) / 1024.0
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.pace.state().in_flight -= 1;
        self.pace.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn remote() -> NodeLimiter {
        NodeLimiter::new("http://node".to_owned(), false)
    }

    fn rate(retry_after: Option<u64>) -> Busy {
        Busy {
            kind: BusyKind::Rate,
            message: "too fast".to_owned(),
            retry_after: retry_after.map(Duration::from_secs),
        }
    }

    /// Starts all requests that may start now.
    fn start_all(pace: &NodeLimiter) -> Vec<Ticket<'_>> {
        std::iter::from_fn(|| pace.admit().now_or_never())
            .map(|ticket| ticket.expect("the node is not given up"))
            .collect()
    }

    /// The time until a request may start.
    async fn wait(pace: &NodeLimiter) -> Duration {
        let started = Instant::now();
        drop(pace.admit().await.expect("the node is not given up"));
        started.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_remote_node_gets_one_request_and_then_more_with_each_reply() {
        let pace = remote();
        let mut in_flight = Vec::new();
        for _ in 0..4 {
            let tickets = start_all(&pace);
            in_flight.push(tickets.len());
            tickets.into_iter().for_each(|ticket| ticket.answered(25));
        }
        assert_eq!(in_flight, [1, 2, 4, 4]); // 100 calls in batches of 25.

        pace.limit_batch(1);
        for _ in 0..3 {
            start_all(&pace)
                .into_iter()
                .for_each(|ticket| ticket.answered(1));
        }
        assert_eq!(start_all(&pace).len(), 16);
        let local = NodeLimiter::new("http://127.0.0.1".to_owned(), true);
        assert_eq!(start_all(&local).len(), LOCAL_REQUESTS);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_halves_the_requests_in_flight_once_for_all_of_them() {
        let pace = NodeLimiter::new("http://127.0.0.1".to_owned(), true);
        let tickets = start_all(&pace);
        for ticket in tickets {
            ticket.refused(25, rate(None)).expect("it is the first");
        }

        assert!(start_all(&pace).is_empty(), "there is a pause");
        let pause = wait(&pace).await;
        assert!((1.0..1.3).contains(&pause.as_secs_f64()), "{pause:?}");
        assert_eq!(start_all(&pace).len(), LOCAL_REQUESTS / 2);
        assert_eq!(pace.calls_per_batch(), CALLS_PER_BATCH);
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_respected_and_without_it_pauses_double() {
        let pace = remote();
        let mut waits = Vec::new();
        for retry_after in [Some(7), None, None, None] {
            let ticket = pace.admit().await.expect("it may start");
            ticket
                .refused(1, rate(retry_after))
                .expect("it is not given up");
            waits.push(wait(&pace).await.as_secs_f64());
        }
        // Each wait is at most a quarter longer than this.
        let shortest = [7.0, 2.0, 4.0, 8.0];
        let in_range = |(wait, shortest): (&f64, f64)| (shortest..1.26 * shortest).contains(wait);
        assert!(waits.iter().zip(shortest).all(in_range), "{waits:?}");
        pace.admit().await.expect("it may start").answered(1);
        assert!(wait(&pace).await < Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_is_refused_even_after_a_pause_is_halved() {
        let pace = remote();
        for expected in [50, 25, 12] {
            let ticket = pace.admit().await.expect("it may start");
            ticket
                .refused(pace.calls_per_batch(), rate(None))
                .expect("it is not given up");
            assert_eq!(pace.calls_per_batch(), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_gap_grows_while_even_single_requests_are_refused_and_shrinks_again() {
        let pace = remote();
        let refused = async || {
            let ticket = pace.admit().await.expect("it may start");
            ticket
                .refused(1, rate(Some(1)))
                .expect("it is not given up");
        };
        refused().await;
        refused().await;
        pace.admit().await.expect("it may start").answered(1);

        let gap = wait(&pace).await;
        assert!((150..200).contains(&gap.as_millis()), "{gap:?}");
        for _ in 0..60 {
            pace.admit().await.expect("it may start").answered(1);
        }
        assert_eq!(wait(&pace).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_that_refuses_everything_or_asks_for_a_long_wait_is_given_up() {
        let pace = remote();
        let started = Instant::now();
        loop {
            let ticket = pace.admit().await.expect("pauses are short");
            if ticket.refused(1, rate(None)).is_err() {
                break;
            }
        }
        let waited = started.elapsed();
        assert!(
            waited > GIVE_UP_AFTER && waited < GIVE_UP_AFTER + 2 * RATE_PAUSES.1,
            "{waited:?}"
        );

        let pace = remote();
        let ticket = pace.admit().await.expect("it may start");
        assert_eq!(ticket.refused(1, rate(Some(3600))), Err(rate(Some(3600))));
        assert_eq!(pace.admit().await.err(), Some(rate(Some(3600)))); // Nothing is sent.
        tokio::time::advance(RETRY_AFTER_MAX).await;
        assert!(pace.admit().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_out_or_a_slow_reply_makes_batches_smaller() {
        let pace = remote();
        pace.admit().await.expect("it may start").timed_out(1);
        assert_eq!(pace.calls_per_batch(), CALLS_PER_BATCH);
        pace.admit().await.expect("it may start").timed_out(25);
        assert_eq!(pace.calls_per_batch(), 6);

        let ticket = pace.admit().await.expect("it may start");
        tokio::time::advance(SLOW + Duration::from_secs(1)).await;
        ticket.answered(6);
        assert_eq!(pace.calls_per_batch(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn requests_start_in_order_and_a_dropped_one_leaves_its_place() {
        let pace = remote();
        let first = pace.admit().await.expect("it may start");
        let mut second = Box::pin(pace.admit());
        let mut third = Box::pin(pace.admit());
        assert!((&mut third).now_or_never().is_none() && (&mut second).now_or_never().is_none());

        drop(third);
        drop(first);

        assert!(second.now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_reported_after_half_a_minute() {
        let pace = remote();
        let _ticket = pace.admit().await.expect("it may start");

        let report = tokio::time::timeout(Duration::from_secs(29), pace.report_silence());
        assert!(report.await.is_err() && !pace.state().is_silence_reported);
        let report = tokio::time::timeout(Duration::from_secs(2), pace.report_silence());
        assert!(report.await.is_err() && pace.state().is_silence_reported);
    }
}
