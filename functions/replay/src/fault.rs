//! Queued faults, and the log of price requests.

use std::collections::VecDeque;

use crate::side::Side;

/// What happens to a request instead of the normal response.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The server sends this HTTP response.
    Http {
        /// An invalid or informational (1xx) status is sent as 500.
        status: u16,
        /// Headers such as `Retry-After`. Invalid headers, `Content-Length` and `Transfer-Encoding`
        /// are left out.
        headers: Vec<(String, String)>,
        body: String,
    },
    /// The server never responds.
    Hang,
    /// The server closes the connection before the first byte of a response.
    DropConnection,
    /// Every JSON-RPC call of the request fails with this error. A price request gets HTTP status 500
    /// and an error body as from CoinGecko, `{"status":{"error_code":..,"error_message":".."}}`.
    Rpc {
        /// For example -28, which a node returns while it starts.
        code: i64,
        message: String,
    },
}

#[derive(Debug, Default)]
pub(crate) struct FaultState {
    rpc: VecDeque<Fault>,
    price: VecDeque<Fault>,
    /// `from` and `to` of each price request so far, in UNIX seconds.
    pub(crate) price_requests: Vec<(f64, f64)>,
}

impl FaultState {
    /// The faults for the next requests to this side, in order.
    pub(crate) fn queue(&mut self, side: Side) -> &mut VecDeque<Fault> {
        match side {
            Side::Rpc => &mut self.rpc,
            Side::Price => &mut self.price,
        }
    }
}
