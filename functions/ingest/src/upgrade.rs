//! Rewrites files that an earlier version stored. All new values follow from stored ones, so no
//! node is needed.
//!
//! Files of `blocks` get the columns that this version adds, and the hashprice with mean fees where
//! the lake has the 143 blocks below; `mwh_revenue` gets the revenue of this version's miner
//! models. Each file is replaced whole by compare-and-swap. The files themselves show what is out
//! of date, so the next run continues a run that ended early.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use backon::Retryable;
use hashlake_core::asic::Asic;
use hashlake_core::cursor::Cursor;
use hashlake_core::lake::{Lake, Stamp};
use hashlake_core::month::Month;
use hashlake_core::revenue::{FeeWindow, sat_per_ph_day_144};
use hashlake_core::table::outline::Outline;
use hashlake_core::table::{asics, blocks, mwh_revenue};
use hashlake_core::timestamp::Timestamp;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::inspection::Inspection;
use crate::lake_file::{LakeFileError, cas_retry, read, read_replaceable, replace};
use crate::lease::acquire;
use crate::ledger::Ledger;
use crate::month_rows::rewrite_revenue;
use crate::pipeline::error::IngestError;

/// While files are rewritten, their number is logged this often.
const PROGRESS: Duration = Duration::from_secs(10);

/// The files that were rewritten. In a dry run, the files that would be rewritten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upgraded {
    /// Months of `blocks`, the latest first.
    pub blocks: Vec<Month>,
    /// Months of `mwh_revenue`, the latest first.
    pub mwh_revenue: Vec<Month>,
    /// Whether the table `asics` was rewritten.
    pub asics: bool,
}

/// Whether files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    DryRun,
}

/// Brings a lake up to date. Takes the lease if there is anything to write, and waits while another
/// run has it.
///
/// # Errors
/// [`IngestError`]; files that were rewritten before the error stay rewritten.
pub async fn upgrade(
    (lake, cursor): (&dyn Lake, &dyn Cursor),
    asics: &[Asic],
    mode: Mode,
    (owner, now): (&str, fn() -> Timestamp),
    is_late: &(dyn Fn() -> bool + Sync),
) -> Result<Upgraded, IngestError> {
    let outdated = Outdated::of_lake(lake, asics).await?;
    if outdated.is_empty() || mode == Mode::DryRun {
        return outdated.rewrite(lake, asics, mode, is_late).await;
    }
    let lease = acquire(cursor, owner, now, is_late).await?;
    // Another run may have had the lease until now, so check again what is outdated.
    let rewritten = rewrite_outdated(lake, asics, is_late).await;
    cursor.release(lease, None).await?;
    rewritten
}

/// Rewrites what is out of date in a lake.
pub(crate) async fn rewrite_outdated(
    lake: &dyn Lake,
    asics: &[Asic],
    is_late: &(dyn Fn() -> bool + Sync),
) -> Result<Upgraded, IngestError> {
    let outdated = Outdated::of_lake(lake, asics).await?;
    outdated.rewrite(lake, asics, Mode::Write, is_late).await
}

/// Brings the lake up to date in a run that already has the lease. Returns whether anything was
/// written.
pub(crate) async fn upgrade_leased(
    lake: &dyn Lake,
    asics: &[Asic],
    inspection: &Inspection,
    ledger: &Ledger<'_>,
    is_late: &(dyn Fn() -> bool + Sync),
) -> Result<bool, IngestError> {
    let outlines = inspection.outlines(lake, ledger.stamps(), ledger.outlines());
    let outdated = Outdated::find(&outlines.await?, ledger.stored_asics(), asics);
    let rewritten = outdated.rewrite(lake, asics, Mode::Write, is_late).await?;
    Ok(rewritten != Upgraded::default())
}

/// Months with files that are out of date, in order.
#[derive(Debug, PartialEq, Eq)]
struct Outdated {
    /// Blocks without a column, or without values that follow from stored blocks.
    blocks: Vec<Month>,
    /// Revenue that may be of other miner models.
    revenue: Vec<Month>,
}

impl Outdated {
    async fn of_lake(lake: &dyn Lake, asics: &[Asic]) -> Result<Self, LakeFileError> {
        let stamps: BTreeMap<String, Stamp> = lake.list("v1/").await?.into_iter().collect();
        let (inspection, loaded) = (Inspection::default(), BTreeMap::new());
        let outlines = inspection.outlines(lake, &stamps, &loaded).await?;
        let (stored_asics, _) = read_replaceable(lake, asics::KEY, asics::decode).await?;
        Ok(Self::find(&outlines, &stored_asics, asics))
    }

    fn find(
        outlines: &BTreeMap<Month, Option<Outline>>,
        stored_asics: &[Asic],
        asics: &[Asic],
    ) -> Self {
        Self {
            blocks: outdated_blocks(outlines),
            revenue: match stored_asics == asics {
                true => Vec::new(),
                false => outlines.keys().copied().collect(),
            },
        }
    }

    const fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.revenue.is_empty()
    }

    /// Rewrites blocks from the latest month to the first, then revenue, and the table `asics`
    /// last.
    ///
    /// Some tools take the columns of a table from its first file, and refuse a later file that has
    /// more columns. So the first file gets new columns last, when all others have them.
    async fn rewrite(
        &self,
        lake: &dyn Lake,
        asics: &[Asic],
        mode: Mode,
        is_late: &(dyn Fn() -> bool + Sync),
    ) -> Result<Upgraded, IngestError> {
        let mut upgraded = Upgraded::default();
        let mut steps = Steps::new(blocks::NAME, self.blocks.len(), is_late);
        for month in self.blocks.iter().rev() {
            steps.step(*month)?;
            if mode == Mode::Write {
                rewrite_blocks(lake, *month).await?;
            }
            upgraded.blocks.push(*month);
        }
        let mut steps = Steps::new(mwh_revenue::NAME, self.revenue.len(), is_late);
        for month in self.revenue.iter().rev() {
            steps.step(*month)?;
            if is_revenue_current(lake, asics, *month).await? {
                continue;
            }
            if mode == Mode::Write {
                rewrite_revenue(lake, asics, *month).await?;
            }
            upgraded.mwh_revenue.push(*month);
        }
        if !self.revenue.is_empty() {
            if mode == Mode::Write {
                write_asics(lake, asics, |stored| stored != asics).await?;
            }
            upgraded.asics = true;
        }
        Ok(upgraded)
    }
}

/// The progress over the files of a table.
struct Steps<'a> {
    table: &'static str,
    files: usize,
    left: usize,
    is_late: &'a (dyn Fn() -> bool + Sync),
    logged: Instant,
}

impl<'a> Steps<'a> {
    fn new(table: &'static str, files: usize, is_late: &'a (dyn Fn() -> bool + Sync)) -> Self {
        if files > 0 {
            info!(files, "`{table}`: {files} months to check or rewrite");
        }
        Self {
            table,
            files,
            left: files,
            is_late,
            logged: Instant::now(),
        }
    }

    /// # Errors
    /// [`IngestError::Outdated`] if there is no time for another file.
    fn step(&mut self, month: Month) -> Result<(), IngestError> {
        let Self {
            table, files, left, ..
        } = *self;
        if (self.is_late)() {
            return Err(IngestError::Outdated { table, left });
        }
        if self.logged.elapsed() >= PROGRESS {
            self.logged = Instant::now();
            info!(%month, left, "`{table}`: {} of {files} months done", files - left);
        }
        self.left -= 1;
        Ok(())
    }
}

/// Months whose files lack a column, or a hashprice with mean fees that can be computed from stored
/// blocks.
fn outdated_blocks(outlines: &BTreeMap<Month, Option<Outline>>) -> Vec<Month> {
    let mut outdated = Vec::new();
    let mut unbroken: Range<u64> = 0..0; // Heights of the consecutive blocks below this month.
    for (month, outline) in outlines {
        let Some(outline) = outline else {
            unbroken = 0..0;
            continue;
        };
        let Some(heights) = &outline.heights else {
            if !outline.is_current {
                outdated.push(*month);
            }
            continue;
        };
        let (first, end) = (u64::from(*heights.start()), u64::from(*heights.end()) + 1);
        if unbroken.end != first {
            unbroken = first..first;
        }
        let has_all = end - first == outline.blocks;
        let too_low = u64::from(FeeWindow::BLOCKS - 1).saturating_sub(first - unbroken.start);
        let known = outline.blocks.saturating_sub(too_low);
        if !outline.is_current || (has_all && outline.mean_fee_blocks < known) {
            outdated.push(*month);
        }
        unbroken = if has_all { unbroken.start..end } else { 0..0 };
    }
    outdated
}

/// Writes the blocks of a month with the columns of this version, and computes the hashprice with
/// mean fees where it is null. A damaged file stays as it is.
async fn rewrite_blocks(lake: &dyn Lake, month: Month) -> Result<(), LakeFileError> {
    let key = blocks::key(month);
    let attempt = || async {
        let (mut rows, old) = read(lake, &key, blocks::decode).await?;
        if old.is_none() {
            return Ok(()); // The file was moved away.
        }
        let first = rows.first().map(|row| row.block.height);
        let mut window = fees_below(lake, month, first.unwrap_or_default()).await?;
        for block in rows.iter_mut().map(|row| &mut row.block) {
            let fees_sat_144 = window.push(block.height, block.fees);
            let hashprice = |fees| sat_per_ph_day_144(block.bits.difficulty(), block.subsidy, fees);
            block.sat_per_ph_day_144 = block.sat_per_ph_day_144.or(fees_sat_144.map(hashprice));
        }
        let encode = |guard| blocks::encode(&rows, guard);
        replace(lake, &key, old.as_ref(), encode).await?;
        Ok(())
    };
    let rewritten = attempt
        .retry(cas_retry())
        .when(LakeFileError::is_overtaken)
        .await;
    match rewritten {
        Err(error @ LakeFileError::Damaged { .. }) => {
            warn!("{error}");
            Ok(())
        }
        rewritten => rewritten,
    }
}

/// The fees of the 143 blocks below `first`, the first block of a month, as far as the lake has
/// them.
async fn fees_below(lake: &dyn Lake, month: Month, first: u32) -> Result<FeeWindow, LakeFileError> {
    let heights = first.saturating_sub(FeeWindow::BLOCKS - 1)..first;
    let mut fees = BTreeMap::new();
    let mut month = month.previous();
    while fees.len() < heights.len()
        && let Some(at) = month
    {
        let rows = match read(lake, &blocks::key(at), blocks::decode_economics).await {
            Ok((rows, _)) => rows,
            Err(LakeFileError::Damaged { .. }) => break,
            Err(error) => return Err(error),
        };
        let found = fees.len();
        let below = rows.iter().filter(|row| heights.contains(&row.height));
        fees.extend(below.map(|row| (row.height, row.fees)));
        if fees.len() == found {
            break;
        }
        month = at.previous();
    }
    let mut window = FeeWindow::default();
    for (height, fees) in fees {
        window.push(height, fees);
    }
    Ok(window)
}

/// Whether the revenue of a month is of these miner models, or cannot be computed.
async fn is_revenue_current(
    lake: &dyn Lake,
    asics: &[Asic],
    month: Month,
) -> Result<bool, LakeFileError> {
    let Some(stored) = lake.get(&mwh_revenue::key(month)).await? else {
        return Ok(true); // `repair` writes missing files.
    };
    match read(lake, &blocks::key(month), blocks::decode).await {
        Ok((rows, _)) => Ok(mwh_revenue::has_revenue_of(stored.body, &rows, asics)),
        Err(error @ LakeFileError::Damaged { .. }) => {
            warn!("{error}");
            Ok(true)
        }
        Err(error) => Err(error),
    }
}

/// Writes the table `asics`, if `is_replaceable` returns true for the stored models. A damaged file
/// counts as empty.
pub(crate) async fn write_asics(
    lake: &dyn Lake,
    asics: &[Asic],
    is_replaceable: impl Fn(&[Asic]) -> bool,
) -> Result<(), LakeFileError> {
    let attempt = || async {
        let (stored, old) = read_replaceable(lake, asics::KEY, asics::decode).await?;
        if is_replaceable(&stored) {
            let encode = |guard| asics::encode(asics, guard);
            replace(lake, asics::KEY, old.as_ref(), encode).await?;
        }
        Ok(())
    };
    attempt
        .retry(cas_retry())
        .when(LakeFileError::is_overtaken)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of blocks at these heights. `blocks` is their number, and `known` is the number of
    /// those with a hashprice with mean fees.
    fn file(first: u32, last: u32, blocks: u64, known: u64) -> Option<Outline> {
        Some(Outline {
            blocks,
            priced_blocks: 0,
            heights: Some(first..=last),
            mean_fee_blocks: known,
            is_current: true,
        })
    }

    /// The indices of those files that are out of date. Each file is a month.
    fn outdated(files: &[Option<Outline>]) -> Vec<usize> {
        let mut month: Month = "2020-01".parse().expect("a month");
        let mut months = Vec::new();
        for _ in files {
            months.push(month);
            month = month.next().expect("a month");
        }
        let outlines = months.iter().copied().zip(files.iter().cloned()).collect();
        let outdated = outdated_blocks(&outlines);
        (0..files.len())
            .filter(|at| outdated.contains(&months[*at]))
            .collect()
    }

    #[test]
    fn a_month_is_out_of_date_if_it_lacks_mean_fees_that_follow_from_stored_blocks() {
        let none: [usize; 0] = [];
        // In the first month, 143 blocks have too few blocks below; in the second month, none.
        assert_eq!(
            outdated(&[file(1000, 1999, 1000, 857), file(2000, 2999, 1000, 1000)]),
            none
        );
        assert_eq!(
            outdated(&[file(1000, 1999, 1000, 856), file(2000, 2999, 1000, 999)]),
            [0, 1]
        );
        // The node had the fees below the first block.
        assert_eq!(outdated(&[file(1000, 1999, 1000, 1000)]), none);
        // The first month has 43 of the 143 blocks; the genesis block has none below.
        assert_eq!(
            outdated(&[file(0, 42, 43, 0), file(43, 242, 200, 100)]),
            none
        );
        assert_eq!(outdated(&[file(0, 42, 43, 0), file(43, 242, 200, 99)]), [1]);
        // Blocks between the months, or in one of them, are missing.
        assert_eq!(
            outdated(&[file(1000, 1999, 1000, 857), file(2001, 2999, 999, 856)]),
            none
        );
        assert_eq!(
            outdated(&[file(1000, 1999, 900, 0), file(2000, 2999, 1000, 857)]),
            none
        );
        // A damaged file is like one that is missing.
        assert_eq!(
            outdated(&[
                file(1000, 1999, 1000, 857),
                None,
                file(3000, 3999, 1000, 857)
            ]),
            none
        );
    }

    #[test]
    fn a_file_with_other_columns_is_out_of_date() {
        let older = |file: Option<Outline>| {
            file.map(|file| Outline {
                is_current: false,
                ..file
            })
        };
        let empty = Some(Outline {
            heights: None,
            ..file(0, 0, 0, 0).expect("an outline")
        });

        assert_eq!(
            outdated(&[
                file(0, 9, 10, 0),
                older(file(10, 19, 10, 0)),
                older(empty.clone()),
                empty
            ]),
            [1, 2]
        );
    }
}
