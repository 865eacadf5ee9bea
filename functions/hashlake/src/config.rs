//! Configuration of `hashlake` from environment variables.

use std::net::SocketAddr;
use std::path::PathBuf;

use hashlake_core::env::{Env, EnvError, StoreUrls};
use ingest::config::{self, SourceConfig};
use ingest::node::NodeConfig;

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) stores: StoreUrls,
    /// The node to follow. If it is `None`, the recording is replayed.
    pub(crate) node: Option<NodeConfig>,
    /// Price sources, in order of preference.
    pub(crate) prices: Vec<SourceConfig>,
    pub(crate) start_height: Option<u32>,
    /// Host and port.
    pub(crate) listen: String,
    pub(crate) site_dir: Option<PathBuf>,
}

impl Config {
    /// Reads environment variables with `lookup`.
    pub(crate) fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EnvError> {
        let mut env = Env::new(&lookup);
        let stores = StoreUrls::or_local(&mut env);
        let node = config::node(&mut env);
        let prices = config::prices(&mut env);
        let start_height = config::start_height(&mut env);
        let listen = listen(&mut env);
        let site_dir = env.path("SITE_DIR").or_else(site_beside_the_binary);
        env.finish(prices.map(|prices| Self {
            stores,
            node,
            prices,
            start_height,
            listen,
            site_dir,
        }))
    }
}

/// The address to listen on, as `host:port`. If only a port is set, other computers cannot connect.
fn listen(env: &mut Env<'_>) -> String {
    let text = env.text("LISTEN");
    let text = text.as_deref().unwrap_or(DEFAULT_LISTEN);
    address(text).unwrap_or_else(|| {
        env.fault(format!(
            "LISTEN=`{text}`: expected `port` or `host:port`, such as 8080, {DEFAULT_LISTEN} or [::1]:8080; \
             0.0.0.0:8080 listens on all network interfaces"
        ));
        DEFAULT_LISTEN.to_owned() // This value is not used, because the error ends the program.
    })
}

fn address(text: &str) -> Option<String> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.to_string());
    }
    let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
    let port: u16 = port.parse().ok()?;
    let host = match host {
        "" | "localhost" => "127.0.0.1",
        host => host,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    host.chars().all(is_name).then(|| format!("{host}:{port}"))
}

fn site_beside_the_binary() -> Option<PathBuf> {
    let site = std::env::current_exe().ok()?.parent()?.join("static-site");
    site.is_dir().then_some(site)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(vars: &[(&str, &str)]) -> Result<Config, EnvError> {
        let lookup = |name: &str| {
            vars.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        Config::from_lookup(lookup)
    }

    #[test]
    fn defaults_need_no_node_and_no_aws_and_listen_on_loopback() {
        let config = config(&[]).expect("defaults");

        assert!(config.node.is_none());
        assert_eq!(config.stores.lake.to_string(), "lake");
        assert_eq!(config.listen, "127.0.0.1:8080");
    }

    #[test]
    fn a_port_alone_means_loopback_and_a_host_with_a_port_is_kept() {
        for (text, expected) in [
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
            ("localhost:0", "127.0.0.1:0"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:8080", "[::1]:8080"),
            ("my-host.lan:8080", "my-host.lan:8080"),
        ] {
            assert_eq!(address(text).as_deref(), Some(expected));
        }
        for text in [
            "here",
            "127.0.0.1",
            "::1:8080",
            "*:8080",
            "http://127.0.0.1:8080",
            "65536",
            ":",
            "8080 ",
            "a b:1",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn all_errors_are_reported_together_and_without_secrets() {
        let error = config(&[
            ("LAKE_URL", "gs://x"),
            ("BITCOIN_RPC_URL", "http://127.0.0.1:8332"),
            ("BITCOIN_RPC_PASSWORD", "hunter2"),
            ("COINGECKO_PLAN", "pro"),
            ("BITSTAMP_URL", "there"),
            ("LISTEN", "here"),
        ])
        .expect_err("five variables are wrong");

        assert_eq!(error.0.len(), 5, "{error}");
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn configuration_errors_as_users_see_them() {
        let node = ("BITCOIN_RPC_URL", "http://127.0.0.1:8332");
        let cases: [&[(&str, &str)]; 25] = [
            &[("LAKE_URL", "gs://bucket")],
            &[("LAKE_URL", "s3://")],
            &[("CURSOR_URL", "redis://cursor")],
            &[("CURSOR_URL", "dynamodb://")],
            &[("LISTEN", "8080")],
            &[("START_HEIGHT", "tip")],
            &[("START_HEIGHT", "-1")],
            &[("BITCOIN_RPC_URL", "127.0.0.1:8332")],
            &[("BITCOIN_RPC_URL", "ftp://127.0.0.1")],
            &[("BITCOIN_RPC_USER", "alice")],
            &[node, ("BITCOIN_RPC_USER", "alice")],
            &[node, ("BITCOIN_RPC_PASSWORD", "hunter2")],
            &[
                node,
                ("BITCOIN_RPC_USER", "alice"),
                ("BITCOIN_RPC_PASSWORD", "hunter2"),
                ("BITCOIN_RPC_COOKIE_FILE", "/cookie"),
            ],
            &[
                node,
                ("BITCOIN_RPC_USER", "alice"),
                ("BITCOIN_RPC_COOKIE_FILE", "/cookie"),
            ],
            &[("PRICE_SOURCES", "coingecko,kraken")],
            &[("PRICE_SOURCES", "bitstamp,bitstamp")],
            &[("PRICE_SOURCES", ",")],
            &[("COINGECKO_PLAN", "free")],
            &[("COINGECKO_PLAN", "pro")],
            &[("COINGECKO_PLAN", "demo")],
            &[("COINGECKO_API_KEY", "key")],
            &[("COINGECKO_URL", "api.coingecko.com")],
            &[("BITSTAMP_URL", "www.bitstamp.net")],
            &[("BITSTAMP_URL", "")],
            &[
                ("LAKE_URL", "gs://bucket"),
                ("LISTEN", "here"),
                ("COINGECKO_PLAN", "free"),
            ],
        ];

        let report = |case: &&[(&str, &str)]| {
            let variables = case.iter().map(|(name, value)| format!("{name}={value}"));
            let result = match config(case) {
                Ok(_) => "accepted".to_owned(),
                Err(error) => error.to_string(),
            };
            let variables = variables.collect::<Vec<_>>().join(" ");
            format!("{variables}\n    {}\n", result.replace('\n', "\n    "))
        };
        insta::assert_snapshot!(cases.iter().map(report).collect::<String>());
    }

    #[test]
    fn credentials_in_a_url_are_removed_from_it_and_not_displayed() {
        let config =
            config(&[("BITCOIN_RPC_URL", "https://alice:hunter2@node:8332")]).expect("a node");

        let shown = format!("{config:?}");

        assert_eq!(
            config.node.map(|node| node.url.to_string()),
            Some("https://node:8332".to_owned())
        );
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn an_invalid_url_is_not_displayed_because_it_may_contain_a_password() {
        for url in ["https://alice:hunter2@node:port", "alice:hunter2@node"] {
            let error = config(&[("BITCOIN_RPC_URL", url)]).expect_err("not the URL of a node");

            assert!(
                error
                    .to_string()
                    .contains("BITCOIN_RPC_URL is not an http:// or https:// URL")
            );
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn every_variable_that_is_read_is_documented() {
        let looked_up = std::cell::RefCell::new(Vec::new());
        let lookup = |name: &str| {
            looked_up.borrow_mut().push(name.to_owned());
            (name == "BITCOIN_RPC_URL").then(|| "http://127.0.0.1:8332".to_owned())
        };

        Config::from_lookup(lookup).expect("a valid configuration");

        let docs = include_str!("../../../static-site/docs/operate.md");
        let missing: Vec<String> = looked_up
            .into_inner()
            .into_iter()
            .filter(|name| !docs.contains(&format!("`{name}`")))
            .collect();
        assert_eq!(missing, Vec::<String>::new());
    }
}
