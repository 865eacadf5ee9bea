//! Two ingests at once, over S3 and DynamoDB on LocalStack.

use std::process::Stdio;

use crate::common::{beside_others, files, hashlake, replay, said};
use testenv::localstack::LocalStack;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_ingests_at_once_one_stops_quietly_and_nothing_is_lost() {
    let _turn = beside_others().await;
    let localstack = LocalStack::start().await;
    localstack.create_bucket("lake").await;
    localstack.create_table("cursor").await;
    let (replay, variables) = replay(914_578, 909_578).await;
    let with_services = |arguments: &[&str]| {
        let mut command = hashlake(arguments);
        command.envs(&variables).envs(localstack.variables());
        command
            .env("LAKE_URL", "s3://lake/of/two")
            .env("CURSOR_URL", "dynamodb://cursor");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };

    let mut losers = 0;
    for tip in [914_578, 914_600, 914_640] {
        replay.release_to(tip);
        let pair = [0, 1].map(|_| {
            with_services(&["ingest", "--once"])
                .spawn()
                .expect("it starts")
        });
        let outputs = pair.map(|child| child.wait_with_output().expect("it ends"));
        assert!(
            outputs.iter().all(|output| output.status.success()),
            "{}\n{}",
            said(&outputs[0]),
            said(&outputs[1])
        );
        losers += outputs
            .iter()
            .filter(|output| said(output).contains("another ingest is at work"))
            .count();
        assert!(
            outputs
                .iter()
                .any(|output| said(output).contains(&format!("at height {tip}")))
        );
    }

    assert!(losers > 0, "they never met");
    let verified = with_services(&["verify"]).output().expect("it runs");
    assert!(
        verified.status.success() && said(&verified).contains("in order: 5063 blocks"),
        "{}",
        said(&verified)
    );
    assert_same_files_as_a_straight_run(&localstack, &variables).await;
}

async fn assert_same_files_as_a_straight_run(
    localstack: &LocalStack,
    variables: &std::collections::BTreeMap<String, String>,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let straight = hashlake(&["ingest", "--once"])
        .envs(variables)
        .env("LAKE_URL", folder.path())
        .output()
        .expect("it runs");
    assert!(straight.status.success(), "{}", said(&straight));
    let lake = hashlake_core::lake::s3::S3Lake::new(&localstack.config().await, "lake", "of/two");
    for (path, body) in files(folder.path()) {
        let key = path.trim_start_matches('/');
        let stored = hashlake_core::lake::Lake::get(&lake, key)
            .await
            .expect("an answer")
            .expect(key);
        assert!(stored.body == body, "{key} differs");
    }
}
