//! A month's blocks in the lake, and what follows from them: changed on condition that nobody else changed them meanwhile.

use backon::Retryable;
use hashlake_core::asic::Asic;
use hashlake_core::lake::Lake;
use hashlake_core::month::Month;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{blocks, daily, mwh_revenue};

use crate::lake_file::{LakeFileError, read, replace, tries};
use crate::pipeline::IngestError;

/// The months of which the lake has blocks, in order.
///
/// # Errors
/// What the lake does.
pub(crate) async fn stored_months(lake: &dyn Lake) -> Result<Vec<Month>, LakeFileError> {
    let keys = lake.list("v1/blocks/").await?.into_iter();
    Ok(keys.filter_map(|(key, _)| blocks::month(&key)).collect())
}

/// Changes the blocks of a month as `change` says, which answers `None` where they are good as they are; where another writer
/// comes in between, it is asked again. Revenue and days come first and blocks last, so that a run that dies in between leaves
/// blocks that are still to be changed.
///
/// # Errors
/// What `change` says, and what the lake does.
pub(crate) async fn change_month(
    lake: &dyn Lake,
    asics: &[Asic],
    month: Month,
    change: &(dyn Fn(Vec<PricedBlock>) -> Result<Option<Vec<PricedBlock>>, IngestError> + Sync),
) -> Result<(), IngestError> {
    let attempt = || async {
        let revenue_key = mwh_revenue::key(month);
        let revenue = lake.head(&revenue_key).await?; // Before the blocks that it is to follow from.
        let blocks_key = blocks::key(month);
        let (stored, stamp) = read(lake, &blocks_key, blocks::decode).await?;
        let Some(rows) = change(stored)? else {
            return Ok(());
        };
        replace(lake, &revenue_key, revenue.as_ref(), |guard| {
            mwh_revenue::encode(&rows, asics, guard)
        })
        .await?;
        change_days(lake, month, &rows).await?;
        replace(lake, &blocks_key, stamp.as_ref(), |guard| {
            blocks::encode(&rows, guard)
        })
        .await?;
        Ok(())
    };
    attempt.retry(tries()).when(IngestError::is_overtaken).await
}

async fn change_days(
    lake: &dyn Lake,
    month: Month,
    rows: &[PricedBlock],
) -> Result<(), LakeFileError> {
    let attempt = || async {
        let (mut days, stamp) = read(lake, daily::KEY, daily::decode).await?;
        days.retain(|day| day.day.month() != month);
        days.extend(daily::summarise(rows));
        days.sort_by_key(|day| day.day);
        replace(lake, daily::KEY, stamp.as_ref(), |guard| {
            daily::encode(&days, guard)
        })
        .await?;
        Ok(())
    };
    attempt
        .retry(tries())
        .when(LakeFileError::is_overtaken)
        .await
}
