//! What was known, and what mining earned, at each time of a backtest. This is the same for all
//! machines and rules.

use std::time::Duration;

use crate::month::Month;
use crate::price::{MAX_PRICE_AGE, PricePoint};
use crate::revenue::{FeeWindow, PricedBlock, sat_per_ph_day, sat_per_ph_day_144, usd};
use crate::timestamp::Timestamp;
use crate::units::{Difficulty, Sats, UsdPerBtc};

const MS_PER_HOUR: f64 = 3_600_000.0;
/// Number of blocks after the middle block in a centred window of 144 blocks (72 before it, 71
/// after it).
const LATER_BLOCKS: u32 = FeeWindow::BLOCKS / 2 - 1;

/// The part of a block that a backtest needs.
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
    /// Bitcoin price nearest to the block, if there is one. The block's revenue uses it; decisions
    /// do not.
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

/// A bitcoin price, and the time from which it was known. It applies until the next price is known,
/// but for at most [`MAX_PRICE_AGE`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownPrice {
    /// When the price became known.
    pub known_from: Timestamp,
    /// The price of one bitcoin.
    pub usd: UsdPerBtc,
}

impl KnownPrice {
    /// The prices that were known at each time, sorted by `known_from`. A price point becomes known
    /// at the end of its interval, such as an hour after its time, because some sources give the
    /// last price of the interval instead of the first. A point is left out if a later point became
    /// known before it.
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

/// The price of power from `start` to before `end`. It becomes known at `start`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerInterval {
    /// The first moment of the interval.
    pub start: Timestamp,
    /// The moment at which the interval ends.
    pub end: Timestamp,
    /// Price in USD/MWh; it can be negative.
    pub usd_per_mwh: f64,
}

/// A time during which nothing changes. The values `strike`, `newest_block_revenue` and `revenue`
/// are hashprices in USD/PH/day. [`Step::map_hashprice`] converts them to USD/MWh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) month: Month,
    pub(super) hours: f64,
    /// In USD/MWh.
    pub(super) power_price: f64,
    /// Height of the newest block.
    pub(super) height: u32,
    /// Hashprice from the difficulty and subsidy of the next block and the fees of the last 144
    /// blocks. It was known at that time.
    pub(super) strike: Option<f64>,
    /// Hashprice of the newest block alone. It was known at that time.
    pub(super) newest_block_revenue: Option<f64>,
    /// What mining earned. It was not known at that time.
    pub(super) revenue: Option<f64>,
}

impl Step {
    pub(super) fn map_hashprice(&self, value: impl Fn(f64) -> f64) -> Self {
        Self {
            strike: self.strike.map(&value),
            newest_block_revenue: self.newest_block_revenue.map(&value),
            revenue: self.revenue.map(&value),
            ..*self
        }
    }

    /// Whether this step is included in the result. It is the same for every rule.
    pub(super) const fn is_included(&self) -> bool {
        self.strike.is_some() && self.revenue.is_some()
    }

    /// What mining earned, if this step is included in the result.
    pub(super) fn included_revenue(&self) -> Option<f64> {
        self.strike.and(self.revenue)
    }
}

/// The intervals of power prices, divided at each time when a block arrives or a bitcoin price
/// becomes known.
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
                let (span, span_end) = spans.value_at(at);
                let (price, price_end) = known.value_at(at);
                let until = end.min(span_end).min(price_end).min(month.end_ms);
                steps.push(Step {
                    month: month.month,
                    hours: hours(until - at),
                    power_price: interval.usd_per_mwh,
                    height: span.map_or(0, |span| span.height),
                    strike: span
                        .zip(price)
                        .and_then(|(span, price)| Some(usd(span.strike_sat?, price))),
                    newest_block_revenue: span
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

    /// Number of hours that are included in the result.
    pub fn included_hours(&self) -> f64 {
        self.hours(|step| step.is_included())
    }

    /// Number of hours with a power price that are left out of the result, because another value is
    /// unknown.
    pub fn left_out_hours(&self) -> f64 {
        self.hours(|step| !step.is_included())
    }

    fn hours(&self, is_chosen: impl Fn(&Step) -> bool) -> f64 {
        let steps = self.steps.iter().filter(|step| is_chosen(step));
        steps
            .map(|step| step.hours)
            .fold(0.0, |sum, hours| sum + hours) // `sum()` returns -0.0 for an empty iterator.
    }
}

/// Values from the arrival of a block to the arrival of the next one, in sat or USD per PH/s and
/// day.
#[derive(Clone, Copy, Debug)]
struct BlockSpan {
    height: u32,
    strike_sat: Option<f64>,
    newest_block_sat: f64,
    revenue_usd: Option<f64>,
}

/// A value that applies from `start_ms` to before `end_ms`.
#[derive(Clone, Copy, Debug)]
struct Span<T> {
    start_ms: i64,
    end_ms: i64,
    value: T,
}

/// A span for each block, until the next one arrives. There is no span if the next block is
/// missing.
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
            let is_contiguous = blocks.get(last)?.height == next.height + LATER_BLOCKS;
            fees_144[last].filter(|_| is_contiguous)
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

/// A span for each price: the time during which it was the newest known price.
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

/// Finds the value at a time. Each time must be at or after the previous one.
struct SpanReader<T> {
    spans: Vec<Span<T>>,
    index: usize,
}

impl<T: Copy> SpanReader<T> {
    const fn new(spans: Vec<Span<T>>) -> Self {
        Self { spans, index: 0 }
    }

    /// The value at this time, if there is one, and the next time at which it changes.
    fn value_at(&mut self, ms: i64) -> (Option<T>, i64) {
        while self
            .spans
            .get(self.index)
            .is_some_and(|span| span.end_ms <= ms)
        {
            self.index += 1;
        }
        match self.spans.get(self.index) {
            None => (None, i64::MAX),
            Some(span) if ms < span.start_ms => (None, span.start_ms),
            Some(span) => (Some(span.value), span.end_ms),
        }
    }
}

/// The month of the current time, and its end.
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
    fn a_price_becomes_known_after_its_interval_unless_a_later_price_is_known_by_then() {
        let point = |minutes: u32, usd: f64, resolution_s| PricePoint {
            quote: Quote {
                time: Timestamp::from_block_time(60 * minutes),
                usd: UsdPerBtc::new(usd).expect("a price"),
                source: "test".into(),
            },
            resolution_s,
        };
        // The hourly price of 01:00 becomes known at 02:00, after the later price of 01:30 (at
        // 01:35).
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
