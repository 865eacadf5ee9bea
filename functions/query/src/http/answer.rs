//! Turns an answer into a response: sets its format, its entity tag, and how long caches may keep
//! it.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Once;
use std::time::Duration;

use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hashlake_core::timestamp::Timestamp;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use serde::{Deserialize, Serialize};
use tracing::warn;
use utoipa::ToSchema;

use crate::http::api::Api;
use crate::http::problem::Problem;
use crate::http::query::CACHE_BUSTER;
use crate::http::unsent::{UNSENT_KIB, reserve_memory};
use crate::points::time_range::PointsError;
use crate::points::turn::Turn;
use crate::reader::Age;
use crate::reader::error::ReadError;
use crate::reader::history::History;

const ATTEMPTS: u32 = 4; // Files may be replaced while an answer is built.

/// The lake is not read again for this time, so answers stay the same.
const MAX_AGE: Duration = Duration::from_secs(2);

/// Caches may keep an answer for [`MAX_AGE`]. While the lake cannot be read, they may serve the
/// last answer for a day.
const ANSWER_CACHE_CONTROL: HeaderValue =
    HeaderValue::from_static("public, max-age=2, stale-if-error=86400");

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Json,
    Csv,
}

impl Format {
    /// The format that the query names, else the one that the `Accept` header prefers, else JSON.
    pub(crate) fn choose(named: Option<Self>, headers: &HeaderMap) -> Self {
        named
            .or_else(|| Self::accepted(headers))
            .unwrap_or(Self::Json)
    }

    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let accept = headers.get(ACCEPT)?.to_str().ok()?;
        let mut media_types = accept.split(',').filter_map(accepted_media_type);
        media_types.find_map(|media_type| match media_type {
            "application/json" => Some(Self::Json),
            "text/csv" => Some(Self::Csv),
            _ => None,
        })
    }
}

/// A media type of an `Accept` header, unless its weight is 0.
fn accepted_media_type(entry: &str) -> Option<&str> {
    let mut parts = entry.split(';').map(str::trim);
    let media_type = parts.next()?;
    let is_refused =
        parts.any(|part| part.strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0));
    (!is_refused).then_some(media_type)
}

/// The body of a response, in its format.
pub(crate) struct Body {
    content_type: &'static str,
    bytes: Bytes,
    turn: Option<Turn>,
}

impl Body {
    pub(crate) fn json(answer: &impl Serialize) -> Self {
        let json = serde_json::to_vec(answer).expect("text and numbers have a JSON form");
        Self::new("application/json", json)
    }

    pub(crate) fn csv(text: Vec<u8>) -> Self {
        Self::new("text/csv; charset=utf-8; header=present", text)
    }

    pub(crate) fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self {
            content_type,
            bytes: bytes.into(),
            turn: None,
        }
    }

    /// Keeps the turn in which the body was built until it is compressed: see
    /// [`end_turn`](crate::http::unsent::end_turn).
    pub(crate) fn in_turn(self, turn: Option<Turn>) -> Self {
        Self { turn, ..self }
    }

    fn reserve_memory(self) -> Result<Self, Problem> {
        Ok(match self.turn {
            Some(_) => self, // It is reserved at the end of the turn.
            None => Self {
                bytes: reserve_memory(self.bytes, &UNSENT_KIB)?,
                ..self
            },
        })
    }

    #[cfg(test)]
    pub(crate) fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Response {
        let mut response = ([(CONTENT_TYPE, self.content_type)], self.bytes).into_response();
        if let Some(turn) = self.turn {
            response.extensions_mut().insert(turn);
        }
        response
    }
}

/// Why an answer could not be built.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The lake cannot be read.
    Read(ReadError),
    /// The request is wrong.
    Problem(Problem),
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<PointsError> for Failure {
    fn from(error: PointsError) -> Self {
        match error {
            PointsError::Read(error) => Self::Read(error),
            PointsError::TooMany(limit) => Self::Problem(limit.into()),
        }
    }
}

/// Makes sure that an empty lake is logged only once.
static EMPTY: Once = Once::new();

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Problem(problem) => problem,
            Failure::Read(error) => {
                match error {
                    // The page repeats its requests every few seconds.
                    ReadError::Empty => EMPTY.call_once(|| warn!("{error}")),
                    _ => warn!("{error}"),
                }
                Self::unavailable(error.public_message())
            }
        }
    }
}

impl Api {
    /// Builds an answer from one snapshot of the lake.
    ///
    /// If the client sends the entity tag of this answer, it gets 304, and the answer is not built.
    /// The answer must depend only on the request, the snapshot and `other_inputs`.
    pub(crate) async fn answer<F>(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        other_inputs: impl Hash,
        build: impl Fn(History) -> F,
    ) -> Result<Response, Problem>
    where
        F: Future<Output = Result<Body, Failure>>,
    {
        let query = &uri.query().and_then(without_cache_buster);
        let request = &(uri.path(), query, headers.get(ACCEPT), other_inputs);
        self.build(|history| {
            let etag = entity_tag((request, history.snapshot.hash()));
            let client_has_it = client_has(headers, &etag);
            let body = build(history);
            async move {
                let response = match client_has_it {
                    true => StatusCode::NOT_MODIFIED.into_response(),
                    false => body.await?.reserve_memory()?.into_response(),
                };
                Ok(with_caching(response, etag, ANSWER_CACHE_CONTROL))
            }
        })
        .await
    }

    /// Builds an answer that is valid only for some time. `build` gets the current time, and
    /// returns the body and how long the body is valid. Caches may not keep it longer, and its
    /// entity tag depends on its bytes alone.
    pub(crate) async fn answer_for_now<F>(
        &self,
        headers: &HeaderMap,
        build: impl Fn(History, Timestamp) -> F,
    ) -> Result<Response, Problem>
    where
        F: Future<Output = Result<(Body, Duration), Failure>>,
    {
        let (body, valid_for) = self.build(|history| build(history, (self.now)())).await?;
        let max_age = valid_for.min(MAX_AGE).as_secs();
        let cache_control = format!("public, max-age={max_age}, must-revalidate");
        let cache_control = HeaderValue::try_from(cache_control);
        let cache_control = cache_control.expect("letters and digits are a valid header");
        Ok(tagged(headers, body, cache_control))
    }

    /// Calls `build` with a snapshot of the lake. If a file is replaced while `build` reads it,
    /// calls `build` again with a new snapshot.
    async fn build<T, F>(&self, build: impl Fn(History) -> F) -> Result<T, Problem>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut attempts = 1..ATTEMPTS;
        let mut age = Age::Recent;
        loop {
            let history = self.reader.history(age, (self.now)()).await;
            match build(history.map_err(Failure::from)?).await {
                Err(Failure::Read(ReadError::Replaced { .. })) if attempts.next().is_some() => {
                    age = Age::New;
                }
                built => return Ok(built?),
            }
        }
    }
}

/// An answer that does not depend on the lake.
pub(crate) fn constant(headers: &HeaderMap, body: Body) -> Response {
    tagged(headers, body, ANSWER_CACHE_CONTROL)
}

/// The body with an entity tag that depends on its bytes; 304 if the client already has it.
fn tagged(headers: &HeaderMap, body: Body, cache_control: HeaderValue) -> Response {
    let etag = entity_tag((body.content_type, &body.bytes));
    let response = match client_has(headers, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => body.into_response(),
    };
    with_caching(response, etag, cache_control)
}

/// The query string without the parameter that clients add to get past caches. The entity tag must
/// not depend on it.
fn without_cache_buster(query: &str) -> Option<Cow<'_, str>> {
    let is_buster = |pair: &str| pair.split('=').next() == Some(CACHE_BUSTER);
    if !query.split('&').any(is_buster) {
        return Some(query.into());
    }
    let rest: Vec<&str> = query.split('&').filter(|pair| !is_buster(pair)).collect();
    (!rest.is_empty()).then(|| rest.join("&").into())
}

/// The tag is weak, because a compressed answer has the same tag.
fn entity_tag(source: impl Hash) -> ETag {
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), source).hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    tag.parse().expect("hex digits in quotes are an entity tag")
}

fn client_has(headers: &HeaderMap, etag: &ETag) -> bool {
    let known = headers.typed_get::<IfNoneMatch>();
    known.is_some_and(|known| !known.precondition_passes(etag))
}

fn with_caching(mut response: Response, etag: ETag, cache_control: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.typed_insert(etag);
    headers.insert(CACHE_CONTROL, cache_control);
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

#[cfg(test)]
mod tests;
