//! What can be told of blocks that are added up, column by column.

use serde::Serialize;

use crate::http::csv::{Float, Table};
use crate::points::bucket::{Bucket, fee_share};

/// What can be told of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    PriceUsd,
    SatPerPhDay,
    UsdPerPhDay,
    Difficulty,
    NetworkHashrateHs,
    SubsidySat,
    FeesSat,
    FeeShare,
    TxCount,
    Blocks,
    EmptyBlocks,
    PricedBlocks,
    Height,
}

impl Field {
    /// All of them.
    pub(crate) const ALL: [Self; 13] = [
        Self::PriceUsd,
        Self::SatPerPhDay,
        Self::UsdPerPhDay,
        Self::Difficulty,
        Self::NetworkHashrateHs,
        Self::SubsidySat,
        Self::FeesSat,
        Self::FeeShare,
        Self::TxCount,
        Self::Blocks,
        Self::EmptyBlocks,
        Self::PricedBlocks,
        Self::Height,
    ];

    /// The name.
    pub(crate) const fn name(self) -> &'static str {
        self.about().0
    }

    /// Name, and unit and meaning.
    pub(crate) const fn about(self) -> (&'static str, &'static str) {
        match self {
            Self::PriceUsd => ("price_usd", "USD/BTC; mean over priced blocks"),
            Self::SatPerPhDay => (
                "sat_per_ph_day",
                "hashprice in sat/PH/day; mean over blocks",
            ),
            Self::UsdPerPhDay => (
                "usd_per_ph_day",
                "hashprice in USD/PH/day; mean over priced blocks",
            ),
            Self::Difficulty => ("difficulty", "mean over blocks"),
            Self::NetworkHashrateHs => (
                "network_hashrate_hs",
                "H/s of the network; mean over blocks",
            ),
            Self::SubsidySat => ("subsidy_sat", "sat that the blocks may create; sum"),
            Self::FeesSat => ("fees_sat", "sat that transactions paid; sum"),
            Self::FeeShare => ("fee_share", "part of the rewards that is fees, from 0 to 1"),
            Self::TxCount => ("tx_count", "transactions with the coinbases; sum"),
            Self::Blocks => ("blocks", "number of blocks"),
            Self::EmptyBlocks => (
                "empty_blocks",
                "number of blocks with nothing but a coinbase",
            ),
            Self::PricedBlocks => ("priced_blocks", "number of blocks whose price is known"),
            Self::Height => ("height", "height of the last block"),
        }
    }

    /// Whether its values are whole numbers, and always known.
    pub(crate) const fn is_integer(self) -> bool {
        matches!(
            self,
            Self::SubsidySat
                | Self::FeesSat
                | Self::TxCount
                | Self::Blocks
                | Self::EmptyBlocks
                | Self::PricedBlocks
                | Self::Height
        )
    }

    /// What is told of each bucket, in order.
    pub(crate) fn column(self, buckets: &[Bucket]) -> Column {
        let floats = |value: &dyn Fn(&Bucket) -> Option<f64>| {
            Column::Floats(buckets.iter().map(value).collect())
        };
        let ints =
            |value: &dyn Fn(&Bucket) -> i64| Column::Ints(buckets.iter().map(value).collect());
        match self {
            Self::PriceUsd => floats(&Bucket::price_usd),
            Self::SatPerPhDay => floats(&|bucket| Some(bucket.sat_per_ph_day())),
            Self::UsdPerPhDay => floats(&Bucket::usd_per_ph_day),
            Self::Difficulty => floats(&|bucket| Some(bucket.difficulty())),
            Self::NetworkHashrateHs => floats(&Bucket::network_hashrate_hs),
            Self::SubsidySat => ints(&|bucket| bucket.subsidy.to_sat()),
            Self::FeesSat => ints(&|bucket| bucket.fees.to_sat()),
            Self::FeeShare => floats(&|bucket| fee_share(bucket.subsidy, bucket.fees)),
            Self::TxCount => ints(&|bucket| bucket.tx_count),
            Self::Blocks => ints(&|bucket| bucket.blocks.into()),
            Self::EmptyBlocks => ints(&|bucket| bucket.empty_blocks.into()),
            Self::PricedBlocks => ints(&|bucket| bucket.priced_blocks.into()),
            Self::Height => ints(&|bucket| bucket.height.into()),
        }
    }
}

/// Values in order; those that are not known are null.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Column {
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Others.
    Floats(Vec<Option<f64>>),
}

impl Column {
    /// Writes a value as the next cell of a table.
    pub(crate) fn write(&self, at: usize, table: &mut Table) {
        match self {
            Self::Ints(values) => table.cell(values[at]),
            Self::Floats(values) => table.maybe(values[at].map(Float)),
        }
    }
}
