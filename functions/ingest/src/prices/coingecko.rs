//! CoinGecko: prices in time ranges.

use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hashlake_core::env::Secret;
use hashlake_core::price::PricePoint;
use hashlake_core::timestamp::Timestamp;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::http;
use crate::prices::source::{
    CallLimits, Entry, EntryPrice, PriceError, PriceReply, PriceSource, check, describe_body,
    number, whole,
};

/// Name of the source in the lake.
pub const SOURCE: &str = "coingecko";

/// Replies to longer ranges have only one point per day.
const HOURLY_MAX: Duration = Duration::from_secs(90 * 86_400);
const FREE_HISTORY: Duration = Duration::from_secs(365 * 86_400);

/// CoinGecko has hourly points since 2018-01-30.
const HOURLY_SINCE_S: u32 = 1_517_270_400;

/// hashlake assumes that the history starts this much later, because clocks differ and a run takes
/// some time.
const HISTORY_MARGIN: Duration = Duration::from_secs(3600);
const TIMEOUT: Duration = Duration::from_secs(30);
const CODE_RATE_LIMITED: i64 = 429;
const CODE_TOO_OLD: i64 = 10_012;
const CODES_OF_CREDENTIALS: Range<i64> = 10_000..10_012;

/// The plan at CoinGecko (`COINGECKO_PLAN`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CoinGeckoTier {
    /// Free, without a key.
    #[default]
    Public,
    /// Free, with a key.
    Demo,
    /// Paid.
    Pro,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected public, demo or pro")]
pub struct TierError;

impl FromStr for CoinGeckoTier {
    type Err = TierError;

    fn from_str(name: &str) -> Result<Self, TierError> {
        match name.to_ascii_lowercase().as_str() {
            "public" => Ok(Self::Public),
            "demo" => Ok(Self::Demo),
            "pro" => Ok(Self::Pro),
            _ => Err(TierError),
        }
    }
}

impl CoinGeckoTier {
    /// Base URL of the API.
    pub const fn url(self) -> &'static str {
        match self {
            Self::Public | Self::Demo => "https://api.coingecko.com/api/v3",
            Self::Pro => "https://pro-api.coingecko.com/api/v3",
        }
    }

    /// hashlake's own limit of calls per UTC day. The demo plan grants 10,000 calls a month; the
    /// public plan states no figure.
    pub const fn calls_per_day(self) -> u32 {
        match self {
            Self::Public | Self::Demo => 320,
            Self::Pro => 10_000,
        }
    }

    /// hashlake's own limit of calls per minute. The public plan's limit varies between 5 and 15.
    pub const fn calls_per_minute(self) -> usize {
        match self {
            Self::Public => 5,
            Self::Demo => 30,
            Self::Pro => 500,
        }
    }

    /// How far back the plan has prices, if that is known: 365 days on the free plans.
    pub const fn history(self) -> Option<Duration> {
        match self {
            Self::Public | Self::Demo => Some(FREE_HISTORY),
            Self::Pro => None,
        }
    }

    const fn key_header(self) -> &'static str {
        match self {
            Self::Public | Self::Demo => "x-cg-demo-api-key",
            Self::Pro => "x-cg-pro-api-key",
        }
    }
}

#[derive(Clone, Debug)]
pub struct CoinGeckoConfig {
    pub plan: CoinGeckoTier,
    /// The API key; the public plan has no key.
    pub key: Option<Secret>,
    /// Base URL.
    pub url: Url,
    /// How far back the plan has prices, if that is known: older prices are not requested.
    pub history: Option<Duration>,
    /// Name of the source in the lake: `coingecko`, unless another server replaces CoinGecko.
    pub source: Arc<str>,
}

pub struct CoinGecko {
    http: reqwest::Client,
    secrets: Vec<String>,
    config: CoinGeckoConfig,
}

impl CoinGecko {
    /// Sends nothing yet.
    pub fn new(config: CoinGeckoConfig) -> Self {
        Self {
            http: http::client(TIMEOUT),
            secrets: http::secrets_of(&config.url, config.key.as_ref()),
            config,
        }
    }
}

#[async_trait]
impl PriceSource for CoinGecko {
    fn name(&self) -> &'static str {
        "CoinGecko"
    }

    fn limits(&self, now: Timestamp) -> CallLimits {
        let CoinGeckoConfig { plan, history, .. } = &self.config;
        CallLimits {
            max_range: HOURLY_MAX,
            history_start: history
                .map_or(Timestamp::FIRST, |history| now - history + HISTORY_MARGIN),
            hourly_since: Timestamp::from_block_time(HOURLY_SINCE_S),
            calls_per_minute: plan.calls_per_minute(),
            calls_per_day: plan.calls_per_day(),
        }
    }

    async fn fetch(
        &self,
        range: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<PriceReply, PriceError> {
        let url = http::below(&self.config.url, "coins/bitcoin/market_chart/range");
        let query = [
            ("vs_currency", "usd".to_owned()),
            ("from", range.start.to_secs().to_string()),
            ("to", range.end.to_secs().to_string()),
        ];
        let mut request = self.http.get(url).query(&query);
        if let Some(key) = &self.config.key {
            request = request.header(self.config.plan.key_header(), key.expose());
        }
        let reply = http::send(request, &self.secrets).await?;
        if !reply.status.is_success() {
            let has_key = self.config.key.is_some();
            return Err(classify_error(
                reply.status,
                reply.retry_after,
                &reply.body,
                has_key,
            ));
        }
        parse(&reply.body, range, now, &self.config.source)
    }
}

#[derive(Deserialize)]
struct ChartJson {
    prices: Vec<(Value, Value)>, // Milliseconds since 1970, and USD or null.
}

fn parse(
    body: &[u8],
    range: &Range<Timestamp>,
    now: Timestamp,
    source: &Arc<str>,
) -> Result<PriceReply, PriceError> {
    let malformed = |_| PriceError::Malformed {
        body_start: describe_body(body),
    };
    let chart: ChartJson = serde_json::from_slice(body).map_err(malformed)?;
    let entry = |(ms, usd): &(Value, Value)| Entry {
        time: whole(ms).and_then(Timestamp::from_ms),
        price: match (usd, number(usd)) {
            (Value::Null, _) => EntryPrice::Unknown,
            (_, Some(usd)) => EntryPrice::Usd(usd),
            (_, None) => EntryPrice::Invalid,
        },
    };
    let show = |(ms, usd): &(Value, Value)| format!("[{ms},{usd}]");
    let mut reply = check(&chart.prices, entry, show, (range, now), source)?;
    let resolution_s = resolution_s(&reply.points, range);
    for point in &mut reply.points {
        point.resolution_s = resolution_s;
    }
    Ok(reply)
}

/// The resolution of a reply, which is one of CoinGecko's three. It follows from the median
/// distance of the points or, with fewer than two points, from the range.
fn resolution_s(points: &[PricePoint], range: &Range<Timestamp>) -> i32 {
    let mut steps: Vec<Duration> = points
        .windows(2)
        .map(|pair| pair[1].quote.time.since(pair[0].quote.time))
        .collect();
    steps.sort_unstable();
    match steps.get(steps.len() / 2).map(Duration::as_secs) {
        Some(0..=1000) => 300,
        Some(1001..=20_000) => 3600,
        Some(_) => 86_400,
        None if range.end.since(range.start) <= Duration::from_secs(86_400) => 300,
        None => 3600,
    }
}

fn classify_error(
    status: StatusCode,
    retry_after: Option<Duration>,
    body: &[u8],
    has_key: bool,
) -> PriceError {
    let (code, message) = error_of(body);
    let is_of_credentials = code.is_some_and(|code| CODES_OF_CREDENTIALS.contains(&code));
    match status {
        StatusCode::TOO_MANY_REQUESTS => PriceError::RateLimited { retry_after },
        _ if code == Some(CODE_RATE_LIMITED) => PriceError::RateLimited { retry_after },
        _ if code == Some(CODE_TOO_OLD) => PriceError::TooOld { message },
        _ if is_of_credentials && has_key => PriceError::Credentials { message },
        _ if is_of_credentials => PriceError::KeyRequired { message },
        StatusCode::UNAUTHORIZED if has_key => PriceError::Credentials { message },
        StatusCode::UNAUTHORIZED => PriceError::KeyRequired { message },
        StatusCode::FORBIDDEN | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => PriceError::Blocked {
            status: status.as_u16(),
            message,
        },
        _ if status.is_client_error() => PriceError::Rejected {
            status: status.as_u16(),
            message,
        },
        _ => PriceError::Unavailable {
            reason: format!("HTTP status {}, {message}", status.as_u16()),
        },
    }
}

/// Code and message of an error body, which has one of three shapes: `{"status":..}`,
/// `{"error":{"status":..}}` or `{"error":".."}`.
fn error_of(body: &[u8]) -> (Option<i64>, String) {
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
                .map_or_else(|| describe_body(body), str::to_owned),
        ),
    }
}

#[cfg(test)]
mod tests {
    use hashlake_core::suspect::suspects;

    use testenv::fuzz::{changed, changes, fuzz};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs).expect("a date")
    }

    fn ever() -> Range<Timestamp> {
        at(0)..at(4_000_000_000)
    }

    fn recorded(body: &[u8]) -> Vec<PricePoint> {
        parse(body, &ever(), at(1_763_900_000), &SOURCE.into())
            .expect("a recorded reply")
            .points
    }

    #[test]
    fn recorded_replies_are_read_completely_and_in_order() {
        let replies = [
            (
                &include_bytes!("../../testdata/coingecko/1_day_minutely.json")[..],
                288,
                300,
            ),
            (
                &include_bytes!("../../testdata/coingecko/30_days_hourly.json")[..],
                722,
                3600,
            ),
            (
                &include_bytes!("../../testdata/coingecko/90_days_daily.json")[..],
                91,
                86_400,
            ),
        ];
        for (body, count, resolution_s) in replies {
            let points = recorded(body);

            assert_eq!(points.len(), count);
            assert!(points.is_sorted_by(|a, b| a.quote.time < b.quote.time));
            assert_eq!(suspects(&points), []);
            assert!(
                points.iter().all(|point| point.resolution_s == resolution_s
                    && &*point.quote.source == "coingecko")
            );
        }
    }

    #[test]
    fn recorded_prices_keep_every_digit_and_millisecond() {
        let points = recorded(include_bytes!(
            "../../testdata/coingecko/30_days_hourly.json"
        ));

        assert_eq!(points[0].quote.time.to_string(), "2021-04-15T15:04:13.863Z"); // 1618499053863
        assert_eq!(points[0].quote.usd.to_usd_per_btc(), 62_641.967_327_043_465);
    }

    /// The points that are read, and the invalid entries.
    type Read = (Vec<(i64, f64)>, Option<String>);

    fn read(body: &str) -> Result<Read, PriceError> {
        let reply = parse(body.as_bytes(), &ever(), at(1_763_900_000), &SOURCE.into())?;
        let points = reply.points.iter();
        let points = points.map(|p| (p.quote.time.to_secs(), p.quote.usd.to_usd_per_btc()));
        Ok((
            points.collect(),
            reply.left_out.map(|faults| faults.to_string()),
        ))
    }

    #[test]
    fn entries_may_be_unsorted_repeated_null_text_or_floats() {
        let body = r#"{"prices":[[1763773200000,null],[1763769600000,2.5],[1763766000000.0,"1.5"],
            ["1763769600000",2.6],[1.7637768e12,3]]}"#;

        let expected = [
            (1_763_766_000, 1.5),
            (1_763_769_600, 2.5),
            (1_763_776_800, 3.0),
        ];
        assert_eq!(read(body), Ok((expected.to_vec(), None)));
        assert_eq!(read(r#"{"prices":[]}"#), Ok((Vec::new(), None)));
        assert_eq!(
            read(r#"{"prices":[[1763773200000,null]]}"#),
            Ok((Vec::new(), None))
        );
    }

    #[test]
    fn a_few_invalid_entries_are_left_out_and_a_reply_with_many_is_refused() {
        let hours = |count: i64| {
            (0..count).map(|n| format!("[{},84.5]", 1_763_766_000_000 + n * 3_600_000))
        };
        let with = |count, more: &[&str]| {
            let entries: Vec<String> = hours(count)
                .chain(more.iter().map(|&entry| entry.to_owned()))
                .collect();
            read(&format!(r#"{{"prices":[{}]}}"#, entries.join(",")))
        };
        let outside = "a price must be from 0.0001 to 100000000 USD";
        for (entry, reason) in [
            ("[1763766000000,0]", outside),
            ("[1763766000000,-84.5]", outside),
            ("[1763766000000,1e300]", outside),
            ("[1763766000000,1e-9]", outside),
            ("[1763766000000,\"NaN\"]", "its price is not a number"),
            ("[1763766000000,[]]", "its price is not a number"),
            ("[\"now\",84.5]", "its time is not a valid number"),
            ("[1e300,84.5]", "its time is not a valid number"),
            ("[9000000000000000,84.5]", "its time is not a valid number"),
            (
                "[1766358000000,84.5]",
                "its time would be 2025-12-21T23:00:00Z, in the future",
            ),
            (
                "[1763766000,84.5]",
                "its time would be 1970-01-21T09:56:06Z, before the first block",
            ),
        ] {
            let (points, left_out) = with(2, &[entry]).expect("one of three");
            assert_eq!(points.len(), 2);
            let left_out = left_out.expect("a reason");
            assert!(
                left_out.starts_with("1 of 3 prices, such as `["),
                "{left_out}"
            );
            assert!(left_out.ends_with(reason), "{left_out}");

            assert!(
                matches!(with(0, &[entry]), Err(PriceError::Invalid(_))),
                "{entry}"
            );
            assert!(
                matches!(with(20, &[entry; 3]), Err(PriceError::Invalid(_))),
                "{entry}"
            );
            assert!(with(30, &[entry; 3]).is_ok(), "{entry}");
        }
    }

    #[test]
    fn an_unexpected_reply_is_shown_by_its_start() {
        for (body, shown) in [
            ("", "no text"),
            (
                "<html><title>Just a moment..</title>",
                "a page: Just a moment..",
            ),
            ("[]", "`[]`"),
            (r#"{"prices":[[1]]}"#, r#"`{"prices":[[1]]}`"#),
            (r#"{"prices":{}}"#, r#"`{"prices":{}}`"#),
            (r#"{"market_caps":[]}"#, r#"`{"market_caps":[]}`"#),
        ] {
            let body_start = shown.to_owned();
            assert_eq!(read(body), Err(PriceError::Malformed { body_start }));
        }
    }

    #[test]
    fn error_bodies_of_all_three_shapes_are_classified() {
        let too_old = r#"{"error":{"status":{"timestamp":"2026-01-01T00:00:00.000+00:00","error_code":10012,"error_message":"old"}}}"#;
        let limited = r#"{"status":{"error_code":429,"error_message":"slow down"}}"#;
        let no_key = r#"{"status":{"error_code":10002,"error_message":"API key missing"}}"#;
        let missing = r#"{"error":"Missing parameter vs_currency"}"#; // Recorded, with status 422.
        let classify = |status, body: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            classify_error(status, None, body.as_bytes(), true)
        };

        assert_eq!(
            classify(401, too_old),
            PriceError::TooOld {
                message: "old".into()
            }
        );
        assert_eq!(
            classify(429, limited),
            PriceError::RateLimited { retry_after: None }
        );
        assert_eq!(
            classify(403, limited),
            PriceError::RateLimited { retry_after: None }
        );
        assert_eq!(
            classify(400, no_key),
            PriceError::Credentials {
                message: "API key missing".into()
            }
        );
        assert_eq!(
            classify(401, "denied"),
            PriceError::Credentials {
                message: "`denied`".into()
            }
        );
        assert_eq!(
            classify(422, missing),
            PriceError::Rejected {
                status: 422,
                message: "Missing parameter vs_currency".into()
            }
        );
        assert!(matches!(
            classify(502, "<html>bad gateway"),
            PriceError::Unavailable { .. }
        ));
    }

    #[test]
    fn a_refusal_is_not_blamed_on_a_key_that_is_not_set() {
        let no_key = r#"{"status":{"error_code":10002,"error_message":"API Key Missing."}}"#;
        let page = "<!DOCTYPE html><head><title>Access denied</title>";
        let text = |status, body: &str, has_key| {
            let status = StatusCode::from_u16(status).expect("a status");
            classify_error(status, None, body.as_bytes(), has_key).to_string()
        };
        let requires = "requires a key: set COINGECKO_PLAN=demo and COINGECKO_API_KEY, or leave coingecko out of PRICE_SOURCES";

        assert_eq!(
            text(401, no_key, false),
            format!("{requires} (API Key Missing.)")
        );
        assert_eq!(text(401, "", false), format!("{requires} (no text)"));
        for has_key in [false, true] {
            assert_eq!(
                text(403, page, has_key),
                "refuses requests from this IP address (HTTP 403, a page: Access denied)"
            );
            assert_eq!(
                text(403, "error code: 1020", has_key),
                "refuses requests from this IP address (HTTP 403, `error code: 1020`)"
            );
            assert_eq!(
                text(451, "", has_key),
                "refuses requests from this IP address (HTTP 451, no text)"
            );
        }
        assert!(text(403, no_key, true).contains("check COINGECKO_API_KEY"));
        assert_eq!(
            text(503, page, false),
            "cannot be reached: HTTP status 503, a page: Access denied"
        );
        assert_eq!(
            text(302, "", false),
            "cannot be reached: HTTP status 302, no text"
        );
    }

    #[test]
    fn one_point_has_the_resolution_of_its_range() {
        let now = at(1_000_000);

        assert_eq!(resolution_s(&[], &(now - HOUR..now)), 300);
        assert_eq!(resolution_s(&[], &(now - 48 * HOUR..now)), 3600);
    }

    #[test]
    fn fuzz_replies() {
        const REPLY: &str = r#"{"prices":[[1763856000000,84648.35],[1763859601250,84501.2],[1763863202871,null]],"market_caps":[],"total_volumes":[]}"#;
        const ERROR: &str =
            r#"{"error":{"status":{"error_code":10012,"error_message":"too old"}}}"#;
        fuzz(&changes(), |changes| {
            let body = changed(REPLY.as_bytes(), &changes);
            if let Ok(reply) = parse(&body, &ever(), at(1_763_900_000), &SOURCE.into()) {
                let mut times = reply.points.iter().map(|point| point.quote.time);
                assert!(times.clone().is_sorted_by(|a, b| a < b));
                assert!(times.all(|time| ever().contains(&time)));
            }
            let body = changed(ERROR.as_bytes(), &changes);
            drop(classify_error(StatusCode::BAD_REQUEST, None, &body, true).to_string());
        });
    }
}
