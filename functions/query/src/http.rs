//! What all routes share: parameters, answers, problems, and the OpenAPI document. It does not use
//! any route.

pub(crate) mod answer;
pub(crate) mod api;
pub(crate) mod asics;
pub(crate) mod csv;
pub(crate) mod openapi;
pub(crate) mod parameters;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod unsent;
