//! From a request to what is asked for, and from an answer to a response.

pub(crate) mod answer;
pub(crate) mod api;
pub(crate) mod asics;
pub(crate) mod csv;
pub(crate) mod parameters;
pub(crate) mod params;
pub(crate) mod problem;
