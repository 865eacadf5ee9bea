//! The next block: what it will pay, and whether this is known well enough to act on.

use std::time::Duration;

use hashlake_core::difficulty::{next_bits, period_start};
use hashlake_core::price::{PricePoint, Quote};
use hashlake_core::price_note::HeldPoint;
use hashlake_core::revenue::{FeeWindow, sat_per_ph_day_144, usd};
use hashlake_core::suspect::suspects;
use hashlake_core::target::CompactTarget;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::Sats;

use crate::points::mean_fees::MeanFees;
use crate::reader::error::ReadError;
use crate::reader::history::History;

const MAX_BLOCK_AGE: Duration = Duration::from_hours(3);
const MAX_PRICE_AGE: Duration = Duration::from_hours(2);
/// How far a block may be ahead of our clock. Nodes refuse blocks that are further ahead of theirs.
const MAX_BLOCK_LEAD: Duration = Duration::from_hours(2);
/// How far a price may be ahead of our clock. Most clocks differ by less.
const MAX_PRICE_LEAD: Duration = Duration::from_mins(5);
/// Number of prices to read. The few prices before the newest one show whether it is suspect.
const PRICES_READ: usize = 48;

/// The next block, which has not been found yet.
pub(crate) struct NextBlock {
    pub(crate) height: u32,
    pub(crate) subsidy: Sats,
    /// Its target, if the lake has the blocks that it depends on.
    pub(crate) bits: Option<CompactTarget>,
    /// Mean fees of the last 144 blocks in sat, if they are known.
    pub(crate) fees_sat_144: Option<f64>,
    /// The newest price.
    pub(crate) price: Option<Quote>,
    /// A price, at least as new as `price`, that is probably an error of its source.
    suspect: Option<HeldPoint>,
    tip_height: u32,
    tip_time: Timestamp,
    /// Number of consecutive blocks up to the tip, at most 144.
    consecutive: u32,
}

impl NextBlock {
    /// Reads the values of the next block from the last blocks and prices of the lake.
    pub(crate) async fn read(history: &History, now: Timestamp) -> Result<Self, ReadError> {
        let (snapshot, tip) = (&history.snapshot, &history.tip().block);
        let (chain, height) = (snapshot.position.chain, tip.height + 1);
        let MeanFees {
            fees_sat_144,
            consecutive,
        } = MeanFees::read(history).await?;
        let is_retarget = period_start(height) == height;
        let period_start_time = match is_retarget {
            true => history.period_start_time().await?,
            false => None,
        };
        let points = prices(history, now + MAX_PRICE_LEAD).await?;
        let price = match points.last() {
            Some(point) => Some(point.quote.clone()),
            None => history.tip().price.quote().cloned(),
        };
        let stored = suspects(&points)
            .pop()
            .map(|suspect| HeldPoint::from(&suspect));
        let mut held = snapshot.price_note.suspects.iter().rev().cloned();
        let is_newest = |held: &HeldPoint| {
            held.time <= now + MAX_PRICE_LEAD
                && price.as_ref().is_none_or(|price| price.time <= held.time)
        };
        Ok(Self {
            height,
            subsidy: chain.subsidy(height),
            bits: next_bits(chain, tip, period_start_time),
            fees_sat_144,
            suspect: held.find(is_newest).or(stored.filter(is_newest)),
            price,
            tip_height: tip.height,
            tip_time: tip.time,
            consecutive,
        })
    }

    /// Hashprice of the block in sat/PH/day, with the mean fees of 144 blocks.
    pub(crate) fn sat_per_ph_day_144(&self) -> Option<f64> {
        let difficulty = self.bits?.difficulty();
        Some(sat_per_ph_day_144(
            difficulty,
            self.subsidy,
            self.fees_sat_144?,
        ))
    }

    /// Hashprice of the block in USD/PH/day, with the mean fees of 144 blocks, at the newest price.
    pub(crate) fn usd_per_ph_day_144(&self) -> Option<f64> {
        Some(usd(self.sat_per_ph_day_144()?, self.price.as_ref()?.usd))
    }

    /// The time after which the block or the price is too old, unless a newer one comes.
    pub(crate) fn valid_until(&self) -> Option<Timestamp> {
        let price = self.price.as_ref()?;
        Some((self.tip_time + MAX_BLOCK_AGE).min(price.time + MAX_PRICE_AGE))
    }

    /// Why these values must not be used at `now`: the first reason that applies, or `None` if they
    /// may be used.
    pub(crate) fn why_unknown(&self, now: Timestamp) -> Option<String> {
        let Self {
            tip_height,
            tip_time,
            ..
        } = self;
        let (block_age, block_lead) = (now.since(*tip_time), tip_time.since(now));
        if block_lead > MAX_BLOCK_LEAD {
            return Some(format!(
                "the time of block {tip_height}, {tip_time}, is {} ahead of the clock, which shows {now}",
                duration_text(block_lead)
            ));
        }
        if block_age > MAX_BLOCK_AGE {
            return Some(format!(
                "the latest block, {tip_height} at {tip_time}, is {} old, and the limit is {}",
                duration_text(block_age),
                duration_text(MAX_BLOCK_AGE)
            ));
        }
        if self.fees_sat_144.is_none() {
            return Some(format!(
                "the mean fees need the last {} blocks, but the lake has only {} in a row up to block {tip_height}",
                FeeWindow::BLOCKS,
                self.consecutive
            ));
        }
        if self.bits.is_none() {
            return Some(format!(
                "the difficulty of block {} cannot be computed: the lake lacks block {}, or the network has other rules than main",
                self.height,
                period_start(*tip_height)
            ));
        }
        self.why_no_price(now)
    }

    fn why_no_price(&self, now: Timestamp) -> Option<String> {
        if let Some(HeldPoint {
            time, usd, source, ..
        }) = &self.suspect
        {
            return Some(format!(
                "the newest price of {source}, {usd} USD at {time}, is far off the prices before it; the next price will show whether it is right"
            ));
        }
        let Some(Quote { time, .. }) = &self.price else {
            return Some("the lake has no BTC price near the latest blocks".to_owned());
        };
        let (age, lead) = (now.since(*time), time.since(now));
        if lead > MAX_PRICE_LEAD {
            return Some(format!(
                "the time of the price, {time}, is {} ahead of the clock, which shows {now}",
                duration_text(lead)
            ));
        }
        (age > MAX_PRICE_AGE).then(|| {
            format!(
                "the newest BTC price, at {time}, is {} old, and the limit is {}",
                duration_text(age),
                duration_text(MAX_PRICE_AGE)
            )
        })
    }
}

/// The last prices up to `until`, and the price of the latest block, which ingest may have written
/// after the other prices were read.
async fn prices(history: &History, until: Timestamp) -> Result<Vec<PricePoint>, ReadError> {
    let mut points = history.last_prices(until, PRICES_READ).await?;
    let newest = points.last().map(|point| point.quote.time);
    let of_tip = history.tip().price.quote();
    let of_tip = of_tip.filter(|quote| quote.time <= until && Some(quote.time) > newest);
    points.extend(of_tip.map(|quote| PricePoint {
        quote: quote.clone(),
        resolution_s: 3600,
    }));
    Ok(points)
}

/// A duration in words, rounded up to minutes.
fn duration_text(duration: Duration) -> String {
    let minutes = duration.as_secs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
