//! Keeps the note about prices (sources that fail, points that were held back) in the lake.

use backon::Retryable;
use hashlake_core::lake::{Lake, LakeError};
use hashlake_core::price_note::{FailingSource, KEY, PriceNote};
use hashlake_core::suspect::Suspect;
use hashlake_core::timestamp::Timestamp;
use tracing::warn;

use crate::lake_file::cas_retry;
use crate::prices::SourceState;

/// What a run reports about prices.
pub struct PriceNews<'a> {
    /// The states of all sources; empty after a backfill.
    pub states: &'a [(&'static str, SourceState)],
    /// Points that were held back.
    pub suspects: &'a [Suspect],
    /// Whether the lake has a price of this time.
    pub is_stored: &'a (dyn Fn(Timestamp) -> bool + Sync),
}

/// Writes the note, if it changes. A failure is logged: no block and no price depends on it.
pub async fn update_note(lake: &dyn Lake, news: &PriceNews<'_>, now: Timestamp) {
    // People read the time, so it has whole seconds.
    let now = Timestamp::from_secs(now.to_secs()).unwrap_or(now);
    let attempt = || async {
        let stored = lake.get(KEY).await?;
        let old = stored
            .as_ref()
            .map(|stored| PriceNote::from_json(&stored.body));
        let old = old.unwrap_or_default();
        let new = updated(&old, news, now);
        if new != old {
            let version = stored.map(|stored| stored.version);
            lake.put(KEY, new.to_json().into(), version.as_ref())
                .await?;
        }
        Ok(())
    };
    let is_overtaken = |error: &LakeError| matches!(error, LakeError::Changed { .. });
    if let Err(error) = attempt.retry(cas_retry()).when(is_overtaken).await {
        warn!("cannot store the state of the price sources for /status: {error}");
    }
}

fn updated(old: &PriceNote, news: &PriceNews<'_>, now: Timestamp) -> PriceNote {
    let mut note = old.clone();
    let known = |name: &str| old.sources.iter().find(|source| source.name == name);
    if !news.states.is_empty() {
        let failing = |(name, state): &(&'static str, SourceState)| match state {
            SourceState::NotNeeded | SourceState::Answered => None,
            SourceState::Waiting => known(name).cloned(),
            SourceState::Failing(why) => Some(FailingSource {
                name: (*name).to_owned(),
                failing_since: known(name).map_or(now, |source| source.failing_since),
                why: why.clone(),
            }),
        };
        note.sources = news.states.iter().filter_map(failing).collect();
    }
    note.suspects.retain(|held| !(news.is_stored)(held.time));
    note.add_suspects(news.suspects);
    note
}

#[cfg(test)]
mod tests {
    use hashlake_core::lake::memory::MemoryLake;

    use super::*;

    async fn note(lake: &MemoryLake) -> Option<PriceNote> {
        let stored = lake.get(KEY).await.expect("memory answers");
        stored.map(|stored| PriceNote::from_json(&stored.body))
    }

    #[tokio::test]
    async fn a_source_fails_from_its_first_failure_until_it_answers() {
        let lake = MemoryLake::default();
        let at = Timestamp::from_block_time;
        let failing = |why: &str| SourceState::Failing(why.to_owned());
        let update = async |state: SourceState, secs: u32| {
            let news = PriceNews {
                states: &[("CoinGecko", state)],
                suspects: &[],
                is_stored: &|_| false,
            };
            update_note(&lake, &news, at(secs)).await;
            let sources = note(&lake).await.map(|note| note.sources);
            sources.map(|sources| {
                sources
                    .into_iter()
                    .map(|source| (source.failing_since, source.why))
                    .collect()
            })
        };

        // An empty note is not written.
        assert_eq!(update(SourceState::Answered, 10).await, None);
        assert_eq!(
            update(failing("a"), 20).await,
            Some(vec![(at(20), "a".to_owned())])
        );
        assert_eq!(
            update(failing("b"), 30).await,
            Some(vec![(at(20), "b".to_owned())])
        );
        assert_eq!(
            update(SourceState::Waiting, 40).await,
            Some(vec![(at(20), "b".to_owned())])
        );
        assert_eq!(update(SourceState::Answered, 50).await, Some(vec![]));
        assert_eq!(
            update(failing("c"), 60).await,
            Some(vec![(at(60), "c".to_owned())])
        );
        assert_eq!(update(SourceState::NotNeeded, 70).await, Some(vec![]));
    }
}
