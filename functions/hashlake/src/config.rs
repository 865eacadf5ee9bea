//! What hashlake on one machine is told by its environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use hashlake_core::env::{Env, EnvError, Places};
use ingest::config::{self, SourceConfig};
use ingest::node::NodeConfig;

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) places: Places,
    /// The node to follow; a recording where there is none.
    pub(crate) node: Option<NodeConfig>,
    /// Sources of prices, the first to be asked first.
    pub(crate) prices: Vec<SourceConfig>,
    pub(crate) start_height: Option<u32>,
    pub(crate) listen: SocketAddr,
    pub(crate) site_dir: Option<PathBuf>,
}

impl Config {
    /// From environment variables, as `lookup` answers.
    pub(crate) fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EnvError> {
        let mut env = Env::new(&lookup);
        let places = Places::or_local(&mut env);
        let node = config::node(&mut env);
        let prices = config::prices(&mut env);
        let start_height = config::start_height(&mut env);
        let listen = env
            .parse("LISTEN")
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
        let site_dir = env
            .text("SITE_DIR")
            .map(PathBuf::from)
            .or_else(site_beside_the_binary);
        env.finish(prices.map(|prices| Self {
            places,
            node,
            prices,
            start_height,
            listen,
            site_dir,
        }))
    }
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
    fn nothing_set_is_a_recording_into_a_directory_on_loopback() {
        let config = config(&[]).expect("defaults");

        assert!(config.node.is_none());
        assert_eq!(config.places.lake.to_string(), "lake");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    }

    #[test]
    fn every_fault_is_reported_at_once_and_no_secret_with_it() {
        let error = config(&[
            ("LAKE_URL", "gs://x"),
            ("BITCOIN_RPC_URL", "http://127.0.0.1:8332"),
            ("BITCOIN_RPC_PASSWORD", "hunter2"),
            ("COINGECKO_PLAN", "pro"),
            ("BITSTAMP_URL", "there"),
            ("LISTEN", "here"),
        ])
        .expect_err("five are wrong");

        assert_eq!(error.0.len(), 5, "{error}");
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn credentials_in_the_url_are_taken_out_of_it_and_not_shown() {
        let config =
            config(&[("BITCOIN_RPC_URL", "http://alice:hunter2@node:8332")]).expect("a node");

        let shown = format!("{config:?}");

        assert_eq!(
            config.node.map(|node| node.url.to_string()),
            Some("http://node:8332/".to_owned())
        );
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_url_that_is_none_is_not_shown_as_it_may_hold_a_password() {
        for url in ["http://alice:hunter2@node:port", "alice:hunter2@node"] {
            let error = config(&[("BITCOIN_RPC_URL", url)]).expect_err("no URL of a node");

            assert!(
                error
                    .to_string()
                    .contains("BITCOIN_RPC_URL is not an http:// or https:// URL")
            );
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn every_variable_that_is_read_is_explained_in_the_readme() {
        let asked = std::cell::RefCell::new(Vec::new());
        let lookup = |name: &str| {
            asked.borrow_mut().push(name.to_owned());
            (name == "BITCOIN_RPC_URL").then(|| "http://127.0.0.1:8332".to_owned())
        };

        Config::from_lookup(lookup).expect("all but the node is left to defaults");

        let readme = include_str!("../../../README.md");
        let missing: Vec<String> = asked
            .into_inner()
            .into_iter()
            .filter(|name| !readme.contains(&format!("`{name}`")))
            .collect();
        assert_eq!(missing, Vec::<String>::new());
    }
}
