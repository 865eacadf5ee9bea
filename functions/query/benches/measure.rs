//! Times, and what the machine can do at best.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const MEMORY_BYTES: u32 = 256 << 20;
const TRIES: usize = 10; // Of which the best counts: nothing else was at work then.

/// Times of the same thing, in order.
pub(crate) struct Times(Vec<f64>);

impl Times {
    /// Of these milliseconds.
    pub(crate) fn new(mut ms: Vec<f64>) -> Self {
        ms.sort_by(f64::total_cmp);
        Self(ms)
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The least of them that `percent` percent do not exceed, in ms.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0[rank.saturating_sub(1)]
    }
}

/// A duration in ms.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Bytes that are copied from memory to memory in a ms.
pub(crate) fn memory_bytes_per_ms() -> f64 {
    let from = vec![1_u8; MEMORY_BYTES as usize];
    let mut to = vec![0_u8; MEMORY_BYTES as usize];
    let best = best_ms(|| black_box(&mut to).copy_from_slice(black_box(&from)));
    f64::from(MEMORY_BYTES) / best
}

/// How long it takes to read these files, which the system has in memory, one after the other.
pub(crate) fn read_ms(files: &[PathBuf]) -> f64 {
    best_ms(|| {
        for file in files {
            black_box(fs::read(file).expect("a file of the lake"));
        }
    })
}

fn best_ms(mut work: impl FnMut()) -> f64 {
    let tries = (0..TRIES).map(|_| {
        let start = Instant::now();
        work();
        ms(start.elapsed())
    });
    tries.fold(f64::INFINITY, f64::min)
}
