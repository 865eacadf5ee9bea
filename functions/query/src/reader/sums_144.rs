//! Sums of the hashprice with the mean fees of 144 blocks, over blocks and by day. The daily table
//! does not have them.

use hashlake_core::day::Day;
use hashlake_core::revenue::BlockEconomics;

/// Sums over the blocks whose hashprice with mean fees is known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sums144 {
    blocks: u32,
    sat_per_ph_day: f64,
    priced_blocks: u32,
    usd_per_ph_day: f64,
}

impl Sums144 {
    pub(crate) fn of_block(row: &BlockEconomics) -> Self {
        let (sat, usd) = (row.sat_per_ph_day_144, row.usd_per_ph_day_144());
        Self {
            blocks: u32::from(sat.is_some()),
            sat_per_ph_day: sat.unwrap_or(0.0),
            priced_blocks: u32::from(usd.is_some()),
            usd_per_ph_day: usd.unwrap_or(0.0),
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.blocks += other.blocks;
        self.sat_per_ph_day += other.sat_per_ph_day;
        self.priced_blocks += other.priced_blocks;
        self.usd_per_ph_day += other.usd_per_ph_day;
    }

    /// Mean in sat/PH/day.
    pub(crate) fn sat_per_ph_day(&self) -> Option<f64> {
        (self.blocks > 0).then(|| self.sat_per_ph_day / f64::from(self.blocks))
    }

    /// Mean over priced blocks in USD/PH/day.
    pub(crate) fn usd_per_ph_day(&self) -> Option<f64> {
        (self.priced_blocks > 0).then(|| self.usd_per_ph_day / f64::from(self.priced_blocks))
    }
}

/// The sums of each day. `blocks` are in order of height.
pub(crate) fn by_day(blocks: &[BlockEconomics]) -> Vec<(Day, Sums144)> {
    let day = |row: &BlockEconomics| Day::of(row.median_time);
    let sums = |rows: &[BlockEconomics]| {
        let mut sums = Sums144::default();
        rows.iter()
            .for_each(|row| sums.add(&Sums144::of_block(row)));
        Some((day(rows.first()?), sums))
    };
    let days = blocks.chunk_by(|a, b| day(a) == day(b));
    days.filter_map(sums).collect()
}
