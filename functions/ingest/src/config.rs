//! The configuration of the ingest, from environment variables.

use std::str::FromStr;

use hashlake_core::env::{Env, Secret};
use reqwest::Url;
use thiserror::Error;

use crate::node::{Auth, NodeConfig};
use crate::prices::bitstamp::{self, Bitstamp};
use crate::prices::coingecko::{self, CoinGecko, CoinGeckoConfig, CoinGeckoTier};
use crate::prices::source::PriceSource;

/// The node, from `BITCOIN_RPC_URL` and the variables of its credentials; `None` if that is not
/// set, or if a fault was found.
pub fn node(env: &mut Env<'_>) -> Option<NodeConfig> {
    let url = env.text("BITCOIN_RPC_URL")?.parse();
    let Some(mut url) = url
        .ok()
        .filter(|url: &Url| matches!(url.scheme(), "http" | "https"))
    else {
        // The value may hold a password, so it is not shown.
        env.fault(
            "BITCOIN_RPC_URL is not an http:// or https:// URL: for example http://127.0.0.1:8332"
                .to_owned(),
        );
        return None;
    };
    let in_url = (!url.username().is_empty()).then(|| {
        (
            url.username().to_owned(),
            url.password().unwrap_or_default().to_owned(),
        )
    });
    // Credentials are sent in a header, because messages show the URL.
    let stripped = url.set_username("").and_then(|()| url.set_password(None));
    let user = env
        .text("BITCOIN_RPC_USER")
        .or(in_url.as_ref().map(|(user, _)| user.clone()));
    let password = env
        .text("BITCOIN_RPC_PASSWORD")
        .or(in_url.map(|(_, password)| password));
    let auth = match (user, password, env.path("BITCOIN_RPC_COOKIE_FILE")) {
        (None, None, None) => Auth::None,
        (None, None, Some(path)) => Auth::CookieFile(path),
        (Some(user), Some(password), None) => Auth::Password {
            user,
            password: Secret::new(password),
        },
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
    stripped.ok().map(|()| NodeConfig { url, auth })
}

const EXPECTED_URL: &str = "an http:// or https:// URL";

/// A price source and its configuration.
#[derive(Clone, Debug)]
pub enum SourceConfig {
    CoinGecko(CoinGeckoConfig),
    /// Its base URL.
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
    // Reads all of them before it stops at a fault, so that every fault is found.
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
        "`{0}` is not a price source: expected coingecko, bitstamp, or both with a comma between, the preferred one first"
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
    env.parse_expecting("BITSTAMP_URL", EXPECTED_URL)
        .or_else(|| bitstamp::URL.parse().ok())
}

fn coingecko(env: &mut Env<'_>) -> Option<CoinGeckoConfig> {
    let plan: CoinGeckoTier = env.parse("COINGECKO_PLAN").unwrap_or_default();
    let key = env.text("COINGECKO_API_KEY").map(Secret::new);
    match (plan, &key) {
        (CoinGeckoTier::Public, Some(_)) => {
            env.fault(
                "COINGECKO_API_KEY is set, but COINGECKO_PLAN is public: set the plan to demo or pro"
                    .to_owned(),
            );
        }
        (CoinGeckoTier::Demo | CoinGeckoTier::Pro, None) => {
            env.fault(
                "COINGECKO_PLAN is demo or pro, which needs a key: set COINGECKO_API_KEY"
                    .to_owned(),
            );
        }
        _ => {}
    }
    let other_url = env.parse_expecting("COINGECKO_URL", EXPECTED_URL);
    // A server in its place, such as a recording of another year, has a history of its own.
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
    fn a_source_that_is_unknown_or_listed_twice_is_named() {
        let fault = |value| names(&[("PRICE_SOURCES", value)]).expect_err("a fault");

        assert_eq!(
            fault("coingecko,kraken"),
            "PRICE_SOURCES=`coingecko,kraken`: `kraken` is not a price source: expected coingecko, bitstamp, or both with a \
             comma between, the preferred one first"
        );
        assert!(fault("coingecko,").contains("`` is not a price source"));
        assert!(fault("bitstamp,bitstamp").contains("`bitstamp` is listed twice"));
    }

    #[test]
    fn faults_of_all_sources_are_found_together() {
        let faults = names(&[("COINGECKO_PLAN", "pro"), ("BITSTAMP_URL", "nowhere")]);

        let faults = faults.expect_err("two are wrong");
        assert!(faults.contains("COINGECKO_API_KEY") && faults.contains("BITSTAMP_URL=`nowhere`"));
    }

    #[test]
    fn free_plans_have_a_year_of_history_and_a_server_in_their_place_all() {
        let history = |variables: &[(&str, &str)]| {
            let lookup = lookup(variables);
            let config = coingecko(&mut Env::new(&lookup)).expect("no fault");
            config.history.map(|history| history.as_secs() / 86_400)
        };

        assert_eq!(history(&[]), Some(365));
        assert_eq!(history(&[("COINGECKO_URL", "http://127.0.0.1:9")]), None);
    }
}
