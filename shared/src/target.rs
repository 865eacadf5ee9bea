//! Proof of work: targets in compact form, and the difficulty and work that follow from them.

use std::fmt;
use std::str::FromStr;

use ruint::aliases::U256;
use thiserror::Error;

use crate::hash::BlockHash;
use crate::units::Difficulty;

/// Number of blocks between two changes of the target (difficulty adjustments).
pub const BLOCKS_PER_RETARGET: u32 = 2016;

const RETARGET_SECS: u32 = 14 * 86_400; // Two weeks: 2016 blocks at ten minutes each.
// The proof-of-work limit of the main network: difficulty 1.
const EASIEST_TARGET_BITS: u32 = 0x1d00_ffff;

/// A target in the compact form of block headers (`bits`): a floating-point number of base 256 in
/// 32 bits, displayed as hex.
///
/// A block is valid only if its hash, as a number, is at most the target. The value is always a
/// target that a block can have: positive, and at most 256 bits long.
///
/// # Examples
/// ```
/// use hashlake_core::target::CompactTarget;
///
/// let target: CompactTarget = "1b0404cb".parse()?;
/// assert_eq!(target.difficulty().to_f64(), 16_307.420_938_523_983);
/// assert_eq!(target.to_string(), "1b0404cb");
/// assert!("00000000".parse::<CompactTarget>().is_err()); // No block can meet a target of zero.
/// # Ok::<(), hashlake_core::target::TargetError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CompactTarget(u32);

/// The number or text is not a compact target.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a compact target: expected 8 hex digits that encode a number from 1 to 2^256 - 1"
)]
pub struct TargetError(String);

/// The expected number of hashes, as bitcoind counts them in `chainwork`. Sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Work(U256);

impl CompactTarget {
    /// The target whose compact form is `bits`.
    ///
    /// # Errors
    /// [`TargetError`] if `bits` encodes zero, a negative number, or one of more than 256 bits.
    pub fn new(bits: u32) -> Result<Self, TargetError> {
        let (exponent, mantissa) = (bits >> 24, bits & 0x007f_ffff);
        let significant_bytes = 4 - mantissa.leading_zeros() / 8;
        let too_large = exponent > 3 && exponent - 3 + significant_bytes > 32;
        let target = Self(bits);
        if bits & 0x0080_0000 != 0 || too_large || target.expand().is_zero() {
            return Err(TargetError(format!("{bits:08x}")));
        }
        Ok(target)
    }

    /// The 32 bits of the block header.
    pub const fn to_bits(self) -> u32 {
        self.0
    }

    /// Whether `hash`, as a number, is at most the target.
    pub fn is_met_by(self, hash: BlockHash) -> bool {
        U256::from_be_bytes(hash.to_bytes()) <= self.expand()
    }

    /// Difficulty: the highest target divided by this one. The arithmetic is that of bitcoind, so
    /// that every digit agrees.
    pub fn difficulty(self) -> Difficulty {
        let mut difficulty = f64::from(0x0000_ffff) / f64::from(self.0 & 0x00ff_ffff);
        for _ in self.0 >> 24..29 {
            difficulty *= 256.0;
        }
        for _ in 29..self.0 >> 24 {
            difficulty /= 256.0;
        }
        Difficulty::new(difficulty).expect("a positive target has a positive difficulty")
    }

    /// Expected number of hashes to find a block with this target: `2^256 / (target + 1)`, rounded
    /// down.
    pub fn work(self) -> Work {
        let target = self.expand();
        // 2^256 needs 257 bits, so compute (2^256 - target - 1) / (target + 1), which is one less.
        target
            .checked_add(U256::ONE)
            .map_or(Work(U256::ONE), |divisor| {
                Work(!target / divisor + U256::ONE)
            })
    }

    /// The target of the next 2016 blocks, if `epoch_secs` passed between the first and the last of
    /// the 2016 blocks with this target.
    ///
    /// It is at most four times easier or harder than this one, and never easier than the limit of
    /// the main network.
    pub fn next_epoch(self, epoch_secs: i64) -> Self {
        let bounded = epoch_secs.clamp(i64::from(RETARGET_SECS / 4), i64::from(RETARGET_SECS * 4));
        let next = self.expand() * U256::from(bounded) / U256::from(RETARGET_SECS);
        Self(compact(next.min(Self(EASIEST_TARGET_BITS).expand())))
    }

    fn expand(self) -> U256 {
        let mantissa = U256::from(self.0 & 0x007f_ffff);
        match self.0 >> 24 {
            exponent @ 0..=3 => mantissa >> (8 * (3 - exponent)),
            exponent => mantissa << (8 * (exponent - 3)),
        }
    }
}

/// The compact form of `target`, rounded down. The top bit of the mantissa is a sign bit and stays
/// 0.
fn compact(target: U256) -> u32 {
    let low_u32 =
        |value: U256| u32::try_from(value.as_limbs()[0] & 0xffff_ffff).expect("masked to 32 bits");
    let mut exponent = u32::try_from(target.bit_len().div_ceil(8)).expect("at most 32 bytes");
    let mut mantissa = match exponent {
        0..=3 => low_u32(target) << (8 * (3 - exponent)),
        _ => low_u32(target >> (8 * (exponent - 3))),
    };
    if mantissa & 0x0080_0000 != 0 {
        mantissa >>= 8;
        exponent += 1;
    }
    exponent << 24 | mantissa
}

impl Work {
    /// The sum of two amounts of work.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference of two amounts of work; zero if `other` is larger.
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The work as a float, rounded as in bitcoind's `getdouble`: 32 bits at a time, lowest first.
    pub fn to_f64(self) -> f64 {
        let halves = self
            .0
            .as_limbs()
            .iter()
            .flat_map(|limb| [limb & 0xffff_ffff, limb >> 32]);
        let weighted = halves.zip(0..).map(|(half, place)| {
            f64::from(u32::try_from(half).expect("half of 64 bits")) * 4_294_967_296_f64.powi(place)
        });
        weighted.fold(0.0, |sum, part| sum + part)
    }
}

impl fmt::Display for CompactTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for CompactTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CompactTarget {
    type Err = TargetError;

    fn from_str(hex: &str) -> Result<Self, TargetError> {
        let error = || TargetError(hex.to_owned());
        if hex.len() != 8 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(error());
        }
        Self::new(u32::from_str_radix(hex, 16).map_err(|_| error())?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn target(hex: &str) -> CompactTarget {
        hex.parse().expect("a target")
    }

    #[test]
    fn difficulty_of_real_blocks_is_that_of_nodes_and_explorers() {
        assert_eq!(target("1d00ffff").difficulty().to_f64(), 1.0);
        assert_eq!(
            target("1b0404cb").difficulty().to_f64(),
            16_307.420_938_523_983
        ); // Bitcoin wiki, "Difficulty".
        assert_eq!(
            target("17022cb3").difficulty().to_f64(),
            129_435_235_580_344.81
        ); // Height 909458.
        assert_eq!(
            target("1701d936").difficulty().to_f64(),
            152_271_405_447_597.38
        ); // Height 924778.
        let regtest = target("207fffff").difficulty().to_f64();
        // The value is from bitcoind, which prints 16 digits.
        assert_eq!(format!("{regtest:.15e}"), "4.656542373906925e-10");
    }

    #[test]
    fn work_of_the_easiest_targets_is_the_chainwork_of_the_genesis_blocks() {
        assert_eq!(
            target("1d00ffff").work(),
            Work(U256::from(0x1_0001_0001_u64))
        ); // The chainwork of the genesis block.
        // The chainwork of the genesis block of regtest.
        assert_eq!(target("207fffff").work(), Work(U256::from(2)));
    }

    #[test]
    fn targets_that_no_block_can_have_are_refused() {
        for bits in [
            0,
            0x0000_ffff,
            0x1d80_ffff,
            0x2300_0001,
            0xff00_ffff,
            0x2100_ffff + 0x0100_0000,
        ] {
            assert!(CompactTarget::new(bits).is_err(), "{bits:08x}");
        }
        for text in ["", "1d00fff", "1d00ffff0", "+d00ffff", "zz00ffff"] {
            assert_eq!(
                text.parse::<CompactTarget>(),
                Err(TargetError(text.to_owned()))
            );
        }
    }

    #[test]
    fn targets_follow_from_the_times_of_real_epochs() {
        // The first retarget that raised the difficulty was at 32256. The times of blocks 30240
        // (1261130161) and 32255 (1262152739) are in any explorer.
        assert_eq!(
            target("1d00ffff").next_epoch(1_262_152_739 - 1_261_130_161),
            target("1d00d86a")
        );
        // A target is never easier than the limit, and becomes at most four times easier or harder.
        assert_eq!(target("1d00ffff").next_epoch(i64::MAX), target("1d00ffff"));
        // The case of the lower limit in pow_tests.cpp of Bitcoin Core.
        assert_eq!(target("1c05a3f4").next_epoch(0), target("1c0168fd"));
        // The case of the upper limit in the same file.
        assert_eq!(target("1c387f6f").next_epoch(i64::MAX), target("1d00e1fd"));
    }

    proptest! {
        #[test]
        fn text_and_bits_round_trip(exponent in 4_u32..=29, mantissa in 0x0000_8000_u32..=0x007f_ffff) {
            let target = CompactTarget::new(exponent << 24 | mantissa).expect("in range");

            prop_assert_eq!(target.to_string().parse(), Ok(target));
            prop_assert_eq!(compact(target.expand()), target.to_bits());
        }

        #[test]
        fn work_is_about_difficulty_times_2_to_the_32(exponent in 20_u32..=29, mantissa in 0x0000_8000_u32..=0x007f_ffff) {
            let target = CompactTarget::new(exponent << 24 | mantissa).expect("in range");
            let ratio = target.work().to_f64() / (target.difficulty().to_f64() * 4_294_967_296.0);

            // The exact ratio is 2^256 / (0xffff x 2^208 x 2^32), which is 15 ppm above 1.
            prop_assert!((ratio - 1.000_015_26).abs() < 1e-7, "{}", ratio);
        }
    }
}
