//! Two ingests at the same time, with S3 and DynamoDB on LocalStack.

use std::process::Stdio;

use crate::common::{files, hashlake, printed, replay, shared_turn};
use testenv::localstack::LocalStack;

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_ingests_at_the_same_time_exits_and_nothing_is_lost() {
    let _turn = shared_turn().await;
    let localstack = LocalStack::start().await;
    localstack.create_bucket("lake").await;
    localstack.create_table("cursor").await;
    let (replay, variables) = replay(914_578, 909_578).await;
    let with_services = |arguments: &[&str]| {
        let mut command = hashlake(arguments);
        command.envs(&variables).envs(localstack.variables());
        command
            .env("LAKE_URL", "s3://lake/two/ingests")
            .env("CURSOR_URL", "dynamodb://cursor");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };

    let mut busy_runs = 0;
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
            printed(&outputs[0]),
            printed(&outputs[1])
        );
        busy_runs += outputs
            .iter()
            .filter(|output| printed(output).contains("another ingest is running"))
            .count();
        assert!(
            outputs
                .iter()
                .any(|output| printed(output).contains(&format!("at height {tip}")))
        );
    }

    assert!(busy_runs > 0, "the two ingests never ran at the same time");
    let verified = with_services(&["verify"]).output().expect("it runs");
    assert!(
        verified.status.success() && printed(&verified).contains("no errors: 5063 blocks"),
        "{}",
        printed(&verified)
    );
    assert_same_files_as_a_single_run(&localstack, &variables).await;
}

async fn assert_same_files_as_a_single_run(
    localstack: &LocalStack,
    variables: &std::collections::BTreeMap<String, String>,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let single_run = hashlake(&["ingest", "--once"])
        .envs(variables)
        .env("LAKE_URL", folder.path())
        .output()
        .expect("it runs");
    assert!(single_run.status.success(), "{}", printed(&single_run));
    let lake =
        hashlake_core::lake::s3::S3Lake::new(&localstack.config().await, "lake", "two/ingests");
    for (path, body) in files(folder.path()) {
        let key = path.trim_start_matches('/');
        let stored = hashlake_core::lake::Lake::get(&lake, key)
            .await
            .expect("LocalStack replies")
            .expect(key);
        assert!(stored.body == body, "{key} differs");
    }
}
