//! Runs the scripts of infra/ and AWS commands against an AWS emulator.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use testenv::tool;

use crate::common::printed;

/// The tip when the test starts.
pub(crate) const TIP: u32 = 924_600;
/// The first block of the lake.
pub(crate) const START: u32 = 924_500;

pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The environment variables that a build needs. With the variables that Cargo sets for tests, the
/// build would compile all dependencies again.
const BUILD_VARIABLES: [&str; 7] = [
    "PATH",
    "HOME",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "TMPDIR",
];

/// The lock for the folder target/functions, which two scripts must not use at the same time.
static FUNCTIONS: Mutex<()> = Mutex::new(());

/// A running emulator, and a profile `me` with access to it.
pub(crate) struct Cloud {
    endpoint: String,
    http: reqwest::Client,
    home: TempDir,
    variables: BTreeMap<String, String>,
}

impl Cloud {
    /// `parameters` are the template's parameters, in the format of infra/parameters.env.
    pub(crate) fn new(endpoint: &str, certificate: Option<PathBuf>, parameters: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = home.path().join(name);
            fs::write(&path, text).expect("written");
            path.display().to_string()
        };
        let profile = "[profile me]\naws_access_key_id = test\naws_secret_access_key = test\n";
        let mut variables = BTreeMap::from([
            ("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned()),
            ("SAM_CLI_POLL_DELAY".to_owned(), "1".to_owned()), // The emulator has no rate limit.
            ("AWS_CONFIG_FILE".to_owned(), write("config", profile)),
            (
                "AWS_SHARED_CREDENTIALS_FILE".to_owned(),
                write("credentials", ""),
            ),
            ("PARAMETERS".to_owned(), write("parameters.env", parameters)),
        ]);
        let http = match certificate {
            None => reqwest::Client::new(),
            Some(file) => {
                variables.insert("AWS_CA_BUNDLE".to_owned(), file.display().to_string());
                testenv::ministack::client(&file).expect("its certificate")
            }
        };
        Self {
            endpoint: endpoint.to_owned(),
            http,
            home,
            variables,
        }
    }

    /// Runs a bash script in the root of the repository, and returns its output. The script must
    /// succeed. `answers` is its standard input.
    pub(crate) fn shell(&self, script: &str, answers: &str) -> String {
        let output = self.try_shell(script, answers);
        assert!(output.status.success(), "{script}\n{}", printed(&output));
        printed(&output)
    }

    /// Like [`Self::shell`], for a script that may fail.
    pub(crate) fn try_shell(&self, script: &str, answers: &str) -> Output {
        let mut command = shell(script);
        command.envs(&self.variables);
        run_with_answers(command, answers)
    }

    /// Runs an AWS CLI command, given as words separated by spaces, and returns its JSON.
    pub(crate) fn aws(&self, words: &str) -> Value {
        let output = self.try_aws(words);
        assert!(output.status.success(), "{words}\n{}", printed(&output));
        match output.stdout.trim_ascii() {
            [] => Value::Null,
            text => serde_json::from_slice(text).expect("JSON"),
        }
    }

    /// Like [`Self::aws`], for a command that may fail.
    pub(crate) fn try_aws(&self, words: &str) -> Output {
        let always = "--profile me --region us-east-1 --output json";
        let mut command = Command::new(tool("aws"));
        command
            .env_clear()
            .envs(build_environment())
            .envs(&self.variables);
        command
            .args(always.split(' '))
            .args(["--endpoint-url", &self.endpoint]) // AWS CLI 1 ignores AWS_ENDPOINT_URL for SQS.
            .args(words.split(' '));
        command.output().expect("it runs")
    }

    /// The value of the output `key` of a stack.
    pub(crate) fn output(&self, stack: &str, key: &str) -> String {
        let query = format!("Stacks[0].Outputs[?OutputKey=='{key}']|[0].OutputValue");
        let found = self.aws(&format!(
            "cloudformation describe-stacks --stack-name {stack} --query {query}"
        ));
        found
            .as_str()
            .unwrap_or_else(|| panic!("the stack `{stack}` has no output `{key}`"))
            .to_owned()
    }

    /// The events of a stack's resources, and the configurations of its functions: they change if and
    /// only if the stack does.
    pub(crate) fn state(&self, stack: &str) -> [Value; 3] {
        let query = format!("StackEvents[?LogicalResourceId!='{stack}']");
        [
            format!("cloudformation describe-stack-events --stack-name {stack} --query {query}"),
            format!("lambda get-function-configuration --function-name {stack}-ingest"),
            format!("lambda get-function-configuration --function-name {stack}-query"),
        ]
        .map(|words| self.aws(&words))
    }

    /// The names of the bucket and of the table of a stack.
    pub(crate) fn bucket_and_table(&self, stack: &str) -> [String; 2] {
        [("Lake", "s3://"), ("Cursor", "dynamodb://")].map(|(key, scheme)| {
            let url = self.output(stack, key);
            url.strip_prefix(scheme)
                .expect("a URL of that kind")
                .to_owned()
        })
    }

    /// The files in a bucket, and the cursor in a table.
    pub(crate) fn data(&self, [bucket, table]: &[String; 2]) -> [Value; 2] {
        [
            format!("s3api list-objects-v2 --bucket {bucket} --query Contents[].[Key,ETag]"),
            format!("dynamodb scan --table-name {table} --query Items"),
        ]
        .map(|words| self.aws(&words))
    }

    /// Status and body of a response from a Function URL. Its host name is not in DNS, so the request
    /// goes to the emulator, with the name in the `Host` header.
    pub(crate) async fn get(&self, url: &str, path: &str) -> (u16, String) {
        let host = url
            .split("//")
            .nth(1)
            .and_then(|rest| rest.split(['/', ':']).next());
        let request = self
            .http
            .get(format!("{}{path}", self.endpoint))
            .header("host", host.expect("a URL"));
        let response = request.send().await.expect("a response");
        let status = response.status().as_u16();
        (status, response.text().await.expect("a body"))
    }

    /// Status and body of the emulator's response to a request that pretends to use `scheme`.
    pub(crate) async fn get_as(&self, url: &str, scheme: &str) -> (u16, String) {
        let request = self.http.get(url).header("x-forwarded-proto", scheme);
        let response = request.send().await.expect("a response");
        let status = response.status().as_u16();
        (status, response.text().await.expect("a body"))
    }

    /// Waits until the tip of the lake behind a Function URL is `height`, and returns its status.
    pub(crate) async fn wait_for_block(&self, url: &str, height: u32) -> Value {
        wait_until(&format!("block {height}"), async || {
            let (_, status) = self.get(url, "/api/v1/status").await;
            let status: Value = serde_json::from_str(&status).unwrap_or_default();
            (status["tip"]["height"] == height).then_some(status)
        })
        .await
    }

    /// Sends a valid and an invalid message to the backfill queue. Waits until the lake has the blocks
    /// of the valid one, and the dead-letter queue has the invalid one.
    ///
    /// The queue delivers a message up to five times, half an hour apart. This function shortens the
    /// half hour of the deployed queue to one second.
    pub(crate) async fn backfill_and_poison(&self, stack: &str) {
        let queue = self.output(stack, "Backfill");
        let dead = self.output(stack, "BackfillFailures");
        let (first, poison) = (START - 50, range(9, 1).to_string());
        let page = self.output(stack, "Page");

        self.aws(&format!(
            "sqs set-queue-attributes --queue-url {queue} --attributes VisibilityTimeout=1"
        ));
        for message in [&poison, &range(first, START - 1).to_string()] {
            self.aws(&format!(
                "sqs send-message --queue-url {queue} --message-body {message}"
            ));
        }

        wait_until("the range of blocks", async || {
            let (_, status) = self.get(&page, "/api/v1/status").await;
            let status: Value = serde_json::from_str(&status).unwrap_or_default();
            (status["lake"]["first_height"] == first).then_some(())
        })
        .await;
        let letter = wait_until("a dead letter", async || {
            let letters = self.aws(&format!("sqs receive-message --queue-url {dead}"));
            letters["Messages"][0]["Body"].as_str().map(str::to_owned)
        });
        assert_eq!(letter.await, poison);
    }

    /// Invokes a function, and returns its response if it failed.
    pub(crate) fn failure(&self, function: &str, event: &Value) -> Option<String> {
        let file = self.home.path().join("response");
        let result = self.aws(&format!(
            "lambda invoke --function-name {function} --payload {event} {}",
            file.display()
        ));
        let response = fs::read_to_string(file).expect("a response");
        (!result["FunctionError"].is_null()).then_some(response)
    }

    /// The log lines of a function.
    pub(crate) fn log(&self, function: &str) -> Vec<String> {
        let events = self.aws(&format!(
            "logs filter-log-events --log-group-name /aws/lambda/{function} --query events[].message"
        ));
        serde_json::from_value(events).expect("lines")
    }

    /// Environment variables that make the AWS SDK use the emulator and trust its certificate.
    pub(crate) fn trust(&self) -> BTreeMap<String, String> {
        let certificate = self.variables.get("AWS_CA_BUNDLE");
        let certificate = certificate.map(|file| ("SSL_CERT_FILE".to_owned(), file.clone()));
        let endpoint = ("AWS_ENDPOINT_URL".to_owned(), self.endpoint.clone());
        certificate.into_iter().chain([endpoint]).collect()
    }

    /// Writes a text to a file, and returns the URL of the file.
    pub(crate) fn file(&self, text: &str) -> String {
        let path = self.home.path().join("file");
        fs::write(&path, text).expect("written");
        format!("file://{}", path.display())
    }
}

/// An event that makes the ingest function fill a range of heights.
pub(crate) fn range(from: u32, to: u32) -> Value {
    json!({ "backfill": { "from": from, "to": to } })
}

/// The template's parameters for a replay, in the format of infra/parameters.env. The plan must be
/// `pro`, because the other plans have only the prices of the last year.
pub(crate) fn replay_parameters(url: &str) -> String {
    format!(
        "START_HEIGHT={START}\nPRICE_SOURCES=coingecko\nCOINGECKO_URL={url}\nCOINGECKO_PLAN=pro\n"
    )
}

/// A command that runs a bash script in the root of the repository. Its environment has only the
/// variables that a build needs.
pub(crate) fn shell(script: &str) -> Command {
    let mut command = Command::new("bash");
    command.args(["-euc", script]).current_dir(ROOT);
    command.env_clear().envs(build_environment());
    command
}

/// Runs a script that may use target/functions, with `answers` as its standard input.
pub(crate) fn run_with_answers(mut command: Command, answers: &str) -> Output {
    let _turn = FUNCTIONS.lock().unwrap_or_else(PoisonError::into_inner);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut input = child.stdin.take().expect("piped");
    input
        .write_all(answers.as_bytes())
        .expect("the pipe has room for it");
    drop(input);
    child.wait_with_output().expect("it ends")
}

fn build_environment() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    let tools = tool("aws");
    let tools = tools.ancestors().nth(2).expect("a folder above bin");
    BUILD_VARIABLES
        .into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)))
        .chain([("HASHLAKE_TOOLS", tools.as_os_str().to_owned())])
}

/// Calls `poll` until it returns a result.
///
/// # Panics
/// If there is no result within five minutes. Everything that the tests wait for takes much less.
pub(crate) async fn wait_until<T>(what: &str, mut poll: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(result) = poll().await {
            return result;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("timeout while waiting for {what}");
}
