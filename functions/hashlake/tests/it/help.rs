//! The help of every command, as snapshots.

use crate::common::{hashlake, printed};

const COMMANDS: [&str; 10] = [
    "run",
    "ingest",
    "backfill",
    "import-prices",
    "reprice",
    "upgrade",
    "backtest",
    "verify",
    "status",
    "strike",
];

fn help(arguments: &[&str]) -> String {
    let output = hashlake(arguments).output().expect("it runs");
    assert!(output.status.success(), "{}", printed(&output));
    printed(&output)
}

#[test]
fn help_of_the_program() {
    insta::assert_snapshot!("hashlake", help(&["--help"]));
}

#[test]
fn help_of_every_command() {
    for command in COMMANDS {
        insta::assert_snapshot!(command, help(&[command, "--help"]));
    }
}

#[test]
fn every_command_has_a_snapshot_of_its_help() {
    let help = help(&["--help"]);

    let (_, commands) = help.split_once("Commands:\n").expect("a list of commands");
    let names = commands
        .lines()
        .map_while(|line| line.split_whitespace().next());
    let names: Vec<&str> = names.filter(|name| *name != "help").collect();
    assert_eq!(names, COMMANDS);
}
