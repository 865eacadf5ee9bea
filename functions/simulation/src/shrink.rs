//! Finds the faults without which a failing month does not fail.

use std::collections::BTreeSet;

use crate::case::Case;

/// The case with few faults that still fails: faults are left out, many at a time at first, then one by
/// one, until it fails only with all that are left.
pub fn shrink(case: &Case) -> Case {
    let Case::Month { seed, spared } = case else {
        return case.clone();
    };
    let (seed, mut spared) = (*seed, spared.clone());
    let mut faults = of(seed, &spared).run(false).faults;
    let mut size = faults.len();
    while size > 0 {
        let needless = faults.chunks(size).find_map(|part| {
            let without: BTreeSet<u64> = spared.iter().chain(part).copied().collect();
            let outcome = of(seed, &without).run(false);
            (!outcome.violations.is_empty()).then_some((without, outcome.faults))
        });
        match needless {
            Some(found) => {
                (spared, faults) = found;
                size = size.min(faults.len());
            }
            None => size /= 2,
        }
    }
    of(seed, &spared)
}

fn of(seed: u64, spared: &BTreeSet<u64>) -> Case {
    let spared = spared.clone();
    Case::Month { seed, spared }
}
