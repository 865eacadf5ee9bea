//! Remembers which files of the lake a process has read, and which warnings it has logged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use futures_util::{StreamExt, TryStreamExt, stream};
use hashlake_core::lake::{Lake, LakeError, Stamp, Stored, Version};
use hashlake_core::month::Month;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::tail::TAIL_LEN;
use hashlake_core::table::{blocks, check_month};
use tracing::warn;

pub(crate) const FILES_IN_FLIGHT: usize = 8;

/// The lake's files as a process has read them, so that it reads each file once and logs each
/// warning once.
#[derive(Default)]
pub struct Inspection(Mutex<Known>);

#[derive(Default)]
pub(crate) struct Known {
    /// The outline of each file of blocks; `None` if the file is damaged.
    pub(crate) outlines: BTreeMap<Month, (Version, Option<Outline>)>,
    warnings: BTreeSet<String>,
    /// Months whose file of prices is missing and cannot be restored, because no block has a price
    /// from that month.
    pub(crate) without_prices: BTreeSet<Month>,
}

impl Inspection {
    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        self.0
            .lock()
            .expect("nothing panics while it holds the lock")
    }

    /// The outline of every file of blocks in `stamps`; `None` if the file is damaged. An outline
    /// that is not in `loaded` is read from the end of the file, once per process.
    pub(crate) async fn outlines(
        &self,
        lake: &dyn Lake,
        stamps: &BTreeMap<String, Stamp>,
        loaded: &BTreeMap<Month, Outline>,
    ) -> Result<BTreeMap<Month, Option<Outline>>, LakeError> {
        let mut outlines: BTreeMap<Month, Option<Outline>> = loaded
            .iter()
            .map(|(month, outline)| (*month, Some(outline.clone())))
            .collect();
        let mut unknown = Vec::new();
        for (key, stamp) in stamps {
            let Some(month) = blocks::month(key).filter(|month| !loaded.contains_key(month)) else {
                continue;
            };
            match self.known().outlines.get(&month) {
                Some((version, outline)) if *version == stamp.version => {
                    outlines.insert(month, outline.clone());
                }
                _ => unknown.push((month, stamp.clone())),
            }
        }
        let read = unknown.into_iter().map(|(month, stamp)| async move {
            let key = blocks::key(month);
            let tail = lake.tail(&key, TAIL_LEN).await?;
            // If another writer has just replaced the file, the next run checks it.
            let tail = tail.filter(|tail| tail.version == stamp.version);
            let outline = tail.map(|Stored { body, .. }| {
                check_month(&key, body.clone(), stamp.len).ok()?;
                Outline::decode(body, stamp.len).ok()
            });
            Ok::<_, LakeError>((month, stamp.version, outline))
        });
        let read: Vec<_> = read.collect();
        let read = stream::iter(read).buffered(FILES_IN_FLIGHT);
        let read: Vec<_> = read.try_collect().await?;
        let mut known = self.known();
        for (month, version, outline) in read {
            if let Some(outline) = outline {
                known.outlines.insert(month, (version, outline.clone()));
                outlines.insert(month, outline);
            }
        }
        Ok(outlines)
    }

    pub(crate) fn warn_once(&self, warning: String) {
        if self.known().warnings.insert(warning.clone()) {
            warn!("{warning}");
        }
    }
}
