//! Simulates worlds with one fault, with two writers, and with many faults for a month.

use std::collections::BTreeSet;

use simulation::{Case, Pair, shrink};

fn assert_good(case: &Case) {
    let violations = case.run(false).violations;
    if !violations.is_empty() {
        let shrunk = shrink(case);
        panic!("{case}: {violations:?}\n{}{shrunk}", shrunk.run(true).trace);
    }
}

fn month(seed: u64) -> Case {
    Case::Month {
        seed,
        spared: BTreeSet::new(),
    }
}

#[test]
fn a_run_may_die_or_fail_at_any_call_in_any_way() {
    Case::all_faults().for_each(|case| assert_good(&case));
}

#[test]
fn a_writer_may_wait_at_any_call_while_another_one_writes() {
    Pair::ALL
        .into_iter()
        .flat_map(Case::all_waits)
        .for_each(|case| assert_good(&case));
}

#[test]
fn a_month_with_many_faults_ends_as_an_undisturbed_one() {
    (0..40).for_each(|seed| assert_good(&month(seed)));
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 0..3 {
        let [first, second] = [(), ()].map(|()| month(seed).run(true).trace);
        assert!(first == second && !first.is_empty(), "seed {seed}");
    }
}
