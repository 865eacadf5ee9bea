//! The configuration of the ingest, from environment variables.

use std::str::FromStr;

use hashlake_core::env::{Env, Secret};
use reqwest::Url;
use thiserror::Error;

use crate::node::{Auth, NodeConfig, NodeUrl};
use crate::prices::bitstamp::{self, Bitstamp};
use crate::prices::coingecko::{self, CoinGecko, CoinGeckoConfig, CoinGeckoTier};
use crate::prices::source::PriceSource;

/// The node, from `BITCOIN_RPC_URL` and the variables of its credentials. `None` if the URL is not
/// set, or if there is an error.
pub fn node(env: &mut Env<'_>) -> Option<NodeConfig> {
    let Some(url) = env.text("BITCOIN_RPC_URL") else {
        for name in [
            "BITCOIN_RPC_USER",
            "BITCOIN_RPC_PASSWORD",
            "BITCOIN_RPC_COOKIE_FILE",
        ] {
            if env.is_set(name) && !env.is_set("BITCOIN_RPC_URL") {
                env.fault(format!(
                    "{name} is set without BITCOIN_RPC_URL: set BITCOIN_RPC_URL to the URL of the node"
                ));
            }
        }
        return None;
    };
    let (url, in_url) = match NodeUrl::parse(&url) {
        Ok(parsed) => parsed,
        Err(error) => {
            env.fault(format!("BITCOIN_RPC_URL {error}"));
            return None;
        }
    };
    let user = env
        .text("BITCOIN_RPC_USER")
        .or(in_url.as_ref().map(|(user, _)| user.clone()));
    let password = env
        .text("BITCOIN_RPC_PASSWORD")
        .map(Secret::new)
        .or(in_url.map(|(_, password)| password));
    let auth = match (user, password, env.path("BITCOIN_RPC_COOKIE_FILE")) {
        (None, None, None) => Auth::None,
        (None, None, Some(path)) => Auth::CookieFile(path),
        (Some(user), Some(password), None) => Auth::Password { user, password },
        (Some(_), None, None) | (None, Some(_), None)
            if env.is_set("BITCOIN_RPC_USER") && env.is_set("BITCOIN_RPC_PASSWORD") =>
        {
            return None; // One of them has a fault, which is already reported.
        }
        (Some(_), None, None) | (None, Some(_), None) => {
            env.fault("BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD must be set together".to_owned());
            return None;
        }
        (_, _, Some(_)) => {
            env.fault(
                "BITCOIN_RPC_COOKIE_FILE is set together with a user or password: set either the cookie file, or user and password"
                    .to_owned(),
            );
            return None;
        }
    };
    let allows_plaintext = allows_plaintext(env);
    let holds_secret = url.may_hold_key() || !matches!(auth, Auth::None);
    if holds_secret && url.is_exposed() && !allows_plaintext {
        env.fault(format!(
            "BITCOIN_RPC_URL would send a password or key to {url} without encryption: use https://, or a tunnel on this computer (ssh -L), or set BITCOIN_RPC_ALLOW_PLAINTEXT=1 if you trust the network"
        ));
        return None;
    }
    if url.is_onion() && !has_tor(env, &url) {
        env.fault(format!(
            "BITCOIN_RPC_URL is an onion service ({url}), which needs the proxy of Tor: set ALL_PROXY=socks5h://127.0.0.1:9050, and do not list the service in NO_PROXY"
        ));
        return None;
    }
    Some(NodeConfig { url, auth })
}

fn allows_plaintext(env: &mut Env<'_>) -> bool {
    match env.text("BITCOIN_RPC_ALLOW_PLAINTEXT").as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(other) => {
            env.fault(format!(
                "BITCOIN_RPC_ALLOW_PLAINTEXT=`{other}`: expected 0 or 1"
            ));
            false
        }
    }
}

/// Whether requests to this URL go through a proxy that looks up the names of onion services. With
/// `socks5://`, this computer would look them up, which fails.
fn has_tor(env: &Env<'_>, url: &NodeUrl) -> bool {
    let first = |names: [&str; 2]| names.into_iter().find_map(|name| env.text(name));
    let of_scheme = match url.is_https() {
        true => first(["https_proxy", "HTTPS_PROXY"]),
        false => first(["http_proxy", "HTTP_PROXY"]),
    };
    let proxy = of_scheme.or_else(|| first(["all_proxy", "ALL_PROXY"]));
    let direct = first(["no_proxy", "NO_PROXY"]).unwrap_or_default();
    let is_direct = |entry: &str| {
        let suffix = entry.trim().trim_start_matches('.');
        suffix == "*" || (!suffix.is_empty() && url.is_below(suffix))
    };
    !direct.split(',').any(is_direct)
        && proxy
            .is_some_and(|proxy| !proxy.starts_with("socks5://") && !proxy.starts_with("socks4://"))
}

/// A price source and its configuration.
#[derive(Clone, Debug)]
pub enum SourceConfig {
    CoinGecko(CoinGeckoConfig),
    /// The base URL.
    Bitstamp(Url),
}

impl SourceConfig {
    /// Makes a client of the source. Sends nothing yet.
    pub fn open(self) -> Box<dyn PriceSource> {
        match self {
            Self::CoinGecko(config) => Box::new(CoinGecko::new(config)),
            Self::Bitstamp(url) => Box::new(Bitstamp::new(url)),
        }
    }
}

/// Price sources in their order, from `PRICE_SOURCES` and the variables of each source.
pub fn prices(env: &mut Env<'_>) -> Option<Vec<SourceConfig>> {
    let names = match env.text("PRICE_SOURCES") {
        Some(_) => env.parse("PRICE_SOURCES")?,
        None => SourceNames(vec![SourceName::CoinGecko, SourceName::Bitstamp]),
    };
    let configs = names.0.into_iter().map(|name| match name {
        SourceName::CoinGecko => coingecko(env).map(SourceConfig::CoinGecko),
        SourceName::Bitstamp => bitstamp(env).map(SourceConfig::Bitstamp),
    });
    // Reads all sources before it stops, so that every error is reported.
    configs.collect::<Vec<_>>().into_iter().collect()
}

#[derive(Clone, Copy, PartialEq)]
enum SourceName {
    CoinGecko,
    Bitstamp,
}

struct SourceNames(Vec<SourceName>);

#[derive(Debug, Error)]
enum SourceNamesError {
    #[error(
        "`{0}` is not a price source: expected coingecko, bitstamp, or both separated by a comma, the preferred one first"
    )]
    Unknown(String),
    #[error("`{0}` is listed twice")]
    Repeated(String),
}

impl FromStr for SourceNames {
    type Err = SourceNamesError;

    fn from_str(text: &str) -> Result<Self, SourceNamesError> {
        let mut names = Vec::new();
        for name in text.split(',').map(str::trim) {
            let source = match name {
                coingecko::SOURCE => SourceName::CoinGecko,
                bitstamp::SOURCE => SourceName::Bitstamp,
                _ => return Err(SourceNamesError::Unknown(name.to_owned())),
            };
            if names.contains(&source) {
                return Err(SourceNamesError::Repeated(name.to_owned()));
            }
            names.push(source);
        }
        Ok(Self(names))
    }
}

fn bitstamp(env: &mut Env<'_>) -> Option<Url> {
    env.http_url("BITSTAMP_URL", |url| url.parse().ok())
        .or_else(|| bitstamp::URL.parse().ok())
}

fn coingecko(env: &mut Env<'_>) -> Option<CoinGeckoConfig> {
    let plan: Option<CoinGeckoTier> = env.parse("COINGECKO_PLAN");
    let is_refused = plan.is_none() && env.is_set("COINGECKO_PLAN");
    let plan = plan.unwrap_or_default();
    let key = env.text("COINGECKO_API_KEY").map(Secret::new);
    match (plan, env.is_set("COINGECKO_API_KEY")) {
        _ if is_refused => {}
        (CoinGeckoTier::Public, true) => {
            env.fault(
                "COINGECKO_API_KEY is set, but COINGECKO_PLAN is public: set the plan to demo or pro"
                    .to_owned(),
            );
        }
        (CoinGeckoTier::Demo | CoinGeckoTier::Pro, false) => {
            env.fault(
                "COINGECKO_PLAN is demo or pro, which needs a key: set COINGECKO_API_KEY"
                    .to_owned(),
            );
        }
        _ => {}
    }
    let other_url = env.http_url("COINGECKO_URL", |url| url.parse().ok());
    // Another server, such as a recording of another year, may have a longer history.
    let history = plan.history().filter(|_| other_url.is_none());
    Some(CoinGeckoConfig {
        plan,
        key,
        url: other_url.or_else(|| plan.url().parse().ok())?,
        history,
        source: coingecko::SOURCE.into(),
    })
}

/// The first block to ingest, from `START_HEIGHT`.
pub fn start_height(env: &mut Env<'_>) -> Option<u32> {
    env.parse_expecting("START_HEIGHT", "a block height, such as 840000")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let set = variables.iter().find(|(variable, _)| *variable == name);
            set.map(|(_, value)| (*value).to_owned())
        }
    }

    fn names(variables: &[(&str, &str)]) -> Result<Vec<&'static str>, String> {
        let lookup = lookup(variables);
        let mut env = Env::new(&lookup);
        let sources = prices(&mut env);
        let sources = env.finish(sources).map_err(|error| error.to_string())?;
        Ok(sources
            .into_iter()
            .map(|source| source.open().name())
            .collect())
    }

    fn node_of(variables: &[(&str, &str)]) -> Result<NodeConfig, String> {
        let lookup = lookup(variables);
        let mut env = Env::new(&lookup);
        let node = node(&mut env);
        env.finish(node).map_err(|error| error.to_string())
    }

    #[test]
    fn secrets_are_not_sent_unencrypted_to_another_computer_unless_that_is_allowed() {
        let exposed = [
            &[("BITCOIN_RPC_URL", "http://u:hunter2@192.168.1.5:8332")][..],
            &[
                ("BITCOIN_RPC_URL", "http://bitcoind:8332"),
                ("BITCOIN_RPC_COOKIE_FILE", "cookie"),
            ],
            &[("BITCOIN_RPC_URL", "http://node.example.org/v1/hunter2")],
            &[("BITCOIN_RPC_URL", "http://node.example.org/?key=hunter2")],
        ];
        for variables in exposed {
            let fault = node_of(variables).expect_err("anyone on the way can read it");
            assert!(fault.contains("BITCOIN_RPC_ALLOW_PLAINTEXT=1"), "{fault}");
            assert!(!fault.contains("hunter2"), "{fault}");

            let allowed = [variables, &[("BITCOIN_RPC_ALLOW_PLAINTEXT", "1")]].concat();
            assert!(node_of(&allowed).is_ok(), "{allowed:?}");
            let forbidden = [variables, &[("BITCOIN_RPC_ALLOW_PLAINTEXT", "0")]].concat();
            assert!(node_of(&forbidden).is_err(), "{forbidden:?}");
        }
        for url in [
            "http://u:hunter2@127.0.0.1:8332",
            "http://u:hunter2@localhost:8332",
            "http://u:hunter2@[::1]:8332",
            "https://u:hunter2@node.example.org",
            "http://bitcoind:8332",
        ] {
            assert!(node_of(&[("BITCOIN_RPC_URL", url)]).is_ok(), "{url}");
        }
        let typo = node_of(&[
            ("BITCOIN_RPC_URL", "http://127.0.0.1:8332"),
            ("BITCOIN_RPC_ALLOW_PLAINTEXT", "yes"),
        ]);
        assert!(typo.is_err_and(|fault| fault.contains("expected 0 or 1")));
    }

    #[test]
    fn an_onion_service_needs_the_proxy_of_tor() {
        let onion = ("BITCOIN_RPC_URL", "http://u:p@abc.onion:8332");
        let proxy = |name, value| node_of(&[onion, (name, value)]);

        let fault = node_of(&[onion]).expect_err("it has no proxy");
        assert!(
            fault.contains("ALL_PROXY=socks5h://127.0.0.1:9050"),
            "{fault}"
        );
        assert!(proxy("ALL_PROXY", "socks5://127.0.0.1:9050").is_err());
        assert!(proxy("ALL_PROXY", "socks5h://127.0.0.1:9050").is_ok());
        assert!(proxy("http_proxy", "http://127.0.0.1:8118").is_ok());
        assert!(proxy("HTTPS_PROXY", "socks5h://127.0.0.1:9050").is_err()); // It is not used for http.
        for direct in ["abc.onion", ".onion", "localhost, onion", "*"] {
            let proxy = ("ALL_PROXY", "socks5h://127.0.0.1:9050");
            let fault = node_of(&[onion, proxy, ("NO_PROXY", direct)]).expect_err(direct);
            assert!(fault.contains("NO_PROXY"), "{fault}");
        }
    }

    #[test]
    fn the_error_about_an_invalid_url_explains_but_does_not_show_it() {
        for (url, why) in [
            ("http://u:hunt/er2@127.0.0.1:8332", "percent-encode"),
            (
                "http://u:hunter2@node:port",
                "is not an http:// or https:// URL",
            ),
            ("u:hunter2@node", "is not an http:// or https:// URL"),
        ] {
            let fault = node_of(&[("BITCOIN_RPC_URL", url)]).expect_err("no URL of a node");
            assert!(
                fault.starts_with("BITCOIN_RPC_URL ") && fault.contains(why),
                "{fault}"
            );
            assert!(!fault.contains("er2"), "{fault}");
        }
    }

    #[test]
    fn sources_are_used_in_the_given_order() {
        assert_eq!(names(&[]), Ok(vec!["CoinGecko", "Bitstamp"]));
        assert_eq!(
            names(&[("PRICE_SOURCES", "bitstamp, coingecko")]),
            Ok(vec!["Bitstamp", "CoinGecko"])
        );
        // A source that is not used needs no key.
        assert_eq!(
            names(&[("PRICE_SOURCES", "bitstamp"), ("COINGECKO_PLAN", "pro")]),
            Ok(vec!["Bitstamp"])
        );
    }

    #[test]
    fn the_error_names_a_source_that_is_unknown_or_listed_twice() {
        let fault = |value| names(&[("PRICE_SOURCES", value)]).expect_err("a fault");

        assert_eq!(
            fault("coingecko,kraken"),
            "PRICE_SOURCES=`coingecko,kraken`: `kraken` is not a price source: expected coingecko, bitstamp, or both separated by a \
             comma, the preferred one first"
        );
        assert!(fault("coingecko,").contains("`` is not a price source"));
        assert!(fault("bitstamp,bitstamp").contains("`bitstamp` is listed twice"));
    }

    #[test]
    fn faults_of_all_sources_are_reported_together() {
        let faults = names(&[("COINGECKO_PLAN", "pro"), ("BITSTAMP_URL", "nowhere")]);

        let faults = faults.expect_err("two are wrong");
        assert!(faults.contains("COINGECKO_API_KEY") && faults.contains("BITSTAMP_URL=`nowhere`"));
    }

    #[test]
    fn a_plan_can_be_in_any_case_and_an_unknown_plan_gives_one_error() {
        let key = ("COINGECKO_API_KEY", "CG-1");
        assert!(names(&[("COINGECKO_PLAN", "Demo"), key]).is_ok());
        let fault = names(&[("COINGECKO_PLAN", "gold"), key]).expect_err("unknown");
        assert!(
            fault.contains("gold") && !fault.contains("API_KEY"),
            "{fault}"
        );
        let line_end = names(&[("COINGECKO_PLAN", "demo"), ("COINGECKO_API_KEY", "CG-1\r")]);
        let fault = line_end.expect_err("no header can hold it");
        assert!(
            fault.contains("line end") && !fault.contains("CG-1"),
            "{fault}"
        );
        assert!(!fault.contains('\n'), "one fault: {fault}");
    }

    #[test]
    fn the_url_of_a_source_must_be_http() {
        for name in ["COINGECKO_URL", "BITSTAMP_URL"] {
            let fault = names(&[(name, "ftp://x")]).expect_err("no HTTP");
            assert!(
                fault.contains("expected an http:// or https:// URL"),
                "{fault}"
            );
            let fault = names(&[(name, "ftp://u:hunter2@x")]).expect_err("no HTTP");
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }

    #[test]
    fn free_plans_have_a_year_of_history_and_another_server_has_no_limit() {
        let history = |variables: &[(&str, &str)]| {
            let lookup = lookup(variables);
            let config = coingecko(&mut Env::new(&lookup)).expect("no fault");
            config.history.map(|history| history.as_secs() / 86_400)
        };

        assert_eq!(history(&[]), Some(365));
        assert_eq!(history(&[("COINGECKO_URL", "http://127.0.0.1:9")]), None);
    }
}
