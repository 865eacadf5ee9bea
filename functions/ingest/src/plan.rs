//! The plan of a backfill: its heights by month, and the heights that the lake lacks.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use futures_util::{StreamExt, TryStreamExt, stream};
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::table::blocks;
use hashlake_core::timestamp::Timestamp;

use crate::lake_file::{LakeFileError, read, stored_months};
use crate::node::{Node, NodeError};
use crate::pipeline::error::IngestError;

const FILES_IN_FLIGHT: usize = 8;

/// Which blocks of a range to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redo {
    /// Only those that the lake lacks.
    Nothing,
    /// All: blocks and revenue of the whole range are written again.
    Everything,
}

/// What a backfill has to do, month by month.
#[derive(Clone, Debug, PartialEq)]
pub struct BackfillPlan {
    /// Months of the range, in order.
    pub months: Vec<MonthPlan>,
}

/// A month's part of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthPlan {
    pub month: Month,
    /// Heights of the range whose median time is in the month.
    pub heights: RangeInclusive<u32>,
    /// Median times of the first and the last of these blocks.
    pub(crate) times: (Timestamp, Timestamp),
    pub(crate) redo: Redo,
    /// Heights to fetch, as ranges in order.
    pub missing: Vec<RangeInclusive<u32>>,
}

impl MonthPlan {
    /// Number of blocks to fetch.
    pub fn blocks(&self) -> u32 {
        self.missing.iter().map(length).sum()
    }
}

impl BackfillPlan {
    /// Makes a plan from the node's median times and the lake's files. `redo` is called with each
    /// month. Changes nothing.
    pub async fn make(
        node: &Node,
        lake: &dyn Lake,
        range: RangeInclusive<u32>,
        redo: &(dyn Fn(Month) -> Redo + Sync),
    ) -> Result<Self, IngestError> {
        let known = times_around_month_ends(node, range).await?;
        let known = &known;
        let months = stream::iter(cut(known))
            .map(|(month, heights)| async move {
                let redo = redo(month);
                let missing = match redo {
                    Redo::Everything => vec![heights.clone()],
                    Redo::Nothing => missing(&heights, &stored_heights(lake, month).await?),
                };
                Ok::<_, LakeFileError>(MonthPlan {
                    times: (known[heights.start()], known[heights.end()]),
                    month,
                    heights,
                    redo,
                    missing,
                })
            })
            .buffered(FILES_IN_FLIGHT)
            .try_collect()
            .await?;
        Ok(Self { months })
    }

    /// Removes blocks that the lake has by now from the missing ones.
    pub async fn refresh(&mut self, lake: &dyn Lake) -> Result<(), LakeFileError> {
        let stored = stored_months(lake).await?;
        let is_filling =
            |month: &&mut MonthPlan| month.blocks() > 0 && stored.contains(&month.month);
        for month in self.months.iter_mut().filter(is_filling) {
            let stored = stored_heights(lake, month.month).await?;
            let ranges = month.missing.iter();
            month.missing = ranges.flat_map(|range| missing(range, &stored)).collect();
        }
        Ok(())
    }

    /// The whole range.
    pub fn heights(&self) -> RangeInclusive<u32> {
        let ends = self.months.first().zip(self.months.last());
        let (first, last) = ends.expect("a plan has at least one month");
        *first.heights.start()..=*last.heights.end()
    }

    /// Months with blocks to fetch, in order.
    pub fn unfilled(&self) -> impl Iterator<Item = &MonthPlan> {
        self.months.iter().filter(|month| month.blocks() > 0)
    }

    /// Number of blocks to fetch.
    pub fn blocks(&self) -> u32 {
        self.months.iter().map(MonthPlan::blocks).sum()
    }
}

/// Median times of the first and the last block of the range, and of the blocks on both sides of
/// each month's end. A binary search finds all ends at once, with one batch of calls for each step.
async fn times_around_month_ends(
    node: &Node,
    range: RangeInclusive<u32>,
) -> Result<BTreeMap<u32, Timestamp>, NodeError> {
    let mut times = BTreeMap::new();
    let mut heights = vec![*range.start(), *range.end()];
    while !heights.is_empty() {
        let found = node.median_times(&heights).await?;
        times.extend(heights.into_iter().zip(found));
        heights = between_months(&times);
    }
    Ok(times)
}

/// Heights halfway between neighbours in different months.
fn between_months(times: &BTreeMap<u32, Timestamp>) -> Vec<u32> {
    times
        .iter()
        .zip(times.iter().skip(1))
        .filter(|((low, a), (high, b))| *high - *low > 1 && Month::of(**a) != Month::of(**b))
        .map(|((low, _), (high, _))| u32::midpoint(*low, *high))
        .collect()
}

/// The months of a range and their heights, from the times that [`times_around_month_ends`]
/// returns.
fn cut(times: &BTreeMap<u32, Timestamp>) -> Vec<(Month, RangeInclusive<u32>)> {
    let times: Vec<(u32, Month)> = times
        .iter()
        .map(|(height, time)| (*height, Month::of(*time)))
        .collect();
    times
        .chunk_by(|(_, a), (_, b)| a == b)
        .filter_map(|month| {
            let ((first, name), (last, _)) = (month.first()?, month.last()?);
            Some((*name, *first..=*last))
        })
        .collect()
}

async fn stored_heights(lake: &dyn Lake, month: Month) -> Result<Vec<u32>, LakeFileError> {
    let (rows, _) = read(lake, &blocks::key(month), blocks::decode_economics).await?;
    Ok(rows.iter().map(|row| row.height).collect())
}

/// The parts of `heights` that are not in `stored`, which is in order.
fn missing(heights: &RangeInclusive<u32>, stored: &[u32]) -> Vec<RangeInclusive<u32>> {
    let mut ranges = Vec::new();
    let mut next = *heights.start();
    for &height in stored.iter().filter(|height| heights.contains(height)) {
        if next < height {
            ranges.push(next..=height - 1);
        }
        next = height + 1;
    }
    if next <= *heights.end() {
        ranges.push(next..=*heights.end());
    }
    ranges
}

fn length(heights: &RangeInclusive<u32>) -> u32 {
    (heights.end() + 1).saturating_sub(*heights.start())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Time of a block, if there is one block every `step` days from 1 January 2020 on.
    fn time(height: u32, step: u32) -> Timestamp {
        Timestamp::from_block_time(1_577_836_800 + height * step * 86_400)
    }

    /// Like [`times_around_month_ends`], without a node.
    fn times(range: RangeInclusive<u32>, step: u32) -> BTreeMap<u32, Timestamp> {
        let mut times = BTreeMap::new();
        let mut heights = vec![*range.start(), *range.end()];
        while !heights.is_empty() {
            times.extend(heights.iter().map(|height| (*height, time(*height, step))));
            heights = between_months(&times);
        }
        times
    }

    #[test]
    fn a_range_is_cut_where_months_begin() {
        let cut = cut(&times(10..=65, 1));

        let named: Vec<_> = cut
            .iter()
            .map(|(month, heights)| (month.to_string(), heights.clone()))
            .collect();
        // In 2020, January has 31 days and February 29.
        assert_eq!(
            named,
            [
                ("2020-01".to_owned(), 10..=30),
                ("2020-02".to_owned(), 31..=59),
                ("2020-03".to_owned(), 60..=65),
            ]
        );
    }

    #[test]
    fn only_what_is_not_stored_is_missing() {
        assert_eq!(missing(&(5..=9), &[]), [5..=9]);
        assert_eq!(missing(&(5..=9), &[1, 2, 5, 6, 8]), [7..=7, 9..=9]);
        assert_eq!(missing(&(5..=9), &[5, 6, 7, 8, 9, 10]), []);
    }

    proptest! {
        #[test]
        fn every_height_is_in_the_month_of_its_time(first in 0_u32..500, length in 1_u32..500, step in 0_u32..30) {
            let range = first..=first + length - 1;

            let cut = cut(&times(range.clone(), step));

            let heights: Vec<u32> = cut.iter().flat_map(|(_, heights)| heights.clone()).collect();
            prop_assert!(heights.into_iter().eq(range));
            for (month, heights) in cut {
                prop_assert!(heights.clone().all(|height| Month::of(time(height, step)) == month));
            }
        }

        #[test]
        fn stored_and_missing_heights_make_up_the_range(stored in proptest::collection::btree_set(0_u32..100, 0..100), first in 0_u32..50, last in 50_u32..100) {
            let stored: Vec<u32> = stored.into_iter().collect();

            let missing = missing(&(first..=last), &stored);

            prop_assert!(missing.iter().all(|range| !range.is_empty()));
            let mut all: Vec<u32> = missing.into_iter().flatten().collect();
            prop_assert!(all.iter().all(|height| stored.binary_search(height).is_err()));
            all.extend(stored.iter().filter(|height| (first..=last).contains(height)));
            all.sort_unstable();
            prop_assert!(all.into_iter().eq(first..=last));
        }
    }
}
