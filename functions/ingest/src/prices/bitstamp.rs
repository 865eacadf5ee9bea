//! Bitstamp: the price of the first trade in each hour, back to 2011.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use hashlake_core::timestamp::Timestamp;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;

use crate::http;
use crate::prices::source::{
    CallLimits, Entry, EntryPrice, PriceError, PriceReply, PriceSource, check, describe_body,
    number, whole,
};

/// Base URL of the API.
pub const URL: &str = "https://www.bitstamp.net/api/v2";

/// Name of the source in the lake.
pub const SOURCE: &str = "bitstamp";

const FIRST_TRADE_S: i64 = 1_313_625_600; // 2011-08-18, the day of the first trade.
const STEP_S: i64 = 3600;
const CANDLES_MAX: u32 = 1000; // The most candles in one call.
const CALLS_PER_MINUTE: usize = 500; // Bitstamp grants 10,000 in ten minutes.
const CALLS_PER_DAY: u32 = 2000; // All history since 2011 takes about 140.
const CODES_OF_RATE_LIMIT: [&str; 3] = ["400.002", "400.067", "400.068"];
const TIMEOUT: Duration = Duration::from_secs(30);

pub struct Bitstamp {
    http: reqwest::Client,
    secrets: Vec<String>,
    url: Url,
}

impl Bitstamp {
    /// `url` is the base URL. Sends nothing yet.
    pub fn new(url: Url) -> Self {
        Self {
            http: http::client(TIMEOUT),
            secrets: http::secrets_of(&url, None),
            url,
        }
    }
}

#[async_trait]
impl PriceSource for Bitstamp {
    fn name(&self) -> &'static str {
        "Bitstamp"
    }

    fn limits(&self, _: Timestamp) -> CallLimits {
        CallLimits {
            // Both ends of a range have a candle.
            max_range: Duration::from_secs(STEP_S.unsigned_abs() * u64::from(CANDLES_MAX - 1)),
            history_start: Timestamp::from_secs(FIRST_TRADE_S).unwrap_or(Timestamp::FIRST),
            hourly_since: Timestamp::FIRST,
            calls_per_minute: CALLS_PER_MINUTE,
            calls_per_day: CALLS_PER_DAY,
        }
    }

    /// A candle's time is its start. `end` is the time of the last candle, and takes precedence
    /// over `start`: if there are more than `limit` candles, the first ones are left out.
    async fn fetch(
        &self,
        range: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<PriceReply, PriceError> {
        let candle = |time: Timestamp| time.to_secs() - time.to_secs().rem_euclid(STEP_S);
        let query = [
            ("step", STEP_S.to_string()),
            ("limit", CANDLES_MAX.to_string()),
            ("start", candle(range.start).to_string()),
            ("end", candle(range.end).to_string()),
        ];
        let url = http::below(&self.url, "ohlc/btcusd/");
        let request = self.http.get(url).query(&query);
        let reply = http::send(request, &self.secrets).await?;
        if !reply.status.is_success() {
            return Err(classify_error(reply.status, reply.retry_after, &reply.body));
        }
        parse(&reply.body, range, now)
    }
}

#[derive(Deserialize)]
struct CandlesJson {
    data: MarketJson,
}

#[derive(Deserialize)]
struct MarketJson {
    ohlc: Vec<CandleJson>,
}

#[derive(Deserialize)]
struct CandleJson {
    timestamp: Value, // Seconds since 1970.
    open: Value,
    volume: Value,
}

/// The opening price of each candle. Unlike the candle's other prices, it never changes after the
/// first trade. A candle without a trade repeats an earlier price, which was not observed at its
/// time, so it is left out.
fn parse(body: &[u8], range: &Range<Timestamp>, now: Timestamp) -> Result<PriceReply, PriceError> {
    let malformed = |_| PriceError::Malformed {
        body_start: describe_body(body),
    };
    let reply: CandlesJson = serde_json::from_slice(body).map_err(malformed)?;
    let entry = |candle: &CandleJson| Entry {
        time: whole(&candle.timestamp).and_then(Timestamp::from_secs),
        price: match (number(&candle.open), number(&candle.volume)) {
            (Some(_), Some(0.0)) => EntryPrice::NotTraded,
            (Some(usd), Some(0.0..)) => EntryPrice::Usd(usd),
            _ => EntryPrice::Invalid,
        },
    };
    let show = |candle: &CandleJson| {
        let CandleJson {
            timestamp,
            open,
            volume,
        } = candle;
        format!("timestamp {timestamp}, open {open}, volume {volume}")
    };
    check(&reply.data.ohlc, entry, show, (range, now), &SOURCE.into())
}

fn classify_error(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> PriceError {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = json["response_code"].as_str().unwrap_or_default();
    let message = describe_body(body);
    match status {
        StatusCode::TOO_MANY_REQUESTS => PriceError::RateLimited { retry_after },
        _ if CODES_OF_RATE_LIMIT.contains(&code) => PriceError::RateLimited { retry_after },
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

#[cfg(test)]
mod tests {
    use testenv::fuzz::{changed, changes, fuzz};

    use super::*;

    // https://www.bitstamp.net/api/ (GetOHLCData) documents the shape, and what a volume of zero
    // means. The figures are made up.
    const REPLY: &str = r#"{"data": {"pair": "BTC/USD", "ohlc": [
        {"timestamp": "1420070400", "open": "321.00", "high": "321.00", "low": "313.83", "close": "316.79", "volume": "61.40"},
        {"timestamp": "1420074000", "open": "316.79", "high": "316.79", "low": "316.79", "close": "316.79", "volume": "0.00000000"},
        {"timestamp": "1420077600", "open": "316.85", "high": "317.50", "low": "316.00", "close": "317.00", "volume": "0.01"}]}}"#;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs).expect("a date")
    }

    fn day() -> Range<Timestamp> {
        at(1_420_070_400)..at(1_420_156_800) // 2015-01-01
    }

    #[test]
    fn a_candle_gives_the_price_of_its_first_trade_and_no_price_without_a_trade() {
        let reply = parse(REPLY.as_bytes(), &day(), at(1_763_900_000)).expect("a reply");

        let points = &reply.points;
        assert_eq!(reply.times.len(), 3);
        let read: Vec<(i64, f64)> = points
            .iter()
            .map(|p| (p.quote.time.to_secs(), p.quote.usd.to_usd_per_btc()))
            .collect();
        assert_eq!(read, [(1_420_070_400, 321.0), (1_420_077_600, 316.85)]);
        assert!(
            points
                .iter()
                .all(|point| point.resolution_s == 3600 && &*point.quote.source == "bitstamp")
        );
    }

    #[test]
    fn candles_outside_the_range_are_left_out() {
        let later = at(1_420_070_401)..at(1_420_077_600);

        let reply = parse(REPLY.as_bytes(), &later, at(1_763_900_000)).expect("a reply");

        assert_eq!((reply.points.len(), reply.times.len()), (1, 2));
        let none = parse(
            br#"{"data": {"pair": "BTC/USD", "ohlc": []}}"#,
            &later,
            at(1_763_900_000),
        );
        assert_eq!(none, Ok(PriceReply::default()));
    }

    #[test]
    fn an_unexpected_reply_is_shown_by_its_start() {
        for body in [
            "10.10.10.10 blocked for 900 seconds",
            r#"{"status": "error", "reason": "maintenance"}"#,
            r#"{"errors": [{"field": "limit", "message": "Must be between 1 and 1000."}]}"#,
            r#"{"data": {"ohlc": [{"timestamp": "1420070400", "volume": "1"}]}}"#,
        ] {
            let error = parse(body.as_bytes(), &day(), at(1_763_900_000));

            assert_eq!(
                error,
                Err(PriceError::Malformed {
                    body_start: format!("`{body}`")
                })
            );
        }
    }

    #[test]
    fn numbers_may_be_sent_as_numbers_and_invalid_ones_are_refused() {
        let with = |candle: &str| {
            parse(
                format!(r#"{{"data": {{"ohlc": [{candle}]}}}}"#).as_bytes(),
                &day(),
                at(1_763_900_000),
            )
        };

        let read = with(r#"{"timestamp": 1420070400.0, "open": 321, "volume": 1.5}"#);
        assert_eq!(read.map(|reply| reply.points.len()), Ok(1));
        for candle in [
            r#"{"timestamp": "now", "open": "1", "volume": "1"}"#,
            r#"{"timestamp": "1420070400", "open": "321,5", "volume": "1"}"#,
            r#"{"timestamp": "1420070400", "open": "321", "volume": "-1"}"#,
            r#"{"timestamp": "1420070400", "open": "1e12", "volume": "1"}"#,
            r#"{"timestamp": "1420070", "open": "321", "volume": "1"}"#,
        ] {
            let refused = with(candle).expect_err("one of one").to_string();
            assert!(
                refused.contains("1 of 1 prices, such as `timestamp "),
                "{refused}"
            );
        }
    }

    #[test]
    fn refusals_and_failures_are_different_errors() {
        let classify = |status, body: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            classify_error(status, None, body.as_bytes())
        };
        let limited = r#"{"response_code": "400.002", "response_explanation": "Request rejected due to exceeded rate limit."}"#;

        assert!(classify(400, limited).is_retryable());
        assert!(classify(429, "").is_retryable());
        assert!(classify(503, "<html>").is_retryable());
        assert_eq!(
            classify(400, "Must be between 1 and 1000."),
            PriceError::Rejected {
                status: 400,
                message: "`Must be between 1 and 1000.`".into()
            }
        );
    }

    #[test]
    fn fuzz_replies() {
        fuzz(&changes(), |changes| {
            let body = changed(REPLY.as_bytes(), &changes);
            if let Ok(reply) = parse(&body, &day(), at(1_763_900_000)) {
                let times = reply.points.iter().map(|point| point.quote.time);
                assert!(times.clone().is_sorted_by(|a, b| a < b));
                assert!(times.into_iter().all(|time| day().contains(&time)));
            }
            drop(classify_error(StatusCode::BAD_REQUEST, None, &body).to_string());
        });
    }
}
