//! Commands can be stopped while they wait for a node that accepts requests but never replies.

use std::process::{Command, Output, Stdio};

use crate::common::{hashlake, printed, shared_turn};
use tokio::net::TcpListener;

/// Starts a command with a node that never replies, sends SIGTERM when the node has a connection, and
/// waits until the command has ended.
async fn stopped(arguments: &[&str]) -> Output {
    let lake = tempfile::tempdir().expect("a folder");
    let lake = lake.path().to_str().expect("UTF-8");
    stopped_with(arguments, &[("LAKE_URL", lake)], "BITCOIN_RPC_URL").await
}

/// Like [`stopped`], with these variables. The variable that `silent` names gets the URL of the silent
/// server.
async fn stopped_with(arguments: &[&str], variables: &[(&str, &str)], silent: &str) -> Output {
    let node = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", node.local_addr().expect("bound"));
    let child = hashlake(arguments)
        .env("LISTEN", "127.0.0.1:0")
        .envs(variables.iter().copied())
        .env(silent, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let _connection = node.accept().await.expect("a request");

    let signal = Command::new("kill").arg(child.id().to_string()).status();

    assert!(signal.expect("`kill` runs").success());
    let ended = tokio::task::spawn_blocking(|| child.wait_with_output());
    ended.await.expect("no panic").expect("it ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_wait_for_a_silent_node_end_after_sigterm() {
    let _turn = shared_turn().await;
    let run = stopped(&["run"]).await;
    let once = stopped(&["ingest", "--once"]).await;
    let backfill = stopped(&["backfill", "--from", "1", "--to", "9"]).await;
    let dry_run = stopped(&["backfill", "--from", "1", "--to", "9", "--dry-run"]).await;

    assert!(run.status.success(), "{}", printed(&run));
    assert_eq!(once.status.code(), Some(1));
    assert!(
        printed(&once).contains("stopped before the first blocks were read"),
        "{}",
        printed(&once)
    );
    for backfill in [backfill, dry_run] {
        assert_eq!(backfill.status.code(), Some(1));
        assert!(
            printed(&backfill).contains("interrupted before anything was written"),
            "{}",
            printed(&backfill)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_wait_for_a_silent_store_end_when_they_are_asked_to() {
    let _turn = shared_turn().await;
    let variables = [
        ("LAKE_URL", "s3://bucket"),
        ("CURSOR_URL", "lake:"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("BITCOIN_RPC_URL", "http://127.0.0.1:9"),
    ];

    let (run, once) = tokio::join!(
        stopped_with(&["run"], &variables, "AWS_ENDPOINT_URL"),
        stopped_with(&["ingest", "--once"], &variables, "AWS_ENDPOINT_URL"),
    );

    assert!(run.status.success(), "{}", printed(&run));
    assert_eq!(once.status.code(), Some(1), "{}", printed(&once));
    let why = "stopped while the lake or its cursor did not answer";
    assert!(printed(&once).contains(why), "{}", printed(&once));
}
