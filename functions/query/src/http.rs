//! What all routes share of HTTP: parameters in, answers and problems out, and the OpenAPI document.

pub(crate) mod answer;
pub(crate) mod api;
pub(crate) mod asics;
pub(crate) mod csv;
pub(crate) mod openapi;
pub(crate) mod parameters;
pub(crate) mod problem;
pub(crate) mod query;
