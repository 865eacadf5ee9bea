//! Tests of `--watch`: changes, the command that is called for each change, and stopping.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::shared_turn;
use crate::strike::stub::{Answer, Stub};
use crate::strike::watching::{Watching, children, wait_for_end};

const S21: [&str; 2] = ["--asic", "antminer-s21-pro-234"];
const POWER_45: [&str; 2] = ["--power-price", "45"];

fn answer(strike: f64, height: u32) -> Answer {
    Answer {
        strike,
        height,
        ..Answer::default()
    }
}

fn down() -> Answer {
    Answer {
        instead: Some((503, r#"{"detail": "the lake cannot be read"}"#)),
        ..Answer::default()
    }
}

/// Watches one miner model at 45 USD/MWh.
fn watching(stub: &Stub, arguments: &[&str]) -> Watching {
    Watching::start(&stub.url, &[&S21, &POWER_45, arguments].concat())
}

/// A line without its time.
fn untimed(line: &str) -> &str {
    line.split_once(' ').expect("a time and the rest").1
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_is_a_line_after_band_and_hold() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let mut watch = watching(&stub, &[]);
    assert_eq!(
        untimed(&watch.change().await),
        "antminer-s21-pro-234 unknown -> mine: power 45.00 USD/MWh, strike 100.00 (stop above 102.00, start below 98.00), at block 900000"
    );

    stub.set(answer(40.0, 900_005)); // The hold has not ended yet.
    stub.wait_for_polls(3).await;
    stub.set(answer(44.5, 900_006)); // The power price is within the band, which ends at 45.39.
    stub.wait_for_polls(3).await;
    stub.set(answer(40.0, 900_007));
    assert_eq!(
        untimed(&watch.change().await),
        "antminer-s21-pro-234 mine -> stop: power 45.00 USD/MWh, strike 40.00 (stop above 40.80, start below 39.20), at block 900007"
    );

    let (status, changes, _) = watch.stop().await;
    assert!(status.success(), "{status}");
    assert_eq!(changes, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_gets_the_change_in_its_environment_and_on_standard_input() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let exec = r#"env | grep ^HASHLAKE_ | sort; cat; echo; echo end >&2"#;
    let arguments = [
        "--asic",
        "custom:200:3500*40",
        "--format",
        "json",
        "--exec",
        exec,
    ];
    let mut watch = Watching::start(&stub.url, &[&POWER_45[..], &arguments].concat());

    let printed: Value = serde_json::from_str(&watch.change().await).expect("JSON");
    for expected in [
        "HASHLAKE_ASIC_ID=custom:200:3500",
        "HASHLAKE_COUNT=40",
        "HASHLAKE_HEIGHT=900000",
        "HASHLAKE_POWER_PRICE_USD_PER_MWH=45",
        "HASHLAKE_PREVIOUS_SIGNAL=unknown",
        "HASHLAKE_REASON=power 45.00 USD/MWh, strike 100.00 (stop above 102.00, start below 98.00)",
        "HASHLAKE_SIGNAL=mine",
        "HASHLAKE_START_BELOW_USD_PER_MWH=98",
        "HASHLAKE_STOP_ABOVE_USD_PER_MWH=102",
        "HASHLAKE_STRIKE_USD_PER_MWH=100",
    ] {
        assert_eq!(watch.logged("").await, expected);
    }
    let read: Value = serde_json::from_str(&watch.logged("{").await).expect("JSON");
    watch.logged("end").await;

    assert_eq!(printed, read);
    assert_eq!(
        (&read["signal"], &read["previous_signal"]),
        (&"mine".into(), &"unknown".into())
    );
    assert_eq!(
        (&read["height"], &read["count"]),
        (&900_000.into(), &40.into())
    );
    assert_eq!(read["stop_above"], 102.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_miner_has_its_own_call_and_calls_never_overlap() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let exec = format!(
        "mkdir {0}/lock || echo overlap; sleep 0.1; rmdir {0}/lock; echo did $HASHLAKE_ASIC_ID $HASHLAKE_SIGNAL",
        folder.path().display()
    );
    let arguments = ["--asic", "a,b", "c", "--exec", &exec, "--hold", "0"];
    let mut watch = Watching::start(&stub.url, &[&POWER_45[..], &arguments].concat());

    for expected in ["did a mine", "did b mine", "did c mine"] {
        assert_eq!(watch.logged("").await, expected);
    }
    stub.set(answer(10.0, 900_000));
    for expected in ["did a stop", "did b stop", "did c stop"] {
        assert_eq!(watch.logged("").await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_power_price_delays_no_call() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let flag = folder.path().join("flag");
    let power = format!("test ! -e {0} || sleep 1000; echo 45", flag.display());
    let exec = format!(
        "touch {0}; sleep 0.5; echo did $HASHLAKE_ASIC_ID",
        flag.display()
    );
    let arguments = [
        "--asic",
        "a,b,c",
        "--exec",
        &exec,
        "--command-timeout",
        "10",
    ];
    let power = ["--power-price-command", &power];
    let mut watch = Watching::start(&stub.url, &[&power[..], &arguments].concat());

    for expected in ["did a", "did b", "did c"] {
        // If a call was killed, another line comes first.
        assert_eq!(watch.logged("").await, expected);
    }
}

/// A command that waits until the test writes a line into the FIFO, and then prints the line.
fn waiting_on(fifo: &Path) -> String {
    let made = Command::new("mkfifo").arg(fifo).status();
    assert!(made.expect("`mkfifo` runs").success());
    format!(
        "echo begin $HASHLAKE_SIGNAL; read line < {}; echo end $line",
        fifo.display()
    )
}

async fn release(fifo: &Path) {
    let fifo = fifo.to_owned();
    let written = tokio::task::spawn_blocking(|| std::fs::write(fifo, "line\n"));
    written.await.expect("no panic").expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_change_waits_for_a_slow_command_and_the_older_one_is_dropped() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("fifo");
    let mut watch = watching(&stub, &["--hold", "0", "--exec", &waiting_on(&fifo)]);

    watch.logged("begin mine").await;
    watch.change().await;
    stub.set(answer(10.0, 900_001));
    assert!(watch.change().await.contains("mine -> stop"));
    stub.set(answer(100.0, 900_002));
    assert!(watch.change().await.contains("stop -> mine"));
    let dropped = watch
        .logged("a newer change of this miner model replaces")
        .await;
    release(&fifo).await;
    watch.logged("end line").await;
    watch.logged("begin mine").await;
    release(&fifo).await;
    watch.logged("end line").await;

    assert!(dropped.contains("mine -> stop"), "{dropped}");
    let (status, _, log) = watch.stop().await;
    assert!(status.success(), "{status}");
    assert!(!log.concat().contains("begin"), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_is_repeated_until_it_succeeds() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(10.0, 900_000)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let exec = format!(
        "echo . >> {0}; test $(wc -l < {0}) = 3 && echo did $HASHLAKE_SIGNAL",
        folder.path().join("calls").display()
    );
    let mut watch = watching(&stub, &["--exec", &exec]);

    for _ in 0..2 {
        watch
            .logged("the --exec command failed: exit status: 1")
            .await;
        watch
            .logged("the --exec command will be called again at the next poll")
            .await;
    }
    watch.logged("did stop").await;
    stub.wait_for_polls(5).await;

    let (_, changes, log) = watch.stop().await;
    assert_eq!(changes.len(), 1, "{changes:?}"); // The calls are repeated, not the change.
    assert!(!log.concat().contains("did"), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_takes_too_long_is_killed_with_all_its_processes_and_repeated() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(10.0, 900_000)).await;
    let exec = "sleep 1000 & echo pid $!; wait";
    let mut watch = watching(&stub, &["--exec", exec, "--command-timeout", "0.3"]);

    for _ in 0..3 {
        let line = watch.logged("pid ").await;
        watch
            .logged("was killed with all its processes after 0.3 s")
            .await;
        wait_for_end(line.trim_start_matches("pid ")).await;
        // The call after this one may have begun.
        let zombies = children(watch.pid())
            .into_iter()
            .filter(|(_, state)| *state == 'Z');
        assert_eq!(zombies.count(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_need_not_read_its_input_and_leaves_no_zombie() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let mut watch = watching(
        &stub,
        &["--hold", "0", "--exec", "exec < /dev/null; echo called"],
    );

    for strike in [10.0, 100.0].repeat(10) {
        watch.logged("called").await;
        stub.set(answer(strike, 900_000));
    }
    watch.logged("called").await;
    stub.wait_for_polls(2).await;

    assert_eq!(children(watch.pid()), []);
    let (status, _, log) = watch.stop().await;
    assert!(status.success() && log.is_empty(), "{status}: {log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_three_polls_with_an_unknown_signal_the_policy_applies() {
    let _turn = shared_turn().await;
    for (policy, expected) in [
        ("keep", None),
        ("mine", None),
        (
            "stop",
            Some("mine -> stop: the signal was unknown for 3 polls (--on-unknown): "),
        ),
    ] {
        let stub = Stub::start(answer(100.0, 900_000)).await;
        let mut watch = watching(
            &stub,
            &[
                "--on-unknown",
                policy,
                "--exec",
                "echo did $HASHLAKE_SIGNAL at ${HASHLAKE_HEIGHT-no height}",
            ],
        );
        watch.change().await;
        watch.logged("did mine at 900000").await;

        stub.set(down());
        let line = watch.logged("the signal is unknown").await;
        assert!(
            line.contains("(last signal: mine): no answer from the API at "),
            "{line}"
        );
        assert!(line.ends_with("the lake cannot be read"), "{line}");
        stub.wait_for_polls(5).await;
        if let Some(expected) = expected {
            assert!(watch.change().await.contains(expected));
            watch.logged("did stop at no height").await;
        }
        stub.set(answer(100.0, 900_006)); // The hold has ended.
        watch.logged("the signal is known").await;
        if expected.is_some() {
            assert!(watch.change().await.contains("stop -> mine: power 45.00"));
            watch.logged("did mine at 900006").await;
        }
        stub.wait_for_polls(2).await;

        let (_, changes, log) = watch.stop().await;
        assert_eq!(
            (changes.len(), log.len()),
            (0, 0),
            "{policy}: {changes:?} {log:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cause_of_an_unknown_signal_is_logged_once() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let mut watch = watching(&stub, &[]);
    watch.change().await;

    for (wrong, why) in [
        (down(), "the lake cannot be read"),
        (
            Answer {
                instead: Some((200, "{}")),
                ..Answer::default()
            },
            "unexpected answer: ",
        ),
        (
            Answer {
                instead: Some((404, "{}")),
                ..Answer::default()
            },
            "it returned status 404",
        ),
        (
            Answer {
                why: Some("fewer than 144 blocks are known"),
                ..Answer::default()
            },
            "fewer than 144 blocks",
        ),
        (
            Answer {
                valid_until: "2025-11-22T10:00:00Z",
                ..Answer::default()
            },
            "the answer was only valid until 2025-11-22T10:00:00Z",
        ),
    ] {
        stub.set(wrong);
        let line = watch.logged("antminer-s21-pro-234: ").await;
        assert!(
            line.contains("the signal is unknown (last signal: mine): ") && line.contains(why),
            "{line}"
        );
        stub.wait_for_polls(3).await;
        stub.set(answer(100.0, 900_000));
        let line = watch.logged("antminer-s21-pro-234: ").await;
        assert!(line.contains("the signal is known"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_power_price_command_runs_at_each_poll() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("price");
    std::fs::write(&file, "45\n").expect("written");
    let command = format!("cat {}", file.display());
    let arguments = ["--hold", "0", "--power-price-command", &command];
    let mut watch = Watching::start(&stub.url, &[&S21[..], &arguments].concat());

    assert!(
        watch
            .change()
            .await
            .contains("unknown -> mine: power 45.00")
    );
    std::fs::remove_file(&file).expect("removed");
    watch
        .logged("the power price command failed: exit status: 1")
        .await;
    std::fs::write(&file, "145\n").expect("written");
    assert!(watch.change().await.contains("mine -> stop: power 145.00"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_of_an_unknown_miner_fails_at_the_start() {
    let _turn = shared_turn().await;
    let refused = Some((404, r#"{"detail": "unknown miner model `x`"}"#));
    let stub = Stub::start(Answer {
        instead: refused,
        ..Answer::default()
    })
    .await;
    let watch = Watching::start(&stub.url, &[&["--asic", "x"][..], &POWER_45].concat());

    let ended = tokio::task::spawn_blocking(|| watch.end());
    let (status, changes, log) = ended.await.expect("no panic");

    assert_eq!((status.code(), changes.len()), (Some(1), 0));
    assert!(log.concat().contains("unknown miner model `x`"), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_waits_for_an_api_that_is_down_at_the_start() {
    let _turn = shared_turn().await;
    let stub = Stub::start(down()).await;
    let mut watch = watching(&stub, &[]);

    let line = watch
        .logged("the signal is unknown (last signal: none)")
        .await;
    assert!(line.contains("the lake cannot be read"), "{line}");
    stub.set(answer(100.0, 900_000));

    assert!(watch.change().await.contains("unknown -> mine"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_command_may_finish_when_the_watch_is_asked_to_stop() {
    let _turn = shared_turn().await;
    let stub = Stub::start(answer(100.0, 900_000)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("fifo");
    let mut watch = watching(&stub, &["--hold", "0", "--exec", &waiting_on(&fifo)]);
    watch.logged("begin mine").await;
    watch.change().await;
    stub.set(answer(10.0, 900_001));
    watch.change().await;

    watch.ask_to_stop();
    watch.logged("stopping: waiting at most 10 s").await;
    release(&fifo).await;
    let ended = tokio::task::spawn_blocking(|| watch.end());
    let (status, _, log) = ended.await.expect("no panic");

    assert!(status.success(), "{status}");
    assert_eq!(log[0], "end line");
    let not_called = "stopping before the --exec command succeeded for ";
    assert!(
        log[1].contains(not_called) && log[1].contains("mine -> stop"),
        "{log:?}"
    );
    assert_eq!(log.len(), 2, "{log:?}");
}
