//! An emulation of AWS, and what a person does with it in a shell.

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

use crate::common::said;

/// The newest block at first.
pub(crate) const TIP: u32 = 924_600;
/// The first block of the lake.
pub(crate) const START: u32 = 924_500;

pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What building needs of this machine's environment. Cargo's own variables would have dependencies built anew.
const KEPT: [&str; 7] = [
    "PATH",
    "HOME",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "TMPDIR",
];

/// Of a script that uses target/functions: there is one such folder.
static FUNCTIONS: Mutex<()> = Mutex::new(());

/// Where an emulation is, with a profile `me` that it lets in.
pub(crate) struct Cloud {
    endpoint: String,
    http: reqwest::Client,
    home: TempDir,
    variables: BTreeMap<String, String>,
}

impl Cloud {
    /// With parameters of the template, as infra/parameters.env has them.
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
            ("SAM_CLI_POLL_DELAY".to_owned(), "1".to_owned()), // Nobody here limits how often it asks.
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

    /// What a script of bash says, which runs in the root of the repository and has to end well.
    pub(crate) fn shell(&self, script: &str, answers: &str) -> String {
        let output = self.try_shell(script, answers);
        assert!(output.status.success(), "{script}\n{}", said(&output));
        said(&output)
    }

    /// The same for one that may fail.
    pub(crate) fn try_shell(&self, script: &str, answers: &str) -> Output {
        let mut command = shell(script);
        command.envs(&self.variables);
        answer(command, answers)
    }

    /// What AWS CLI answers to a command, of words without spaces in them.
    pub(crate) fn aws(&self, words: &str) -> Value {
        let output = self.try_aws(words);
        assert!(output.status.success(), "{words}\n{}", said(&output));
        match output.stdout.trim_ascii() {
            [] => Value::Null,
            text => serde_json::from_slice(text).expect("JSON"),
        }
    }

    /// The same for what may be refused.
    pub(crate) fn try_aws(&self, words: &str) -> Output {
        let always = "--profile me --region us-east-1 --output json";
        let mut command = Command::new(tool("aws"));
        command.env_clear().envs(kept()).envs(&self.variables);
        command
            .args(always.split(' '))
            .args(["--endpoint-url", &self.endpoint]) // Of the variable AWS CLI 1 takes no notice for SQS.
            .args(words.split(' '));
        command.output().expect("it runs")
    }

    /// The output of a stack.
    pub(crate) fn output(&self, stack: &str, key: &str) -> String {
        let query = format!("Stacks[0].Outputs[?OutputKey=='{key}']|[0].OutputValue");
        let found = self.aws(&format!(
            "cloudformation describe-stacks --stack-name {stack} --query {query}"
        ));
        found
            .as_str()
            .unwrap_or_else(|| panic!("no {key}"))
            .to_owned()
    }

    /// What has happened to the resources of a stack, and how its functions are.
    pub(crate) fn state(&self, stack: &str) -> [Value; 3] {
        let of_resources = format!("StackEvents[?LogicalResourceId!='{stack}']");
        [
            format!(
                "cloudformation describe-stack-events --stack-name {stack} --query {of_resources}"
            ),
            format!("lambda get-function-configuration --function-name {stack}-ingest"),
            format!("lambda get-function-configuration --function-name {stack}-query"),
        ]
        .map(|words| self.aws(&words))
    }

    /// The bucket and the table of a stack.
    pub(crate) fn places(&self, stack: &str) -> [String; 2] {
        [("Lake", "s3://"), ("Cursor", "dynamodb://")].map(|(key, scheme)| {
            let url = self.output(stack, key);
            url.strip_prefix(scheme)
                .expect("a URL of that kind")
                .to_owned()
        })
    }

    /// The files in a bucket and the cursor in a table, as they lie there.
    pub(crate) fn data(&self, [bucket, table]: &[String; 2]) -> [Value; 2] {
        [
            format!("s3api list-objects-v2 --bucket {bucket} --query Contents[].[Key,ETag]"),
            format!("dynamodb scan --table-name {table} --query Items"),
        ]
        .map(|words| self.aws(&words))
    }

    /// What a Function URL answers: its host name is known to no name server.
    pub(crate) async fn get(&self, url: &str, path: &str) -> (u16, String) {
        let host = url
            .split("//")
            .nth(1)
            .and_then(|rest| rest.split(['/', ':']).next());
        let request = self
            .http
            .get(format!("{}{path}", self.endpoint))
            .header("host", host.expect("a URL"));
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// What an address of the emulation answers, as one gets it who came there by plain HTTP or not.
    pub(crate) async fn get_as(&self, url: &str, scheme: &str) -> (u16, String) {
        let request = self.http.get(url).header("x-forwarded-proto", scheme);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// Waits until the lake behind a Function URL goes up to `height`, and tells its status.
    pub(crate) async fn wait_for_block(&self, url: &str, height: u32) -> Value {
        wait_until(&format!("block {height}"), async || {
            let (_, status) = self.get(url, "/api/v1/status").await;
            let status: Value = serde_json::from_str(&status).unwrap_or_default();
            (status["tip"]["height"] == height).then_some(status)
        })
        .await
    }

    /// Puts two messages on the backfill queue, and waits until the one has brought its blocks, and the other, which no
    /// program can do anything with, lies with the dead letters.
    ///
    /// The queue hands a message out again after half an hour, five times in all. Here it does after a second, which is
    /// set on the queue as it stands, not in the template.
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

        wait_until("a range of blocks", async || {
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

    /// Invokes a function: what it answered, if it failed.
    pub(crate) fn failure(&self, function: &str, event: &Value) -> Option<String> {
        let file = self.home.path().join("answer");
        let told = self.aws(&format!(
            "lambda invoke --function-name {function} --payload {event} {}",
            file.display()
        ));
        let answer = fs::read_to_string(file).expect("an answer");
        (!told["FunctionError"].is_null()).then_some(answer)
    }

    /// The lines that a function has logged.
    pub(crate) fn log(&self, function: &str) -> Vec<String> {
        let events = self.aws(&format!(
            "logs filter-log-events --log-group-name /aws/lambda/{function} --query events[].message"
        ));
        serde_json::from_value(events).expect("lines")
    }

    /// Variables with which a program of the AWS SDK finds it, and trusts it.
    pub(crate) fn trust(&self) -> BTreeMap<String, String> {
        let certificate = self.variables.get("AWS_CA_BUNDLE");
        let certificate = certificate.map(|file| ("SSL_CERT_FILE".to_owned(), file.clone()));
        let endpoint = ("AWS_ENDPOINT_URL".to_owned(), self.endpoint.clone());
        certificate.into_iter().chain([endpoint]).collect()
    }

    /// A file of its own with this text.
    pub(crate) fn file(&self, text: &str) -> String {
        let path = self.home.path().join("file");
        fs::write(&path, text).expect("written");
        format!("file://{}", path.display())
    }
}

/// An event that asks for the blocks from one height to another.
pub(crate) fn range(from: u32, to: u32) -> Value {
    json!({ "backfill": { "from": from, "to": to } })
}

/// Parameters of the template for blocks and prices of a replay, as infra/parameters.env has them. The plans without a key
/// end a year ago.
pub(crate) fn of_replay(url: &str) -> String {
    format!(
        "START_HEIGHT={START}\nPRICE_SOURCES=coingecko\nCOINGECKO_URL={url}\nCOINGECKO_PLAN=pro\n"
    )
}

/// A script of bash in the root of the repository, with nothing of this machine's environment but what building needs.
pub(crate) fn shell(script: &str) -> Command {
    let mut command = Command::new("bash");
    command.args(["-euc", script]).current_dir(ROOT);
    command.env_clear().envs(kept());
    command
}

/// Runs a script that may use target/functions, and gives these answers to what it asks.
pub(crate) fn answer(mut command: Command, answers: &str) -> Output {
    let _alone = FUNCTIONS.lock().unwrap_or_else(PoisonError::into_inner);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut questions = child.stdin.take().expect("piped");
    questions
        .write_all(answers.as_bytes())
        .expect("room for it");
    drop(questions);
    child.wait_with_output().expect("it ends")
}

fn kept() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    let tools = tool("aws");
    let tools = tools.ancestors().nth(2).expect("bin, and what it is in");
    KEPT.into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)))
        .chain([("HASHLAKE_TOOLS", tools.as_os_str().to_owned())])
}

/// Asks until there is an answer.
///
/// # Panics
/// Where there is none within five minutes: long after anything that happens here.
pub(crate) async fn wait_until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("{what} does not come");
}
