//! What a price source does, and why it may fail.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hashlake_core::price::{PLAUSIBLE_USD, PricePoint, Quote};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::UsdPerBtc;
use serde_json::Value;
use thiserror::Error;

use crate::http::{self, HttpError};

/// Times before the first block (2009-01-03T18:15:05Z) are errors. For example, a time in seconds
/// that is read as milliseconds is in January 1970.
const FIRST_BLOCK_S: u32 = 1_231_006_505;

/// The clock of a source may be ahead by this much.
const CLOCKS_DIFFER: Duration = Duration::from_secs(3600);

/// A reply is refused if it has more invalid entries than this, and more than one in
/// [`INVALID_SHARE`].
const INVALID_MAX: usize = 2;
const INVALID_SHARE: usize = 10;

/// A service that publishes the price of bitcoin.
#[async_trait]
pub trait PriceSource: Send + Sync {
    /// Name of the source in messages.
    fn name(&self) -> &'static str;

    fn limits(&self, now: Timestamp) -> CallLimits;

    /// Fetches prices in `range`, both ends included, with one call. Times after `now` are invalid.
    async fn fetch(
        &self,
        range: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<PriceReply, PriceError>;
}

/// The reply to a call, after all its numbers were checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceReply {
    /// In order of time, at most one for each time.
    pub points: Vec<PricePoint>,
    /// Times of the points, and of intervals in which nothing was traded, in order.
    pub times: Vec<Timestamp>,
    /// What was wrong with entries that were left out.
    pub left_out: Option<InvalidEntries>,
}

/// Entries of a reply that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{invalid} of {total} prices, such as `{example}`: {reason}")]
pub struct InvalidEntries {
    pub invalid: usize,
    pub total: usize,
    pub example: String,
    pub reason: String,
}

/// Limits of the calls to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// The longest time range that one call answers at full resolution.
    pub max_range: Duration,
    /// Start of the source's history, as far as it is known without a call.
    pub history_start: Timestamp,
    /// From this time on, points are at most an hour apart. Earlier points may be a day apart.
    pub hourly_since: Timestamp,
    /// hashlake's own limit of calls per minute.
    pub calls_per_minute: usize,
    /// hashlake's own limit of calls per UTC day.
    pub calls_per_day: u32,
}

/// Why a source gave no prices. The text continues a sentence that begins with the source's name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PriceError {
    #[error("is rate limiting{}", retry_after.map(|wait| format!(": retry after {} s", wait.as_secs())).unwrap_or_default())]
    RateLimited { retry_after: Option<Duration> },
    #[error("has no prices from that long ago: {message}")]
    TooOld { message: String },
    #[error("refused the key or the plan: check COINGECKO_API_KEY and COINGECKO_PLAN ({message})")]
    Credentials { message: String },
    #[error(
        "requires a key: set COINGECKO_PLAN=demo and COINGECKO_API_KEY, or leave coingecko out of PRICE_SOURCES ({message})"
    )]
    KeyRequired { message: String },
    /// A firewall or a rule for a country blocks this computer. The request itself is not the
    /// reason.
    #[error("refuses requests from this IP address (HTTP {status}, {message})")]
    Blocked { status: u16, message: String },
    #[error("refused the request: {message} (HTTP status {status})")]
    Rejected { status: u16, message: String },
    #[error("cannot be reached: {reason}")]
    Unavailable { reason: String },
    #[error("sent an unexpected reply: {body_start}")]
    Malformed { body_start: String },
    #[error("sent invalid prices, so its whole reply is ignored: {0}")]
    Invalid(InvalidEntries),
    #[error("sent no prices from {} to {}", .0.start, .0.end)]
    Missing(Range<Timestamp>),
    #[error("has sent no prices after {since}")]
    Stopped { since: Timestamp },
    #[error("sent daily prices, or ones many hours apart, instead of hourly ones from {} to {}", .0.start, .0.end)]
    Coarse(Range<Timestamp>),
    #[error(
        "sent a reply in which {suspects} of {total} prices are far off those before and after, so the whole reply is ignored"
    )]
    Unsteady { suspects: usize, total: usize },
    #[error(
        "reached today's limit of {calls_per_day} calls; the remaining prices will be fetched tomorrow"
    )]
    DailyLimit { calls_per_day: u32 },
    /// There is not enough time left for a reply.
    #[error("was not called because time ran out; the next run will call it")]
    OutOfTime,
}

impl PriceError {
    /// Whether the same call may succeed soon.
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::RateLimited { .. } | Self::Unavailable { .. })
    }
}

impl From<HttpError> for PriceError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Unavailable { reason } => Self::Unavailable { reason },
            HttpError::TimedOut => Self::Unavailable {
                reason: "it did not reply in time".to_owned(),
            },
            HttpError::Redirect { status, target } => Self::Rejected {
                status: status.as_u16(),
                message: format!("it redirects to {target}, which is not followed"),
            },
            HttpError::BodyTooLong { body_start } => Self::Malformed {
                body_start: format!("`{body_start}`, longer than any reply with prices"),
            },
        }
    }
}

/// An entry of a reply, before it is checked.
pub(crate) struct Entry {
    /// `None` if it is not a time.
    pub(crate) time: Option<Timestamp>,
    pub(crate) price: EntryPrice,
}

pub(crate) enum EntryPrice {
    Usd(f64),
    /// Nothing was traded in the interval.
    NotTraded,
    /// The source has no price.
    Unknown,
    Invalid,
}

impl Entry {
    /// Why the entry cannot be right.
    fn fault(&self, now: Timestamp) -> Option<String> {
        let first = Timestamp::from_block_time(FIRST_BLOCK_S);
        match (self.time, &self.price) {
            (None, _) => Some("its time is not a valid number".to_owned()),
            (Some(time), _) if time < first => {
                Some(format!("its time would be {time}, before the first block"))
            }
            (Some(time), _) if now + CLOCKS_DIFFER < time => {
                Some(format!("its time would be {time}, in the future"))
            }
            (_, EntryPrice::Usd(usd)) if !PLAUSIBLE_USD.contains(usd) => Some(format!(
                "a price must be from {} to {} USD",
                PLAUSIBLE_USD.start(),
                PLAUSIBLE_USD.end()
            )),
            (_, EntryPrice::Invalid) => Some("its price is not a number".to_owned()),
            _ => None,
        }
    }
}

/// The reply with these entries, which may be in any order. Times outside `range` and invalid
/// entries are left out. If two entries have the same time, the first one is used.
///
/// # Errors
/// [`PriceError::Invalid`] if all or many entries are invalid.
pub(crate) fn check<T>(
    sent: &[T],
    entry: impl Fn(&T) -> Entry,
    show: impl Fn(&T) -> String,
    (range, now): (&Range<Timestamp>, Timestamp),
    source: &Arc<str>,
) -> Result<PriceReply, PriceError> {
    let mut faults = sent
        .iter()
        .filter_map(|sent| Some((sent, entry(sent).fault(now)?)));
    let left_out = faults.next().map(|(example, reason)| InvalidEntries {
        invalid: 1 + faults.count(),
        total: sent.len(),
        example: http::start_of(show(example).as_bytes()),
        reason,
    });
    if let Some(faults) = left_out.as_ref()
        && (faults.invalid == faults.total
            || faults.invalid > INVALID_MAX && faults.invalid * INVALID_SHARE > faults.total)
    {
        return Err(PriceError::Invalid(faults.clone()));
    }
    let (mut points, mut times) = (Vec::new(), Vec::new());
    for entry in sent
        .iter()
        .map(entry)
        .filter(|entry| entry.fault(now).is_none())
    {
        let Some(time) = entry
            .time
            .filter(|time| (range.start..=range.end).contains(time))
        else {
            continue;
        };
        match entry.price {
            EntryPrice::Usd(usd) => {
                let Ok(usd) = UsdPerBtc::new(usd) else {
                    continue;
                };
                let source = source.clone();
                times.push(time);
                points.push(PricePoint {
                    quote: Quote { time, usd, source },
                    resolution_s: 3600,
                });
            }
            EntryPrice::NotTraded => times.push(time),
            EntryPrice::Unknown | EntryPrice::Invalid => {}
        }
    }
    points.sort_by_key(|point| point.quote.time);
    points.dedup_by_key(|point| point.quote.time);
    times.sort_unstable();
    times.dedup();
    Ok(PriceReply {
        points,
        times,
        left_out,
    })
}

/// A number that was sent as a number or as text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    number.filter(|number: &f64| number.is_finite())
}

/// A whole number that was sent as a whole number, as a float or as text; a fraction is cut off.
#[expect(
    clippy::cast_possible_truncation,
    reason = "within the range of exact integers"
)]
pub(crate) fn whole(value: &Value) -> Option<i64> {
    const EXACT_MAX: f64 = 9_007_199_254_740_991.0; // 2^53 - 1
    let number = number(value)?;
    (number.abs() <= EXACT_MAX).then_some(number as i64)
}

/// Describes an unexpected body for an error message: by the title of a page, or by its start.
pub(crate) fn describe_body(body: &[u8]) -> String {
    let start = http::start_of(body);
    if body.trim_ascii().is_empty() {
        return "no text".to_owned();
    }
    if !start.trim_start().starts_with('<') {
        return format!("`{}`", start.trim());
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(TITLE_WITHIN)]);
    let title = tag_text(&text, "title").or_else(|| tag_text(&text, "h1"));
    let words = title
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    match words.is_empty() {
        true => format!("a page: `{}`", start.trim()),
        false => format!("a page: {}", http::start_of(words.as_bytes())),
    }
}

/// The text of the first element with this name, up to the next tag.
fn tag_text<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    // Lower case has the length of the text, because only ASCII changes.
    let lower = text.to_ascii_lowercase();
    let open = lower.find(&format!("<{name}"))?;
    let start = open + lower[open..].find('>')? + 1;
    let end = lower[start..]
        .find('<')
        .map_or(text.len(), |end| start + end);
    Some(&text[start..end])
}

/// The title of a page is near its start.
const TITLE_WITHIN: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_described_by_its_title_and_other_bodies_by_their_start() {
        let described = |body: &str| describe_body(body.as_bytes());

        let page = "<!DOCTYPE html><!--[if lt IE 7]> <html> <![endif]--><head><TITLE lang=en>Access denied |\n Cloudflare</title>";
        assert_eq!(described(page), "a page: Access denied | Cloudflare");
        assert_eq!(
            described(" <html><h1>403 Forbidden</h1>"),
            "a page: 403 Forbidden"
        );
        assert_eq!(
            described("<html>blocked</html>"),
            "a page: `<html>blocked</html>`"
        );
        assert_eq!(described("error code: 1020\n"), "`error code: 1020`");
        assert_eq!(described(" \n"), "no text");
        assert_eq!(described("<title"), "a page: `<title`");
    }

    #[test]
    fn numbers_may_be_sent_as_text_or_as_floats() {
        let whole = |json: &str| whole(&serde_json::from_str(json).expect("JSON"));

        assert_eq!(whole("1763812800000"), Some(1_763_812_800_000));
        assert_eq!(whole("1763812800000.0"), Some(1_763_812_800_000));
        assert_eq!(whole("1.763812e12"), Some(1_763_812_000_000));
        assert_eq!(whole(r#"" 1763812800""#), Some(1_763_812_800));
        for json in [
            "null", "true", r#""NaN""#, r#""inf""#, "1e300", "[]", r#""""#,
        ] {
            assert_eq!(whole(json), None, "{json}");
        }
    }
}
