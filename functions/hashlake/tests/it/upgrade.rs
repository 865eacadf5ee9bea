//! Tests of `hashlake upgrade`, and of the commands that upgrade the lake first.

use std::fs;
use std::path::Path;

use hashlake_core::asic;
use hashlake_core::table::{self, LengthGuard, asics, blocks, mwh_revenue};
use parquet::arrow::ArrowWriter;

use crate::common::{files, hashlake, printed, replay, shared_turn};

const FIRST: u32 = 912_200; // 29 August 2025.
const TIP: u32 = 912_900; // 2 September 2025.

/// Writes the lake's files as an earlier version did: without the newest columns, and with another power
/// of one miner model.
fn make_older(lake: &Path) {
    let mut models = asic::catalogue();
    models[5].power_w += 100.0;
    for (path, body) in files(lake) {
        let key = path.trim_start_matches('/');
        let older = if blocks::month(key).is_some() {
            let batch = table::read(body.into()).expect("blocks");
            let kept: Vec<usize> = (0..18).collect(); // This version has 21 columns.
            let batch = batch.project(&kept).expect("its columns");
            let mut bytes = Vec::new();
            let mut writer =
                ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a schema");
            writer.write(&batch).expect("written");
            writer.close().expect("written");
            bytes
        } else if let Some(month) = mwh_revenue::month(key) {
            let rows = fs::read(lake.join(blocks::key(month))).expect("blocks");
            let rows = blocks::decode(rows.into()).expect("blocks");
            mwh_revenue::encode(&rows, &models, LengthGuard::Absent).into()
        } else if key == asics::KEY {
            asics::encode(&models, LengthGuard::Absent).into()
        } else {
            continue;
        };
        fs::write(lake.join(key), older).expect("written");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_of_an_earlier_version_is_brought_up_to_date_without_a_node() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let lake = folder.path();
    let (_replay, variables) = replay(TIP, FIRST).await;
    let run = |command: &[&str], is_online: bool| {
        let mut command = hashlake(command);
        if is_online {
            command.envs(&variables);
        }
        let output = command.env("LAKE_URL", lake).output().expect("it runs");
        (printed(&output), output.status.success())
    };
    let (output, is_done) = run(&["ingest", "--once"], true);
    assert!(is_done, "{output}");
    make_older(lake);
    let older = files(lake);

    let (found, is_good) = run(&["verify"], false);
    assert!(!is_good);
    for month in ["08", "09"] {
        let expected = format!(
            "v1/blocks/year=2025/blocks-2025-{month}.parquet has the columns of another version: run `hashlake upgrade`"
        );
        assert!(found.contains(&expected), "{found}");
    }
    let (planned, _) = run(&["upgrade", "--dry-run"], false);
    let months = "2 months: 2025-08 to 2025-09";
    for expected in [
        format!("to rewrite: blocks, {months}\n"),
        format!("to rewrite: mwh_revenue, {months}\n"),
        "to rewrite: asics\n".to_owned(),
    ] {
        assert!(planned.contains(&expected), "{planned}");
    }
    assert!(files(lake) == older);

    let (done, is_done) = run(&["upgrade", "--json"], false);
    assert!(is_done, "{done}");
    let months = r#"["2025-08","2025-09"]"#;
    let expected = format!(r#"{{"asics":true,"blocks":{months},"mwh_revenue":{months}}}"#);
    assert!(done.contains(&expected), "{done}");
    let (found, is_good) = run(&["verify"], false);
    assert!(is_good, "{found}");
    let (again, _) = run(&["upgrade"], false);
    assert!(again.starts_with("nothing to do"), "{again}");
    let upgraded = files(lake);

    // Other commands first upgrade the lake, too. They have no other work here.
    let (from, to) = (FIRST.to_string(), TIP.to_string());
    for command in [
        &["ingest", "--once"][..],
        &["reprice"],
        &["backfill", "--from", &from, "--to", &to],
    ] {
        make_older(lake);
        let (output, is_done) = run(command, true);
        assert!(is_done, "{command:?}: {output}");
        assert!(files(lake) == upgraded, "{command:?}: {output}");
    }
}
