//! Reads the lake's prices of time ranges, and merges new points into them.

use std::ops::Range;

use backon::Retryable;
use hashlake_core::lake::{Lake, Stamp};
use hashlake_core::month::Month;
use hashlake_core::price::{PricePoint, PriceSeries};
use hashlake_core::table::prices;
use hashlake_core::timestamp::Timestamp;

use crate::lake_file::{LakeFileError, cas_retry, read, read_replaceable, replace};
use crate::plan::Redo;
use crate::rows::by_month;

/// What a merge changed in the lake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Points at times that had no stored point.
    pub new_points: usize,
    /// Stored points that were replaced by other ones.
    pub replaced_points: usize,
    /// Number of files written.
    pub months_written: usize,
}

/// Which point to keep if two have the same time: the stored one or the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precedence {
    Stored,
    New,
}

/// Merges points, in any order, into the lake's `prices`. A stored point is not replaced by a point
/// of the same time. A month without new points is not written.
///
/// # Errors
/// If the lake fails, or a file of it is damaged. Months before the failed one are already written;
/// merging the same points again is safe.
pub async fn merge_prices(lake: &dyn Lake, points: &[PricePoint]) -> Result<Merged, LakeFileError> {
    merge_prices_by(lake, points, Precedence::Stored).await
}

/// Like [`merge_prices`], but with this precedence if a stored point has the same time.
pub async fn merge_prices_by(
    lake: &dyn Lake,
    points: &[PricePoint],
    precedence: Precedence,
) -> Result<Merged, LakeFileError> {
    let mut series = PriceSeries::default();
    series.merge(points.iter().cloned());
    let mut merged = Merged::default();
    for (month, points) in by_month(series.points(), |point| point.quote.time) {
        let of_month = merge_month(lake, month, points, precedence, Redo::Nothing).await?;
        merged.new_points += of_month.new_points;
        merged.replaced_points += of_month.replaced_points;
        merged.months_written += of_month.months_written;
    }
    Ok(merged)
}

/// The lake's prices of every month that `range` touches.
pub async fn stored_prices(
    lake: &dyn Lake,
    range: Range<Timestamp>,
) -> Result<PriceSeries, LakeFileError> {
    let mut points = Vec::new();
    let mut month = Some(Month::of(range.start));
    while let Some(at) = month.filter(|month| month.start() < range.end) {
        points.extend(read_month(lake, at).await?.0);
        month = at.next();
    }
    let mut series = PriceSeries::default();
    series.merge(points);
    Ok(series)
}

/// The lake's prices of a month and of the months before and after it. These are all prices that
/// the month's blocks can use, and the later ones that make a price final.
pub(crate) async fn prices_around(
    lake: &dyn Lake,
    month: Month,
) -> Result<PriceSeries, LakeFileError> {
    let first = month.previous().unwrap_or(month);
    let end = month.next().and_then(Month::next);
    stored_prices(
        lake,
        first.start()..end.map_or(Timestamp::LAST, Month::start),
    )
    .await
}

/// Merges points of a month. A damaged file counts as empty with [`Redo::Everything`], and is an
/// error otherwise.
pub(crate) async fn merge_month(
    lake: &dyn Lake,
    month: Month,
    points: &[PricePoint],
    precedence: Precedence,
    redo: Redo,
) -> Result<Merged, LakeFileError> {
    let key = prices::key(month);
    let attempt = || async {
        let (stored, stamp) = match redo {
            Redo::Nothing => read_month(lake, month).await?,
            Redo::Everything => read_replaceable(lake, &key, prices::decode).await?,
        };
        let (mut old, mut series) = (PriceSeries::default(), PriceSeries::default());
        old.merge(stored);
        if precedence == Precedence::New {
            series.merge(points.iter().cloned());
        }
        series.merge(old.points().iter().cloned());
        series.merge(points.iter().cloned());
        let new_points = series.points().len() - old.points().len();
        let is_replaced = |point: &&PricePoint| series.at(point.quote.time) != Some(*point);
        let replaced_points = old.points().iter().filter(is_replaced).count();
        let is_changed = new_points + replaced_points > 0 || redo == Redo::Everything;
        if is_changed {
            let encode = |guard| prices::encode(series.points(), guard);
            replace(lake, &key, stamp.as_ref(), encode).await?;
        }
        Ok(Merged {
            new_points,
            replaced_points,
            months_written: usize::from(is_changed),
        })
    };
    attempt
        .retry(cas_retry())
        .when(LakeFileError::is_overtaken)
        .await
}

async fn read_month(
    lake: &dyn Lake,
    month: Month,
) -> Result<(Vec<PricePoint>, Option<Stamp>), LakeFileError> {
    read(lake, &prices::key(month), prices::decode).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use async_trait::async_trait;
    use bytes::Bytes;
    use hashlake_core::lake::memory::MemoryLake;
    use hashlake_core::lake::{LakeError, Stored, Version};
    use hashlake_core::price::Quote;
    use hashlake_core::units::UsdPerBtc;

    use super::*;

    const NOVEMBER: i64 = 1_761_955_200; // 2025-11-01T00:00:00Z

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(secs).expect("a date")
    }

    fn point(secs: i64, usd: f64) -> PricePoint {
        PricePoint {
            quote: Quote {
                time: at(secs),
                usd: UsdPerBtc::new(usd).expect("a price"),
                source: "test".into(),
            },
            resolution_s: 3600,
        }
    }

    async fn merge(lake: &dyn Lake, points: &[PricePoint]) -> (usize, usize) {
        let merged = merge_prices(lake, points).await.expect("written");
        (merged.new_points, merged.months_written)
    }

    async fn stored(lake: &dyn Lake) -> Vec<PricePoint> {
        let all = stored_prices(lake, at(NOVEMBER - 1)..at(NOVEMBER + 1)).await;
        all.expect("readable").points().to_vec()
    }

    #[tokio::test]
    async fn points_are_stored_in_the_month_of_their_time_and_read_in_order() {
        let lake = MemoryLake::default();
        let (october, november, later) = (
            point(NOVEMBER - 1, 1.0),
            point(NOVEMBER, 2.0),
            point(NOVEMBER + 86_400, 3.0),
        );

        let given = [later.clone(), october.clone(), november.clone()];
        assert_eq!(merge(&lake, &given).await, (3, 2));

        assert_eq!(
            stored(&lake).await,
            [october, november.clone(), later.clone()]
        );
        let november_alone = stored_prices(&lake, at(NOVEMBER)..at(NOVEMBER + 1)).await;
        assert_eq!(
            november_alone.expect("readable").points(),
            [november, later]
        );
    }

    #[tokio::test]
    async fn the_first_point_of_a_time_stays_and_a_month_without_new_points_is_not_written() {
        let lake = MemoryLake::default();
        let first = [point(NOVEMBER - 1, 1.0), point(NOVEMBER, 2.0)];
        merge(&lake, &first).await;
        let before = lake.list("").await.expect("memory answers");

        assert_eq!(
            merge(&lake, &[point(NOVEMBER - 1, 7.0), point(NOVEMBER, 8.0)]).await,
            (0, 0)
        );
        assert_eq!(lake.list("").await.expect("memory answers"), before);
        assert_eq!(
            merge(&lake, &[point(NOVEMBER, 9.0), point(NOVEMBER + 1, 3.0)]).await,
            (1, 1)
        );

        let [october, november] = first;
        assert_eq!(
            stored(&lake).await,
            [october, november, point(NOVEMBER + 1, 3.0)]
        );
    }

    #[tokio::test]
    async fn a_new_point_replaces_the_stored_one_of_the_same_time_on_request() {
        let lake = MemoryLake::default();
        merge(&lake, &[point(NOVEMBER, 2.0), point(NOVEMBER + 1, 3.0)]).await;
        let points = [
            point(NOVEMBER, 9.0),
            point(NOVEMBER + 1, 3.0),
            point(NOVEMBER + 2, 4.0),
        ];
        let replace = || merge_prices_by(&lake, &points, Precedence::New);

        let (first, second) = (replace().await, replace().await);

        let (new_points, replaced_points, months_written) = (1, 1, 1);
        let expected = Merged {
            new_points,
            replaced_points,
            months_written,
        };
        assert_eq!(first.expect("written"), expected);
        assert_eq!(second.expect("unchanged"), Merged::default());
        assert_eq!(stored(&lake).await, points);
    }

    /// A lake in which another writer adds a point to the same month just before our first put.
    #[derive(Default)]
    struct Contended {
        inner: MemoryLake,
        is_written: AtomicBool,
    }

    #[async_trait]
    impl Lake for Contended {
        async fn get(&self, key: &str) -> Result<Option<Stored>, LakeError> {
            self.inner.get(key).await
        }

        async fn tail(&self, key: &str, len: u64) -> Result<Option<Stored>, LakeError> {
            self.inner.tail(key, len).await
        }

        async fn head(&self, key: &str) -> Result<Option<Stamp>, LakeError> {
            self.inner.head(key).await
        }

        async fn put(
            &self,
            key: &str,
            body: Bytes,
            replacing: Option<&Version>,
        ) -> Result<Version, LakeError> {
            if !self.is_written.swap(true, Ordering::Relaxed) {
                let theirs = merge_prices(&self.inner, &[point(NOVEMBER + 60, 5.0)]).await;
                theirs.expect("written");
            }
            self.inner.put(key, body, replacing).await
        }

        async fn list(&self, prefix: &str) -> Result<Vec<(String, Stamp)>, LakeError> {
            self.inner.list(prefix).await
        }
    }

    #[tokio::test]
    async fn a_point_that_another_writer_adds_at_the_same_time_is_not_lost() {
        let lake = Contended::default();

        let merged = merge(&lake, &[point(NOVEMBER, 4.0)]).await;

        assert_eq!(merged, (1, 1));
        assert_eq!(
            stored(&lake).await,
            [point(NOVEMBER, 4.0), point(NOVEMBER + 60, 5.0)]
        );
    }

    #[tokio::test]
    async fn a_damaged_month_is_named_and_left_as_it_is() {
        let lake = MemoryLake::default();
        let key = prices::key(Month::of(at(NOVEMBER)));
        let damaged = lake.put(&key, "not parquet".into(), None).await;

        let error = merge_prices(&lake, &[point(NOVEMBER, 4.0)])
            .await
            .expect_err("it cannot be read");

        assert!(error.to_string().contains(&key), "{error}");
        let left = lake.head(&key).await.expect("memory answers");
        assert_eq!(
            left.map(|stamp| stamp.version),
            Some(damaged.expect("written"))
        );
    }
}
