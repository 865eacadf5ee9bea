//! Block hashes.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A block hash, displayed as 64 lower-case hex digits in the byte order of block explorers (zeros
/// first).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockHash([u8; 32]);

/// The text is not a block hash.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a block hash: expected 64 hex digits")]
pub struct BlockHashError(String);

impl BlockHash {
    /// The previous hash in the header of the genesis block.
    pub const ZERO: Self = Self([0; 32]);

    /// The bytes in the order of display: a big-endian number.
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut hex = [0; 64];
        for (digits, byte) in hex.as_chunks_mut().0.iter_mut().zip(self.0) {
            *digits = [byte >> 4, byte & 15].map(|half| DIGITS[usize::from(half)]);
        }
        f.write_str(std::str::from_utf8(&hex).expect("digits are ASCII"))
    }
}

impl fmt::Debug for BlockHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for BlockHash {
    type Err = BlockHashError;

    fn from_str(hex: &str) -> Result<Self, BlockHashError> {
        let digit = |at: usize| char::from(*hex.as_bytes().get(at)?).to_digit(16);
        let byte = |at: usize| u8::try_from(digit(2 * at)? << 4 | digit(2 * at + 1)?).ok();
        let mut hash = [0; 32];
        for (at, slot) in hash.iter_mut().enumerate() {
            *slot = byte(at).ok_or_else(|| BlockHashError(hex.to_owned()))?;
        }
        if hex.len() != 64 {
            return Err(BlockHashError(hex.to_owned()));
        }
        Ok(Self(hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_text_round_trips_and_other_text_is_refused() {
        let genesis = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f";

        assert_eq!(
            genesis.parse::<BlockHash>().map(|hash| hash.to_string()),
            Ok(genesis.to_owned())
        );
        for text in [
            "",
            &genesis[1..],
            &format!("{genesis}0"),
            &genesis.replace('f', "g"),
            &"é".repeat(32),
        ] {
            assert!(text.parse::<BlockHash>().is_err(), "{text}");
        }
    }
}
