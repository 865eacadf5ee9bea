//! Tests what an ingest does if files of the lake are missing or damaged.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ::replay::Replay;
use hashlake_core::table::{self, LengthGuard, blocks};

use crate::common::{files, hashlake, printed, replay, shared_turn};

const FIRST: u32 = 912_500; // A block of 29 August 2025.
const TIP: u32 = 917_400; // A block of 2 October 2025.

const DAYS: &str = "/v1/daily/daily.parquet";
const ASICS: &str = "/v1/asics/asics.parquet";

fn file(table: &str, month: &str) -> String {
    format!("/v1/{table}/year=2025/{table}-2025-{month}.parquet")
}

/// A filled lake, and the environment variables of an ingest that continues it.
struct Lake {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
    /// The files before any damage.
    undamaged: BTreeMap<String, Vec<u8>>,
}

impl Lake {
    async fn filled() -> (Replay, Self) {
        let (replay, variables) = replay(TIP, FIRST).await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut lake = Self {
            folder,
            variables,
            undamaged: BTreeMap::new(),
        };
        lake.ingest();
        lake.undamaged = lake.files();
        (replay, lake)
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(self.folder.path())
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.path().join(key.trim_start_matches('/'))
    }

    fn remove(&self, key: &str) {
        fs::remove_file(self.path(key)).expect("removed");
    }

    fn write(&self, key: &str, body: &[u8]) {
        fs::write(self.path(key), body).expect("written");
    }

    fn cut(&self, key: &str) {
        let body = &self.undamaged[key];
        self.write(key, &body[..body.len() / 2]);
    }

    fn flip(&self, key: &str) {
        let mut body = self.undamaged[key].clone();
        let middle = body.len() / 2;
        body[middle] ^= 4;
        self.write(key, &body);
    }

    fn swap(&self, [a, b]: [&str; 2]) {
        self.write(a, &self.undamaged[b]);
        self.write(b, &self.undamaged[a]);
    }

    /// Asserts that `verify` names these files, and that `verify --repair` restores the rows of all
    /// files.
    fn assert_is_repaired(&self, what: &str, damaged: &[&str]) {
        let mut verify = hashlake(&["verify"]);
        let found = verify.env("LAKE_URL", self.folder.path()).output();
        let found = found.expect("it runs");
        let text = printed(&found);
        assert_eq!(found.status.code(), Some(1), "{what}: {text}");
        for key in damaged {
            assert!(text.contains(&key[1..]), "{what}: {key}: {text}");
        }

        let log = self.run(&["verify", "--repair"]);

        let now = self.files();
        assert!(now.keys().eq(self.undamaged.keys()), "{what}: {log}");
        for (key, body) in now {
            let rows = |body: Vec<u8>| table::read(body.into()).expect("a file of the lake");
            let undamaged = self.undamaged[&key].clone();
            assert!(rows(body) == rows(undamaged), "{what}: {key}: {log}");
        }
    }

    /// Runs a command, which must succeed, and returns what it prints.
    fn run(&self, command: &[&str]) -> String {
        let output = hashlake(command)
            .envs(&self.variables)
            .env("LAKE_URL", self.folder.path())
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{command:?}: {}", printed(&output));
        printed(&output)
    }

    fn ingest(&self) -> String {
        self.run(&["ingest", "--once"])
    }

    /// Asserts that the lake has the same files as before the damage. Only files of prices and days may
    /// have other bytes: a lost price is restored only if a block has it, and a rewritten file of days
    /// may need another length (`LengthGuard`). `verify` checks those files.
    fn assert_is_undamaged(&self, what: &str) {
        let is_exact = |(key, _): &(&String, &Vec<u8>)| !key.contains("/prices/") && *key != DAYS;
        let (now, undamaged) = (self.files(), &self.undamaged);
        assert!(
            now.iter()
                .filter(is_exact)
                .eq(undamaged.iter().filter(is_exact)),
            "{what}"
        );
        assert!(now.keys().eq(undamaged.keys()), "{what}");
        // `verify` compares days with blocks, and the prices of blocks with the table of prices.
        self.run(&["verify"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_files_that_are_computed_from_blocks_are_written_again() {
    let _turn = shared_turn().await;
    let (_replay, lake) = Lake::filled().await;
    let revenue: Vec<String> = ["08", "09", "10"]
        .map(|month| file("mwh_revenue", month))
        .into();
    let prices: Vec<String> = ["08", "09"].map(|month| file("prices", month)).into();
    let asics = ASICS.to_owned();
    let all = [
        revenue.clone(),
        prices.clone(),
        vec![DAYS.to_owned(), asics.clone()],
    ]
    .concat();

    for lost in [vec![DAYS.to_owned()], revenue, prices, vec![asics], all] {
        for key in &lost {
            lake.remove(key);
        }

        let log = lake.ingest();

        lake.assert_is_undamaged(&format!("{lost:?}: {log}"));
        let again = lake.ingest();
        assert!(!again.contains("WARN"), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_files_that_are_computed_from_blocks_are_written_again() {
    let _turn = shared_turn().await;
    let (_replay, lake) = Lake::filled().await;

    for key in [DAYS, ASICS] {
        lake.cut(key);

        let log = lake.ingest();

        assert!(
            log.contains(key.trim_start_matches('/')) && log.contains("damaged"),
            "{log}"
        );
        lake.assert_is_undamaged(key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_days_of_a_month_are_added() {
    let _turn = shared_turn().await;
    let (_replay, lake) = Lake::filled().await;
    let days = hashlake_core::table::daily::decode(lake.undamaged[DAYS].clone().into());
    let mut days = days.expect("a table of days");
    days.retain(|day| day.day.month().to_string() != "2025-09");
    let guard = hashlake_core::table::LengthGuard::Absent;
    fs::write(
        lake.path(DAYS),
        hashlake_core::table::daily::encode(&days, guard),
    )
    .expect("written");

    let log = lake.ingest();

    assert!(log.contains("lacked days of 2025-09"), "{log}");
    lake.assert_is_undamaged("a month without days");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_warning_about_damaged_or_missing_blocks_has_the_command_that_refills_them() {
    let _turn = shared_turn().await;
    let (_replay, lake) = Lake::filled().await;
    let key = file("blocks", "09");
    let cases: [(&str, &dyn Fn()); 4] = [
        ("cut", &|| lake.cut(&key)),
        ("empty", &|| {
            fs::write(lake.path(&key), "").expect("written");
        }),
        ("gone", &|| lake.remove(&key)),
        ("cut, and no days", &|| {
            lake.cut(&key);
            lake.remove(DAYS);
        }),
    ];

    for (what, damage) in cases {
        damage();
        let log = lake.ingest();

        let name = key.trim_start_matches('/');
        let advice = log
            .lines()
            .find(|line| line.contains(name))
            .unwrap_or_else(|| panic!("{what}: {log}"));
        let (_, command) = advice
            .split_once("hashlake backfill ")
            .unwrap_or_else(|| panic!("{what}: {advice}"));
        // The command ends where the fields of the log line (`name=value`) begin.
        let words = command
            .split_whitespace()
            .take_while(|word| !word.contains('=') && !word.contains(';'));
        let command: Vec<&str> = std::iter::once("backfill").chain(words).collect();
        assert_eq!(
            &command[..5],
            ["backfill", "--from", "912622", "--to", "917153"],
            "{what}"
        );
        lake.run(&command);
        lake.ingest();
        lake.assert_is_undamaged(what);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_about_a_damaged_month_at_the_tip_has_the_command_that_refills_it() {
    let _turn = shared_turn().await;
    let (_replay, lake) = Lake::filled().await;
    let key = file("blocks", "10");
    lake.cut(&key);

    let output = hashlake(&["ingest", "--once"])
        .envs(&lake.variables)
        .env("LAKE_URL", lake.folder.path())
        .output()
        .expect("it runs");
    let log = printed(&output);
    let (_, command) = log
        .split_once("hashlake backfill ")
        .unwrap_or_else(|| panic!("{log}"));

    assert!(
        !output.status.success() && log.contains(key.trim_start_matches('/')),
        "{log}"
    );
    let command: Vec<&str> = std::iter::once("backfill")
        .chain(command.split_whitespace())
        .collect();
    lake.run(&command);
    lake.ingest();
    lake.assert_is_undamaged("the last month");
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_repair_rebuilds_every_table() {
    let _turn = shared_turn().await;
    let (_replay, lake) = Lake::filled().await;
    let keys = ["blocks", "mwh_revenue", "prices"]
        .map(|table| ["08", "09", "10"].map(|month| file(table, month)));
    let [blocks, revenue, prices] = keys
        .each_ref()
        .map(|keys| keys.each_ref().map(String::as_str));

    let damaged = [blocks[1], revenue[0], prices[2], DAYS, ASICS];
    damaged.iter().for_each(|key| lake.flip(key));
    lake.assert_is_repaired("a flipped bit", &damaged);

    // The heights of the first month are in the table of days.
    let damaged = [blocks[0], revenue[2], prices[0], prices[1], ASICS];
    damaged.iter().for_each(|key| lake.cut(key));
    lake.assert_is_repaired("cut", &damaged);

    let damaged = [blocks[2], revenue[1], prices[0], DAYS];
    damaged.iter().for_each(|key| lake.remove(key));
    // Nothing shows that there were blocks of the last month, except the cursor.
    lake.assert_is_repaired("removed", &damaged[1..]);

    let damaged = [
        [blocks[1], blocks[2]],
        [revenue[0], revenue[1]],
        [prices[1], prices[2]],
        [DAYS, ASICS],
    ];
    damaged.iter().for_each(|pair| lake.swap(*pair));
    lake.assert_is_repaired("swapped", damaged.as_flattened());
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_repair_refetches_a_month_with_wrong_blocks() {
    let _turn = shared_turn().await;
    let (_replay, lake) = Lake::filled().await;
    let key = file("blocks", "09");
    let mut rows = blocks::decode(lake.undamaged[&key].clone().into()).expect("a table of blocks");
    rows[1000].block.network_hashrate_hs *= 2.0;
    lake.write(&key, &blocks::encode(&rows, LengthGuard::Absent));

    lake.assert_is_repaired("another hash rate", &[&key]);
}
