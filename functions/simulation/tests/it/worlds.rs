//! Simulates worlds with one fault, with two writers, and with many faults for a month.

use std::collections::BTreeSet;

use simulation::{Before, Case, CursorStore, Pair, shrink};

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
    (0..60).for_each(|seed| assert_good(&month(seed)));
}

#[test]
fn the_same_seed_gives_the_same_trace() {
    for seed in 0..3 {
        let [first, second] = [(), ()].map(|()| month(seed).run(true).trace);
        assert!(first == second && !first.is_empty(), "seed {seed}");
    }
}

#[test]
fn an_undisturbed_run_brings_a_lake_of_an_earlier_version_up_to_date() {
    let undisturbed = Case::Alone {
        before: Before::EarlierVersion,
        cursor: CursorStore::Table,
        fault: None,
    };

    let trace = undisturbed.run(true).trace;

    for key in ["asics/asics", "mwh_revenue/year=2025/mwh_revenue-2025-02"] {
        let put = format!("put v1/{key}.parquet");
        assert!(trace.contains(&put), "{put}\n{trace}");
    }
}
