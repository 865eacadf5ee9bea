//! Reads the lake. Knows nothing of HTTP.

pub(crate) mod error;
pub(crate) mod history;
mod month_file;
mod snapshot;
mod store;
