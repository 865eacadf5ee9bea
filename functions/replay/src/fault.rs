//! Queued faults, and the log of price requests.

use std::collections::VecDeque;

use crate::side::Side;

/// What a request gets instead of its answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// This HTTP answer.
    Http {
        /// A status that is not valid in HTTP is sent as 500.
        status: u16,
        /// Headers such as `Retry-After`. Headers that are not valid in HTTP, and the length of the
        /// body, are left out.
        headers: Vec<(String, String)>,
        body: String,
    },
    /// No answer, until the client gives up.
    Hang,
    /// The server closes the connection before the first byte of an answer.
    DropConnection,
    /// This error for every JSON-RPC call of the request. On the price side: HTTP 500 and one of
    /// CoinGecko's error bodies, `{"status":{"error_code":..,"error_message":".."}}`.
    Rpc {
        /// Such as -28, while the node warms up.
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
    /// The faults that wait for requests to this side, in order.
    pub(crate) fn queue(&mut self, side: Side) -> &mut VecDeque<Fault> {
        match side {
            Side::Rpc => &mut self.rpc,
            Side::Price => &mut self.price,
        }
    }
}
