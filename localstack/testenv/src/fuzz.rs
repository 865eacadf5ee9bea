//! Runs tests with random values, among them valid bytes that are changed at random.

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// Calls `test` with values of `strategy`: always with the same ones or, if `HASHLAKE_FUZZ_SECONDS`
/// is set, with other ones for that time.
///
/// # Panics
/// If `test` panics. The message has the simplest value that was found.
pub fn fuzz<S: Strategy>(strategy: &S, test: impl Fn(S::Value)) {
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(256)
    };
    let seconds = std::env::var("HASHLAKE_FUZZ_SECONDS").ok();
    let seconds = seconds.map(|seconds| seconds.parse().expect("a number of seconds"));
    let end = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut values = 0;
    loop {
        let mut runner = match end {
            Some(_) => TestRunner::new(config.clone()),
            None => {
                let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
                TestRunner::new_with_rng(config.clone(), rng)
            }
        };
        let result = runner.run(strategy, |value| {
            test(value);
            Ok(())
        });
        result.unwrap_or_else(|error| panic!("{error}"));
        values += config.cases;
        if end.is_none_or(|end| Instant::now() >= end) {
            eprintln!("{values} values");
            return;
        }
    }
}

/// A change of some bytes.
#[derive(Clone, Debug)]
pub struct Change {
    at: Index,
    edit: Edit,
}

#[derive(Clone, Debug)]
enum Edit {
    Flip(u8),
    Replace(Vec<u8>),
    Insert(Vec<u8>),
    Remove(usize),
    /// Copies up to this number of bytes from another place.
    Copy(Index, usize),
}

/// Up to seven changes. What they write is random, or is likely to be handled wrongly.
pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let edit = prop_oneof![
        (0..8_u8).prop_map(Edit::Flip),
        written().prop_map(Edit::Replace),
        written().prop_map(Edit::Insert),
        (1..64_usize).prop_map(Edit::Remove),
        (any::<Index>(), 1..64_usize).prop_map(|(from, len)| Edit::Copy(from, len)),
    ];
    let change = (any::<Index>(), edit).prop_map(|(at, edit)| Change { at, edit });
    vec(change, 1..8)
}

fn written() -> impl Strategy<Value = Vec<u8>> {
    const SPECIAL: [&[u8]; 24] = [
        // Numbers and ends of text, as in JSON and in queries.
        b"-1",
        b"0",
        b"1e999",
        b"-1e-999",
        b"0.1",
        b"2147483648",
        b"99999999999999999999",
        b"null",
        b"NaN",
        b"\"",
        b"\\ud800",
        b"[[[[[[[[",
        b"{}",
        b",",
        b"\xff",
        b"\xf0\x9f\x92\xa5",
        // Numbers as in Parquet.
        b"\x00",
        b"\x7f",
        b"\x80\x01",
        b"\xfe\xff\xff\xff\x0f",
        b"\xff\xff\xff\xff\x0f",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x80",
    ];
    prop_oneof![
        proptest::sample::select(&SPECIAL[..]).prop_map(<[u8]>::to_vec),
        vec(any::<u8>(), 1..12),
    ]
}

/// Bytes after these changes, one after the other.
pub fn changed(bytes: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for Change { at, edit } in changes {
        let at = at.index(bytes.len() + 1);
        let to = |len: usize| (at + len).min(bytes.len());
        match edit {
            Edit::Flip(bit) => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            Edit::Replace(new) => drop(bytes.splice(at..to(new.len()), new.iter().copied())),
            Edit::Insert(new) => drop(bytes.splice(at..at, new.iter().copied())),
            Edit::Remove(len) => drop(bytes.drain(at..to(*len))),
            Edit::Copy(from, len) => {
                let from = from.index(bytes.len() + 1);
                let copied = bytes[from..bytes.len().min(from + len)].to_vec();
                drop(bytes.splice(at..to(copied.len()), copied));
            }
        }
    }
    bytes
}
