//! Bitcoin networks.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::units::Sats;

/// A Bitcoin network, named as in bitcoind's `getblockchaininfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chain {
    /// The main network.
    Main,
    /// The third test network.
    Test,
    /// The fourth test network.
    Testnet4,
    /// The signed test network.
    Signet,
    /// A private network for tests.
    Regtest,
}

/// The name is not that of a Bitcoin network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a Bitcoin network: expected main, test, testnet4, signet or regtest")]
pub struct ChainError(String);

const GENESIS_SUBSIDY_SAT: i64 = 5_000_000_000;

impl Chain {
    const ALL: [Self; 5] = [
        Self::Main,
        Self::Test,
        Self::Testnet4,
        Self::Signet,
        Self::Regtest,
    ];

    /// The name, as in bitcoind.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Test => "test",
            Self::Testnet4 => "testnet4",
            Self::Signet => "signet",
            Self::Regtest => "regtest",
        }
    }

    /// Number of blocks between two halvings of the subsidy.
    pub const fn blocks_per_halving(self) -> u32 {
        match self {
            Self::Regtest => 150,
            Self::Main | Self::Test | Self::Testnet4 | Self::Signet => 210_000,
        }
    }

    /// The block subsidy at `height`: 50 BTC, halved every [`Chain::blocks_per_halving`] blocks, in
    /// whole satoshis. It is zero from the 64th halving on (BIP 42).
    ///
    /// # Examples
    /// ```
    /// use hashlake_core::chain::Chain;
    ///
    /// assert_eq!(Chain::Main.subsidy(839_999).to_sat(), 625_000_000);
    /// assert_eq!(Chain::Main.subsidy(840_000).to_sat(), 312_500_000);
    /// ```
    pub fn subsidy(self, height: u32) -> Sats {
        let sat = GENESIS_SUBSIDY_SAT
            .checked_shr(height / self.blocks_per_halving())
            .unwrap_or(0);
        Sats::new(sat).expect("at most 50 BTC")
    }

    /// All coins that blocks below `height` could create.
    ///
    /// # Examples
    /// ```
    /// use hashlake_core::chain::Chain;
    ///
    /// // 210,000 blocks of 50 BTC, and one of 25 BTC.
    /// assert_eq!(Chain::Main.mined_below(210_001).to_sat(), 1_050_002_500_000_000);
    /// ```
    pub fn mined_below(self, height: u32) -> Sats {
        let era_blocks = self.blocks_per_halving();
        let mut sum = 0;
        let mut first = 0;
        while first < height && self.subsidy(first) > Sats::ZERO {
            let blocks = era_blocks.min(height - first);
            sum += i64::from(blocks) * self.subsidy(first).to_sat();
            first += blocks;
        }
        Sats::new(sum).unwrap_or(Sats::MAX)
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Chain {
    type Err = ChainError;

    fn from_str(name: &str) -> Result<Self, ChainError> {
        Self::ALL
            .into_iter()
            .find(|chain| chain.name() == name)
            .ok_or_else(|| ChainError(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn subsidy_halves_every_210_000_blocks() {
        // Heights and amounts are the consensus schedule. The last row is the 64th halving, where a
        // shift in C++ is undefined.
        let schedule = [
            (0, 5_000_000_000),
            (209_999, 5_000_000_000),
            (210_000, 2_500_000_000),
            (420_000, 1_250_000_000),
            (630_000, 625_000_000),
            (839_999, 625_000_000),
            (840_000, 312_500_000),
            (6_720_000, 1),
            (6_930_000, 0),
            (64 * 210_000, 0),
        ];
        for (height, sat) in schedule {
            assert_eq!(
                Chain::Main.subsidy(height).to_sat(),
                sat,
                "at height {height}"
            );
        }
        assert_eq!(Chain::Main.subsidy(u32::MAX), Sats::ZERO);
    }

    #[test]
    fn all_subsidies_together_are_just_below_21_million_btc() {
        let total: i64 = (0..64)
            .map(|era| Chain::Main.subsidy(era * 210_000).to_sat() * 210_000)
            .sum();

        assert_eq!(total, 2_099_999_997_690_000); // The exact supply limit in satoshis.
    }

    proptest! {
        #[test]
        fn subsidy_never_grows(height in 0..u32::MAX) {
            prop_assert!(Chain::Main.subsidy(height + 1) <= Chain::Main.subsidy(height));
        }
    }
}
