//! What can go wrong with a call to the outside.

use std::collections::{BTreeMap, BTreeSet};

use crate::dice::{mix, one_in};

/// What a call is for. It decides which faults are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    LakeRead,
    LakeWrite,
    CursorRead,
    CursorWrite,
    Node,
    Prices,
}

/// What happens at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The process dies before the call reaches the other side.
    CrashBefore,
    /// The process dies after the call had its effect, before the answer arrives.
    CrashAfter,
    /// The call has no effect and fails, in one of several ways.
    Error(u8),
    /// The call has its effect, but fails.
    Lost,
    /// The call has its effect, its answer is lost, and the SDK sends it again.
    SentAgain,
    /// The process is suspended before the call, for longer than a lease lasts.
    SuspendedBefore,
    /// The process is suspended after the call, for longer than a lease lasts.
    SuspendedAfter,
    /// The answer takes seconds.
    Late,
    /// The process waits before the call, until the test lets it continue.
    Held,
}

impl Kind {
    /// How many errors there are.
    const fn errors(self) -> u8 {
        match self {
            Self::LakeRead | Self::CursorRead | Self::CursorWrite => 2,
            Self::LakeWrite => 3,
            Self::Node => 6,
            Self::Prices => 4,
        }
    }

    /// Every fault that ends the call or the process in another way than usual. A process that dies
    /// after a call without effect is like one that dies before the next call.
    pub fn faults(self) -> Vec<Fault> {
        let mut faults = vec![Fault::CrashBefore];
        faults.extend((0..self.errors()).map(Fault::Error));
        if matches!(self, Self::LakeWrite | Self::CursorWrite) {
            faults.extend([
                Fault::CrashAfter,
                Fault::Lost,
                Fault::SentAgain,
                Fault::SuspendedBefore,
                Fault::SuspendedAfter,
            ]);
        }
        faults
    }
}

/// Which fault happens at which call.
#[derive(Clone, Debug, Default)]
pub(crate) enum Plan {
    /// No fault.
    #[default]
    Healthy,
    /// At the calls with these numbers of these processes.
    At(BTreeMap<(usize, u64), Fault>),
    /// At random calls: one in `one_in`, but not at the calls in `spared`, numbered over all processes.
    Random {
        seed: u64,
        one_in: u64,
        spared: BTreeSet<u64>,
    },
}

impl Plan {
    pub(crate) fn fault(
        &self,
        process: usize,
        call: u64,
        call_of_all: u64,
        kind: Kind,
    ) -> Option<Fault> {
        match self {
            Self::Healthy => None,
            Self::At(faults) => faults.get(&(process, call)).copied(),
            Self::Random {
                seed,
                one_in: rarity,
                spared,
            } => {
                let dice = mix(*seed, call_of_all);
                if !one_in(dice, *rarity) || spared.contains(&call_of_all) {
                    return None;
                }
                let dice = mix(dice, 1);
                match dice % 8 {
                    0 | 1 => return Some(Fault::Late),
                    2 => return Some(Fault::SuspendedBefore),
                    _ => {}
                }
                let faults = kind.faults();
                let place = usize::try_from(mix(dice, 2) % faults.len() as u64).ok()?;
                faults.get(place).copied()
            }
        }
    }
}
