//! LocalStack: `make localstack`, and a second stack that is deployed with the READMEs' AWS commands.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;
use testenv::free_port;

use super::cloud::{
    Cloud, ROOT, START, TIP, replay_parameters, run_with_answers, shell, wait_until,
};
use crate::common::{printed, shared_turn};

/// The commands of the section `Deploy` of a README, with the address of the node replaced. The
/// command that adds a Rust target is left out, because the functions run on this computer.
fn commands_of(readme: &str, node: &str) -> String {
    let text = fs::read_to_string(format!("{ROOT}/{readme}")).expect("a README");
    let section = text
        .split("\n## Deploy\n")
        .nth(1)
        .expect("a section `Deploy`");
    let block = section
        .split("```sh\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let lines = block.expect("commands").lines();
    let lines = lines.filter(|line| !line.starts_with("rustup target add"));
    let commands = lines.collect::<Vec<_>>().join("\n");
    assert!(
        commands.contains("https://node.example.org:8332"),
        "{commands}"
    );
    commands.replace("https://node.example.org:8332", node)
}

/// The stack of `localstack/stack.sh`, with its own ports and folder. It is stopped on drop.
struct Stack {
    folder: TempDir,
    page: String,
    localstack: String,
    replay: String,
    ports: [(&'static str, String); 3],
}

impl Stack {
    fn new() -> Self {
        let ports = [free_port(), free_port(), free_port()];
        let [page, localstack, replay] = ports.map(|port| format!("http://127.0.0.1:{port}"));
        let names = ["PAGE_PORT", "LOCALSTACK_PORT", "REPLAY_PORT"];
        let mut named = names.into_iter().zip(ports.map(|port| port.to_string()));
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            page,
            localstack,
            replay,
            ports: std::array::from_fn(|_| named.next().expect("three")),
        }
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = shell(&format!("localstack/stack.sh {arguments}"));
        command
            .envs(self.ports.iter().map(|(name, port)| (name, port)))
            .env("HASHLAKE_STACK", self.folder.path().join("stack"))
            .env("REPLAY", format!("--from {TIP}"))
            .env("PARAMETERS", format!("StartHeight={START}"))
            .env("STACK", "local");
        command
    }

    fn run(&self, arguments: &str) -> String {
        let output = run_with_answers(self.command(arguments), "");
        assert!(output.status.success(), "{arguments}\n{}", printed(&output));
        printed(&output)
    }

    async fn release(&self, height: u32) {
        let release = format!("{}/_replay/release", self.replay);
        let request = reqwest::Client::new()
            .post(release)
            .json(&json!({ "to": height }));
        let response = request.send().await.expect("a response");
        response.error_for_status().expect("the block is released");
    }

    /// The status that the page shows, if its tip is at `height`.
    async fn status_at(&self, height: u32) -> Option<Value> {
        let response = reqwest::get(format!("{}/api/v1/status", self.page))
            .await
            .ok()?;
        let status: Value = response.json().await.ok()?;
        (status["tip"]["height"] == height).then_some(status)
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        drop(self.command("down").output());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_fills_the_lake_and_a_stack_is_deployed_destroyed_and_restored() {
    let _turn = shared_turn().await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let stack = Stack::new();
    stack.run("up build deploy");
    let parameters = format!(
        "{}ALARM_EMAIL=you@example.org\n",
        replay_parameters(&stack.replay)
    );
    let cloud = Cloud::new(&stack.localstack, None, &parameters);

    follow_the_readmes(&cloud, &stack).await;
    the_schedule_fills_the_lake(&cloud, &stack).await;
    queue_messages_are_processed_or_become_dead_letters(&cloud, &stack).await;
    destroy_and_restore(&cloud, &stack).await;

    assert!(stack.run("down").ends_with("stack: stopped\n"));
    assert!(reqwest::get(&stack.localstack).await.is_err());
    assert!(!stack.folder.path().join("stack").exists());
}

/// Runs the commands of both READMEs. Those of the second README deploy again, and change nothing.
async fn follow_the_readmes(cloud: &Cloud, stack: &Stack) {
    let first = cloud.shell(
        &commands_of("infra/README.md", &stack.replay),
        "hashlake\nregtest\nkey\n",
    );
    let before = cloud.state("hashlake");
    let again = cloud.shell(&commands_of("README.md", &stack.replay), "\n\n");

    assert!(
        first.contains("/hashlake/hashlake/bitcoin-rpc is set"),
        "{first}"
    );
    assert!(first.contains("Open http://"), "{first}");
    // If nothing changes, AWS creates no change set, but LocalStack creates an empty one.
    assert!(again.contains("Open http://"), "{again}");
    assert_eq!(cloud.state("hashlake"), before, "{again}");
    let page = cloud.output("hashlake", "Page");
    cloud.wait_for_block(&page, TIP).await;
    let logs = cloud.shell("make logs", "");
    assert!(logs.contains("ingested 101 blocks up to 924600"), "{logs}");
}

/// Waits for the blocks of the stack `local`, whose ingest function only the schedule invokes.
async fn the_schedule_fills_the_lake(cloud: &Cloud, stack: &Stack) {
    let status = wait_until("a scheduled run", async || stack.status_at(TIP).await).await;
    let url = cloud.output("local", "Page");
    let (code, html) = cloud.get(&url, "/").await;
    let days = "/api/v1/revenue?interval=day&from=2025-11-01T00:00:00Z";
    let (_, revenue) = cloud.get(&url, days).await;
    let [files, _] = cloud.data(&cloud.bucket_and_table("local"));
    let files = files.to_string();

    assert_eq!(
        (&status["lake"]["first_height"], &status["lake"]["blocks"]),
        (&json!(START), &json!(TIP - START + 1))
    );
    assert!(
        code == 200 && html.contains("<title>hashlake"),
        "{code}: {html}"
    );
    assert!(revenue.contains("usd_per_mwh"), "{revenue}");
    assert!(
        files.contains("v1/blocks/year=2025/blocks-2025-11.parquet"),
        "{files}"
    );
    assert!(
        stack
            .run("status")
            .contains(&format!("newest block: {TIP}"))
    );
    let before = cloud.state("local");
    stack.run("deploy");
    assert_eq!(cloud.state("local"), before);
}

async fn queue_messages_are_processed_or_become_dead_letters(cloud: &Cloud, stack: &Stack) {
    stack.release(TIP + 1).await;
    cloud.backfill_and_poison("local").await;

    // Scheduled runs still work after the backfill.
    wait_until("another scheduled run", async || {
        stack.status_at(TIP + 1).await
    })
    .await;
    let logs = stack.run("logs ingest");
    assert!(logs.contains("up to 924601"), "{logs}");
}

async fn destroy_and_restore(cloud: &Cloud, stack: &Stack) {
    let names = cloud.bucket_and_table("hashlake");
    let [bucket, table] = &names;
    let before = cloud.data(&names);
    let destroyed = cloud.shell("make destroy", "");
    assert_eq!(cloud.data(&names), before);
    assert!(
        before
            .iter()
            .all(|data| data[0].is_array() || data[0].is_object())
    );
    let describe_stack = "cloudformation describe-stacks --stack-name hashlake";
    assert!(!cloud.try_aws(describe_stack).status.success());

    let mut lines = destroyed.lines().map(str::trim);
    let restore = lines.find(|line| line.starts_with("make deploy"));
    let restore = restore.expect("the output has the command to restore the stack");
    assert!(
        restore.contains(bucket) && restore.contains(table),
        "{restore}"
    );
    cloud.shell(&format!("{restore} BITCOIN_RPC_URL={}", stack.replay), "");
    cloud.shell("make invoke-ingest", "");
    let page = cloud.output("hashlake", "Page");
    let status = cloud.wait_for_block(&page, TIP + 1).await;
    assert_eq!(status["lake"]["first_height"], START);

    let delete = "make destroy DATA=yes-delete-it";
    let cancelled = cloud.try_shell(delete, "hashlake\nno\n");
    assert!(!cancelled.status.success() && printed(&cancelled).contains("nothing is deleted"));
    assert!(cloud.try_aws(describe_stack).status.success());
    let all = cloud.shell(delete, &format!("hashlake\n{bucket}\n"));
    assert!(all.contains("and the secrets are deleted"), "{all}");
    for deleted in [
        format!("s3api head-bucket --bucket {bucket}"),
        format!("dynamodb describe-table --table-name {table}"),
    ] {
        assert!(!cloud.try_aws(&deleted).status.success(), "{deleted}");
    }
}
