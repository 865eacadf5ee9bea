//! Tests of the messages, exit codes and help of the commands.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use crate::common::{files, hashlake, printed, replay, shared_turn};

async fn filled(lake: &Path) {
    let (_replay, variables) = replay(909_800, 909_578).await;
    let ingest = hashlake(&["ingest", "--once"])
        .envs(&variables)
        .env("LAKE_URL", lake)
        .output()
        .expect("it runs");
    assert!(ingest.status.success(), "{}", printed(&ingest));
}

fn run(arguments: &[&str], lake: &Path) -> Output {
    hashlake(arguments)
        .env("LAKE_URL", lake)
        .output()
        .expect("it runs")
}

#[test]
fn every_command_has_help_with_examples() {
    for command in [
        "run",
        "ingest",
        "import-prices",
        "upgrade",
        "verify",
        "status",
    ] {
        let help = printed(&hashlake(&[command, "--help"]).output().expect("it runs"));

        assert!(
            help.contains("Examples:") && help.contains(&format!("hashlake {command}")),
            "{help}"
        );
    }
}

#[test]
fn all_configuration_errors_are_listed_without_secrets() {
    let output = hashlake(&["status"])
        .env("LAKE_URL", "ftp://nowhere")
        .env("LISTEN", "80.80")
        .env("BITCOIN_RPC_URL", "http://node:8332")
        .env("BITCOIN_RPC_PASSWORD", "hunter2")
        .output()
        .expect("it runs");

    let printed = printed(&output);
    assert_eq!(output.status.code(), Some(1));
    for expected in [
        "LAKE_URL=`ftp://nowhere`",
        "LISTEN=`80.80`",
        "BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD",
    ] {
        assert!(printed.contains(expected), "{printed}");
    }
    assert!(!printed.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn status_shows_how_far_the_lake_is_filled_and_how_to_fill_an_empty_one() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let empty = run(&["status"], folder.path());
    filled(folder.path()).await;

    let note = r#"{"sources":[{"name":"CoinGecko","failing_since":"2025-08-13T06:00:00Z","why":"refuses requests from this IP address (HTTP 403, no text)"}],"suspects":[{"time":"2025-08-12T06:00:00Z","usd":1.5,"source":"coingecko","before_usd":119000.5,"after_usd":null}]}"#;
    std::fs::write(folder.path().join("_prices.json"), note).expect("written");
    let full = run(&["status"], folder.path());

    for line in [
        "price       119342.51 USD at 2025-08-13T05:00:00Z (coingecko)",
        "price late  no new BTC price since 2025-08-13T05:00:00Z: CoinGecko refuses requests from this IP address (HTTP 403, no text), since 2025-08-13T06:00:00Z",
        "suspect     1.5 USD at 2025-08-12T06:00:00Z (coingecko) is not used; price before it: 119000.5, price after it: none yet.",
    ] {
        assert!(printed(&full).contains(line), "{}", printed(&full));
    }
    assert!(
        empty.status.success() && printed(&empty).contains("hashlake ingest --once"),
        "{}",
        printed(&empty)
    );
    assert!(
        printed(&full).contains("height      909800")
            && printed(&full).contains("blocks      223, from 909578"),
        "{}",
        printed(&full)
    );
}

fn status_printed_to(stdout: impl Into<Stdio>) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut status = hashlake(&["status"]);
    status.env("LAKE_URL", folder.path()).stdout(stdout);
    status.stderr(Stdio::piped()).output().expect("it runs")
}

#[test]
fn a_command_succeeds_if_no_program_reads_its_output() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader); // `head` does this when it has read enough lines.

    let output = status_printed_to(writer);

    assert_eq!((output.status.code(), &*printed(&output)), (Some(0), ""));
}

#[cfg(target_os = "linux")] // Other systems have no /dev/full.
#[test]
fn a_command_whose_output_cannot_be_written_fails() {
    let full = std::fs::File::create("/dev/full").expect("always full");

    let output = status_printed_to(full);

    assert_eq!(output.status.code(), Some(1));
    assert!(
        printed(&output).contains("cannot write to standard output: No space left on device"),
        "{}",
        printed(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_for_an_unreachable_node_names_its_url() {
    let _turn = shared_turn().await;
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
        printed(&output).contains("no node answers at http://127.0.0.1:9 (BITCOIN_RPC_URL)"),
        "{}",
        printed(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_finds_every_change() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path()).await;
    let whole = run(&["verify"], folder.path());
    assert!(
        whole.status.success() && printed(&whole).starts_with("no errors: 223 blocks"),
        "{}",
        printed(&whole)
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
            .expect("the same file in the other lake");
        for damaged in [&b"not parquet"[..], &body[..body.len() / 2], &other] {
            if damaged == body.as_slice() {
                continue; // The tables of ASICs and prices are the same in both lakes.
            }
            std::fs::write(&file, damaged).expect("damaged");
            let found = run(&["verify"], folder.path());
            assert_eq!(found.status.code(), Some(1), "{path}: {}", printed(&found));
            assert!(
                damaged == other || printed(&found).contains(path.trim_start_matches('/')),
                "{}",
                printed(&found)
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
    let _turn = shared_turn().await;
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
        busy.status.success() && printed(&busy).contains("another ingest is running"),
        "{}",
        printed(&busy)
    );
    assert!(
        next.status.success() && printed(&next).contains("at height 919578"),
        "{}",
        printed(&next)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_blocks_are_not_written_to_a_lake_that_a_node_filled() {
    let _turn = shared_turn().await;
    let lake = tempfile::tempdir().expect("a folder");
    filled(lake.path()).await;
    let cursor = lake.path().join("_cursor.json");
    let text = std::fs::read_to_string(&cursor).expect("a cursor");
    std::fs::write(&cursor, text.replace("909800", "950000")).expect("written");
    let before = files(lake.path());

    for arguments in [
        &["backfill", "--from", "909600", "--to", "909700", "--force"][..],
        &["ingest", "--once"],
        &["reprice"],
    ] {
        let output = run(arguments, lake.path());

        assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
        assert!(
            printed(&output).contains("set BITCOIN_RPC_URL to the node that fills this lake"),
            "{}",
            printed(&output)
        );
    }
    assert_eq!(files(lake.path()), before);
}

#[test]
fn verify_fails_if_the_lake_has_no_files() {
    let folder = tempfile::tempdir().expect("a folder");

    for lake in [folder.path(), &folder.path().join("no/such/lake")] {
        let output = run(&["verify"], lake);

        assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
        assert!(printed(&output).contains("the lake has no files: check LAKE_URL"));
    }
}

#[test]
fn run_fails_at_start_if_site_dir_does_not_exist() {
    let output = hashlake(&["run"])
        .env("SITE_DIR", "/nonexistent")
        .env("LISTEN", "127.0.0.1:0")
        .output()
        .expect("it runs");

    assert_eq!(output.status.code(), Some(1));
    assert!(printed(&output).contains("SITE_DIR=/nonexistent is not a directory"));
}

#[test]
fn a_variable_that_is_not_utf_8_is_an_error_and_not_ignored() {
    use std::os::unix::ffi::OsStrExt;

    let output = hashlake(&["status"])
        .env("LAKE_URL", std::ffi::OsStr::from_bytes(b"/data/\xff"))
        .output()
        .expect("it runs");

    assert_eq!(output.status.code(), Some(1));
    assert!(printed(&output).contains("LAKE_URL is not valid UTF-8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_ca_certificates_http_works_and_the_https_error_explains_why() {
    let _turn = shared_turn().await;
    let lake = tempfile::tempdir().expect("a folder");
    let (_replay, variables) = replay(909_600, 909_578).await;
    let with_certificates = |file: &str, lake_url: &str, arguments: &[&str]| {
        hashlake(arguments)
            .envs(&variables)
            .envs([("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "a")])
            .envs([("AWS_SECRET_ACCESS_KEY", "b"), ("SSL_CERT_FILE", file)])
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .env("LAKE_URL", lake_url)
            .output()
            .expect("it runs")
    };
    let directory = lake.path().to_str().expect("UTF-8");

    let http = with_certificates("/nonexistent", directory, &["ingest", "--once"]);
    assert!(http.status.success(), "{}", printed(&http));

    let s3 = with_certificates("/etc/hostname", "s3://bucket", &["status"]);
    assert!(
        printed(&s3).contains("check AWS_ENDPOINT_URL"),
        "{}",
        printed(&s3)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn status_names_a_damaged_file() {
    let _turn = shared_turn().await;
    let lake = tempfile::tempdir().expect("a folder");
    filled(lake.path()).await;
    let key = "v1/blocks/year=2025/blocks-2025-08.parquet";
    std::fs::write(lake.path().join(key), "PAR1").expect("written");

    let output = run(&["status"], lake.path());

    assert_eq!(output.status.code(), Some(1));
    let printed = printed(&output);
    assert!(
        printed.contains(key) && printed.contains("hashlake verify"),
        "{printed}"
    );
}
