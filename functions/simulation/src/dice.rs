//! Numbers that look random and follow from a seed.

/// Mixes two numbers (the finalizer of SplitMix64).
pub(crate) const fn mix(seed: u64, value: u64) -> u64 {
    let mut bits = seed.wrapping_add(value.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

/// Whether an event of this probability happens: one in `n`.
pub(crate) const fn one_in(seed: u64, n: u64) -> bool {
    seed.is_multiple_of(n)
}
