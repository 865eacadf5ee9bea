//! What a process has learned about the lake's files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use hashlake_core::lake::Version;
use hashlake_core::month::Month;
use hashlake_core::table::outline::Outline;
use tracing::warn;

/// What a process knows about the lake's files, so that it reads each once and warns once.
#[derive(Default)]
pub struct Inspection(Mutex<Known>);

#[derive(Default)]
pub(crate) struct Known {
    /// Outlines of files of blocks; `None` of a damaged one.
    pub(crate) outlines: BTreeMap<Month, (Version, Option<Outline>)>,
    warnings: BTreeSet<String>,
    /// Files of prices that no block can fill.
    pub(crate) without_prices: BTreeSet<Month>,
}

impl Inspection {
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.0
            .lock()
            .expect("nothing panics while it holds the lock")
    }

    pub(crate) fn warn_once(&self, warning: String) {
        if self.known().warnings.insert(warning.clone()) {
            warn!("{warning}");
        }
    }
}
