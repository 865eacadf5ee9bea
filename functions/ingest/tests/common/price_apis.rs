//! The APIs of CoinGecko and Bitstamp as documented, with their limits, but with made-up prices.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) const HOUR_S: i64 = 3600;
pub(crate) const DAY_S: i64 = 24 * HOUR_S;

/// CoinGecko's hourly points are this many seconds after the hour.
pub(crate) const COINGECKO_OFFSET_S: i64 = 240;

/// A price API on loopback.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) url: String,
    now_s: i64,
    calls: Arc<Mutex<Vec<Call>>>,
    faults: Arc<Mutex<Vec<Response>>>,
    hourly_max_s: Arc<AtomicI64>,
    spikes: Arc<Mutex<HashMap<i64, f64>>>,
}

/// A call that the API received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) from_s: i64,
    pub(crate) to_s: i64,
    pub(crate) status: u16,
    at: Instant,
}

type Parameters = Query<HashMap<String, String>>;

impl Api {
    /// Starts CoinGecko's API as if the time were `now_s`, with the limits of the public plan: one
    /// year of history, and five calls per minute.
    pub(crate) async fn coingecko(now_s: i64) -> Self {
        let handler = |State(api): State<Self>, Query(parameters): Parameters| async move {
            api.respond(
                number(&parameters, "from"),
                number(&parameters, "to"),
                |from_s, to_s| api.coingecko_prices(from_s, to_s),
            )
        };
        let route = get(handler);
        Self::serve(now_s, "/api/v3/coins/bitcoin/market_chart/range", route).await
    }

    /// Starts Bitstamp's API as if the time were `now_s`.
    pub(crate) async fn bitstamp(now_s: i64) -> Self {
        let handler = |State(api): State<Self>, Query(parameters): Parameters| async move {
            let (step_s, limit) = (number(&parameters, "step"), number(&parameters, "limit"));
            api.respond(
                number(&parameters, "start"),
                number(&parameters, "end"),
                |start_s, end_s| api.candles(start_s, end_s.min(api.now_s), step_s, limit),
            )
        };
        Self::serve(now_s, "/api/v2/ohlc/btcusd/", get(handler)).await
    }

    async fn serve(now_s: i64, path: &str, route: axum::routing::MethodRouter<Self>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let api = Self {
            url,
            now_s,
            calls: Arc::default(),
            faults: Arc::default(),
            hourly_max_s: Arc::new((90 * DAY_S).into()),
            spikes: Arc::default(),
        };
        let router = Router::new().route(path, route).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        api
    }

    /// Replies to the next call with this response.
    pub(crate) fn fail_once(
        &self,
        status: u16,
        headers: &[(&'static str, &'static str)],
        body: &str,
    ) {
        let mut response = refusal(status, body);
        for (name, value) in headers {
            let value = value.parse().expect("a header");
            response.headers_mut().insert(*name, value);
        }
        self.faults.lock().expect("unpoisoned").push(response);
    }

    /// From now on, the API returns hourly prices only for ranges of at most `length_s`, and daily prices
    /// for longer ones.
    pub(crate) fn hourly_up_to(&self, length_s: i64) {
        self.hourly_max_s.store(length_s, Ordering::Relaxed);
    }

    /// Multiplies the price at this time by `factor`.
    pub(crate) fn spike(&self, time_s: i64, factor: f64) {
        self.spikes
            .lock()
            .expect("unpoisoned")
            .insert(time_s, factor);
    }

    /// All calls so far.
    pub(crate) fn calls(&self) -> MutexGuard<'_, Vec<Call>> {
        self.calls.lock().expect("unpoisoned")
    }

    fn respond(
        &self,
        from_s: i64,
        to_s: i64,
        prices: impl FnOnce(i64, i64) -> Response,
    ) -> Response {
        let fault = self.faults.lock().expect("unpoisoned").pop();
        let response = match fault {
            Some(fault) => fault,
            None => prices(from_s, to_s),
        };
        self.calls().push(Call {
            from_s,
            to_s,
            status: response.status().as_u16(),
            at: Instant::now(),
        });
        response
    }

    fn coingecko_prices(&self, from_s: i64, to_s: i64) -> Response {
        let minute = Duration::from_secs(60);
        let is_recent = |call: &&Call| call.at.elapsed() < minute;
        if self.calls().iter().filter(is_recent).count() >= 5 {
            let body = json!({ "status": { "error_code": 429, "error_message": "You've exceeded the Rate Limit." } });
            return refusal(429, &body.to_string());
        }
        if from_s < self.now_s - 365 * DAY_S {
            let message = "Your request exceeds the allowed time range. Public API users are limited to the past 365 days.";
            let body =
                json!({ "error": { "status": { "error_code": 10012, "error_message": message } } });
            return refusal(401, &body.to_string());
        }
        let hourly_max_s = self.hourly_max_s.load(Ordering::Relaxed);
        let (step_s, offset_s) = match to_s - from_s {
            length_s if length_s > hourly_max_s => (DAY_S, 0),
            ..=DAY_S => (300, 0),
            _ => (HOUR_S, COINGECKO_OFFSET_S),
        };
        let spikes = self.spikes.lock().expect("unpoisoned");
        let usd = |time_s: i64| coingecko_usd(time_s) * spikes.get(&time_s).unwrap_or(&1.0);
        let first = (from_s - offset_s).div_euclid(step_s);
        let times = (first..).map(|n| n * step_s + offset_s);
        let prices: Vec<Value> = times
            .skip_while(|time_s| *time_s < from_s)
            .take_while(|time_s| *time_s <= to_s.min(self.now_s))
            .map(|time_s| json!([time_s * 1000, usd(time_s)]))
            .collect();
        let body = json!({ "prices": prices, "market_caps": [], "total_volumes": [] });
        body.to_string().into_response()
    }

    /// Candles from `start_s` to `end_s`, both included. If there are more than `limit`, returns only
    /// the last `limit` candles.
    fn candles(&self, start_s: i64, end_s: i64, step_s: i64, limit: i64) -> Response {
        if !(1..=1000).contains(&limit) || step_s != HOUR_S {
            return refusal(400, r#"{"code": "Must be between 1 and 1000."}"#);
        }
        let last = end_s.div_euclid(step_s);
        let first = start_s.div_euclid(step_s).max(last - limit + 1);
        let spikes = self.spikes.lock().expect("unpoisoned");
        let candle = |n: i64| {
            let is_traded = is_traded(n * step_s);
            let price_time_s = if is_traded { n } else { n - 1 } * step_s;
            let factor = spikes.get(&(n * step_s)).unwrap_or(&1.0);
            let usd = format!("{:.2}", bitstamp_usd(price_time_s) * factor);
            json!({
                "timestamp": (n * step_s).to_string(), "open": usd, "high": usd, "low": usd, "close": usd,
                "volume": if is_traded { "1.50000000" } else { "0.00000000" },
            })
        };
        let candles: Vec<Value> = (first..=last).map(candle).collect();
        let body = json!({ "data": { "pair": "BTC/USD", "ohlc": candles } });
        body.to_string().into_response()
    }
}

/// CoinGecko's price at a time.
pub(crate) fn coingecko_usd(time_s: i64) -> f64 {
    100_000.0 + small_f64(time_s / HOUR_S % 1000)
}

/// Bitstamp's price at the start of an hour.
pub(crate) fn bitstamp_usd(time_s: i64) -> f64 {
    50_000.0 + small_f64(time_s / HOUR_S % 1000)
}

/// Whether there was a trade at Bitstamp in the hour that starts at `time_s`.
pub(crate) fn is_traded(time_s: i64) -> bool {
    (time_s / HOUR_S) % 50 != 0
}

fn small_f64(small: i64) -> f64 {
    f64::from(i32::try_from(small).expect("below 1000"))
}

fn number(parameters: &HashMap<String, String>, name: &str) -> i64 {
    let value = parameters.get(name).and_then(|value| value.parse().ok());
    value.unwrap_or_else(|| panic!("{name} is not a whole number in {parameters:?}"))
}

fn refusal(status: u16, body: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, body.to_owned()).into_response()
}
