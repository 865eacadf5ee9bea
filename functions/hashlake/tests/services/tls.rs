//! A node behind a TLS proxy, with the restricted RPC user of infra/README.md.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Output};
use std::time::Duration;

use crate::common::{hashlake, printed, shared_turn};
use testenv::bitcoind::Bitcoind;

const README: &str = include_str!("../../../../infra/README.md");
const PASSWORD: &str = "our password";

/// A program for Node.js that forwards requests, as Caddy's `reverse_proxy` does. It prints its port,
/// and then each request.
const PROXY: &str = r#"
const [pem, node] = process.argv.slice(1), file = require("fs").readFileSync(pem);
require("https").createServer({ key: file, cert: file }, (request, response) => {
  console.log(request.method, request.url);
  const forwarded = require("http").request(node + request.url.slice(1), { method: request.method, headers: request.headers }, (reply) => {
    response.writeHead(reply.statusCode, reply.headers);
    reply.pipe(response);
  });
  request.pipe(forwarded);
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
    assert!(output.status.success(), "{}", printed(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// Arguments of bitcoind that create the RPC user of infra/README.md, with only the calls that the
/// README allows.
fn readme_rpc_user(folder: &Path) -> [String; 3] {
    let password = folder.join("password");
    fs::write(&password, PASSWORD).expect("written");
    let (salt, password) = ("5a17", password.display().to_string());
    let hash = output_of("openssl", &["dgst", "-sha256", "-hmac", salt, &password]);
    let hash = hash.trim().rsplit(' ').next().expect("a hash");
    let line = |start: &str| {
        let line = README.lines().find(|line| line.starts_with(start));
        format!("-{}", line.expect("the README has the line"))
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
        .env("COINGECKO_URL", "http://127.0.0.1:9") // Nothing listens there: blocks are stored without prices.
        .env("START_HEIGHT", "0");
    if let Some(certificate) = trusted {
        command.env("SSL_CERT_FILE", certificate);
    }
    command.output().expect("it runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_behind_tls_is_read_and_no_request_is_sent_if_its_certificate_is_not_trusted() {
    let _turn = shared_turn().await;
    let folder = tempfile::tempdir().expect("a folder");
    let user = readme_rpc_user(folder.path());
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

    let untrusted = ingest(&url, PASSWORD, None);
    let requests_untrusted = logged().lines().count() - 1;
    let trusted = ingest(&url, PASSWORD, Some(&pem));
    let requests = logged().lines().count() - 1;
    let wrong = ingest(&url, "guessed", Some(&pem));

    assert!(
        !untrusted.status.success() && printed(&untrusted).contains("certificate"),
        "{}",
        printed(&untrusted)
    );
    assert_eq!(requests_untrusted, 0, "{}", logged());
    assert!(
        trusted.status.success() && printed(&trusted).contains("at height 20"),
        "{}",
        printed(&trusted)
    );
    assert!(requests > 0);
    assert!(
        printed(&wrong).contains("refuses the credentials"),
        "{}",
        printed(&wrong)
    );
}
