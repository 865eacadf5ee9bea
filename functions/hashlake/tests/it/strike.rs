//! Tests of `hashlake strike`.

mod once;
mod recorded;
mod soak;
mod stub;
mod watch;
mod watching;
