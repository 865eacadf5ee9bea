//! The routes of the API: what each takes, what it answers, and how it comes to that.

pub(crate) mod asics;
pub(crate) mod blocks;
pub(crate) mod openapi;
pub(crate) mod revenue;
pub(crate) mod series;
pub(crate) mod status;
pub(crate) mod summary;
