//! The mean fees of the last 144 blocks.

use hashlake_core::revenue::{FeeWindow, fees_sat_144};

use crate::reader::error::ReadError;
use crate::reader::history::History;

/// The mean fees of the last 144 blocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MeanFees {
    /// The mean in sat, if it is known.
    pub(crate) fees_sat_144: Option<f64>,
    /// Number of consecutive blocks up to the latest one, at most 144.
    pub(crate) consecutive: u32,
}

impl MeanFees {
    /// Computes the mean from the last blocks of the lake. If there are too few, computes it from
    /// the hashprice that ingest stored with the latest block, for which it read the fees from the
    /// node.
    pub(crate) async fn read(history: &History) -> Result<Self, ReadError> {
        let blocks = history.last_blocks(FeeWindow::BLOCKS as usize).await?;
        let tip = history.tip().economics();
        let mut window = FeeWindow::default();
        for block in &blocks {
            window.push(block.height, block.fees);
        }
        let stored = || {
            let hashprice = tip.sat_per_ph_day_144?;
            Some(fees_sat_144(tip.difficulty, tip.subsidy, hashprice))
        };
        let expected = (0..=tip.height).rev().take(FeeWindow::BLOCKS as usize);
        let consecutive = blocks.iter().rev().zip(expected);
        let consecutive = consecutive.take_while(|(block, height)| block.height == *height);
        Ok(Self {
            fees_sat_144: window.mean_sat().or_else(stored),
            consecutive: u32::try_from(consecutive.count()).unwrap_or(FeeWindow::BLOCKS),
        })
    }
}
