//! The query function: the lake as JSON and CSV over HTTP, and the static site, from one origin.
//!
//! The modules are four floors. A module imports from its own floor and those below it, never from
//! one above, and there are no circles.
//!
//! - `routes`: a file for each route, with its parameters, its answer and its handler. Routes do
//!   not know each other.
//! - `http`: what all routes share, such as parameter types, answers with entity tags, problem
//!   documents, CSV and the OpenAPI document. It knows no route.
//! - `points`: blocks added up over time. It knows nothing of HTTP, JSON or CSV: too many points
//!   are an error of its own.
//! - `reader`: snapshots of the lake and cached files. It knows nothing of HTTP, and never writes.
//!
#![doc = include_str!("../../README.md")]

pub mod config;
#[cfg(test)]
mod fixture;
mod http;
mod points;
mod reader;
mod routes;
mod site;

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::any;
use tokio::net::TcpListener;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::http::api::AppState;
use crate::http::openapi::{complete, preamble};
use crate::http::problem::Problem;

pub use crate::http::api::Api;

/// The page loads only its own files, requests only its own API, and may be embedded by any site.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                              base-uri 'none'; form-action 'none'; frame-ancestors *";

/// The API under `/api/v1`, and the files of the directory `site` under all other paths.
pub fn router(api: Arc<Api>, site: Option<&Path>) -> Router {
    let (routes, document) = OpenApiRouter::with_openapi(preamble())
        .routes(routes!(routes::status::status))
        .routes(routes!(routes::summary::summary))
        .routes(routes!(routes::asics::asics))
        .routes(routes!(routes::series::series))
        .routes(routes!(routes::revenue::revenue))
        .routes(routes!(routes::blocks::blocks))
        .routes(routes!(routes::blocks::block))
        .routes(routes!(routes::openapi::openapi))
        .split_for_parts();
    let document = Arc::new(complete(document));
    let routes = routes
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(AppState { api, document });
    let no_such_route = || any(async || Problem::no_such_route());
    let app = Router::new()
        .nest("/api/v1", routes.fallback(no_such_route()))
        .route("/api/v1/", no_such_route()) // `nest` leaves this path out.
        .layer(open_to_other_sites());
    let app = match site {
        Some(dir) => site::add_files(app, dir),
        None => site::add_notice(app),
    };
    app.layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(map_response(with_headers))
}

/// The same answers for a service that is reached over HTTPS alone: browsers then use no plain HTTP
/// for its host, on any port.
pub fn https_only(router: Router) -> Router {
    router.layer(map_response(async |mut response: Response| {
        let value = HeaderValue::from_static("max-age=63072000");
        response
            .headers_mut()
            .insert(STRICT_TRANSPORT_SECURITY, value);
        response
    }))
}

/// Serves connections until the future is dropped.
///
/// # Errors
/// An error of the listener.
pub async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    axum::serve(listener, router).await
}

fn open_to_other_sites() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([ACCEPT, IF_NONE_MATCH])
        .expose_headers([ETAG, RETRY_AFTER])
        .vary([])
}

async fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    let always = [
        (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    headers.extend(always.map(|(name, value)| (name, HeaderValue::from_static(value))));
    response
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::fixture::{World, send};

    #[tokio::test]
    async fn every_answer_has_the_headers_for_caching_and_security() {
        let app = World::with_blocks(3).await.router();

        for path in ["/", "/api/v1/status", "/api/v1/nothing", "/nothing"] {
            let answer = send(&app, Method::GET, path).await;

            let cache_control = match path {
                "/api/v1/status" => "public, max-age=2, stale-if-error=86400",
                "/api/v1/nothing" => "no-store",
                _ => "no-cache",
            };
            assert_eq!(answer.header("cache-control"), cache_control, "{path}");
            assert_eq!(
                answer.header("content-security-policy"),
                CONTENT_POLICY,
                "{path}"
            );
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            let open = match path.starts_with("/api/v1/") {
                true => "*",
                false => "",
            };
            assert_eq!(answer.header("access-control-allow-origin"), open, "{path}");
        }
    }

    #[tokio::test]
    async fn plain_http_is_forbidden_only_where_all_is_https() {
        let app = World::with_blocks(3).await.router();

        for path in ["/", "/api/v1/status", "/api/v1/nothing"] {
            let plain = send(&app, Method::GET, path).await;
            let secure = send(&https_only(app.clone()), Method::GET, path).await;

            assert_eq!(plain.header("strict-transport-security"), "", "{path}");
            assert_eq!(
                secure.header("strict-transport-security"),
                "max-age=63072000",
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn unknown_routes_are_problems() {
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
    async fn head_is_get_without_the_body() {
        let app = World::with_blocks(3).await.router();

        for path in ["/api/v1/status", "/api/v1/summary", "/api/v1/series"] {
            let answer = send(&app, Method::HEAD, path).await;

            assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
            assert_eq!(answer.header("content-type"), "application/json", "{path}");
        }
    }
}
