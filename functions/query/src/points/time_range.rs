//! The points of a series: what the parameters `interval`, `from` and `to` select, and how many
//! fit into one answer.
//!
//! A point is a whole interval that starts in `[from, to)`. An interval without a block is left
//! out. The last point may still change.

use std::ops::Range;
use std::time::Duration;

use hashlake_core::table::daily::DayRow;
use hashlake_core::timestamp::Timestamp;
use thiserror::Error;

use crate::points::bucket::{self, Bucket};
use crate::points::interval::Interval;
use crate::points::turn::Turn;
use crate::reader::error::ReadError;
use crate::reader::history::{Days, History, JUST_AFTER};

const DEFAULT_RANGE: Duration = Duration::from_hours(30 * 24);
const HOUR: Duration = Duration::from_hours(1);

/// Maximum number of blocks or hours in an answer: ten weeks of blocks, or 14 months of hours.
const MAX_POINTS: usize = 10_000;

/// Maximum number of values in an answer. A value takes about 18 bytes, and Lambda limits a
/// response to 6 MB.
const MAX_VALUES: usize = 300_000;

/// The time range that a request selects, in steps of an interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeRange {
    interval: Interval,
    needs_sums_144: bool,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// The points of a time range.
pub(crate) struct Points {
    /// In order of time.
    pub(crate) points: Vec<Bucket>,
    /// Total time that the points cover.
    pub(crate) duration: Duration,
    /// Keep it while you build the answer.
    pub(crate) turn: Option<Turn>,
}

/// `from` is not before `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{from} is not before {to}")]
pub(crate) struct EmptyRange {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

/// An answer would have more than `limit` points. `first_page` is the first part of the range, with
/// at most `limit` points.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("more than {limit} points")]
pub(crate) struct TooManyPoints {
    pub(crate) limit: usize,
    pub(crate) first_page: Option<Range<Timestamp>>,
}

/// Why the points cannot be returned.
#[derive(Debug, Error)]
pub(crate) enum PointsError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    TooMany(#[from] TooManyPoints),
}

impl TimeRange {
    /// If `interval` is `None`, points are days.
    ///
    /// # Errors
    /// [`EmptyRange`] if `from` is not before `to`.
    pub(crate) fn new(
        interval: Option<Interval>,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Self, EmptyRange> {
        match (from, to) {
            (Some(from), Some(to)) if from >= to => Err(EmptyRange { from, to }),
            _ => Ok(Self {
                interval: interval.unwrap_or(Interval::Day),
                needs_sums_144: false,
                from,
                to,
            }),
        }
    }

    /// Adds the hashprice with mean fees to the points.
    pub(crate) const fn with_sums_144(self) -> Self {
        Self {
            needs_sums_144: true,
            ..self
        }
    }

    pub(crate) const fn interval(&self) -> Interval {
        self.interval
    }

    /// Start and end. The default is the 30 days up to the latest block.
    pub(crate) fn resolve(&self, history: &History) -> Range<Timestamp> {
        let end = self
            .to
            .unwrap_or(history.tip().block.median_time + JUST_AFTER);
        let start = || self.interval.start_of(end - DEFAULT_RANGE);
        let start = self.from.unwrap_or_else(start);
        start..end.max(start) // `from` may be after the latest block: then there are no points.
    }

    /// The points in `range`, each with `values_per_point` values.
    ///
    /// # Errors
    /// [`TooManyPoints`] if the answer would be too long.
    pub(crate) async fn points(
        &self,
        history: &History,
        range: &Range<Timestamp>,
        values_per_point: usize,
    ) -> Result<Points, PointsError> {
        let limit = (MAX_VALUES / values_per_point).min(match self.interval {
            Interval::Block | Interval::Hour => MAX_POINTS,
            Interval::Day | Interval::Week | Interval::Month => usize::MAX,
        });
        let days = history.days().await?;
        let too_many = |end| {
            let first_page = (range.start < end).then_some(range.start..end);
            TooManyPoints { limit, first_page }
        };
        if let Some(end) = self.end_of_first_page(limit, &days, range) {
            return Err(too_many(end).into());
        }
        let turn = self.turn(&days, range, values_per_point, limit).await;
        let mut points = match self.interval {
            Interval::Block => {
                bucket::add_up_blocks(self.interval, history.blocks(range.clone()).await?.iter())
            }
            Interval::Hour => {
                let whole = range.start..range.end + HOUR;
                bucket::add_up_blocks(self.interval, history.blocks(whole).await?.iter())
            }
            Interval::Day | Interval::Week | Interval::Month => {
                let sums_144 = match self.needs_sums_144 {
                    true => history.day_sums(self.whole_intervals(range)).await?,
                    false => Vec::new(),
                };
                let sums_144 = sums_144.iter().flat_map(|month| month.iter());
                bucket::add_up_days(self.interval, days.whole(), sums_144, days.rest.iter())
            }
        };
        points.retain(|point| range.contains(&point.start));
        match points.get(limit) {
            Some(point) => Err(too_many(point.start).into()),
            None => Ok(Points {
                duration: self.duration(&points, &days, range, history.tip().block.median_time),
                points,
                turn,
            }),
        }
    }

    /// Waits for the turn of an answer, whose size is estimated.
    async fn turn(
        &self,
        days: &Days,
        range: &Range<Timestamp>,
        values_per_point: usize,
        max_points: usize,
    ) -> Option<Turn> {
        let is_within = |day: &&DayRow| range.start < day.day.end() && day.day.start() < range.end;
        let days = days.whole().iter().filter(is_within);
        let (days, blocks) = days.fold((0, 0), |(days, blocks), day| {
            (days + 1, blocks + day.blocks as usize)
        });
        let (points, blocks_read) = match self.interval {
            Interval::Block => (blocks, blocks),
            Interval::Hour => (24 * days, blocks),
            _ if self.needs_sums_144 => (days, blocks),
            _ => (days, 0),
        };
        Turn::wait(points.min(max_points) * values_per_point, blocks_read).await
    }

    /// `range`, extended to the end of an interval.
    fn whole_intervals(&self, range: &Range<Timestamp>) -> Range<Timestamp> {
        range.start..self.interval.end_of(self.interval.start_of(range.end))
    }

    /// Time that the points cover: whole intervals, but not beyond the latest block.
    fn duration(
        &self,
        points: &[Bucket],
        days: &Days,
        range: &Range<Timestamp>,
        latest: Timestamp,
    ) -> Duration {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Duration::ZERO;
        };
        let (start, end) = match self.interval {
            Interval::Block => {
                let lake_start = days
                    .whole()
                    .first()
                    .map_or(first.start, |day| day.day.start());
                (range.start.max(lake_start), range.end)
            }
            interval => (first.start, interval.end_of(last.start)),
        };
        end.min(latest).since(start)
    }

    /// End of the first `limit` points, if the daily table alone shows that there are more.
    fn end_of_first_page(
        &self,
        limit: usize,
        days: &Days,
        range: &Range<Timestamp>,
    ) -> Option<Timestamp> {
        let known = days.whole().first()?.day.start()..days.whole().last()?.day.end();
        let start = range.start.max(known.start);
        match self.interval {
            Interval::Hour => {
                let end = start + HOUR * u32::try_from(limit).ok()?;
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
                let mut remaining = limit;
                let reaches_limit = |day: &&DayRow| match remaining.checked_sub(blocks(day)) {
                    None => true,
                    Some(rest) => {
                        remaining = rest;
                        false
                    }
                };
                let exceeds_limit = days.iter().filter(is_whole).map(blocks).sum::<usize>() > limit;
                days.iter()
                    .find(reaches_limit)
                    .filter(|_| exceeds_limit)
                    .map(|day| day.day.start())
            }
            Interval::Day | Interval::Week | Interval::Month => None,
        }
    }
}
