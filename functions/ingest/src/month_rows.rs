//! Changes one month's blocks, and the tables that are computed from them, with compare-and-swap on
//! every file.

use backon::Retryable;
use hashlake_core::asic::Asic;
use hashlake_core::lake::{Lake, LakeError, Stamp};
use hashlake_core::month::Month;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{blocks, daily, mwh_revenue};

use crate::lake_file::{LakeFileError, cas_retry, read, read_replaceable, replace};
use crate::pipeline::error::IngestError;
use crate::plan::Redo;
use crate::write_order::{TableWriter, write_tables};

/// Replaces the stored blocks of a month with those that `change` returns; `None` keeps the stored
/// blocks. If another writer changes a file in between, `change` is called again. A damaged file
/// counts as empty with [`Redo::Everything`], and is an error otherwise.
pub(crate) async fn change_month(
    lake: &dyn Lake,
    asics: &[Asic],
    month: Month,
    redo: Redo,
    change: &(dyn Fn(Vec<PricedBlock>) -> Result<Option<Vec<PricedBlock>>, IngestError> + Sync),
) -> Result<(), IngestError> {
    let attempt = || async {
        // Read the version of the revenue file before the blocks from which the new revenue is
        // computed.
        let revenue = lake.head(&mwh_revenue::key(month)).await?;
        let key = blocks::key(month);
        let (stored, blocks) = match redo {
            Redo::Nothing => read(lake, &key, blocks::decode).await?,
            Redo::Everything => read_replaceable(lake, &key, blocks::decode).await?,
        };
        let Some(rows) = change(stored)? else {
            return Ok(false);
        };
        let mut tables = MonthTables {
            lake,
            asics,
            month,
            rows,
            revenue,
            blocks,
        };
        write_tables(&mut tables).await?;
        let is_replaced = lake.head(&mwh_revenue::key(month)).await? != tables.revenue;
        Ok(is_replaced)
    };
    let is_replaced = attempt
        .retry(cas_retry())
        .when(IngestError::is_overtaken)
        .await?;
    if is_replaced {
        // Another writer computed the revenue from the old blocks.
        rewrite_revenue(lake, asics, month).await?;
    }
    Ok(())
}

/// Writes the revenue of a month from its stored blocks.
pub(crate) async fn rewrite_revenue(
    lake: &dyn Lake,
    asics: &[Asic],
    month: Month,
) -> Result<(), LakeFileError> {
    let (key, blocks_key) = (mwh_revenue::key(month), blocks::key(month));
    let attempt = || async {
        let old = lake.head(&key).await?;
        let (rows, blocks) = read(lake, &blocks_key, blocks::decode).await?;
        let encode = |guard| mwh_revenue::encode(&rows, asics, guard);
        replace(lake, &key, old.as_ref(), encode).await?;
        if lake.head(&blocks_key).await? != blocks {
            let key = blocks_key.clone();
            return Err(LakeError::Changed { key }.into());
        }
        Ok(())
    };
    attempt
        .retry(cas_retry())
        .when(LakeFileError::is_overtaken)
        .await
}

/// New rows of a month, and the versions of the files that they replace.
struct MonthTables<'a> {
    lake: &'a dyn Lake,
    asics: &'a [Asic],
    month: Month,
    rows: Vec<PricedBlock>,
    revenue: Option<Stamp>,
    blocks: Option<Stamp>,
}

impl TableWriter for MonthTables<'_> {
    async fn write_prices(&mut self) -> Result<(), LakeFileError> {
        Ok(()) // The caller stores prices before the first month: one call covers many months.
    }

    async fn write_revenue(&mut self) -> Result<(), LakeFileError> {
        let (old, key) = (self.revenue.as_ref(), mwh_revenue::key(self.month));
        let encode = |guard| mwh_revenue::encode(&self.rows, self.asics, guard);
        self.revenue = Some(replace(self.lake, &key, old, encode).await?);
        Ok(())
    }

    async fn write_asics(&mut self) -> Result<(), LakeFileError> {
        Ok(()) // All months share the miner models, which are written before the first month.
    }

    /// All months share this file, so it has a retry of its own.
    async fn write_days(&mut self) -> Result<(), LakeFileError> {
        let attempt = || async {
            let (mut days, old) = read_replaceable(self.lake, daily::KEY, daily::decode).await?;
            days.retain(|day| day.day.month() != self.month);
            days.extend(daily::summarise(&self.rows));
            days.sort_by_key(|day| day.day);
            let encode = |guard| daily::encode(&days, guard);
            replace(self.lake, daily::KEY, old.as_ref(), encode).await?;
            Ok(())
        };
        attempt
            .retry(cas_retry())
            .when(LakeFileError::is_overtaken)
            .await
    }

    async fn write_blocks(&mut self) -> Result<(), LakeFileError> {
        let (old, key) = (self.blocks.as_ref(), blocks::key(self.month));
        let encode = |guard| blocks::encode(&self.rows, guard);
        replace(self.lake, &key, old, encode).await?;
        Ok(())
    }
}
