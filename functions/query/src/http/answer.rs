//! From an answer to a response: its format, its entity tag, and how long caches may keep it.

use std::borrow::Cow;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use serde::{Deserialize, Serialize};
use tracing::warn;
use utoipa::ToSchema;

use crate::http::api::Api;
use crate::http::problem::Problem;
use crate::http::query::CACHE_BUSTER;
use crate::points::time_range::PointsError;
use crate::reader::Age;
use crate::reader::error::ReadError;
use crate::reader::history::History;

const ATTEMPTS: u32 = 4; // Files may be replaced while an answer is built.

/// Nothing new can be seen for two seconds. While the lake cannot be read, caches may serve the
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
    format: Format,
    bytes: Bytes,
}

impl Body {
    pub(crate) fn json(answer: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(answer)
            .expect("text and numbers have a JSON form")
            .into();
        Self {
            format: Format::Json,
            bytes,
        }
    }

    pub(crate) fn csv(text: Vec<u8>) -> Self {
        Self {
            format: Format::Csv,
            bytes: text.into(),
        }
    }

    #[cfg(test)]
    pub(crate) fn into_bytes(self) -> Bytes {
        self.bytes
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Response {
        let content_type = match self.format {
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8; header=present",
        };
        ([(CONTENT_TYPE, content_type)], self.bytes).into_response()
    }
}

/// Why an answer could not be built.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The lake cannot be read.
    Read(ReadError),
    /// The request is at fault.
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

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Problem(problem) => problem,
            Failure::Read(error) => {
                warn!("{error}");
                Self::unavailable(error.public_message())
            }
        }
    }
}

impl Api {
    /// Builds an answer from one snapshot of the lake. If a file is replaced while `build` reads,
    /// it starts again with a new snapshot.
    ///
    /// A client that sends the entity tag of this answer gets 304 before any work. `moment` is what
    /// the answer depends on besides the request and the snapshot.
    pub(crate) async fn answer<F>(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        moment: impl Hash,
        build: impl Fn(History) -> F,
    ) -> Result<Response, Problem>
    where
        F: Future<Output = Result<Body, Failure>>,
    {
        let query = uri.query().and_then(without_cache_buster);
        let mut attempts = 1..ATTEMPTS;
        let mut age = Age::Recent;
        loop {
            let history = self.reader.history(age, (self.now)()).await;
            let history = history.map_err(Failure::from)?;
            let request = (uri.path(), &query, headers.get(ACCEPT));
            let etag = entity_tag((request, history.snapshot.hash(), &moment));
            if is_known(headers, &etag) {
                return Ok(with_caching(StatusCode::NOT_MODIFIED.into_response(), etag));
            }
            match build(history).await {
                Err(Failure::Read(ReadError::Replaced { .. })) if attempts.next().is_some() => {
                    age = Age::New;
                }
                body => return Ok(with_caching(body?.into_response(), etag)),
            }
        }
    }
}

/// An answer that does not depend on the lake.
pub(crate) fn constant(headers: &HeaderMap, body: Body) -> Response {
    let etag = entity_tag(&body.bytes);
    if is_known(headers, &etag) {
        return with_caching(StatusCode::NOT_MODIFIED.into_response(), etag);
    }
    with_caching(body.into_response(), etag)
}

/// The query string without the parameter that clients add against caches: the entity tag does not
/// depend on it.
fn without_cache_buster(query: &str) -> Option<Cow<'_, str>> {
    let is_buster = |pair: &str| pair.split('=').next() == Some(CACHE_BUSTER);
    if !query.split('&').any(is_buster) {
        return Some(query.into());
    }
    let rest: Vec<&str> = query.split('&').filter(|pair| !is_buster(pair)).collect();
    (!rest.is_empty()).then(|| rest.join("&").into())
}

/// The tag is weak, because a compressed answer has the same one.
fn entity_tag(source: impl Hash) -> ETag {
    let mut hasher = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), source).hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    tag.parse().expect("hex digits in quotes are an entity tag")
}

fn is_known(headers: &HeaderMap, etag: &ETag) -> bool {
    let known = headers.typed_get::<IfNoneMatch>();
    known.is_some_and(|known| !known.precondition_passes(etag))
}

fn with_caching(mut response: Response, etag: ETag) -> Response {
    let headers = response.headers_mut();
    headers.typed_insert(etag);
    headers.insert(CACHE_CONTROL, ANSWER_CACHE_CONTROL);
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Method;
    use serde_json::Value;

    use crate::fixture::{World, get, get_with, request, send};

    const RECHECK: Duration = Duration::from_secs(2);
    const NOVEMBER: &str = "v1/blocks/year=2025/blocks-2025-11.parquet";
    const BY_HOUR: &str = "/api/v1/series?interval=hour&from=0&fields=height,blocks";

    fn blocks(answer: &Value) -> u64 {
        let of_points = answer["columns"]["blocks"].as_array().expect("a column");
        of_points.iter().filter_map(Value::as_u64).sum()
    }

    #[tokio::test]
    async fn a_client_that_has_the_answer_gets_304_until_the_answer_changes() {
        let world = World::with_blocks(1000).await;
        world.move_cursor(900_900).await;
        let app = world.router();
        let routes = [
            "/api/v1/status",
            "/api/v1/summary",
            "/api/v1/asics",
            "/api/v1/series",
            "/api/v1/revenue",
            "/api/v1/blocks",
            "/api/v1/blocks/900000",
            "/api/v1/openapi.json",
        ];
        for path in routes {
            let first = send(&app, Method::GET, path).await;
            let etag = first.header("etag").to_owned();
            let again = get_with(&app, path, &[("if-none-match", &etag)]).await;
            let other = get_with(&app, path, &[("if-none-match", "W/\"0\", \"1\"")]).await;

            assert!(etag.starts_with("W/\""), "{path}: {etag}");
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
            assert_eq!(again.header("etag"), etag, "{path}");
            assert_eq!(other.status, 200, "{path}");
        }
        let day = send(&app, Method::GET, "/api/v1/series").await;
        let day = day.header("etag");
        let another = "/api/v1/series?interval=week";
        assert_eq!(
            get_with(&app, another, &[("if-none-match", day)])
                .await
                .status,
            200
        );

        world.move_cursor(900_901).await;
        world.pass(RECHECK);

        let moved = get_with(&app, "/api/v1/series", &[("if-none-match", day)]).await;
        assert_eq!(moved.status, 200);
    }

    #[tokio::test]
    async fn the_parameter_against_caches_changes_neither_answer_nor_entity_tag() {
        let app = World::with_blocks(3).await.router();
        let cases = [
            ("/api/v1/status", "/api/v1/status?_=1"),
            ("/api/v1/asics?format=csv", "/api/v1/asics?_=1&format=csv"),
            (
                "/api/v1/series?to=1&from=0",
                "/api/v1/series?to=1&_=1&from=0&_=2",
            ),
            (
                "/api/v1/blocks/900000?format=json",
                "/api/v1/blocks/900000?format=json&_",
            ),
            ("/api/v1/openapi.json", "/api/v1/openapi.json?_=x"),
        ];
        for (path, with_parameter) in cases {
            let plain = send(&app, Method::GET, path).await;
            let ignored = send(&app, Method::GET, with_parameter).await;
            let tag = [("if-none-match", plain.header("etag"))];
            let again = get_with(&app, with_parameter, &tag).await;

            assert_eq!((plain.status, ignored.status), (200, 200), "{path}");
            assert_eq!(plain.body, ignored.body, "{path}");
            assert_eq!(again.status, 304, "{path}");
        }
    }

    #[tokio::test]
    async fn csv_is_selected_by_parameter_or_by_header() {
        let app = World::with_blocks(3).await.router();
        let kind = async |path: &str, accept: &str| {
            let answer = get_with(&app, path, &[("accept", accept)]).await;
            answer.header("content-type").to_owned()
        };
        let csv = "text/csv; charset=utf-8; header=present";

        assert_eq!(kind("/api/v1/series?format=csv", "*/*").await, csv);
        assert_eq!(
            kind("/api/v1/series", "text/html, text/csv;q=0.9").await,
            csv
        );
        assert_eq!(
            kind("/api/v1/series", "application/json, text/csv").await,
            "application/json"
        );
        assert_eq!(
            kind("/api/v1/series?format=json", "text/csv").await,
            "application/json"
        );
        assert_eq!(kind("/api/v1/series", "*/*").await, "application/json");
        assert_eq!(
            kind("/api/v1/series", "text/csv;q=0.0, */*").await,
            "application/json"
        );
        let wrong = send(&app, Method::GET, "/api/v1/series?format=xml").await;
        assert_eq!(
            (wrong.status, wrong.json()["parameter"].as_str()),
            (400, Some("format"))
        );
    }

    #[tokio::test]
    async fn answers_are_compressed_when_asked() {
        let app = World::with_blocks(1000).await.router();

        let plain = send(&app, Method::GET, BY_HOUR).await;
        let small = get_with(&app, BY_HOUR, &[("accept-encoding", "gzip")]).await;

        assert_eq!(small.header("content-encoding"), "gzip");
        assert_eq!(small.header("etag"), plain.header("etag"));
        assert!(
            small.bytes.len() * 3 < plain.bytes.len(),
            "{}",
            small.bytes.len()
        );
    }

    #[tokio::test]
    async fn for_two_seconds_the_lake_is_not_read_again() {
        let world = World::with_blocks(1000).await;
        let app = world.router();

        get(&app, BY_HOUR).await;
        let (gets, lists) = (world.lake.gets(), world.lake.lists());
        get(&app, BY_HOUR).await;
        assert_eq!((world.lake.gets(), world.lake.lists()), (gets, lists));
        world.pass(RECHECK);
        get(&app, BY_HOUR).await;

        // Only the cursor was read, and it had not moved.
        assert_eq!((world.lake.gets(), world.lake.lists()), (gets + 1, lists));
    }

    #[tokio::test]
    async fn blocks_rewritten_below_the_cursor_are_seen_within_a_minute() {
        let world = World::with_blocks(1000).await;
        let app = world.router();
        assert_eq!(blocks(&get(&app, BY_HOUR).await), 1000);

        world
            .lake
            .rewrite_blocks(NOVEMBER, |rows| {
                rows.retain(|row| row.block.height % 2 == 1);
            })
            .await;
        world.pass(Duration::from_mins(1));

        // 576 blocks in October, and every second one of the 424 in November.
        assert_eq!(blocks(&get(&app, BY_HOUR).await), 576 + 212);
    }

    #[tokio::test]
    async fn files_that_are_replaced_while_an_answer_is_built_are_read_again_together() {
        let world = World::with_blocks(5000).await; // To 2025-12-01T17:10:00Z
        let app = world.router();
        // Now the files are listed, and November and December are in memory.
        get(&app, "/api/v1/blocks?limit=1").await;

        world
            .lake
            .rewrite_blocks("v1/blocks/year=2025/blocks-2025-10.parquet", |rows| {
                rows.truncate(100);
            })
            .await;
        world
            .lake
            .rewrite_blocks(NOVEMBER, |rows| rows.truncate(100))
            .await;

        // The old October is gone, so the answer must have neither it nor the old November.
        // December has 104 blocks.
        assert_eq!(blocks(&get(&app, BY_HOUR).await), 100 + 100 + 104);
    }

    #[tokio::test]
    async fn while_the_lake_cannot_be_read_the_last_answer_is_repeated() {
        let world = World::with_blocks(1000).await;
        let app = world.router();
        let good = get(&app, BY_HOUR).await;

        world.lake.silence(true);
        world.pass(RECHECK);

        assert_eq!(get(&app, BY_HOUR).await, good);
        let status = get(&app, "/api/v1/status").await;
        assert_eq!(status["stale"], true);
        assert_eq!(
            status["why"],
            "the lake's cursor cannot be read now; answers are from the last successful read"
        );
        world.lake.silence(false);
        world.pass(RECHECK);
        let why = get(&app, "/api/v1/status").await["why"].to_string();
        assert!(why.contains("no ingest"), "{why}");
    }

    #[tokio::test]
    async fn other_sites_can_read_but_not_write() {
        let app = World::with_blocks(3).await.router();
        let asked = [
            ("origin", "https://example.org"),
            ("access-control-request-method", "GET"),
        ];

        let preflight = request(&app, Method::OPTIONS, "/api/v1/status", &asked).await;

        assert_eq!(preflight.header("access-control-allow-origin"), "*");
        assert_eq!(preflight.header("access-control-allow-methods"), "GET,HEAD");
        assert_eq!(preflight.header("access-control-allow-credentials"), "");
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = send(&app, method, "/api/v1/status").await;
            assert_eq!((answer.status, answer.header("allow")), (405, "GET,HEAD"));
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
}
