//! The error of one JSON-RPC call.

use std::borrow::Cow;

use serde::Serialize;

// Error codes of Bitcoin Core (src/rpc/protocol.h).
pub(crate) const MISC_ERROR: i64 = -1;
pub(crate) const TYPE_ERROR: i64 = -3;
pub(crate) const INVALID_ADDRESS_OR_KEY: i64 = -5;
pub(crate) const INVALID_PARAMETER: i64 = -8;
pub(crate) const INVALID_REQUEST: i64 = -32_600;
pub(crate) const METHOD_NOT_FOUND: i64 = -32_601;
pub(crate) const PARSE_ERROR: i64 = -32_700;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct RpcError {
    code: i64,
    message: Cow<'static, str>,
}

impl RpcError {
    pub(crate) fn new(code: i64, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// HTTP status of the reply to a single call that fails with this error.
    pub(crate) fn status(&self) -> u16 {
        match self.code {
            INVALID_REQUEST => 400,
            METHOD_NOT_FOUND => 404,
            _ => 500,
        }
    }
}
