//! What people see: help, messages, exit codes.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use crate::common::{beside_others, files, hashlake, replay, said};

async fn filled(lake: &Path) {
    let (_replay, variables) = replay(909_800, 909_578).await;
    let ingest = hashlake(&["ingest", "--once"])
        .envs(&variables)
        .env("LAKE_URL", lake)
        .output()
        .expect("it runs");
    assert!(ingest.status.success(), "{}", said(&ingest));
}

fn run(arguments: &[&str], lake: &Path) -> Output {
    hashlake(arguments)
        .env("LAKE_URL", lake)
        .output()
        .expect("it runs")
}

#[test]
fn every_command_has_help_with_examples() {
    for command in ["run", "ingest", "import-prices", "verify", "status"] {
        let help = said(&hashlake(&[command, "--help"]).output().expect("it runs"));

        assert!(
            help.contains("Examples:") && help.contains(&format!("hashlake {command}")),
            "{help}"
        );
    }
}

#[test]
fn all_faults_of_the_environment_are_listed_and_no_secret() {
    let output = hashlake(&["status"])
        .env("LAKE_URL", "ftp://nowhere")
        .env("LISTEN", "8080")
        .env("BITCOIN_RPC_URL", "http://node:8332")
        .env("BITCOIN_RPC_PASSWORD", "hunter2")
        .output()
        .expect("it runs");

    let said = said(&output);
    assert_eq!(output.status.code(), Some(1));
    for fault in [
        "LAKE_URL=`ftp://nowhere`",
        "LISTEN=`8080`",
        "BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD",
    ] {
        assert!(said.contains(fault), "{said}");
    }
    assert!(!said.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_what_to_do_with_an_empty_lake_and_how_far_a_full_one_is() {
    let _turn = beside_others().await;
    let folder = tempfile::tempdir().expect("a folder");
    let empty = run(&["status"], folder.path());
    filled(folder.path()).await;

    let full = run(&["status"], folder.path());

    assert!(
        empty.status.success() && said(&empty).contains("hashlake ingest --once"),
        "{}",
        said(&empty)
    );
    assert!(
        said(&full).contains("height      909800")
            && said(&full).contains("blocks      223, from 909578"),
        "{}",
        said(&full)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_not_there_is_named() {
    let _turn = beside_others().await;
    let folder = tempfile::tempdir().expect("a folder");
    let output = hashlake(&["ingest", "--once"])
        .env("LAKE_URL", folder.path())
        .env("BITCOIN_RPC_URL", "http://127.0.0.1:9")
        .env("PRICE_SOURCES", "coingecko")
        .env("COINGECKO_URL", "http://127.0.0.1:9")
        .output()
        .expect("it runs");

    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("no node answers at http://127.0.0.1:9/ (BITCOIN_RPC_URL)"),
        "{}",
        said(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_finds_what_was_changed() {
    let _turn = beside_others().await;
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path()).await;
    let whole = run(&["verify"], folder.path());
    assert!(
        whole.status.success() && said(&whole).starts_with("in order: 223 blocks"),
        "{}",
        said(&whole)
    );
    let other = tempfile::tempdir().expect("a folder");
    let (_replay, variables) = replay(909_799, 909_579).await;
    hashlake(&["ingest", "--once"])
        .envs(&variables)
        .env("LAKE_URL", other.path())
        .output()
        .expect("it runs");

    for (path, body) in files(folder.path()) {
        let file = folder.path().join(path.trim_start_matches('/'));
        let other = std::fs::read(other.path().join(path.trim_start_matches('/')))
            .expect("the same file of another lake");
        for damaged in [&b"not parquet"[..], &body[..body.len() / 2], &other] {
            if damaged == body.as_slice() {
                continue; // The machines, and the prices, are the same in both.
            }
            std::fs::write(&file, damaged).expect("damaged");
            let found = run(&["verify"], folder.path());
            assert_eq!(found.status.code(), Some(1), "{path}: {}", said(&found));
            assert!(
                damaged == other || said(&found).contains(path.trim_start_matches('/')),
                "{}",
                said(&found)
            );
        }
        std::fs::remove_file(&file).expect("removed");
        assert_eq!(
            run(&["verify"], folder.path()).status.code(),
            Some(1),
            "{path} is missing"
        );
        std::fs::write(&file, &body).expect("restored");
    }
    assert!(run(&["verify"], folder.path()).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lease_of_a_killed_ingest_is_free_at_once() {
    let _turn = beside_others().await;
    let (_replay, variables) = replay(919_578, 909_578).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ingest = || {
        let mut command = hashlake(&["ingest", "--once"]);
        command.envs(&variables).env("LAKE_URL", folder.path());
        command
    };
    let mut child = ingest().stderr(Stdio::null()).spawn().expect("it starts");
    while !folder.path().join("v1").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let busy = ingest().output().expect("it runs");
    child.kill().expect("killed");
    child.wait().expect("it ended");

    let next = ingest().output().expect("it runs");

    assert!(
        busy.status.success() && said(&busy).contains("another ingest is at work"),
        "{}",
        said(&busy)
    );
    assert!(
        next.status.success() && said(&next).contains("at height 919578"),
        "{}",
        said(&next)
    );
}
