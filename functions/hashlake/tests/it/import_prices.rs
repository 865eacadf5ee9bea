//! Tests of `hashlake import-prices`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::common::{files, hashlake, printed, replay, shared_turn};
use flate2::read::GzDecoder;
use hashlake_core::table::prices;

const COUNT: usize = 4668; // Number of recorded prices.

/// Writes the recorded prices to `prices.csv` in a folder, and returns its path.
fn recorded(folder: &Path) -> PathBuf {
    let packed = include_bytes!("../../../replay/recording/prices.csv.gz");
    let mut text = String::new();
    GzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .expect("a CSV");
    let file = folder.join("prices.csv");
    std::fs::write(&file, text).expect("written");
    file
}

fn import(arguments: &[&str], file: &Path, lake: &Path) -> Output {
    hashlake(&["import-prices"])
        .args(arguments)
        .arg(file)
        .env("LAKE_URL", lake)
        .output()
        .expect("it runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_stores_the_prices_of_the_file_and_a_second_one_changes_no_byte() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (file, lake) = (recorded(folder.path()), folder.path().join("lake"));

    let first = import(&[], &file, &lake);
    let written = files(&lake);
    let second = import(&["--source", "another source"], &file, &lake);

    assert!(
        printed(&first).ends_with(&format!(
            "{COUNT} prices of source `prices.csv`, 3600 s apart: {COUNT} new, 0 replaced, 0 already in the lake; months written: 7\n\
             run `hashlake reprice` to assign the new prices to blocks\n"
        )),
        "{}",
        printed(&first)
    );
    assert!(
        printed(&second).ends_with(&format!(
            "0 new, 0 replaced, {COUNT} already in the lake; months written: 0\n"
        )),
        "{}",
        printed(&second)
    );
    assert_eq!(files(&lake), written);
    let stored = written.values().flat_map(|body| {
        let points = prices::decode(body.clone().into()).expect("a table of prices");
        points.into_iter().map(|point| {
            assert_eq!(
                (&*point.quote.source, point.resolution_s),
                ("prices.csv", 3600)
            );
            (point.quote.time.to_secs(), point.quote.usd.to_usd_per_btc())
        })
    });
    let text = std::fs::read_to_string(&file).expect("the file");
    let lines = text.lines().skip(1).map(|line| {
        let (time, usd) = line.split_once(',').expect("two columns");
        (
            time.parse().expect("seconds"),
            usd.parse().expect("a price"),
        )
    });
    assert_eq!(
        stored.collect::<Vec<(i64, f64)>>(),
        lines.collect::<Vec<_>>()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_an_invalid_line_is_not_imported() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (file, lake) = (recorded(folder.path()), folder.path().join("lake"));
    let mut text = std::fs::read_to_string(&file).expect("the file");
    text.push_str("1764000000,-5\n");
    std::fs::write(&file, text).expect("written");

    let output = import(&[], &file, &lake);
    let missing = import(&[], &folder.path().join("no.csv"), &lake);

    assert_eq!(output.status.code(), Some(1));
    let expected = format!(
        "prices.csv: line {}, column price_usd: `-5` is not a price in USD from 0.0001 to 100000000, such as 84714.5. Nothing was imported",
        COUNT + 2
    );
    assert!(printed(&output).contains(&expected), "{}", printed(&output));
    assert_eq!(missing.status.code(), Some(1));
    assert!(
        printed(&missing).contains("cannot read") && printed(&missing).contains("no.csv"),
        "{}",
        printed(&missing)
    );
    assert!(!lake.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn prices_of_an_ingest_are_not_replaced_and_the_lake_has_no_errors() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (file, lake) = (recorded(folder.path()), folder.path().join("lake"));
    let (_replay, variables) = replay(909_800, 909_578).await;
    let ingest = hashlake(&["ingest", "--once"])
        .envs(&variables)
        .env("LAKE_URL", &lake)
        .output()
        .expect("it runs");
    assert!(ingest.status.success(), "{}", printed(&ingest));
    let observed: usize = files(&lake)
        .iter()
        .filter(|(path, _)| path.contains("/prices/"))
        .map(|(_, body)| prices::decode(body.clone().into()).expect("prices").len())
        .sum();

    let import = import(&[], &file, &lake);
    let verify = hashlake(&["verify"])
        .env("LAKE_URL", &lake)
        .output()
        .expect("it runs");

    let new = COUNT - observed;
    assert!(
        observed > 0
            && printed(&import).contains(&format!(
                "{new} new, 0 replaced, {observed} already in the lake"
            )),
        "{}",
        printed(&import)
    );
    assert!(
        printed(&verify).starts_with("no errors"),
        "{}",
        printed(&verify)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_stored_price_is_found_by_verify_and_corrected_in_all_tables() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (file, lake) = (recorded(folder.path()), folder.path().join("lake"));
    let (_replay, variables) = replay(909_800, 909_578).await;
    let run = |arguments: &[&str]| {
        let output = hashlake(arguments)
            .envs(&variables)
            .env("LAKE_URL", &lake)
            .output();
        output.expect("it runs")
    };
    let write = |name: &str, factor: f64| {
        let hour = 1_754_996_400; // 2025-08-12T11:00:00Z
        let text = std::fs::read_to_string(&file).expect("the file");
        let line = text
            .lines()
            .find(|line| line.starts_with(&hour.to_string()));
        let usd: f64 = line
            .and_then(|line| line.split_once(','))
            .expect("a price")
            .1
            .parse()
            .expect("a price");
        let path = folder.path().join(name);
        std::fs::write(
            &path,
            format!("time_unix,price_usd\n{hour},{}\n", usd * factor),
        )
        .expect("written");
        path
    };
    let replace = |path: &Path| import(&["--replace", "--source", "corrected"], path, &lake);
    assert!(run(&["ingest", "--once"]).status.success());
    let before = run(&["reprice", "--json"]);

    let wrong = replace(&write("wrong.csv", 100.0));
    let wrong_blocks = run(&["reprice"]);
    let found = run(&["verify"]);
    let corrected = replace(&write("corrected.csv", 1.0));
    let corrected_blocks = run(&["reprice"]);
    let verify = run(&["verify"]);
    let again = replace(&write("corrected.csv", 1.0));

    let printed = [
        &before,
        &wrong,
        &wrong_blocks,
        &found,
        &corrected,
        &corrected_blocks,
        &verify,
        &again,
    ]
    .map(printed);
    let [
        before,
        wrong,
        wrong_blocks,
        found,
        corrected,
        corrected_blocks,
        verify,
        again,
    ] = &printed;
    assert!(before.contains(r#""changed":0"#), "{before}");
    for text in [wrong, corrected] {
        assert!(
            text.contains("0 new, 1 replaced, 0 already in the lake; months written: 1"),
            "{text}"
        );
    }
    assert!(
        again.contains("0 new, 0 replaced, 1 already in the lake; months written: 0"),
        "{again}"
    );
    assert!(
        wrong.contains(
            "1 imported prices are far off the prices before and after them, such as 11845163 USD"
        ),
        "{wrong}"
    );
    for text in [wrong_blocks, corrected_blocks] {
        let changed = text
            .split("blocks: ")
            .nth(1)
            .and_then(|rest| rest.split_once(" have a new price"));
        let changed: u32 = changed.expect("a count").0.parse().expect("a count");
        assert!((1..30).contains(&changed), "{printed:#?}");
    }
    assert!(
        found.starts_with("a stored price is far off the prices before and after it: ")
            && found.contains("USD at 2025-08-12T11:00:00Z, between")
            && found.contains("1 errors:"),
        "{found}"
    );
    assert!(verify.starts_with("no errors"), "{verify}");
}
