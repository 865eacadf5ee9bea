//! The note about prices that ingest stores in the lake for `/status`: sources that fail, and
//! points that were held back.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::suspect::Suspect;
use crate::timestamp::Timestamp;

/// Key of the object in the lake.
pub const KEY: &str = "_prices.json";

/// If the newest price is older than this, prices are late. They are an hour apart and arrive up to
/// half an hour later, and blocks are often an hour apart.
pub const LATE: Duration = Duration::from_secs(3 * 3600);

/// At most this many of the points that were held back are kept.
const SUSPECTS_MAX: usize = 20;

/// Why the lake lacks prices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PriceNote {
    /// Sources that do not answer, in their order.
    #[serde(default)]
    pub sources: Vec<FailingSource>,
    /// Points that were held back, in order of time.
    #[serde(default)]
    pub suspects: Vec<HeldPoint>,
}

/// A price source that fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailingSource {
    /// Name of the source.
    pub name: String,
    /// Time of the first failure since it last answered.
    pub failing_since: Timestamp,
    /// The last failure, in words that follow the name of the source.
    pub why: String,
}

/// A point that was not stored, because it is far off its neighbours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldPoint {
    /// Time of the price.
    pub time: Timestamp,
    /// The price.
    pub usd: f64,
    /// Source of the price.
    pub source: String,
    /// The price before it.
    pub before_usd: Option<f64>,
    /// The price after it.
    pub after_usd: Option<f64>,
}

impl From<&Suspect> for HeldPoint {
    fn from(suspect: &Suspect) -> Self {
        let Suspect {
            quote,
            before,
            after,
        } = suspect;
        Self {
            time: quote.time,
            usd: quote.usd.to_usd_per_btc(),
            source: quote.source.to_string(),
            before_usd: before.as_ref().map(|quote| quote.usd.to_usd_per_btc()),
            after_usd: after.as_ref().map(|quote| quote.usd.to_usd_per_btc()),
        }
    }
}

impl PriceNote {
    /// Reads the note from the bytes of its object. Damaged bytes give an empty note, because
    /// nothing depends on it.
    pub fn from_json(json: &[u8]) -> Self {
        serde_json::from_slice(json).unwrap_or_default()
    }

    /// The bytes of its object.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("names and numbers are always JSON")
    }

    /// Adds points that were held back. A point of the same time is replaced.
    pub fn add_suspects(&mut self, suspects: &[Suspect]) {
        let new = |time| suspects.iter().any(|suspect| suspect.quote.time == time);
        self.suspects.retain(|held| !new(held.time));
        self.suspects.extend(suspects.iter().map(HeldPoint::from));
        self.suspects.sort_by_key(|held| held.time);
        let too_many = self.suspects.len().saturating_sub(SUSPECTS_MAX);
        self.suspects.drain(..too_many);
    }

    /// Why there are no prices after `newest`, if they are late at `now`.
    pub fn why_late(&self, newest: Option<Timestamp>, now: Timestamp) -> Option<String> {
        let since = match newest {
            Some(newest) if now.since(newest) <= LATE => return None,
            Some(newest) => format!("no new BTC price since {newest}"),
            None => "there is no BTC price yet".to_owned(),
        };
        let failing = self.sources.iter();
        let failing: Vec<String> = failing
            .map(|source| {
                format!(
                    "{} {}, since {}",
                    source.name, source.why, source.failing_since
                )
            })
            .collect();
        Some(match failing.is_empty() {
            true => format!("{since}: see the log of ingest"),
            false => format!("{since}: {}", failing.join("; ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::Quote;
    use crate::units::UsdPerBtc;

    fn at(secs: u32) -> Timestamp {
        Timestamp::from_block_time(secs)
    }

    fn suspect(secs: u32, after: Option<f64>) -> Suspect {
        let quote = |secs, usd| Quote {
            time: at(secs),
            usd: UsdPerBtc::new(usd).expect("a price"),
            source: "coingecko".into(),
        };
        Suspect {
            quote: quote(secs, 8e6),
            before: Some(quote(secs - 3600, 8e4)),
            after: after.map(|usd| quote(secs + 3600, usd)),
        }
    }

    #[test]
    fn a_note_is_read_as_it_was_written_and_a_damaged_one_is_empty() {
        let mut note = PriceNote::default();
        note.sources.push(FailingSource {
            name: "CoinGecko".to_owned(),
            failing_since: at(1_763_766_000),
            why: "refuses requests from this IP address (HTTP 403, a page: Access denied)"
                .to_owned(),
        });
        note.add_suspects(&[suspect(1_763_766_000, Some(8.1e4))]);

        assert_eq!(PriceNote::from_json(note.to_json().as_bytes()), note);
        for damaged in ["", "[]", r#"{"sources":[{"name":1}]}"#] {
            assert_eq!(
                PriceNote::from_json(damaged.as_bytes()),
                PriceNote::default()
            );
        }
    }

    #[test]
    fn a_point_is_noted_once_and_the_latest_ones_are_kept() {
        let mut note = PriceNote::default();
        for n in 0..30 {
            note.add_suspects(&[suspect(1_763_766_000 + n, None)]);
        }
        note.add_suspects(&[suspect(1_763_766_029, Some(8.1e4))]);

        assert_eq!(note.suspects.len(), 20);
        let last = note
            .suspects
            .last()
            .map(|suspect| (suspect.time, suspect.after_usd));
        assert_eq!(last, Some((at(1_763_766_029), Some(8.1e4))));
    }

    #[test]
    fn the_reason_for_late_prices_is_given() {
        let now = at(1_763_800_000);
        let mut note = PriceNote::default();
        let late = Some(at(1_763_780_000));

        assert_eq!(note.why_late(Some(now - LATE), now), None);
        assert_eq!(
            note.why_late(late, now).as_deref(),
            Some("no new BTC price since 2025-11-22T02:53:20Z: see the log of ingest")
        );
        note.sources.push(FailingSource {
            name: "CoinGecko".to_owned(),
            failing_since: at(1_763_783_600),
            why: "refuses requests from this IP address (HTTP 403, a page: Access denied)"
                .to_owned(),
        });
        assert_eq!(
            note.why_late(late, now).as_deref(),
            Some(
                "no new BTC price since 2025-11-22T02:53:20Z: CoinGecko refuses requests from this IP address (HTTP 403, a page: Access denied), since 2025-11-22T03:53:20Z"
            )
        );
        assert!(
            note.why_late(None, now)
                .is_some_and(|why| why.starts_with("there is no BTC price yet: CoinGecko"))
        );
    }
}
