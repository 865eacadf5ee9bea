//! Reads the lake through the API of `query`, and checks every answer.

use std::sync::Arc;

use axum::Router;
use hashlake_core::hash::BlockHash;
use hashlake_core::timestamp::Timestamp;
use query::{Api, router};
use serde_json::Value;

use crate::chain::SimBlock;
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

/// A day of an answer, or of the chain: number of blocks, fees, subsidies, height of the last block.
type DaySums = [i64; 4];

/// Whether the sums are those of the days of one branch, which ends at a block at which the cursor was.
fn check_days(state: &State, answer: &Value) -> Result<(), String> {
    let columns = &answer["columns"];
    let column = |name: &str| -> Vec<i64> {
        let values = columns[name].as_array().into_iter().flatten();
        values.filter_map(Value::as_i64).collect()
    };
    let answered: Vec<DaySums> = column("blocks")
        .into_iter()
        .zip(column("fees_sat"))
        .zip(column("subsidy_sat"))
        .zip(column("height"))
        .map(|(((blocks, fees), subsidy), height)| [blocks, fees, subsidy, height])
        .filter(|[blocks, ..]| *blocks > 0)
        .collect();
    let [.., last] = answered
        .last()
        .ok_or_else(|| format!("no days: {answer}"))?;
    let positions = &state.watch.positions;
    let mut ends = positions
        .iter()
        .filter(|(height, _)| i64::from(*height) == *last);
    match ends.any(|(_, end)| are_days_of(state, *end, &answered)) {
        true => Ok(()),
        false => Err(format!(
            "the sums by day are those of no state of the lake: {answered:?}"
        )),
    }
}

/// Whether these are the days of the branch that ends at `end`. Below the block at which the cursor
/// was first, a backfill that has not ended may leave a gap. The first day, and the first one after
/// such a gap, may lack their first blocks.
fn are_days_of(state: &State, end: BlockHash, answered: &[DaySums]) -> bool {
    let first_position = state
        .watch
        .positions
        .first()
        .map_or(0, |(height, _)| *height);
    let mut next = end;
    for (at, day) in answered.iter().enumerate().rev() {
        let mut sums = [0, 0, 0, day[3]];
        let mut number = None;
        while sums[0] < day[0]
            && let Some(block) = state.chain.block(next)
            && *number.get_or_insert(day_of(block)) == day_of(block)
        {
            sums[0] += 1;
            sums[1] += block.fees_sat;
            sums[2] += block.subsidy_sat;
            next = block.prev_hash;
        }
        if sums != *day {
            return false;
        }
        let Some(below) = at.checked_sub(1).map(|at| answered[at][3]) else {
            return true;
        };
        let is_whole = state
            .chain
            .block(next)
            .is_some_and(|block| Some(day_of(block)) != number);
        let is_gap = below < day[3] - day[0];
        if !(is_whole || is_gap) || (is_gap && day[3] > i64::from(first_position)) {
            return false;
        }
        while let Some(block) = state.chain.block(next)
            && i64::from(block.height) > below
        {
            next = block.prev_hash;
        }
    }
    true
}

fn day_of(block: &SimBlock) -> i64 {
    block.median_time().to_secs() / 86_400
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
