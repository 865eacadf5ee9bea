//! Whether a request is for the node or for the price route.

use axum::http::Method;
use serde::Deserialize;

const PRICE_ROUTE: &str = "/coins/bitcoin/market_chart/range";

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Side {
    /// The node's JSON-RPC.
    Rpc,
    /// CoinGecko's prices.
    Price,
}

impl Side {
    /// The side that a request is for. `None` for all other requests, including REST, which is off by
    /// default in Bitcoin Core.
    pub(crate) fn of_request(method: &Method, path: &str) -> Option<Self> {
        let is_rest = path == "/rest" || path.starts_with("/rest/");
        match *method {
            Method::POST if !is_rest => Some(Self::Rpc),
            Method::GET if !is_rest && path.ends_with(PRICE_ROUTE) => Some(Self::Price),
            _ => None,
        }
    }
}
