//! The stack on MiniStack, an AWS emulator that enforces policies and uses TLS.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use replay::Replay;
use serde_json::{Value, json};
use testenv::ministack::MiniStack;

use super::cloud::{Cloud, START, TIP, range, replay_parameters};
use super::policy::{Principal, assert_all_actions_are_needed};
use crate::common::{hashlake, printed, replay, shared_turn};

/// The page, and a path for each kind of response of the API.
const PATHS: [&str; 8] = [
    "/",
    "/api/v1/status",
    "/api/v1/asics",
    "/api/v1/summary",
    "/api/v1/series?interval=month&from=0",
    "/api/v1/revenue?interval=block&from=2025-11-21T00:00:00Z",
    "/api/v1/blocks?limit=3",
    "/api/v1/blocks/924550",
];

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_policies_allow_only_the_actions_that_are_needed() {
    let _turn = shared_turn().await;
    let ministack = MiniStack::start().await;
    let (replay, variables) = replay(TIP, START).await;
    let url = &variables["BITCOIN_RPC_URL"];
    let parameters = format!(
        "{}BITCOIN_RPC_URL={url}\nSCHEDULE=rate(1 minute)\nCREATE_PUSH_POLICY=true\n",
        replay_parameters(url)
    );
    let cloud = Cloud::new(
        ministack.endpoint(),
        Some(ministack.certificate()),
        &parameters,
    );
    cloud.shell("make secret", "hashlake\nregtest\nkey\n");
    cloud.shell("make deploy", "");
    let page = cloud.output("hashlake", "Page");

    let status = cloud.wait_for_block(&page, TIP).await; // The schedule fills the lake.
    assert_eq!(status["lake"]["blocks"], TIP - START + 1);
    let (_, html) = cloud.get(&page, "/").await;
    assert!(html.contains("<title>hashlake"), "{html}");
    stop_the_schedule(&cloud);
    repair_the_event_source(&cloud);
    cloud.backfill_and_poison("hashlake").await;
    let before = cloud.state("hashlake");
    let again = cloud.shell("make deploy", "");
    assert!(again.contains("No changes to deploy"), "{again}");
    assert_eq!(cloud.state("hashlake"), before);

    let ingest = Ingest(Function::new(&cloud, "ingest", "IngestRole"), &replay);
    assert_all_actions_are_needed(&ingest, &ingest.0.policy()).await;
    let query = Query(Function::new(&cloud, "query", "QueryRole"), &page);
    assert_all_actions_are_needed(&query, &query.0.policy()).await;
    let pusher = Pusher::new(&cloud, &replay, variables);
    assert_all_actions_are_needed(&pusher, &push_policy(&cloud)).await;

    plain_http_is_refused(&cloud, &pusher).await;
    let names = cloud.bucket_and_table("hashlake");
    let data = cloud.data(&names);
    cloud.shell("make destroy", "");
    assert_eq!(cloud.data(&names), data);
}

/// The physical name of a resource of the stack.
fn resource(cloud: &Cloud, id: &str) -> String {
    let found = cloud.aws(&format!(
        "cloudformation describe-stack-resource --stack-name hashlake --logical-resource-id {id}"
    ));
    let name = &found["StackResourceDetail"]["PhysicalResourceId"];
    name.as_str().expect("a name").to_owned()
}

/// Stops the schedule, because a scheduled run holds the lease and would disturb the test.
fn stop_the_schedule(cloud: &Cloud) {
    let rule = resource(cloud, "IngestRule");
    cloud.aws(&format!("events disable-rule --name {rule}"));
}

/// Works around a bug of MiniStack: if `MaximumConcurrency` comes from a parameter, it stays a string,
/// and all event sources stop.
fn repair_the_event_source(cloud: &Cloud) {
    let id = "EventSourceMappings[0].UUID";
    let id = cloud.aws(&format!("lambda list-event-source-mappings --query {id}"));
    let id = id.as_str().expect("an identifier");
    cloud.aws(&format!(
        "lambda update-event-source-mapping --uuid {id} --scaling-config MaximumConcurrency=2"
    ));
}

/// A function and its role.
struct Function<'a> {
    cloud: &'a Cloud,
    short: &'static str,
    role: String,
}

impl<'a> Function<'a> {
    fn new(cloud: &'a Cloud, short: &'static str, role: &str) -> Self {
        let role = resource(cloud, role);
        Self { cloud, short, role }
    }

    fn name(&self) -> String {
        format!("hashlake-{}", self.short)
    }

    fn policy(&self) -> Value {
        let Self { cloud, short, role } = self;
        let found = cloud.aws(&format!(
            "iam get-role-policy --role-name {role} --policy-name {short}"
        ));
        found["PolicyDocument"].clone()
    }

    /// Replaces the role's policy, and changes the memory size so that the next event starts a new
    /// process.
    fn set_policy(&self, policy: &Value) {
        static MEMORY_MB: AtomicUsize = AtomicUsize::new(512);
        let Self { cloud, short, role } = self;
        let (policy, name) = (cloud.file(&policy.to_string()), self.name());
        let memory = MEMORY_MB.fetch_add(1, Ordering::Relaxed);
        cloud.aws(&format!(
            "iam put-role-policy --role-name {role} --policy-name {short} --policy-document {policy}"
        ));
        cloud.aws(&format!(
            "lambda update-function-configuration --function-name {name} --memory-size {memory}"
        ));
    }
}

struct Ingest<'a>(Function<'a>, &'a Replay);

impl Principal for Ingest<'_> {
    fn set_policy(&self, policy: &Value) {
        self.0.set_policy(policy);
    }

    async fn work(&self) -> Option<String> {
        let tip = self.1.tip().0 + 1;
        self.1.release_to(tip);
        let failure = |event| self.0.cloud.failure(&self.0.name(), &event);
        failure(json!({})).or_else(|| failure(range(tip - 1, tip)))
    }
}

struct Query<'a>(Function<'a>, &'a str);

impl Principal for Query<'_> {
    fn set_policy(&self, policy: &Value) {
        self.0.set_policy(policy);
    }

    async fn work(&self) -> Option<String> {
        let lines_before = self.0.cloud.log("hashlake-query").len();
        for path in PATHS {
            let (status, body) = self.0.cloud.get(self.1, path).await;
            if status != 200 {
                let log = &self.0.cloud.log("hashlake-query")[lines_before..];
                return Some(format!("{path}: {status} {body}\n{}", log.join("\n")));
            }
        }
        None
    }
}

/// `hashlake` in push mode: it runs near the node, with the keys of an IAM user.
struct Pusher<'a> {
    cloud: &'a Cloud,
    replay: &'a Replay,
    key: [String; 2],
    variables: BTreeMap<String, String>,
}

impl<'a> Pusher<'a> {
    fn new(cloud: &'a Cloud, replay: &'a Replay, mut variables: BTreeMap<String, String>) -> Self {
        cloud.aws("iam create-user --user-name pusher");
        let made = cloud.aws("iam create-access-key --user-name pusher");
        let part = |name| made["AccessKey"][name].as_str().expect("text").to_owned();
        let key = [part("AccessKeyId"), part("SecretAccessKey")];
        variables.extend([
            ("LAKE_URL".to_owned(), cloud.output("hashlake", "Lake")),
            ("CURSOR_URL".to_owned(), cloud.output("hashlake", "Cursor")),
            ("AWS_REGION".to_owned(), "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID".to_owned(), key[0].clone()),
            ("AWS_SECRET_ACCESS_KEY".to_owned(), key[1].clone()),
        ]);
        variables.extend(cloud.trust());
        Self {
            cloud,
            replay,
            key,
            variables,
        }
    }
}

impl Principal for Pusher<'_> {
    fn set_policy(&self, policy: &Value) {
        let policy = self.cloud.file(&policy.to_string());
        self.cloud.aws(&format!(
            "iam put-user-policy --user-name pusher --policy-name push --policy-document {policy}"
        ));
    }

    async fn work(&self) -> Option<String> {
        self.replay.release_to(self.replay.tip().0 + 1);
        for arguments in [&["ingest", "--once"][..], &["status"]] {
            let mut command = hashlake(arguments);
            let output = command.envs(&self.variables).output().expect("it runs");
            if !output.status.success() {
                return Some(printed(&output));
            }
        }
        None
    }
}

/// The policy that the template creates for push mode.
fn push_policy(cloud: &Cloud) -> Value {
    let arn = cloud.output("hashlake", "PushPolicyArn");
    let found = cloud.aws(&format!(
        "iam get-policy-version --policy-arn {arn} --version-id v1"
    ));
    found["PolicyVersion"]["Document"].clone()
}

/// The bucket's policy denies requests by plain http, even if the user's policy allows them.
async fn plain_http_is_refused(cloud: &Cloud, pusher: &Pusher<'_>) {
    let [id, secret] = &pusher.key;
    let file = format!("{}/v1/asics/asics.parquet", pusher.variables["LAKE_URL"]);
    let printed = cloud.shell(
        &format!(
            "export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}
            \"$HASHLAKE_TOOLS/bin/aws\" s3 presign {file} --region us-east-1 --endpoint-url $AWS_ENDPOINT_URL"
        ),
        "",
    );
    let url = printed.trim();

    let (by_tls, _) = cloud.get_as(url, "https").await;
    let (in_plain, body) = cloud.get_as(url, "http").await;

    assert_eq!((by_tls, in_plain), (200, 403), "{body}");
    assert!(
        body.contains("explicit deny in a resource-based policy"),
        "{body}"
    );
}
