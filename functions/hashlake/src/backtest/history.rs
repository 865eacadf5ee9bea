//! Reads from the lake the blocks and bitcoin prices around the time of the power prices.

use std::ops::Range;
use std::time::Duration;

use hashlake_core::backtest::timeline::{BacktestBlock, KnownPrice, PowerInterval};
use hashlake_core::lake::{Lake, LakeError};
use hashlake_core::month::Month;
use hashlake_core::price::PricePoint;
use hashlake_core::table::{TableError, blocks, check_month, prices};
use hashlake_core::timestamp::Timestamp;
use thiserror::Error;

/// Blocks are read from this long before the power prices to this long after them. 144 blocks take
/// about a day, and always less than this.
const MARGIN: Duration = Duration::from_secs(7 * 86_400);

#[derive(Debug, Error)]
pub(crate) enum HistoryError {
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(
        "the lake's file `{key}` is damaged: {error}. Run `hashlake verify` to check the whole lake"
    )]
    Damaged { key: String, error: TableError },
}

pub(crate) struct History {
    /// Sorted by height.
    pub(crate) blocks: Vec<BacktestBlock>,
    /// In the order in which they became known.
    pub(crate) prices: Vec<KnownPrice>,
}

impl History {
    /// Reads the blocks up to `height`, and the bitcoin prices, around the time of the power
    /// prices.
    pub(crate) async fn read(
        lake: &dyn Lake,
        height: u32,
        power: &[PowerInterval],
    ) -> Result<Self, HistoryError> {
        let start = power.first().map_or(Timestamp::LAST, |first| first.start);
        let end = power.last().map_or(Timestamp::FIRST, |last| last.end);
        let range = start - MARGIN..end + MARGIN;
        let mut history = Self {
            blocks: Vec::new(),
            prices: Vec::new(),
        };
        for key in keys(lake, "v1/blocks/", blocks::month, &range).await? {
            if let Some(stored) = lake.get(&key).await? {
                let len = stored.body.len() as u64;
                let rows = check_month(&key, stored.body.clone(), len)
                    .and_then(|()| blocks::decode(stored.body))
                    .map_err(|error| HistoryError::Damaged { key, error })?;
                let rows = rows.iter().filter(|row| row.block.height <= height);
                history.blocks.extend(rows.map(BacktestBlock::from));
            }
        }
        let mut points: Vec<PricePoint> = Vec::new();
        for key in keys(lake, "v1/prices/", prices::month, &range).await? {
            if let Some(stored) = lake.get(&key).await? {
                let len = stored.body.len() as u64;
                let month = check_month(&key, stored.body.clone(), len)
                    .and_then(|()| prices::decode(stored.body))
                    .map_err(|error| HistoryError::Damaged { key, error })?;
                points.extend(month);
            }
        }
        history.prices = KnownPrice::of_points(&points);
        Ok(history)
    }
}

/// Keys of the files of the months in `range`, in order.
async fn keys(
    lake: &dyn Lake,
    prefix: &str,
    month: fn(&str) -> Option<Month>,
    range: &Range<Timestamp>,
) -> Result<Vec<String>, LakeError> {
    let is_in_range = |key: &String| {
        month(key).is_some_and(|month| {
            month.start() < range.end && month.next().is_none_or(|next| range.start < next.start())
        })
    };
    let keys = lake.list(prefix).await?.into_iter().map(|(key, _)| key);
    Ok(keys.filter(is_in_range).collect())
}
