//! Tests without `--watch`: exit codes, formats, and the command that prints the power price.

use std::process::{Command, Output};

use serde_json::Value;

use crate::common::{hashlake, printed, shared_turn};
use crate::strike::recorded::RecordedWorld;
use crate::strike::stub::{Answer, Stub};
use crate::strike::watching::wait_for_end;

const S21: &str = "antminer-s21-pro-234";

/// The command with `--api` and these arguments, which are separated by spaces.
async fn strike(url: &str, arguments: &str) -> Output {
    let arguments: Vec<&str> = arguments.split(' ').filter(|one| !one.is_empty()).collect();
    run(url, &arguments).await
}

async fn run(url: &str, arguments: &[&str]) -> Output {
    let mut command = hashlake(&["strike", "--api", url, "--asic", S21]);
    command.args(arguments).env("PATH", "/usr/bin:/bin");
    let output = tokio::task::spawn_blocking(move || command.output());
    output.await.expect("no panic").expect("it runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_is_the_signal() {
    let _turn = shared_turn().await;
    let stub = Stub::start(Answer::default()).await; // The strike is 100.

    for (power_price, expected) in [("99.9", 0), ("100", 0), ("100.1", 10), ("-5", 0)] {
        let output = strike(&stub.url, &format!("--power-price {power_price}")).await;
        assert_eq!(
            code(&output),
            expected,
            "{power_price}: {}",
            printed(&output)
        );
    }
    let output = strike(&stub.url, "").await;
    assert_eq!(code(&output), 20);
    assert!(printed(&output).contains("the signal is unknown: the power price is missing"));
    assert!(
        stdout(&output).contains("strike 100.00 USD/MWh"),
        "{}",
        printed(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_old_answer_the_signal_is_unknown_and_the_reason_is_printed() {
    let _turn = shared_turn().await;
    let why = "the newest block is 3 h 20 min old";
    let stale = Stub::start(Answer {
        why: Some(why),
        ..Answer::default()
    })
    .await;
    // A cache kept this answer for too long.
    let kept = Stub::start(Answer {
        valid_until: "2025-11-22T10:00:00Z",
        ..Answer::default()
    })
    .await;

    for (stub, why, is_marked) in [
        (stale, why, true),
        (
            kept,
            "the answer was only valid until 2025-11-22T10:00:00Z",
            false,
        ),
    ] {
        for format in ["text", "json", "csv", "prometheus"] {
            let output = strike(&stub.url, &format!("--power-price 45 --format {format}")).await;

            assert_eq!(code(&output), 20, "{}", printed(&output));
            assert!(
                String::from_utf8_lossy(&output.stderr).contains(why),
                "{}",
                printed(&output)
            );
            let shown = stdout(&output);
            match format {
                "text" => assert_eq!(shown, "unknown\n"),
                "json" => {
                    let json: Value = serde_json::from_str(&shown).expect("JSON");
                    assert_eq!(json["asics"][0]["signal"], "unknown");
                    assert!(
                        json["asics"][0]["reason"]
                            .as_str()
                            .is_some_and(|it| it.contains(why))
                    );
                }
                // The API itself marks its answer as stale.
                _ => assert_eq!(shown, format!("{format}, with signals: {is_marked}\n")),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_answer_the_exit_code_is_1_and_the_error_says_what_failed() {
    let _turn = shared_turn().await;
    let down = "http://127.0.0.1:9".to_owned();
    let output = strike(&down, "--power-price 45").await;
    assert_eq!(code(&output), 1);
    assert!(
        printed(&output).contains("no answer from the API at http://127.0.0.1:9: "),
        "{}",
        printed(&output)
    );

    let detail = "unknown miner model `antminer-s21-pro-235`: did you mean antminer-s21-pro-234?";
    for (status, body, expected) in [
        (
            404,
            r#"{"status":404,"detail":"unknown miner model `antminer-s21-pro-235`: did you mean antminer-s21-pro-234?"}"#,
            detail,
        ),
        (
            503,
            r#"{"status":503,"detail":"the lake is empty"}"#,
            "the lake is empty",
        ),
        (502, "<html>", "it returned status 502"),
        (200, "<html>", "unexpected answer: "),
        (
            200,
            r#"{"stale": "no"}"#,
            "unexpected answer of /api/v1/strike: ",
        ),
        (302, "", "it redirects to "),
    ] {
        let stub = Stub::start(Answer {
            instead: Some((status, body)),
            ..Answer::default()
        })
        .await;

        let output = strike(&stub.url, "--power-price 45").await;

        assert_eq!(code(&output), 1, "{}", printed(&output));
        assert!(printed(&output).contains(expected), "{}", printed(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_arguments_are_refused_before_anything_is_asked() {
    let _turn = shared_turn().await;
    let stub = Stub::start(Answer::default()).await;

    for (arguments, expected) in [
        ("--power-price 45,5", 2),
        ("--power-price nan", 2),
        ("--power-price 45 --power-price-command true", 2),
        ("--watch", 2),
        ("--exec true --power-price 45", 2),
        ("--watch --power-price 45 --on-unknown panic", 2),
        ("--watch --power-price 45 --every 0", 2),
        ("--watch --power-price 45 --format csv", 2),
        ("--asic antminer-s21-pro-234*5 --power-price 45", 2),
    ] {
        let output = strike(&stub.url, arguments).await;
        assert_eq!(code(&output), expected, "{arguments}: {}", printed(&output));
    }
    let output = strike("ftp://user:hunter2@here", "").await;
    assert_eq!(code(&output), 2);
    assert_eq!(stub.queries(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_is_printed() {
    let _turn = shared_turn().await;
    let stub = Stub::start(Answer::default()).await;
    let with = |format: &str| format!("--asic custom:200:3500*40 --power-price 45 {format}");

    let lines = strike(&stub.url, &with("")).await;
    let text = strike(&stub.url, &with("--format text")).await;
    let json = strike(&stub.url, &with("--format json")).await;
    let csv = strike(&stub.url, &with("--format csv")).await;
    let prometheus = strike(&stub.url, &with("--format prometheus")).await;

    insta::assert_snapshot!(stdout(&lines));
    assert_eq!(stdout(&text), "mine\nmine\n");
    let json: Value = serde_json::from_str(&stdout(&json)).expect("JSON");
    assert_eq!(
        (&json["asics"][1]["count"], &json["for_height"]),
        (&40.into(), &924_780.into())
    );
    assert_eq!(stdout(&csv), "csv, with signals: true\n");
    assert_eq!(stdout(&prometheus), "prometheus, with signals: true\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_of_the_site_are_parameters_of_the_route() {
    let _turn = shared_turn().await;
    let stub = Stub::start(Answer::default()).await;

    strike(
        &stub.url,
        "--power-price 45 --pool-fee 0.02 --overhead 0.05 --adder -5 --band 0.01",
    )
    .await;

    assert_eq!(
        stub.queries(),
        [
            "asics=antminer-s21-pro-234&pool_fee=0.02&overhead=0.05&adder=-5&band=0.01&power_price=45"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_power_price_comes_from_a_command() {
    let _turn = shared_turn().await;
    let stub = Stub::start(Answer::default()).await;

    for (command, expected) in [
        ("echo 99.5", 0),
        ("echo ' 1.005e2 '; echo debug; echo debug", 10),
        ("printf 99", 0),
        // A background process keeps the output open. hashlake does not wait for it.
        (
            "echo 99; sleep 100 2>/dev/null & echo $! > \"$PID_FILE\"",
            0,
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pid");
        let command = format!("PID_FILE={}; {command}", file.display());

        let output = run(&stub.url, &["--power-price-command", &command]).await;

        assert_eq!(code(&output), expected, "{command}: {}", printed(&output));
        if let Ok(pid) = std::fs::read_to_string(file) {
            let killed = Command::new("kill").arg(pid.trim()).status();
            assert!(killed.expect("`kill` runs").success());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_a_price_makes_the_signal_unknown() {
    let _turn = shared_turn().await;
    let stub = Stub::start(Answer::default()).await;

    for (command, why) in [
        ("exit 3", "failed: exit status: 3"),
        ("echo 45; exit 1", "failed: exit status: 1"),
        ("kill -9 $$", "failed: signal: 9"),
        ("true", "printed ``: expected a number in USD/MWh"),
        ("echo; echo 45", "printed ``: expected a number in USD/MWh"),
        ("echo 45 USD", "printed `45 USD`: expected a number"),
        ("echo NaN", "printed `NaN`: expected a number"),
        ("head -c 100000 /dev/zero", r"printed `\0\0"),
        ("/no/such/key/hunter2", "failed: exit status: 127"),
    ] {
        let output = run(
            &stub.url,
            &["--power-price-command", command, "--format", "text"],
        )
        .await;

        assert_eq!(
            (code(&output), stdout(&output).as_str()),
            (20, "unknown\n"),
            "{command}"
        );
        let why = format!("the signal is unknown: the power price command {why}");
        assert!(
            printed(&output).contains(&why),
            "{command}: {}",
            printed(&output)
        );
    }
    assert!(!stub.queries().concat().contains("power_price"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_command_is_killed_with_all_its_processes() {
    let _turn = shared_turn().await;
    let stub = Stub::start(Answer::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pid");
    let command = format!("sleep 1000 & echo $! > {}; wait", file.display());

    let output = run(
        &stub.url,
        &[
            "--power-price-command",
            &command,
            "--command-timeout",
            "0.5",
        ],
    )
    .await;

    assert_eq!(code(&output), 20);
    assert!(
        printed(&output).contains("was killed with all its processes after 0.5 s"),
        "{}",
        printed(&output)
    );
    wait_for_end(&std::fs::read_to_string(file).expect("a number")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_price_command_ends_with_the_program_that_waits_for_it() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let fifo = folder.path().join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("`mkfifo` runs").success());
    let command = format!("sleep 1000 & echo $! > {}; wait", fifo.display());
    let mut strike = hashlake(&["strike", "--asic", S21, "--power-price-command", &command])
        .env("PATH", "/usr/bin:/bin")
        .spawn()
        .expect("it starts");
    let pid = tokio::task::spawn_blocking(|| std::fs::read_to_string(fifo)).await;
    let pid = pid.expect("no panic").expect("the command has begun");

    let asked = Command::new("kill").arg(strike.id().to_string()).status();
    assert!(asked.expect("`kill` runs").success());
    let ended = tokio::task::spawn_blocking(move || strike.wait()).await;

    let status = ended.expect("no panic").expect("it ends");
    assert_eq!(status.code(), Some(130));
    wait_for_end(&pid).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_gives_the_strikes_of_the_api_and_reports_that_its_blocks_are_old() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let world = RecordedWorld::start(folder.path(), 909_578, 910_000, 0.0).await;
    let arguments = "--asic custom:200:3500 --power-price 100 --pool-fee 0.02 --format";
    let from_lake = |format: &str| {
        let arguments = format!("strike --asic {S21} {arguments} {format}");
        let mut command = hashlake(&arguments.split(' ').collect::<Vec<_>>());
        command
            .env("LAKE_URL", folder.path())
            .output()
            .expect("it runs")
    };

    let api = strike(&world.url, &format!("{arguments} json")).await;
    let lake = from_lake("json");

    // By the replay's clock, the newest block is recent. custom:200:3500 has 17.5 J/TH.
    assert_eq!(code(&api), 0, "{}", printed(&api));
    assert_eq!(code(&lake), 20, "{}", printed(&lake));
    let [api, lake] = [&api, &lake]
        .map(|output| -> Value { serde_json::from_str(&stdout(output)).expect("JSON") });
    assert_eq!(api["asics"].as_array().map(Vec::len), Some(2));
    for (api, lake) in [0, 1].map(|index| (&api["asics"][index], &lake["asics"][index])) {
        assert_eq!(
            (&api["signal"], &lake["signal"]),
            (&"mine".into(), &"unknown".into())
        );
        assert!(
            api["strike_usd_per_mwh"]
                .as_f64()
                .is_some_and(|strike| 100.0 < strike)
        );
        assert_eq!(api["strike_usd_per_mwh"], lake["strike_usd_per_mwh"]);
        assert_eq!(api["stop_above"], lake["stop_above"]);
    }
    assert_eq!(stdout(&from_lake("text")), "unknown\nunknown\n");
    assert!(stdout(&from_lake("csv")).starts_with("asic_id,name,count,"));
    assert!(stdout(&from_lake("prometheus")).contains("\nhashlake_strike_stale 1\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_lake_is_an_error() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");

    let output = hashlake(&["strike", "--asic", S21, "--power-price", "45"])
        .env("LAKE_URL", folder.path())
        .output()
        .expect("it runs");

    assert_eq!(code(&output), 1);
    let expected = format!(
        "cannot answer from the lake `{}`: ",
        folder.path().display()
    );
    assert!(printed(&output).contains(&expected), "{}", printed(&output));
}
