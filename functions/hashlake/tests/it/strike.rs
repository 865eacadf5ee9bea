//! `hashlake strike`.

mod once;
mod stub;
mod watch;
mod watching;
