//! The query function: the lake as JSON over HTTP, and the page that shows it, from one origin.

mod bucket;
mod catalogue;
mod change;
pub mod config;
#[cfg(test)]
mod fixture;
mod history;
mod params;
mod problem;
mod series;
mod status;
mod store;
mod summary;

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{any, get};
use hashlake::asic::{self, Asic};
use hashlake::cursor::Cursor;
use hashlake::lake::Lake;
use hashlake::timestamp::Timestamp;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::history::Reader;
use crate::problem::Problem;

const API_ONLY: &str =
    "hashlake: the API is at /api/v1/status. There is no page here: SITE_DIR is not set.\n";

/// What the answers are made of: a lake and its cursor, the machines, and a clock.
pub struct Api {
    reader: Reader,
    asics: Vec<Asic>,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Api {
    /// Answers from `lake` what `cursor` says is whole; `now` is what time it is.
    pub fn new(
        lake: Arc<dyn Lake>,
        cursor: Arc<dyn Cursor>,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self {
            reader: Reader::new(lake, cursor),
            asics: asic::catalogue(),
            now: Box::new(now),
        }
    }
}

/// The API under `/api/v1`, and the files of the directory `site` everywhere else.
pub fn router(api: Arc<Api>, site: Option<&Path>) -> Router {
    let routes = Router::new()
        .route("/status", get(status::status))
        .route("/summary", get(summary::summary))
        .route("/series", get(series::series))
        .fallback(no_such_route)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(map_response(open_to_other_sites))
        .with_state(api);
    let app = Router::new()
        .nest("/api/v1", routes)
        .route("/api/v1/", any(no_such_route)); // Which `nest` leaves out.
    let app = match site {
        Some(dir) => app.fallback_service(ServeDir::new(dir).fallback(get(no_such_page))),
        None => app.route("/", get(API_ONLY)).fallback(no_such_page),
    };
    app.layer(map_response(with_headers))
}

/// Serves to those who connect, until it is dropped.
///
/// # Errors
/// What the listener says.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    axum::serve(listener, router).await
}

async fn no_such_route() -> Problem {
    Problem::not_found(
        "there is no such route: the API has /api/v1/status, /api/v1/summary and /api/v1/series",
    )
}

async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}

async fn no_such_page(uri: Uri) -> (StatusCode, String) {
    (
        StatusCode::NOT_FOUND,
        format!("there is no {} here\n", uri.path()),
    )
}

async fn open_to_other_sites(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn with_headers(mut response: Response) -> Response {
    let headers = [
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, "default-src 'self'"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    response
        .headers_mut()
        .extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

#[cfg(test)]
mod tests {
    use std::fs;

    use axum::http::Method;

    use super::*;
    use crate::fixture::{World, send};

    #[tokio::test]
    async fn every_answer_says_how_a_browser_is_to_treat_it() {
        let app = World::with_blocks(3).await.router();

        for path in ["/", "/api/v1/status", "/api/v1/nothing", "/nothing"] {
            let answer = send(&app, Method::GET, path).await;

            assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
            assert_eq!(
                answer.header("content-security-policy"),
                "default-src 'self'",
                "{path}"
            );
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            let open = if path.starts_with("/api/v1/") {
                "*"
            } else {
                ""
            };
            assert_eq!(answer.header("access-control-allow-origin"), open, "{path}");
        }
    }

    #[tokio::test]
    async fn routes_that_are_none_are_problems() {
        let app = World::with_blocks(3).await.router();

        for path in [
            "/api/v1/nothing",
            "/api/v1/status/",
            "/api/v1/status/more",
            "/api/v1/%ff",
            "/api/v1/",
            "/api/v1",
        ] {
            let answer = send(&app, Method::GET, path).await;

            assert_eq!(
                (answer.status, answer.header("content-type")),
                (404, "application/problem+json"),
                "{path}"
            );
            assert_eq!(answer.json()["status"], 404);
        }
        assert_eq!(send(&app, Method::POST, "/api/v1/status").await.status, 405);
    }

    #[tokio::test]
    async fn head_answers_as_get_does_without_the_body() {
        let app = World::with_blocks(3).await.router();

        for path in ["/api/v1/status", "/api/v1/summary", "/api/v1/series"] {
            let answer = send(&app, Method::HEAD, path).await;

            assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
            assert_eq!(answer.header("content-type"), "application/json", "{path}");
        }
    }

    #[tokio::test]
    async fn site_is_served_beside_the_api() {
        let site = tempfile::tempdir().expect("a directory");
        fs::write(site.path().join("index.html"), "<!doctype html>").expect("a file");
        let app = router(World::with_blocks(3).await.api, Some(site.path()));

        let page = send(&app, Method::GET, "/").await;

        assert_eq!(
            (page.status, page.header("content-type")),
            (200, "text/html")
        );
        assert_eq!(page.body, "<!doctype html>");
        assert_eq!(send(&app, Method::GET, "/index.html").await.status, 200);
        assert_eq!(send(&app, Method::GET, "/other.html").await.status, 404);
        assert_eq!(send(&app, Method::GET, "/../Cargo.toml").await.status, 404);
        assert_eq!(send(&app, Method::GET, "/api/v1/status").await.status, 200);
    }

    #[tokio::test]
    async fn without_a_site_the_first_page_says_so() {
        let app = World::with_blocks(3).await.router();

        let page = send(&app, Method::GET, "/").await;

        assert_eq!(
            (page.status, page.header("content-type")),
            (200, "text/plain; charset=utf-8")
        );
        assert!(page.body.contains("SITE_DIR is not set"), "{}", page.body);
    }
}
