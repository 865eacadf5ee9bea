//! The columns of a series.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::points::bucket::Bucket;

/// A column of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Field {
    PriceUsd,
    SatPerPhDay,
    UsdPerPhDay,
    #[serde(rename = "sat_per_ph_day_144")]
    SatPerPhDay144,
    #[serde(rename = "usd_per_ph_day_144")]
    UsdPerPhDay144,
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
    pub(crate) const ALL: [Self; 15] = [
        Self::PriceUsd,
        Self::SatPerPhDay,
        Self::UsdPerPhDay,
        Self::SatPerPhDay144,
        Self::UsdPerPhDay144,
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

    /// Unit and meaning.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::PriceUsd => "Price in USD/BTC. Mean over blocks with a price.",
            Self::SatPerPhDay => "Hashprice in sat/PH/day. Mean over blocks.",
            Self::UsdPerPhDay => "Hashprice in USD/PH/day. Mean over blocks with a price.",
            Self::SatPerPhDay144 => {
                "Hashprice in sat/PH/day with the mean fees of each block and the 143 before it. Mean over blocks whose mean fees are known."
            }
            Self::UsdPerPhDay144 => {
                "Hashprice in USD/PH/day with the mean fees of each block and the 143 before it. Mean over blocks with a price and known mean fees."
            }
            Self::Difficulty => "Difficulty. Mean over blocks.",
            Self::NetworkHashrateHs => "Hash rate of the network in H/s. Mean over blocks.",
            Self::SubsidySat => "Block subsidy in sat. Sum over blocks.",
            Self::FeesSat => "Transaction fees in sat. Sum over blocks.",
            Self::FeeShare => "Fees as a fraction of the block rewards, from 0 to 1.",
            Self::TxCount => "Number of transactions, including the coinbases.",
            Self::Blocks => "Number of blocks.",
            Self::EmptyBlocks => "Number of blocks with only a coinbase transaction.",
            Self::PricedBlocks => "Number of blocks with a price.",
            Self::Height => "Height of the last block.",
        }
    }

    /// Whether the daily table lacks this column.
    pub(crate) const fn needs_sums_144(self) -> bool {
        matches!(self, Self::SatPerPhDay144 | Self::UsdPerPhDay144)
    }

    /// Whether the values are integers, which are always known.
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

    /// The value for each bucket.
    pub(crate) fn values(self, buckets: &[Bucket]) -> FieldValues {
        let floats = |value: &dyn Fn(&Bucket) -> Option<f64>| {
            FieldValues::Floats(buckets.iter().map(value).collect())
        };
        let ints =
            |value: &dyn Fn(&Bucket) -> i64| FieldValues::Ints(buckets.iter().map(value).collect());
        match self {
            Self::PriceUsd => floats(&Bucket::price_usd),
            Self::SatPerPhDay => floats(&|bucket| Some(bucket.sat_per_ph_day())),
            Self::UsdPerPhDay => floats(&Bucket::usd_per_ph_day),
            Self::SatPerPhDay144 => floats(&Bucket::sat_per_ph_day_144),
            Self::UsdPerPhDay144 => floats(&Bucket::usd_per_ph_day_144),
            Self::Difficulty => floats(&|bucket| Some(bucket.difficulty())),
            Self::NetworkHashrateHs => floats(&Bucket::network_hashrate_hs),
            Self::SubsidySat => ints(&|bucket| bucket.subsidy.to_sat()),
            Self::FeesSat => ints(&|bucket| bucket.fees.to_sat()),
            Self::FeeShare => floats(&|bucket| bucket.fee_share()),
            Self::TxCount => ints(&|bucket| bucket.tx_count),
            Self::Blocks => ints(&|bucket| bucket.blocks.into()),
            Self::EmptyBlocks => ints(&|bucket| bucket.empty_blocks.into()),
            Self::PricedBlocks => ints(&|bucket| bucket.priced_blocks.into()),
            Self::Height => ints(&|bucket| bucket.height.into()),
        }
    }
}

/// The values of a column. Unknown values are null.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum FieldValues {
    Ints(Vec<i64>),
    Floats(Vec<Option<f64>>),
}
