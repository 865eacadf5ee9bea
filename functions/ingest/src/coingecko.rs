//! Prices from CoinGecko, asked for as ranges.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use hashlake::env::Secret;
use hashlake::price::{PricePoint, Quote};
use hashlake::timestamp::Timestamp;
use hashlake::units::UsdPerBtc;
use reqwest::{StatusCode, Url, header};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::http;

/// The source's name in the lake.
pub const SOURCE: &str = "coingecko";

const RANGE_MAX: Duration = Duration::from_secs(90 * 86_400); // Hourly up to here, daily above.
const FREE_HISTORY: Duration = Duration::from_secs(365 * 86_400);
const FINEST: Duration = Duration::from_secs(300); // Points of the last day come every five minutes: no use asking sooner.
const PATIENCE: Duration = Duration::from_secs(20); // The longest that a run waits for leave to ask again.
const TIMEOUT: Duration = Duration::from_secs(30);
const TOO_OLD: i64 = 10_012;

/// What was bought from CoinGecko (`COINGECKO_PLAN`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: no key.
    #[default]
    Public,
    /// A free key.
    Demo,
    /// A paid key.
    Pro,
}

/// A name that is none of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected public, demo or pro")]
pub struct PlanError;

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(name: &str) -> Result<Self, PlanError> {
        match name {
            "public" => Ok(Self::Public),
            "demo" => Ok(Self::Demo),
            "pro" => Ok(Self::Pro),
            _ => Err(PlanError),
        }
    }
}

impl Plan {
    /// The API's base URL.
    pub const fn url(self) -> &'static str {
        match self {
            Self::Public | Self::Demo => "https://api.coingecko.com/api/v3",
            Self::Pro => "https://pro-api.coingecko.com/api/v3",
        }
    }

    /// Calls that hashlake allows itself in a UTC day. The demo plan grants 10,000 a month; the public one states no figure.
    pub const fn calls_per_day(self) -> u32 {
        match self {
            Self::Public | Self::Demo => 320,
            Self::Pro => 10_000,
        }
    }

    /// Calls that hashlake allows itself in a minute; the public plan's limit moves between 5 and 15.
    pub const fn calls_per_minute(self) -> usize {
        match self {
            Self::Public => 5,
            Self::Demo => 30,
            Self::Pro => 500,
        }
    }

    const fn key_header(self) -> &'static str {
        match self {
            Self::Public | Self::Demo => "x-cg-demo-api-key",
            Self::Pro => "x-cg-pro-api-key",
        }
    }
}

/// Where prices come from.
#[derive(Clone, Debug)]
pub struct CoinGeckoConfig {
    /// The plan.
    pub plan: Plan,
    /// Its key; the public plan has none.
    pub key: Option<Secret>,
    /// Base URL.
    pub url: Url,
    /// What the lake calls the source: `coingecko`, unless something else answers in its place.
    pub source: Arc<str>,
}

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PriceError {
    /// Asked too often.
    #[error("CoinGecko asks to wait{}", retry_after.map(|wait| format!(" {} s", wait.as_secs())).unwrap_or_default())]
    RateLimited {
        /// How long, where it says so.
        retry_after: Option<Duration>,
    },
    /// The plan's history does not reach back so far.
    #[error("CoinGecko's free plans end 365 days ago: {message}")]
    TooOld {
        /// What it says.
        message: String,
    },
    /// The key is not one of this plan.
    #[error("CoinGecko refuses the key or the plan (COINGECKO_API_KEY, COINGECKO_PLAN): {message}")]
    Credentials {
        /// What it says.
        message: String,
    },
    /// The day's calls are used up.
    #[error(
        "the {calls_per_day} CoinGecko calls of this day are used up; prices are filled in tomorrow"
    )]
    Budget {
        /// The limit.
        calls_per_day: u32,
    },
    /// The request is wrong.
    #[error("CoinGecko refuses the request: {message} (HTTP status {status})")]
    Rejected {
        /// HTTP status.
        status: u16,
        /// What it says.
        message: String,
    },
    /// Out of reach for now.
    #[error("CoinGecko is out of reach: {reason}")]
    Unavailable {
        /// What is known of it.
        reason: String,
    },
    /// An answer that is not one.
    #[error("CoinGecko answers with something else than prices: `{body_start}`")]
    Malformed {
        /// How it begins.
        body_start: String,
    },
}

impl PriceError {
    const fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }
}

/// What was answered, and for which stretches of time nothing was.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Points in order of time.
    pub points: Vec<PricePoint>,
    /// Stretches that were not answered and may be later.
    pub unanswered: Vec<Range<Timestamp>>,
}

/// CoinGecko.
pub struct CoinGecko {
    http: reqwest::Client,
    config: CoinGeckoConfig,
    desk: Mutex<Desk>,
}

/// What was asked so far.
#[derive(Debug, Default)]
struct Desk {
    day: i64, // Since 1970.
    calls_of_day: u32,
    calls_of_minute: VecDeque<Instant>,
    quiet_until: Option<Instant>,
    nothing_after: Option<(Timestamp, Instant)>, // No newer point was there; it is no use asking before then.
    too_old: Option<Timestamp>,                  // Ranges that end here or earlier are refused.
}

impl CoinGecko {
    /// CoinGecko as `config` has it. Nothing is asked of it yet.
    pub fn new(config: CoinGeckoConfig) -> Self {
        Self {
            http: http::client(TIMEOUT),
            config,
            desk: Mutex::default(),
        }
    }

    /// Points in these stretches of time, from the earliest on until one is refused.
    ///
    /// Failure is no error: what is not answered is named, and logged.
    pub async fn fetch(&self, stretches: &[Range<Timestamp>], now: Timestamp) -> Answer {
        let mut answer = Answer::default();
        let windows: Vec<Range<Timestamp>> = stretches.iter().flat_map(windows).collect();
        let mut windows = windows.into_iter();
        for window in windows.by_ref() {
            if self.is_quiet(&window) {
                answer.unanswered.push(window);
                break;
            }
            match self.fetch_window(&window, now).await {
                Ok(points) => {
                    let newest = points.last().map_or(window.start, |point| point.quote.time);
                    if newest <= window.start || now.since(window.end) < FINEST {
                        self.desk().nothing_after = Some((newest, Instant::now() + FINEST));
                    }
                    answer.points.extend(points);
                }
                Err(PriceError::TooOld { message }) => {
                    info!(from = %window.start, to = %window.end, "no prices before the plan's history: {message}");
                }
                Err(error) => {
                    warn!(from = %window.start, to = %window.end, "blocks stay without a final price for now: {error}");
                    let wait = match &error {
                        PriceError::RateLimited {
                            retry_after: Some(wait),
                        } => *wait,
                        _ => FINEST,
                    };
                    self.desk().quiet_until = Some(Instant::now() + wait);
                    answer.unanswered.push(window);
                    break;
                }
            }
        }
        answer.unanswered.extend(windows);
        answer
    }

    /// Calls made in the UTC day of `now`, of those that the plan grants.
    pub fn calls_of_day(&self, now: Timestamp) -> (u32, u32) {
        let desk = self.desk();
        let calls = if desk.day == day_of(now) {
            desk.calls_of_day
        } else {
            0
        };
        (calls, self.config.plan.calls_per_day())
    }

    /// Calls that these stretches take.
    pub fn calls_for(&self, stretches: &[Range<Timestamp>]) -> u32 {
        let calls = stretches.iter().flat_map(windows).count();
        u32::try_from(calls).unwrap_or(u32::MAX)
    }

    async fn fetch_window(
        &self,
        window: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<PricePoint>, PriceError> {
        let refused = self.desk().too_old;
        if refused.is_some_and(|refused| window.end <= refused) {
            return Err(PriceError::TooOld {
                message: "asked before".to_owned(),
            });
        }
        match self.ask_patiently(window, now).await {
            Err(PriceError::TooOld { message }) => {
                let history = now - FREE_HISTORY + Duration::from_secs(3600);
                if window.start < history && history < window.end {
                    return self.ask_patiently(&(history..window.end), now).await;
                }
                self.desk().too_old = Some(window.end);
                Err(PriceError::TooOld { message })
            }
            other => other,
        }
    }

    async fn ask_patiently(
        &self,
        window: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<PricePoint>, PriceError> {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(Duration::from_secs(1))
            .with_max_times(2)
            .with_jitter();
        (|| self.ask(window, now))
            .retry(backoff)
            .when(PriceError::is_retryable)
            .adjust(|error, delay| match error {
                PriceError::RateLimited {
                    retry_after: Some(wait),
                } => delay.and((*wait <= PATIENCE).then_some(*wait)),
                _ => delay,
            })
            .notify(|error, delay| {
                info!(
                    delay_ms = delay.as_millis(),
                    "asking CoinGecko again: {error}"
                );
            })
            .await
    }

    async fn ask(
        &self,
        window: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<PricePoint>, PriceError> {
        if let Some(leave) = self.take_leave(now)? {
            tokio::time::sleep_until(leave).await;
        }
        let unavailable = |error| PriceError::Unavailable {
            reason: http::describe(error),
        };
        let mut url = self.config.url.clone();
        url.set_path(&format!(
            "{}/coins/bitcoin/market_chart/range",
            url.path().trim_end_matches('/')
        ));
        let query = [
            ("vs_currency", "usd".to_owned()),
            ("from", window.start.to_secs().to_string()),
            ("to", window.end.to_secs().to_string()),
        ];
        let mut request = self.http.get(url).query(&query);
        if let Some(key) = &self.config.key {
            request = request.header(self.config.plan.key_header(), key.expose());
        }
        let answer = request.send().await.map_err(unavailable)?;
        let status = answer.status();
        let wait = answer
            .headers()
            .get(header::RETRY_AFTER)
            .and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
        let body = answer.bytes().await.map_err(unavailable)?;
        if !status.is_success() {
            return Err(decide(status, wait.map(Duration::from_secs), &body));
        }
        parse(&body, window, &self.config.source)
    }

    /// Counts a call in; `Some` when it may only be made later.
    fn take_leave(&self, now: Timestamp) -> Result<Option<Instant>, PriceError> {
        let calls_per_day = self.config.plan.calls_per_day();
        let mut desk = self.desk();
        if desk.day != day_of(now) {
            (desk.day, desk.calls_of_day) = (day_of(now), 0);
        }
        if desk.calls_of_day >= calls_per_day {
            return Err(PriceError::Budget { calls_per_day });
        }
        desk.calls_of_day += 1;
        let (at, minute) = (Instant::now(), Duration::from_secs(60));
        while desk
            .calls_of_minute
            .front()
            .is_some_and(|call| *call + minute <= at)
        {
            desk.calls_of_minute.pop_front();
        }
        let place = desk
            .calls_of_minute
            .len()
            .checked_sub(self.config.plan.calls_per_minute());
        let leave = place.map(|place| desk.calls_of_minute[place] + minute);
        desk.calls_of_minute.push_back(leave.unwrap_or(at));
        Ok(leave)
    }

    fn is_quiet(&self, window: &Range<Timestamp>) -> bool {
        let (desk, now) = (self.desk(), Instant::now());
        desk.quiet_until.is_some_and(|until| now < until)
            || desk
                .nothing_after
                .is_some_and(|(start, until)| start == window.start && now < until)
    }

    fn desk(&self) -> std::sync::MutexGuard<'_, Desk> {
        self.desk
            .lock()
            .expect("nothing panics while it holds the lock")
    }
}

impl fmt::Debug for CoinGecko {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.config.fmt(f)
    }
}

fn day_of(now: Timestamp) -> i64 {
    now.to_secs().div_euclid(86_400)
}

fn windows(stretch: &Range<Timestamp>) -> impl Iterator<Item = Range<Timestamp>> {
    let end = stretch.end;
    std::iter::successors(Some(stretch.start), move |start| Some(*start + RANGE_MAX))
        .take_while(move |start| *start < end)
        .map(move |start| start..(start + RANGE_MAX).min(end))
}

#[derive(Deserialize)]
struct Chart {
    prices: Vec<(i64, Option<f64>)>,
}

fn parse(
    body: &[u8],
    window: &Range<Timestamp>,
    source: &Arc<str>,
) -> Result<Vec<PricePoint>, PriceError> {
    let malformed = |_| PriceError::Malformed {
        body_start: start_of(body),
    };
    let chart: Chart = serde_json::from_slice(body).map_err(malformed)?;
    let point = |(ms, usd): (i64, Option<f64>)| {
        let quote = Quote {
            time: Timestamp::from_ms(ms)?,
            usd: UsdPerBtc::new(usd?).ok()?,
            source: source.clone(),
        };
        Some(PricePoint {
            quote,
            resolution_s: 0,
        })
    };
    let mut points: Vec<PricePoint> = chart.prices.into_iter().filter_map(point).collect();
    points.retain(|point| (window.start..=window.end).contains(&point.quote.time));
    points.sort_by_key(|point| point.quote.time);
    points.dedup_by_key(|point| point.quote.time);
    let resolution_s = resolution_s(&points, window);
    points
        .iter_mut()
        .for_each(|point| point.resolution_s = resolution_s);
    Ok(points)
}

/// Which of CoinGecko's three resolutions an answer has: by the middle one of its steps; by the range where it has none.
fn resolution_s(points: &[PricePoint], window: &Range<Timestamp>) -> i32 {
    let mut steps: Vec<Duration> = points
        .windows(2)
        .map(|pair| pair[1].quote.time.since(pair[0].quote.time))
        .collect();
    steps.sort_unstable();
    match steps.get(steps.len() / 2).map(Duration::as_secs) {
        Some(0..=1000) => 300,
        Some(1001..=20_000) => 3600,
        Some(_) => 86_400,
        None if window.end.since(window.start) <= Duration::from_secs(86_400) => 300,
        None => 3600,
    }
}

fn decide(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> PriceError {
    let (code, message) = fault(body);
    match status {
        StatusCode::TOO_MANY_REQUESTS => PriceError::RateLimited { retry_after },
        _ if code == Some(429) => PriceError::RateLimited { retry_after },
        _ if code == Some(TOO_OLD) => PriceError::TooOld { message },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => PriceError::Credentials { message },
        _ if code.is_some_and(|code| (10_000..10_012).contains(&code)) => {
            PriceError::Credentials { message }
        }
        _ if status.is_client_error() => PriceError::Rejected {
            status: status.as_u16(),
            message,
        },
        _ => PriceError::Unavailable {
            reason: format!("HTTP status {status}: {message}"),
        },
    }
}

/// Code and message of an error body, which comes in three shapes: `{"status":..}`, `{"error":{"status":..}}`,
/// `{"error":".."}`.
fn fault(body: &[u8]) -> (Option<i64>, String) {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let status = [&json["status"], &json["error"]["status"]]
        .into_iter()
        .find(|status| status.is_object());
    match status {
        Some(status) => (
            status["error_code"].as_i64(),
            status["error_message"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        ),
        None => (
            None,
            json["error"]
                .as_str()
                .map_or_else(|| start_of(body), str::to_owned),
        ),
    }
}

fn start_of(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs).expect("a date")
    }

    fn ever() -> Range<Timestamp> {
        at(0)..at(4_000_000_000)
    }

    fn recorded(body: &[u8]) -> Vec<PricePoint> {
        parse(body, &ever(), &SOURCE.into()).expect("a recorded answer")
    }

    #[test]
    fn recorded_answers_are_read_whole_and_in_order() {
        let answers = [
            (
                &include_bytes!("../testdata/coingecko/1_day_minutely.json")[..],
                288,
                300,
            ),
            (
                &include_bytes!("../testdata/coingecko/30_days_hourly.json")[..],
                722,
                3600,
            ),
            (
                &include_bytes!("../testdata/coingecko/90_days_daily.json")[..],
                91,
                86_400,
            ),
        ];
        for (body, count, resolution_s) in answers {
            let points = recorded(body);

            assert_eq!(points.len(), count);
            assert!(points.is_sorted_by(|a, b| a.quote.time < b.quote.time));
            assert!(
                points.iter().all(|point| point.resolution_s == resolution_s
                    && &*point.quote.source == "coingecko")
            );
        }
    }

    #[test]
    fn recorded_prices_keep_every_digit_and_millisecond() {
        let points = recorded(include_bytes!("../testdata/coingecko/30_days_hourly.json"));

        assert_eq!(points[0].quote.time.to_string(), "2021-04-15T15:04:13.863Z"); // 1618499053863
        assert_eq!(points[0].quote.usd.to_usd_per_btc(), 62_641.967_327_043_465);
    }

    #[test]
    fn points_that_are_none_are_left_out() {
        let body = br#"{"prices":[[3000,null],[2000,2.5],[1000,1.5],[2000,2.5],[4000,0],[5000,-1],[9000000000000,1]]}"#;

        let points = recorded(body);

        let read: Vec<(i64, f64)> = points
            .iter()
            .map(|p| (p.quote.time.to_ms(), p.quote.usd.to_usd_per_btc()))
            .collect();
        assert_eq!(read, [(1000, 1.5), (2000, 2.5)]);
        assert_eq!(
            parse(br#"{"prices":[]}"#, &ever(), &SOURCE.into()),
            Ok(Vec::new())
        );
    }

    #[test]
    fn what_is_no_answer_is_shown_by_its_beginning() {
        for body in [
            "",
            "<html>",
            "[]",
            r#"{"prices":[[1]]}"#,
            r#"{"prices":{}}"#,
        ] {
            let error = parse(body.as_bytes(), &ever(), &SOURCE.into());

            assert_eq!(
                error,
                Err(PriceError::Malformed {
                    body_start: body.to_owned()
                })
            );
        }
    }

    #[test]
    fn error_bodies_of_all_three_shapes_are_understood() {
        let too_old = r#"{"error":{"status":{"timestamp":"2026-01-01T00:00:00.000+00:00","error_code":10012,"error_message":"old"}}}"#;
        let limited = r#"{"status":{"error_code":429,"error_message":"slow down"}}"#;
        let no_key = r#"{"status":{"error_code":10002,"error_message":"API key missing"}}"#;
        let missing = r#"{"error":"Missing parameter vs_currency"}"#; // Recorded, with status 422.
        let decide = |status, body: &str| {
            super::decide(
                StatusCode::from_u16(status).expect("a status"),
                None,
                body.as_bytes(),
            )
        };

        assert_eq!(
            decide(401, too_old),
            PriceError::TooOld {
                message: "old".into()
            }
        );
        assert_eq!(
            decide(429, limited),
            PriceError::RateLimited { retry_after: None }
        );
        assert_eq!(
            decide(403, limited),
            PriceError::RateLimited { retry_after: None }
        );
        assert_eq!(
            decide(400, no_key),
            PriceError::Credentials {
                message: "API key missing".into()
            }
        );
        assert_eq!(
            decide(401, "denied"),
            PriceError::Credentials {
                message: "denied".into()
            }
        );
        assert_eq!(
            decide(422, missing),
            PriceError::Rejected {
                status: 422,
                message: "Missing parameter vs_currency".into()
            }
        );
        assert!(matches!(
            decide(502, "<html>bad gateway"),
            PriceError::Unavailable { .. }
        ));
    }

    #[test]
    fn a_year_is_five_calls_of_at_most_90_days() {
        let year = at(0)..at(365 * 86_400);

        let windows: Vec<_> = windows(&year).collect();

        assert_eq!(windows.len(), 5);
        assert_eq!((windows[0].start, windows[4].end), (year.start, year.end));
        assert!(windows.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert!(
            windows
                .iter()
                .all(|window| window.end.since(window.start) <= RANGE_MAX)
        );
    }

    #[test]
    fn one_point_has_the_resolution_of_its_range() {
        let now = at(1_000_000);

        assert_eq!(resolution_s(&[], &(now - HOUR..now)), 300);
        assert_eq!(resolution_s(&[], &(now - 48 * HOUR..now)), 3600);
    }

    #[tokio::test]
    async fn calls_are_counted_by_day_and_spread_over_the_minute() {
        let url = Plan::Public.url().parse().expect("a URL");
        let coingecko = CoinGecko::new(CoinGeckoConfig {
            plan: Plan::Public,
            key: None,
            url,
            source: SOURCE.into(),
        });
        let (today, tomorrow) = (at(86_400 * 20_000), at(86_400 * 20_001));
        let leave = || coingecko.take_leave(today).expect("within the budget");

        assert!((0..5).all(|_| leave().is_none()));
        assert!(leave().is_some_and(|at| at > Instant::now() + Duration::from_secs(50)));
        assert!((6..320).all(|_| leave().is_some()));
        assert_eq!(coingecko.calls_of_day(today), (320, 320));
        assert_eq!(
            coingecko.take_leave(today),
            Err(PriceError::Budget { calls_per_day: 320 })
        );
        assert!(coingecko.take_leave(tomorrow).is_ok());
        assert_eq!(coingecko.calls_of_day(tomorrow), (1, 320));
    }
}
