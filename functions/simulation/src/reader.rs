//! Reads the lake through the API of `query`, and checks every answer.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use hashlake_core::hash::BlockHash;
use hashlake_core::timestamp::Timestamp;
use query::{Api, router};
use serde_json::Value;
use tower::ServiceExt;

use crate::clock;
use crate::gate::Gate;
use crate::state::State;
use crate::world::World;

/// A reader.
pub(crate) struct Reader {
    gate: Gate,
    api: Router,
}

impl Reader {
    pub(crate) fn new(world: &World) -> Self {
        let (gate, lake, cursor) = world.reader();
        let api = Arc::new(Api::new(lake, cursor, clock::now));
        Self {
            gate,
            api: router(api, None),
        }
    }

    /// Reads the latest blocks. An answer that is not an error must be right.
    pub(crate) async fn read(&self) {
        let path = "/api/v1/blocks?limit=60";
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = self.gate.live(self.api.clone().oneshot(request)).await;
        let Some(Ok(answer)) = answer else {
            return; // The process died.
        };
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("a body in memory");
        let mut state = self.gate.state();
        let checked = match status {
            StatusCode::OK => serde_json::from_slice(&body)
                .map_err(|error| error.to_string())
                .and_then(|answer: Value| check(&state, &answer)),
            StatusCode::SERVICE_UNAVAILABLE => Ok(()),
            status => Err(format!(
                "status {status}: {}",
                String::from_utf8_lossy(&body)
            )),
        };
        match checked {
            Ok(()) => state.note(&format!("read: {status}")),
            Err(wrong) => state.violation(format!("a reader got a wrong answer: {wrong}")),
        }
    }
}

/// Whether the rows are those of one state: a branch that ends at a block at which the cursor was.
fn check(state: &State, answer: &Value) -> Result<(), String> {
    let rows = answer["blocks"].as_array().ok_or("no blocks")?;
    let mut below: Option<BlockHash> = None;
    for row in rows {
        let hash: BlockHash = text(row, "hash")?
            .parse()
            .map_err(|error| format!("{error}"))?;
        let known = state
            .chain
            .block(hash)
            .ok_or_else(|| format!("block {hash} never existed"))?;
        let height = known.height;
        if below.is_some_and(|below| known.prev_hash != below) {
            return Err(format!("block {height} does not follow the one before it"));
        }
        below = Some(hash);
        let wrong = |column: &str| {
            Err(format!(
                "block {height} has a wrong {column}: {}",
                row[column]
            ))
        };
        let whole = [
            ("height", Some(i64::from(height))),
            ("tx_count", Some(i64::from(known.tx_count))),
            ("subsidy_sat", Some(known.subsidy_sat)),
            ("fees_sat", Some(known.fees_sat)),
            ("claimed_sat", known.claimed_sat),
            ("reward_sat", Some(known.subsidy_sat + known.fees_sat)),
        ];
        if let Some((column, _)) = whole
            .iter()
            .find(|(column, value)| row[*column].as_i64() != *value)
        {
            return wrong(column);
        }
        let sat = row["sat_per_ph_day"].as_f64().ok_or("no hashprice")?;
        let reward = crate::chain::sats(known.subsidy_sat + known.fees_sat).to_f64();
        if !near(
            sat,
            1e15 * 86_400.0 / (known.difficulty() * 4_294_967_296.0) * reward,
        ) {
            return wrong("sat_per_ph_day");
        }
        if !near(
            row["network_hashrate_hs"].as_f64().unwrap_or(0.0),
            known.network_hashrate_hs,
        ) {
            return wrong("network_hashrate_hs");
        }
        let Some(price) = row["price_usd"].as_f64() else {
            continue;
        };
        let time: Timestamp =
            serde_json::from_value(row["price_time"].clone()).map_err(|error| error.to_string())?;
        let is_ours = row["price_source"] == crate::market::SOURCE;
        if is_ours && !state.market.is_possible(time.to_secs() / 3600, price) {
            return wrong("price_usd");
        }
        if !row["usd_per_ph_day"]
            .as_f64()
            .is_some_and(|usd| near(usd, sat / 1e8 * price))
        {
            return wrong("usd_per_ph_day");
        }
    }
    let last = below.ok_or("no blocks")?;
    match state.watch.positions.iter().any(|(_, hash)| *hash == last) {
        true => Ok(()),
        false => Err(format!(
            "the last block is {last}, at which the cursor never was"
        )),
    }
}

fn text<'a>(row: &'a Value, column: &str) -> Result<&'a str, String> {
    row[column].as_str().ok_or_else(|| format!("no {column}"))
}

fn near(value: f64, expected: f64) -> bool {
    (value / expected - 1.0).abs() < 1e-12 || value == expected
}
