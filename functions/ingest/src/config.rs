//! What the ingest is told by its environment.

use hashlake::env::{Env, Secret};
use reqwest::Url;

use crate::coingecko::{CoinGeckoConfig, Plan, SOURCE};
use crate::node::{Auth, NodeConfig};

/// The node, from `BITCOIN_RPC_URL` and the variables beside it; `None` where that is not set, or a fault was noted.
pub fn node(env: &mut Env<'_>) -> Option<NodeConfig> {
    let url = env.text("BITCOIN_RPC_URL")?.parse();
    let Some(mut url) = url
        .ok()
        .filter(|url: &Url| matches!(url.scheme(), "http" | "https"))
    else {
        // Without the value, which may hold a password.
        env.fault(
            "BITCOIN_RPC_URL is not an http:// or https:// URL: for example http://127.0.0.1:8332"
                .to_owned(),
        );
        return None;
    };
    let of_url = (!url.username().is_empty()).then(|| {
        (
            url.username().to_owned(),
            url.password().unwrap_or_default().to_owned(),
        )
    });
    // Credentials are sent in a header; the URL is shown.
    let stripped = url.set_username("").and_then(|()| url.set_password(None));
    let user = env
        .text("BITCOIN_RPC_USER")
        .or(of_url.as_ref().map(|(user, _)| user.clone()));
    let password = env
        .text("BITCOIN_RPC_PASSWORD")
        .or(of_url.map(|(_, password)| password));
    let auth = match (user, password, env.text("BITCOIN_RPC_COOKIE_FILE")) {
        (None, None, None) => Auth::None,
        (None, None, Some(path)) => Auth::CookieFile(path.into()),
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
                "BITCOIN_RPC_COOKIE_FILE and a user or password are both set: choose one"
                    .to_owned(),
            );
            return None;
        }
    };
    stripped.ok().map(|()| NodeConfig { url, auth })
}

/// CoinGecko, from `COINGECKO_PLAN`, `COINGECKO_API_KEY` and `COINGECKO_URL`.
pub fn coingecko(env: &mut Env<'_>) -> Option<CoinGeckoConfig> {
    let plan: Plan = env.parse("COINGECKO_PLAN").unwrap_or_default();
    let key = env.text("COINGECKO_API_KEY").map(Secret::new);
    match (plan, &key) {
        (Plan::Public, Some(_)) => {
            env.fault(
                "COINGECKO_API_KEY is set, but COINGECKO_PLAN is public: set it to demo or pro"
                    .to_owned(),
            );
        }
        (Plan::Demo | Plan::Pro, None) => {
            env.fault("COINGECKO_PLAN needs a key: set COINGECKO_API_KEY".to_owned());
        }
        _ => {}
    }
    let url = env
        .parse("COINGECKO_URL")
        .or_else(|| plan.url().parse().ok())?;
    Some(CoinGeckoConfig {
        plan,
        key,
        url,
        source: SOURCE.into(),
    })
}

/// First block to ingest, from `START_HEIGHT`.
pub fn start_height(env: &mut Env<'_>) -> Option<u32> {
    env.parse("START_HEIGHT")
}
