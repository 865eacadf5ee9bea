//! What was known, and what mining earned, at each time of a backtest: the part that is the same
//! for all machines and rules.

use std::time::Duration;

use crate::month::Month;
use crate::price::{MAX_PRICE_AGE, PricePoint};
use crate::revenue::{FeeWindow, PricedBlock, sat_per_ph_day, sat_per_ph_day_144, usd};
use crate::timestamp::Timestamp;
use crate::units::{Difficulty, Sats, UsdPerBtc};

const MS_PER_HOUR: f64 = 3_600_000.0;
/// Blocks after a block in the window of 144 that is centred on it.
const LATER_BLOCKS: u32 = FeeWindow::BLOCKS / 2 - 1;

/// A block, as far as a backtest needs it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BacktestBlock {
    /// Block height.
    pub height: u32,
    /// Header time.
    pub time: Timestamp,
    /// Difficulty of the block.
    pub difficulty: Difficulty,
    /// Block subsidy.
    pub subsidy: Sats,
    /// Transaction fees.
    pub fees: Sats,
    /// Bitcoin price nearest to the block, if there is one: for its revenue, not for decisions.
    pub price: Option<UsdPerBtc>,
}

impl From<&PricedBlock> for BacktestBlock {
    fn from(PricedBlock { block, price }: &PricedBlock) -> Self {
        Self {
            height: block.height,
            time: block.time,
            difficulty: block.bits.difficulty(),
            subsidy: block.subsidy,
            fees: block.fees,
            price: price.quote().map(|quote| quote.usd),
        }
    }
}

/// A bitcoin price, and since when it was known. It is used until the next one, for at most
/// [`MAX_PRICE_AGE`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownPrice {
    /// When the price became known.
    pub known_from: Timestamp,
    /// The price of one bitcoin.
    pub usd: UsdPerBtc,
}

impl KnownPrice {
    /// When the points of a lake became known, in that order. A point counts as known one interval of
    /// its series later, such as an hour: some sources give the last price of the interval that starts
    /// at the time of the point. A point that is older than one already known is left out.
    pub fn of_points(points: &[PricePoint]) -> Vec<Self> {
        let known_from = |point: &PricePoint| {
            let interval = Duration::from_secs(point.resolution_s.unsigned_abs().into());
            point.quote.time + interval
        };
        let mut points: Vec<&PricePoint> = points.iter().collect();
        points.sort_by_key(|point| (known_from(point), point.quote.time));
        let mut newest = Timestamp::FIRST;
        points.retain(|point| {
            let is_newer = point.quote.time >= newest;
            newest = newest.max(point.quote.time);
            is_newer
        });
        let known = |point: &PricePoint| Self {
            known_from: known_from(point),
            usd: point.quote.usd,
        };
        points.into_iter().map(known).collect()
    }
}

/// The price of power from `start` to before `end`. It is known at `start`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerInterval {
    /// The first moment.
    pub start: Timestamp,
    /// The moment after the last one.
    pub end: Timestamp,
    /// Price in USD/MWh; it can be negative.
    pub usd_per_mwh: f64,
}

/// A time during which nothing changes. Hashprices are in USD/PH/day; after
/// [`Step::map_hashprice`], values of power in USD/MWh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) month: Month,
    pub(super) hours: f64,
    /// In USD/MWh.
    pub(super) power_price: f64,
    /// Height of the newest block.
    pub(super) height: u32,
    /// Known: by difficulty and subsidy of the next block, and the fees of the last 144 blocks.
    pub(super) strike: Option<f64>,
    /// Known: of the newest block alone.
    pub(super) newest_block: Option<f64>,
    /// Not known then: what mining earned.
    pub(super) revenue: Option<f64>,
}

impl Step {
    pub(super) fn map_hashprice(&self, value: impl Fn(f64) -> f64) -> Self {
        Self {
            strike: self.strike.map(&value),
            newest_block: self.newest_block.map(&value),
            revenue: self.revenue.map(&value),
            ..*self
        }
    }

    /// Whether the time counts, for every rule.
    pub(super) const fn is_counted(&self) -> bool {
        self.strike.is_some() && self.revenue.is_some()
    }

    /// The revenue of mining, if the time counts.
    pub(super) fn counted_revenue(&self) -> Option<f64> {
        self.strike.and(self.revenue)
    }
}

/// The intervals of power prices, divided wherever a block arrives or another bitcoin price is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    steps: Vec<Step>,
}

impl Timeline {
    /// Combines blocks, sorted by height, with bitcoin prices, sorted by `known_from`, and power
    /// prices, sorted and without overlaps.
    pub fn new(blocks: &[BacktestBlock], prices: &[KnownPrice], power: &[PowerInterval]) -> Self {
        let mut spans = SpanReader::new(block_spans(blocks));
        let mut known = SpanReader::new(price_spans(prices));
        let mut steps = Vec::with_capacity(power.len() + blocks.len() + prices.len());
        let mut month = MonthSpan::default();
        for interval in power {
            let (mut at, end) = (interval.start.to_ms(), interval.end.to_ms());
            while at < end {
                month.move_to(at);
                let (span, span_end) = spans.at(at);
                let (price, price_end) = known.at(at);
                let until = end.min(span_end).min(price_end).min(month.end_ms);
                steps.push(Step {
                    month: month.month,
                    hours: hours(until - at),
                    power_price: interval.usd_per_mwh,
                    height: span.map_or(0, |span| span.height),
                    strike: span
                        .zip(price)
                        .and_then(|(span, price)| Some(usd(span.strike_sat?, price))),
                    newest_block: span
                        .zip(price)
                        .map(|(span, price)| usd(span.newest_block_sat, price)),
                    revenue: span.and_then(|span| span.revenue_usd),
                });
                at = until;
            }
        }
        Self { steps }
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Hours that count.
    pub fn counted_hours(&self) -> f64 {
        self.hours(|step| step.is_counted())
    }

    /// Hours with a power price that are left out, because another value is unknown.
    pub fn left_out_hours(&self) -> f64 {
        self.hours(|step| !step.is_counted())
    }

    fn hours(&self, is_meant: impl Fn(&Step) -> bool) -> f64 {
        let steps = self.steps.iter().filter(|step| is_meant(step));
        steps
            .map(|step| step.hours)
            .fold(0.0, |sum, hours| sum + hours) // The sum of none is -0.0.
    }
}

/// From the arrival of a block to that of the next one: values in sat and USD per PH/s and day.
#[derive(Clone, Copy, Debug)]
struct BlockSpan {
    height: u32,
    strike_sat: Option<f64>,
    newest_block_sat: f64,
    revenue_usd: Option<f64>,
}

/// A value from `start_ms` to before `end_ms`.
#[derive(Clone, Copy, Debug)]
struct Span<T> {
    start_ms: i64,
    end_ms: i64,
    value: T,
}

/// The spans between neighbouring blocks. Where blocks are missing, there is none.
fn block_spans(blocks: &[BacktestBlock]) -> Vec<Span<BlockSpan>> {
    let mut window = FeeWindow::default();
    let fees_144: Vec<Option<f64>> = blocks
        .iter()
        .map(|block| window.push(block.height, block.fees))
        .collect();
    let mut spans = Vec::with_capacity(blocks.len());
    let mut arrival_ms = i64::MIN;
    for (at, pair) in blocks.windows(2).enumerate() {
        let (newest, next) = (pair[0], pair[1]);
        arrival_ms = arrival_ms.max(newest.time.to_ms());
        if next.height != newest.height + 1 {
            continue;
        }
        let hashprice_144 = |fees| sat_per_ph_day_144(next.difficulty, next.subsidy, fees);
        let fees_around = || {
            let last = at + 1 + LATER_BLOCKS as usize;
            let is_near = blocks.get(last)?.height == next.height + LATER_BLOCKS;
            fees_144[last].filter(|_| is_near)
        };
        let reward = newest.subsidy.checked_add(newest.fees).unwrap_or(Sats::MAX);
        spans.push(Span {
            start_ms: arrival_ms,
            end_ms: arrival_ms.max(next.time.to_ms()),
            value: BlockSpan {
                height: newest.height,
                strike_sat: fees_144[at].map(hashprice_144),
                newest_block_sat: sat_per_ph_day(newest.difficulty, reward),
                revenue_usd: next
                    .price
                    .and_then(|price| Some(usd(hashprice_144(fees_around()?), price))),
            },
        });
    }
    spans
}

/// How long each price was the newest that was known.
fn price_spans(prices: &[KnownPrice]) -> Vec<Span<UsdPerBtc>> {
    let ends = prices.iter().skip(1).map(|next| next.known_from.to_ms());
    let ends = ends.chain([i64::MAX]);
    let span = |(price, next_ms): (&KnownPrice, i64)| Span {
        start_ms: price.known_from.to_ms(),
        end_ms: next_ms.min((price.known_from + MAX_PRICE_AGE).to_ms()),
        value: price.usd,
    };
    prices.iter().zip(ends).map(span).collect()
}

/// Finds the spans at moments that only move forward.
struct SpanReader<T> {
    spans: Vec<Span<T>>,
    at: usize,
}

impl<T: Copy> SpanReader<T> {
    const fn new(spans: Vec<Span<T>>) -> Self {
        Self { spans, at: 0 }
    }

    /// The value at this moment, if there is one, and when that changes.
    fn at(&mut self, ms: i64) -> (Option<T>, i64) {
        while self
            .spans
            .get(self.at)
            .is_some_and(|span| span.end_ms <= ms)
        {
            self.at += 1;
        }
        match self.spans.get(self.at) {
            None => (None, i64::MAX),
            Some(span) if ms < span.start_ms => (None, span.start_ms),
            Some(span) => (Some(span.value), span.end_ms),
        }
    }
}

/// The month of moments that only move forward.
struct MonthSpan {
    month: Month,
    end_ms: i64,
}

impl Default for MonthSpan {
    fn default() -> Self {
        Self {
            month: Month::of(Timestamp::FIRST),
            end_ms: i64::MIN,
        }
    }
}

impl MonthSpan {
    fn move_to(&mut self, ms: i64) {
        if ms >= self.end_ms {
            self.month = Month::of(Timestamp::from_ms(ms).unwrap_or(Timestamp::LAST));
            self.end_ms = self
                .month
                .next()
                .map_or(i64::MAX, |next| next.start().to_ms());
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact below 2^53 ms, which are 285,000 years"
)]
fn hours(ms: i64) -> f64 {
    ms as f64 / MS_PER_HOUR
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::Quote;

    #[test]
    fn a_price_is_known_after_its_interval_unless_a_newer_one_is_known() {
        let point = |minutes: u32, usd: f64, resolution_s| PricePoint {
            quote: Quote {
                time: Timestamp::from_block_time(60 * minutes),
                usd: UsdPerBtc::new(usd).expect("a price"),
                source: "test".into(),
            },
            resolution_s,
        };
        // The hourly price of 01:00 is known at 02:00, when the price of 01:30 is, too.
        let points = [
            point(0, 1.0, 3600),
            point(60, 2.0, 3600),
            point(90, 3.0, 300),
        ];

        let known = KnownPrice::of_points(&points);

        let known: Vec<_> = known
            .iter()
            .map(|price| (price.known_from.to_secs() / 60, price.usd.to_usd_per_btc()))
            .collect();
        assert_eq!(known, [(60, 1.0), (95, 3.0)]);
    }
}
