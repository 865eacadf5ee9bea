//! Statistics of measured times, and how fast the machine copies memory and reads files.

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const MEMORY_BYTES: u32 = 256 << 20;
const TRIES: usize = 10; // The fastest try counts, because other processes disturbed it least.

/// Times of repeated runs, in ms and sorted.
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn new(mut ms: Vec<f64>) -> Self {
        ms.sort_by(f64::total_cmp);
        Self(ms)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The shortest time that at least `percent` percent of the runs do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0[rank.saturating_sub(1)]
    }
}

pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Number of bytes that the machine copies in memory per ms.
pub(crate) fn memory_bytes_per_ms() -> f64 {
    let from = vec![1_u8; MEMORY_BYTES as usize];
    let mut to = vec![0_u8; MEMORY_BYTES as usize];
    let best = best_ms(|| black_box(&mut to).copy_from_slice(black_box(&from)));
    f64::from(MEMORY_BYTES) / best
}

/// Time to read these files one after another from the system's cache, in ms.
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
