//! The invariants, checked at every write, and at the end.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hashlake_core::asic::Asic;
use hashlake_core::hash::BlockHash;
use hashlake_core::lake::{LakeError, Version};
use hashlake_core::month::Month;
use hashlake_core::price::{MAX_POINT_GAP, PricePoint};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::daily;
use hashlake_core::table::{LengthGuard, asics, blocks, mwh_revenue, prices};
use hashlake_core::timestamp::Timestamp;
use serde_json::Value;

use crate::chain::{LAKE_START, SimBlock, sats};
use crate::clock;
use crate::cursor::KEY as CURSOR;
use crate::market::{Habit, Market, SOURCE};
use crate::state::State;

/// Calls to the price source in a day, over all processes that start in it.
const PRICE_CALLS_PER_DAY: u32 = 400;

/// Half the time between two prices.
const NEAREST: Duration = Duration::from_secs(1800);

impl State {
    pub(crate) fn violation(&mut self, text: String) {
        self.note(&format!("VIOLATION: {text}"));
        self.watch.violations.push(text);
    }

    /// Writes an object, and checks what it says.
    pub(crate) fn put(
        &mut self,
        writer: &str,
        key: &str,
        body: Bytes,
        replacing: Option<&Version>,
    ) -> Result<Version, LakeError> {
        let old = self.objects.get(key).map(|stored| stored.body);
        let version = self.objects.put(key, body.clone(), replacing)?;
        if let Err(violation) = self.check_put(writer, key, old, body) {
            self.violation(format!("{writer} wrote `{key}`: {violation}"));
        }
        Ok(version)
    }

    fn check_put(
        &mut self,
        writer: &str,
        key: &str,
        old: Option<Bytes>,
        body: Bytes,
    ) -> Result<(), String> {
        if key == CURSOR {
            self.check_lease(writer, &old.unwrap_or_default(), &body)?;
            return self.check_cursor(&body);
        }
        if key.starts_with("v1/") && old.is_some_and(|old| old.len() == body.len() && old != body) {
            return Err("it has the length of the file that it replaces".to_owned());
        }
        if blocks::month(key).is_some() {
            let rows = blocks::decode(body).map_err(|error| error.to_string())?;
            let old = self.watch.blocks.insert(key.to_owned(), Arc::new(rows));
            return self.check_blocks(key, old.as_deref().map_or(&[], Vec::as_slice));
        }
        if prices::month(key).is_some() {
            let points = prices::decode(body).map_err(|error| error.to_string())?;
            let old = self.watch.prices.insert(key.to_owned(), Arc::new(points));
            return self.check_prices(key, old.as_deref().map_or(&[], Vec::as_slice));
        }
        if key == daily::KEY {
            self.watch.days = Arc::new(daily::decode(body).map_err(|error| error.to_string())?);
            let mut pairs = self.watch.days.windows(2);
            if let Some(pair) = pairs.find(|pair| pair[1].day <= pair[0].day) {
                return Err(format!("{} is not after {}", pair[1].day, pair[0].day));
            }
        }
        Ok(())
    }

    fn check_blocks(&self, key: &str, old: &[PricedBlock]) -> Result<(), String> {
        let rows = self.watch.blocks[key].as_slice();
        for row in rows {
            self.check_row(row)?;
        }
        if let Some(pair) = rows.windows(2).find(|pair| {
            let (below, above) = (&pair[0].block, &pair[1].block);
            above.height <= below.height
                || (above.height == below.height + 1 && above.prev_hash != below.hash)
        }) {
            return Err(format!(
                "block {} does not follow the one before it",
                pair[1].block.height
            ));
        }
        if !self.watch.has_two_writers {
            self.check_order(key, rows)?;
        }
        let by_hash: BTreeMap<BlockHash, &PricedBlock> =
            rows.iter().map(|row| (row.block.hash, row)).collect();
        for row in old {
            let height = row.block.height;
            match by_hash.get(&row.block.hash) {
                None if height < self.chain.lowest_fork => {
                    return Err(format!("block {height} is lost"));
                }
                Some(new)
                    if row.price.is_final()
                        && new.price != row.price
                        && !self.watch.has_replaced_prices =>
                {
                    return Err(format!(
                        "the final price of block {height} changed from {:?} to {:?}",
                        row.price, new.price
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks that what follows from blocks was written before them.
    fn check_order(&self, key: &str, rows: &[PricedBlock]) -> Result<(), String> {
        let missing = daily::summarise(rows)
            .into_iter()
            .find(|day| !self.watch.days.contains(day));
        if let Some(day) = missing {
            return Err(format!("the day {} was not written before", day.day));
        }
        let revenue = blocks::month(key).map(mwh_revenue::key);
        let revenue = revenue.and_then(|key| self.objects.get(&key));
        match revenue.is_some_and(|file| mwh_revenue::has_revenue_of(file.body, rows, &self.asics))
        {
            true => Ok(()),
            false => Err("their revenue was not written before".to_owned()),
        }
    }

    /// Checks a row against the block with its hash, in whatever branch.
    pub(crate) fn check_row(&self, row: &PricedBlock) -> Result<(), String> {
        let block = &row.block;
        let height = block.height;
        let known = self.chain.block(block.hash);
        let known = known.ok_or_else(|| format!("block {height} {} never existed", block.hash))?;
        is_of(row, known).map_err(|column| format!("block {height} has a wrong {column}"))?;
        let Some(quote) = row.price.quote() else {
            return Ok(());
        };
        let hour = quote.time.to_secs() / 3600;
        let usd = quote.usd.to_usd_per_btc();
        if &*quote.source == SOURCE && !self.market.is_possible(hour, usd) {
            return Err(format!(
                "block {height} has a price that never was: {usd} at {}",
                quote.time
            ));
        }
        let is_exact = self.market.habit == Habit::Regular && !self.watch.has_replaced_prices;
        if is_exact && row.price.is_final() && quote.distance(block.time) > NEAREST {
            return Err(format!(
                "block {height} at {} has a final price of {}",
                block.time, quote.time
            ));
        }
        let stored = self.watch.prices.get(&prices::key(Month::of(quote.time)));
        let is_stored =
            stored.is_some_and(|points| points.iter().any(|point| point.quote == *quote));
        if !is_stored && !self.watch.has_replaced_prices {
            return Err(format!(
                "the price of block {height} is not in the table of prices"
            ));
        }
        Ok(())
    }

    fn check_prices(&self, key: &str, old: &[PricePoint]) -> Result<(), String> {
        let points = self.watch.prices[key].as_slice();
        if let Some(pair) = points
            .windows(2)
            .find(|pair| pair[1].quote.time <= pair[0].quote.time)
        {
            return Err(format!("two prices at {}", pair[1].quote.time));
        }
        let lost = old.iter().find(|old| !points.contains(old));
        match lost {
            Some(lost) if !self.watch.has_replaced_prices => Err(format!(
                "the price of {} is lost or changed",
                lost.quote.time
            )),
            _ => Ok(()),
        }
    }

    /// Checks that only the owner of the lease moves the cursor, and that nobody takes or frees a lease
    /// that another run holds. If the clock was moved, a lease may have expired.
    fn check_lease(&self, writer: &str, old: &[u8], new: &[u8]) -> Result<(), String> {
        let record = |body| serde_json::from_slice(body).unwrap_or(Value::Null);
        let (old, new): (Value, Value) = (record(old), record(new));
        let owner = |record: &Value| record["lease"]["owner"].as_str().map(str::to_owned);
        if old["position"] != new["position"] && owner(&old).as_deref() != Some(writer) {
            return Err("it moved the cursor without the lease".to_owned());
        }
        let until = old["lease"]["until_ms"].as_i64().unwrap_or(0);
        let is_held =
            until > clock::now().to_ms() && owner(&old).is_some_and(|owner| owner != writer);
        if is_held && !self.watch.has_moved_clock && owner(&old) != owner(&new) {
            return Err(format!("it took or freed the lease of {:?}", owner(&old)));
        }
        Ok(())
    }

    /// Checks that every table has all blocks up to the cursor.
    fn check_cursor(&mut self, body: &[u8]) -> Result<(), String> {
        let record: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let position = &record["position"];
        let (Some(height), Some(hash)) = (position["height"].as_u64(), position["hash"].as_str())
        else {
            return Ok(());
        };
        let height = u32::try_from(height).map_err(|error| error.to_string())?;
        let hash: BlockHash = hash.parse().map_err(|error| format!("{error}"))?;
        if self.watch.positions.last() == Some(&(height, hash)) {
            return Ok(());
        }
        self.watch.positions.push((height, hash));
        let mut expected = (height, hash);
        let rows = self
            .watch
            .blocks
            .values()
            .rev()
            .flat_map(|rows| rows.iter().rev());
        for row in rows.skip_while(|row| row.block.height > height) {
            if (row.block.height, row.block.hash) != expected {
                return Err(format!(
                    "the cursor is at {height}, but the lake lacks block {}",
                    expected.0
                ));
            }
            if row.block.height == LAKE_START {
                return self.check_tables(height, hash);
            }
            expected = (row.block.height - 1, row.block.prev_hash);
        }
        Err(format!(
            "the cursor is at {height}, but the lake lacks block {}",
            expected.0
        ))
    }

    fn check_tables(&self, height: u32, hash: BlockHash) -> Result<(), String> {
        let last_day = self.watch.days.last().map(|day| day.last_height);
        if last_day.is_none_or(|last| last < height) {
            return Err(format!(
                "the cursor is at {height}, but the days end at {last_day:?}"
            ));
        }
        let month = self
            .chain
            .block(hash)
            .map(|block| Month::of(block.median_time()));
        let month = month.ok_or("the cursor's block never existed")?;
        let key = mwh_revenue::key(month);
        let revenue = self
            .objects
            .get(&key)
            .ok_or_else(|| format!("`{key}` is missing"))?;
        let rows = self
            .watch
            .blocks
            .get(&blocks::key(month))
            .map_or(&[][..], |rows| rows);
        match mwh_revenue::has_revenue_of(revenue.body, rows, &self.asics) {
            true => Ok(()),
            false => Err(format!(
                "the cursor is at {height}, but `{key}` is not that of its blocks"
            )),
        }
    }

    /// Checks that no price is asked for twice, and how often the source is called.
    pub(crate) fn check_price_call(&mut self, range: &Range<Timestamp>, now: Timestamp) {
        let day = now.to_secs() / 86_400;
        let (of, calls) = self.market.calls_of_day;
        let calls = if of == day { calls + 1 } else { 1 };
        self.market.calls_of_day = (day, calls);
        if calls > PRICE_CALLS_PER_DAY {
            self.violation(format!("{calls} calls for prices in a day"));
        }
        if self.watch.has_two_writers {
            return;
        }
        let times: Vec<Timestamp> = self
            .watch
            .prices
            .values()
            .flat_map(|points| points.iter().map(|point| point.quote.time))
            .filter(|time| range.start < *time && *time < range.end)
            .collect();
        let known = times
            .windows(2)
            .find(|pair| pair[1].since(pair[0]) <= MAX_POINT_GAP);
        if let Some(known) = known {
            let (start, end, known) = (range.start, range.end, known[0]);
            self.violation(format!(
                "asked for prices from {start} to {end}, though {known} is stored"
            ));
        }
    }

    /// Checks that the lake is that of an undisturbed world: all blocks of the best chain from the first
    /// height on, and what follows from them.
    pub(crate) fn check_settled(&mut self, first: u32, is_regular: bool) {
        if let Err(violation) = self.settled(first, is_regular) {
            self.violation(format!("after two healthy runs: {violation}"));
        }
    }

    fn settled(&self, first: u32, is_regular: bool) -> Result<(), String> {
        let tip = self.chain.tip();
        if self.watch.positions.last() != Some(&(tip.height, tip.hash)) {
            return Err(format!(
                "the cursor is at {:?}, the tip at {}",
                self.watch.positions.last(),
                tip.height
            ));
        }
        let mut all: Vec<PricedBlock> = Vec::new();
        for (key, rows) in &self.watch.blocks {
            if let Some(stray) = rows
                .iter()
                .find(|row| blocks::key(Month::of(row.block.median_time)) != *key)
            {
                return Err(format!("block {} is in `{key}`", stray.block.height));
            }
            all.extend(rows.iter().cloned());
        }
        let heights = all.iter().map(|row| row.block.height);
        if !heights.clone().eq(first..=tip.height) {
            let heights: Vec<u32> = heights.collect();
            return Err(format!(
                "the lake has blocks {heights:?} instead of {first} to {}",
                tip.height
            ));
        }
        for row in &all {
            let height = row.block.height;
            if self
                .chain
                .at(height)
                .is_none_or(|block| block.hash != row.block.hash)
            {
                return Err(format!("block {height} was dropped by a reorg"));
            }
            self.check_row(row)?;
            // A backfill computes mean fees from the stored blocks, if 143 are stored below.
            if row.block.sat_per_ph_day_144.is_none()
                && (first == LAKE_START || height >= first + 143)
            {
                return Err(format!("block {height} lacks mean fees"));
            }
            if is_regular && !self.watch.has_replaced_prices {
                self.check_price(row)?;
            }
        }
        if *self.watch.days != daily::summarise(&all) {
            return Err("the days are not those of the blocks".to_owned());
        }
        for (key, rows) in &self.watch.blocks {
            let month = blocks::month(key).ok_or("a key without a month")?;
            let key = mwh_revenue::key(month);
            let stored = self
                .objects
                .get(&key)
                .ok_or_else(|| format!("`{key}` is missing"))?;
            let encode = |guard| mwh_revenue::encode(rows, &self.asics, guard);
            if stored.body != encode(LengthGuard::Absent)
                && stored.body != encode(LengthGuard::Present)
            {
                return Err(format!("`{key}` is not the revenue of its blocks"));
            }
        }
        let machines = self
            .objects
            .get(asics::KEY)
            .ok_or("there are no machines")?;
        let machines: Vec<Asic> =
            asics::decode(machines.body).map_err(|error| error.to_string())?;
        match machines == self.asics {
            true => Ok(()),
            false => Err("the machines are others".to_owned()),
        }
    }

    /// Checks the price of a row against all hours of a regular market.
    fn check_price(&self, row: &PricedBlock) -> Result<(), String> {
        let (height, time) = (row.block.height, row.block.time);
        let Some(quote) = row.price.quote() else {
            return Err(format!("block {height} has no price"));
        };
        if !row.price.is_final() {
            return Err(format!("the price of block {height} is not final"));
        }
        // The nearest hour, or the earlier one of two.
        let hour = (time.to_secs() + 1799).div_euclid(3600);
        let is_nearest = quote.time.to_secs() == hour * 3600;
        let usd = quote.usd.to_usd_per_btc();
        match is_nearest && (usd - Market::true_usd(hour)).abs() < 1e-9 {
            true => Ok(()),
            false => Err(format!(
                "block {height} at {time} has the price {usd} of {}",
                quote.time
            )),
        }
    }
}

/// Whether a row has the values of a block; otherwise, the name of the first column that differs.
fn is_of(row: &PricedBlock, known: &SimBlock) -> Result<(), &'static str> {
    let block = &row.block;
    let near =
        |value: f64, expected: f64| (value / expected - 1.0).abs() < 1e-12 || value == expected;
    let per_ph_day = 1e15 * 86_400.0 / (known.difficulty() * 4_294_967_296.0);
    let subsidy = sats(known.subsidy_sat).to_f64();
    let mean_fees = match (block.sat_per_ph_day_144, known.fees_sat_144) {
        (None, _) => true,
        (Some(value), Some(fees)) => near(value, per_ph_day * (subsidy + fees)),
        (Some(_), None) => false,
    };
    let columns = [
        ("height", block.height == known.height),
        ("prev_hash", block.prev_hash == known.prev_hash),
        ("time", block.time == known.time()),
        ("median_time", block.median_time == known.median_time()),
        ("bits", block.bits == known.bits()),
        ("tx_count", block.tx_count == known.tx_count),
        ("subsidy_sat", block.subsidy == sats(known.subsidy_sat)),
        ("fees_sat", block.fees == sats(known.fees_sat)),
        ("claimed_sat", block.claimed == known.claimed_sat.map(sats)),
        (
            "network_hashrate_hs",
            near(block.network_hashrate_hs, known.network_hashrate_hs),
        ),
        ("sat_per_ph_day_144", mean_fees),
    ];
    match columns.iter().find(|(_, is_same)| !is_same) {
        Some((column, _)) => Err(column),
        None => Ok(()),
    }
}
