//! CoinGecko: prices in time ranges.

use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hashlake_core::env::Secret;
use hashlake_core::price::{PricePoint, Quote};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::UsdPerBtc;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::http;
use crate::prices::source::{CallLimits, PriceError, PriceSource, within};

/// Name of the source in the lake.
pub const SOURCE: &str = "coingecko";

/// Replies to longer ranges have only a point a day.
const HOURLY_MAX: Duration = Duration::from_secs(90 * 86_400);
const FREE_HISTORY: Duration = Duration::from_secs(365 * 86_400);

/// The history starts this much later for us: clocks differ, and a run takes a while.
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
        match name {
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

    /// Calls that hashlake allows itself in a UTC day. The demo plan grants 10,000 a month; the
    /// public one states no figure.
    pub const fn calls_per_day(self) -> u32 {
        match self {
            Self::Public | Self::Demo => 320,
            Self::Pro => 10_000,
        }
    }

    /// Calls that hashlake allows itself in a minute. The public plan's limit varies between 5 and
    /// 15.
    pub const fn calls_per_minute(self) -> usize {
        match self {
            Self::Public => 5,
            Self::Demo => 30,
            Self::Pro => 500,
        }
    }

    /// How far back it has prices, if that is known: 365 days on the free plans.
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
    /// The public plan has none.
    pub key: Option<Secret>,
    /// Base URL.
    pub url: Url,
    /// How far back it has prices, if that is known: older ones are not requested.
    pub history: Option<Duration>,
    /// Name of the source in the lake: `coingecko`, unless another server stands in for it.
    pub source: Arc<str>,
}

pub struct CoinGecko {
    http: reqwest::Client,
    config: CoinGeckoConfig,
}

impl CoinGecko {
    /// Sends nothing yet.
    pub fn new(config: CoinGeckoConfig) -> Self {
        Self {
            http: http::client(TIMEOUT),
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
            calls_per_minute: plan.calls_per_minute(),
            calls_per_day: plan.calls_per_day(),
        }
    }

    async fn fetch(&self, range: &Range<Timestamp>) -> Result<Vec<PricePoint>, PriceError> {
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
        let reply = http::send(request).await?;
        if !reply.status.is_success() {
            return Err(classify_error(reply.status, reply.retry_after, &reply.body));
        }
        parse(&reply.body, range, &self.config.source)
    }
}

#[derive(Deserialize)]
struct ChartJson {
    prices: Vec<(i64, Option<f64>)>,
}

fn parse(
    body: &[u8],
    range: &Range<Timestamp>,
    source: &Arc<str>,
) -> Result<Vec<PricePoint>, PriceError> {
    let malformed = |_| PriceError::Malformed {
        body_start: http::start_of(body),
    };
    let chart: ChartJson = serde_json::from_slice(body).map_err(malformed)?;
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
    let mut points = within(range, chart.prices.into_iter().filter_map(point));
    let resolution_s = resolution_s(&points, range);
    points
        .iter_mut()
        .for_each(|point| point.resolution_s = resolution_s);
    Ok(points)
}

/// Which of CoinGecko's three resolutions a reply has: by the median distance of its points, or by
/// the range if it has fewer than two.
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

fn classify_error(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> PriceError {
    let (code, message) = error_of(body);
    match status {
        StatusCode::TOO_MANY_REQUESTS => PriceError::RateLimited { retry_after },
        _ if code == Some(CODE_RATE_LIMITED) => PriceError::RateLimited { retry_after },
        _ if code == Some(CODE_TOO_OLD) => PriceError::TooOld { message },
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => PriceError::Credentials { message },
        _ if code.is_some_and(|code| CODES_OF_CREDENTIALS.contains(&code)) => {
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
                .map_or_else(|| http::start_of(body), str::to_owned),
        ),
    }
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
        parse(body, &ever(), &SOURCE.into()).expect("a recorded reply")
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

    #[test]
    fn points_without_a_valid_time_and_price_are_left_out() {
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
    fn an_unexpected_reply_is_shown_by_its_start() {
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
    fn error_bodies_of_all_three_shapes_are_classified() {
        let too_old = r#"{"error":{"status":{"timestamp":"2026-01-01T00:00:00.000+00:00","error_code":10012,"error_message":"old"}}}"#;
        let limited = r#"{"status":{"error_code":429,"error_message":"slow down"}}"#;
        let no_key = r#"{"status":{"error_code":10002,"error_message":"API key missing"}}"#;
        let missing = r#"{"error":"Missing parameter vs_currency"}"#; // Recorded, with status 422.
        let classify = |status, body: &str| {
            classify_error(
                StatusCode::from_u16(status).expect("a status"),
                None,
                body.as_bytes(),
            )
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
                message: "denied".into()
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
    fn one_point_has_the_resolution_of_its_range() {
        let now = at(1_000_000);

        assert_eq!(resolution_s(&[], &(now - HOUR..now)), 300);
        assert_eq!(resolution_s(&[], &(now - 48 * HOUR..now)), 3600);
    }
}
