//! The routes of the API. Each file has a route's parameters, its answer and its handler.

pub(crate) mod asics;
pub(crate) mod blocks;
pub(crate) mod difficulty;
pub(crate) mod openapi;
pub(crate) mod revenue;
pub(crate) mod series;
pub(crate) mod status;
pub(crate) mod strike;
pub(crate) mod summary;
