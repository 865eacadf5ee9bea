//! A stretch of time in intervals: what `interval`, `from` and `to` ask for, and how much of it fits into one answer.
//!
//! A point is a whole interval that starts in `[from, to)`; an interval without a block is no point. The last one may still
//! grow.

use std::ops::Range;
use std::time::Duration;

use hashlake_core::table::daily::DayRow;
use hashlake_core::timestamp::Timestamp;

use crate::http::answer::Failure;
use crate::http::parameters;
use crate::http::params::Params;
use crate::http::problem::{Page, Problem};
use crate::points::bucket::{self, Bucket};
use crate::points::interval::Interval;
use crate::reader::history::{Days, History, JUST_AFTER};

const DEFAULT_SPAN: Duration = Duration::from_hours(30 * 24);
const HOUR: Duration = Duration::from_hours(1);

/// Blocks or hours of an answer: ten weeks, or 14 months.
const MAX_POINTS: usize = 10_000;

/// Numbers of an answer. Lambda's answers end at 6 MB; a number takes 18 bytes or so.
const MAX_VALUES: usize = 300_000;

/// What is asked for, as far as the caller says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// How much time a point stands for.
    pub(crate) interval: Interval,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// The points of a window.
pub(crate) struct Points {
    /// In order.
    pub(crate) points: Vec<Bucket>,
    /// How long they last.
    pub(crate) time_span: Duration,
}

impl Window {
    /// # Errors
    /// A problem where a value is none, or `from` is not before `to`.
    pub(crate) fn parse(params: &Params) -> Result<Self, Problem> {
        let names = Interval::ALL.map(Interval::name).join(", ");
        let interval = params.parsed("interval", &format!("one of {names}"), Interval::named)?;
        let window = Self {
            interval: interval.unwrap_or(Interval::Day),
            from: params.time(parameters::FROM.name)?,
            to: params.time(parameters::TO.name)?,
        };
        match (window.from, window.to) {
            (Some(from), Some(to)) if from >= to => Err(Problem::bad_parameter(
                "from",
                format!("from ({from}) must be before to ({to})"),
            )),
            _ => Ok(window),
        }
    }

    /// What is not said is up to the newest block, and 30 days.
    pub(crate) fn range(&self, history: &History) -> Range<Timestamp> {
        let end = self
            .to
            .unwrap_or(history.tip().block.median_time + JUST_AFTER);
        let start = || self.interval.start_of(end - DEFAULT_SPAN);
        let start = self.from.unwrap_or_else(start);
        start..end.max(start) // Nothing is there yet where `from` is after the newest block.
    }

    /// The points in `range`, of which each has so many values.
    ///
    /// # Errors
    /// A problem where an answer would be too long, with the part of it that is not.
    pub(crate) async fn points(
        &self,
        history: &History,
        range: &Range<Timestamp>,
        values_per_point: usize,
    ) -> Result<Points, Failure> {
        let most = (MAX_VALUES / values_per_point).min(match self.interval {
            Interval::Block | Interval::Hour => MAX_POINTS,
            Interval::Day | Interval::Week | Interval::Month => usize::MAX,
        });
        let days = history.days().await?;
        let too_much = |end| Failure::Problem(self.too_much(range, end, most));
        if let Some(end) = self.end_of_first(most, &days, range) {
            return Err(too_much(end));
        }
        let mut points = match self.interval {
            Interval::Block => {
                bucket::of_blocks(self.interval, history.blocks(range.clone()).await?.iter())
            }
            Interval::Hour => {
                let whole = range.start..range.end + HOUR;
                bucket::of_blocks(self.interval, history.blocks(whole).await?.iter())
            }
            Interval::Day | Interval::Week | Interval::Month => {
                bucket::of_days(self.interval, days.whole(), days.rest.iter())
            }
        };
        points.retain(|point| range.contains(&point.start));
        match points.get(most) {
            Some(point) => Err(too_much(point.start)),
            None => Ok(Points {
                time_span: self.time_span(&points, &days, range, history.tip().block.median_time),
                points,
            }),
        }
    }

    /// How long the points last: whole intervals, but no longer than there are blocks.
    fn time_span(
        &self,
        points: &[Bucket],
        days: &Days,
        range: &Range<Timestamp>,
        newest: Timestamp,
    ) -> Duration {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Duration::ZERO;
        };
        let (start, end) = match self.interval {
            Interval::Block => {
                let lake = days
                    .whole()
                    .first()
                    .map_or(first.start, |day| day.day.start());
                (range.start.max(lake), range.end)
            }
            interval => (first.start, interval.end_of(last.start)),
        };
        end.min(newest).since(start)
    }

    /// Where the first `most` points end, if it can be told before any of them is read that there are more.
    fn end_of_first(
        &self,
        most: usize,
        days: &Days,
        range: &Range<Timestamp>,
    ) -> Option<Timestamp> {
        let known = days.whole().first()?.day.start()..days.whole().last()?.day.end();
        let start = range.start.max(known.start);
        match self.interval {
            Interval::Hour => {
                let end = start + HOUR * u32::try_from(most).ok()?;
                (end + HOUR < range.end.min(known.end)).then_some(end)
            }
            Interval::Block => {
                let first = days
                    .whole()
                    .partition_point(|day| day.day.end() <= range.start);
                let last = days
                    .whole()
                    .partition_point(|day| day.day.end() <= range.end);
                let days = days.whole().get(first..last)?;
                let is_whole = |day: &&DayRow| range.start <= day.day.start();
                let blocks = |day: &DayRow| day.blocks as usize;
                let mut left = most;
                let fills_up = |day: &&DayRow| match left.checked_sub(blocks(day)) {
                    None => true,
                    Some(rest) => {
                        left = rest;
                        false
                    }
                };
                let is_more = days.iter().filter(is_whole).map(blocks).sum::<usize>() > most;
                days.iter()
                    .find(fills_up)
                    .filter(|_| is_more)
                    .map(|day| day.day.start())
            }
            Interval::Day | Interval::Week | Interval::Month => None,
        }
    }

    fn too_much(&self, range: &Range<Timestamp>, end: Timestamp, most: usize) -> Problem {
        let page = (range.start < end).then_some(Page {
            from: range.start,
            to: end,
        });
        let ask = match &page {
            Some(Page { from, to }) => {
                format!("ask for from={from}&to={to}, then go on from there")
            }
            None => "choose fewer fields or machines".to_owned(),
        };
        let detail = format!(
            "this would have more than {most} points of interval={}, the most for so many columns: {ask}, or choose a longer interval",
            self.interval.name()
        );
        Problem::too_much("from", detail, page)
    }
}
