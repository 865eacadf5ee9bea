//! Reads the lake through the API of `query`, and checks every answer.

use std::sync::Arc;

use axum::Router;
use hashlake_core::hash::BlockHash;
use hashlake_core::timestamp::Timestamp;
use query::{Api, router};
use serde_json::Value;

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

    /// Reads this many of the latest blocks, and sums by day. An answer that is not an error must be
    /// right.
    pub(crate) async fn read(&self, limit: u32) {
        let blocks = format!("/api/v1/blocks?limit={limit}");
        self.get(&blocks, check_blocks).await;
        let days = "/api/v1/series?interval=day&from=0&fields=blocks,fees_sat,subsidy_sat,height";
        self.get(days, check_days).await;
    }

    async fn get(&self, path: &str, check: fn(&State, &Value) -> Result<(), String>) {
        let Some(answer) = self.gate.live(query::get(&self.api, path)).await else {
            return; // The process died.
        };
        let (status, body) = answer.expect("a path of the API");
        let mut state = self.gate.state();
        let checked = match status {
            200 => serde_json::from_slice(&body)
                .map_err(|error| error.to_string())
                .and_then(|answer: Value| check(&state, &answer)),
            503 => Ok(()),
            status => Err(format!(
                "status {status}: {}",
                String::from_utf8_lossy(&body)
            )),
        };
        match checked {
            Ok(()) => state.note(&format!("read {path}: {status}")),
            Err(wrong) => {
                state.violation(format!("a reader got a wrong answer from {path}: {wrong}"));
            }
        }
    }
}

/// Whether the sums are those of the days of one branch, which ends at a block at which the cursor was.
/// The first day may have blocks that the lake lacks.
fn check_days(state: &State, answer: &Value) -> Result<(), String> {
    let columns = &answer["columns"];
    let column = |name: &str| -> Vec<i64> {
        let values = columns[name].as_array().into_iter().flatten();
        values.filter_map(Value::as_i64).collect()
    };
    let answered: Vec<[i64; 4]> = column("blocks")
        .into_iter()
        .zip(column("fees_sat"))
        .zip(column("subsidy_sat"))
        .zip(column("height"))
        .map(|(((blocks, fees), subsidy), height)| [blocks, fees, subsidy, height])
        .filter(|[blocks, ..]| *blocks > 0)
        .collect();
    let last = answered
        .last()
        .ok_or_else(|| format!("no days: {answer}"))?[3];
    let ends = state
        .watch
        .positions
        .iter()
        .filter(|(height, _)| i64::from(*height) == last);
    for (_, end) in ends {
        let mut days: Vec<[i64; 4]> = Vec::new();
        let (mut next, mut day) = (*end, i64::MAX);
        while days.len() <= answered.len()
            && let Some(block) = state.chain.block(next)
        {
            let of_block = block.median_time().to_secs() / 86_400;
            if of_block != day {
                day = of_block;
                days.push([0, 0, 0, i64::from(block.height)]);
            }
            let sums = days.last_mut().expect("it was just added");
            sums[0] += 1;
            sums[1] += block.fees_sat;
            sums[2] += block.subsidy_sat;
            next = block.prev_hash;
        }
        if answered[1..]
            .iter()
            .rev()
            .eq(days.iter().take(answered.len() - 1))
        {
            return Ok(());
        }
    }
    Err(format!(
        "the sums by day are those of no state of the lake: {answered:?}"
    ))
}

/// Whether the rows are those of one state: a branch that ends at a block at which the cursor was.
fn check_blocks(state: &State, answer: &Value) -> Result<(), String> {
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
