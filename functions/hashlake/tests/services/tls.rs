//! A node behind a proxy that speaks TLS, with a user of its own for us, as infra/README.md says.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::Duration;

use crate::common::{beside_others, hashlake, said};
use testenv::bitcoind::Bitcoind;

const README: &str = include_str!("../../../../infra/README.md");
const PASSWORD: &str = "of ours";

/// Passes requests on as Caddy's `reverse_proxy` does. It says its port, and then each request.
const PROXY: &str = r#"
const [pem, node] = process.argv.slice(1), file = require("fs").readFileSync(pem);
require("https").createServer({ key: file, cert: file }, (asked, answer) => {
  console.log(asked.method, asked.url);
  const passed = require("http").request(node + asked.url.slice(1), { method: asked.method, headers: asked.headers }, (got) => {
    answer.writeHead(got.statusCode, got.headers);
    got.pipe(answer);
  });
  asked.pipe(passed);
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
"#;

struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.0.kill().and_then(|()| self.0.wait()));
    }
}

fn output_of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// Arguments of bitcoind that let in the user of the README, who may ask what it says there.
fn user_of_the_readme(folder: &Path) -> [String; 3] {
    let password = folder.join("password");
    fs::write(&password, PASSWORD).expect("written");
    let (salt, password) = ("5a17", password.display().to_string());
    let hash = output_of("openssl", &["dgst", "-sha256", "-hmac", salt, &password]);
    let hash = hash.trim().rsplit(' ').next().expect("a hash");
    let line = |start: &str| {
        let line = README.lines().find(|line| line.starts_with(start));
        format!("-{}", line.expect("it is there"))
    };
    [
        format!("-rpcauth=hashlake:{salt}${hash}"),
        line("rpcwhitelist="),
        line("rpcwhitelistdefault="),
    ]
}

fn ingest(url: &str, password: &str, trusted: Option<&Path>) -> Output {
    let lake = tempfile::tempdir().expect("a folder");
    let mut command = hashlake(&["ingest", "--once"]);
    command
        .env("LAKE_URL", lake.path())
        .env("BITCOIN_RPC_URL", url)
        .env("BITCOIN_RPC_USER", "hashlake")
        .env("BITCOIN_RPC_PASSWORD", password)
        .env("COINGECKO_URL", "http://127.0.0.1:9") // Where nobody answers: blocks do not wait for prices.
        .env("START_HEIGHT", "0");
    if let Some(certificate) = trusted {
        command.env("SSL_CERT_FILE", certificate);
    }
    command.output().expect("it runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_behind_tls_is_read_and_the_password_goes_to_nobody_who_cannot_prove_to_be_it() {
    let _turn = beside_others().await;
    let folder = tempfile::tempdir().expect("a folder");
    let user = user_of_the_readme(folder.path());
    let node = Bitcoind::start(&["-rest", &user[0], &user[1], &user[2]]).await;
    node.mine(20).await;
    let (pem, log) = (folder.path().join("pem"), folder.path().join("log"));
    let request = format!(
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=node -addext basicConstraints=critical,CA:FALSE \
         -addext subjectAltName=IP:127.0.0.1 -keyout {0} -out {0}",
        pem.display()
    );
    output_of("openssl", &request.split_whitespace().collect::<Vec<_>>());
    let proxy = Command::new("node")
        .args(["-e", PROXY, &pem.display().to_string(), &node.url()])
        .stdout(File::create(&log).expect("a log"))
        .spawn();
    let _proxy = Proxy(proxy.expect("it starts"));
    let logged = || fs::read_to_string(&log).expect("a log");
    while !logged().ends_with('\n') {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let url = format!("https://127.0.0.1:{}/", logged().trim());

    let unknown = ingest(&url, PASSWORD, None);
    let asked_by_then = logged().lines().count() - 1;
    let known = ingest(&url, PASSWORD, Some(&pem));
    let asked = logged().lines().count() - 1;
    let wrong = ingest(&url, "guessed", Some(&pem));

    assert!(
        !unknown.status.success() && said(&unknown).contains("certificate"),
        "{}",
        said(&unknown)
    );
    assert_eq!(asked_by_then, 0, "{}", logged());
    assert!(
        known.status.success() && said(&known).contains("at height 20"),
        "{}",
        said(&known)
    );
    assert!(asked > 0);
    assert!(
        said(&wrong).contains("refuses the credentials"),
        "{}",
        said(&wrong)
    );
}
