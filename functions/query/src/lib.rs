//! The query function: serves the lake as JSON and CSV over HTTP, and the static site, from one origin.
//!
//! The modules form four layers. A module imports only from its own layer and the layers below it, and
//! imports are never circular.
//!
//! - `routes`: one file per route, with its parameters, its response and its handler. Routes do not
//!   import each other.
//! - `http`: what all routes share, such as parameter types, responses with entity tags, problem
//!   documents, CSV and the OpenAPI document.
//! - `points`: sums and means of blocks over time. It does not use HTTP, JSON or CSV, and has its own
//!   error for too many points.
//! - `reader`: snapshots of the lake, and cached files. It does not use HTTP, and never writes.
//!
#![doc = include_str!("../../README.md")]

pub mod config;
#[cfg(test)]
mod fixture;
mod http;
mod points;
mod reader;
mod routes;
mod server;
mod site;

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, Request};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::any;
use bytes::Bytes;
use hashlake_core::asic::{Asic, catalogue};
use lambda_http::tower::ServiceExt;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::http::api::AppState;
use crate::http::asics::{self, AsicId};
use crate::http::openapi::{complete, preamble};
use crate::http::parameters::List;
use crate::http::problem::Problem;
use crate::http::unsent::end_turn;

pub use crate::http::api::Api;
pub use crate::server::serve;

/// The miner models with these identifiers, as in the parameter `asics`: identifiers of the
/// catalogue, or `custom:<TH/s>:<W>`.
///
/// # Errors
/// A sentence that names the first identifier that is not valid, and suggests others.
pub fn models(ids: &[String]) -> Result<Vec<Asic>, String> {
    let id = |id: &String| {
        AsicId::try_from(id.clone()).map_err(|expected| format!("`{id}` is not valid; {expected}"))
    };
    let ids = List(ids.iter().map(id).collect::<Result<_, _>>()?);
    let models = asics::models(Some(&ids), &catalogue());
    models.map_err(|problem| problem.detail().to_owned())
}

/// The page loads only its own files, requests only its own API, and may be embedded by any site.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                              base-uri 'none'; form-action 'none'; frame-ancestors *";

/// The API under `/api/v1`, and the files of the directory `site` under all other paths.
pub fn router(api: Arc<Api>, site: Option<&Path>) -> Router {
    let (routes, document) = OpenApiRouter::with_openapi(preamble())
        .routes(routes!(routes::status::status))
        .routes(routes!(routes::summary::summary))
        // The page loads the catalogue at its first view. `Best` takes less than 1 ms more than
        // `Fastest`, and makes the catalogue a quarter smaller.
        .routes(routes!(routes::asics::asics).layer(compression(CompressionLevel::Best)))
        .routes(in_turn(routes!(routes::series::series)))
        .routes(in_turn(routes!(routes::revenue::revenue)))
        .routes(routes!(routes::strike::strike))
        .routes(routes!(routes::difficulty::difficulty))
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
        .route("/api/v1/", no_such_route()) // `nest` does not match this path.
        .layer(open_to_other_sites());
    let app = match site {
        Some(dir) => site::add_files(app, dir),
        None => site::add_notice(app),
    };
    app.layer(compression(CompressionLevel::Fastest))
        .layer(map_response(with_headers))
}

/// Large answers of this route are built and compressed one after the other.
fn in_turn<S: Clone + Send + Sync + 'static>(
    route: UtoipaMethodRouter<S>,
) -> UtoipaMethodRouter<S> {
    route
        .layer(compression(CompressionLevel::Fastest))
        .layer(map_response(end_turn))
}

fn compression(level: CompressionLevel) -> CompressionLayer {
    CompressionLayer::new().quality(level)
}

/// Adds `Strict-Transport-Security` to all responses, for a service that is only reachable over HTTPS.
/// Browsers then stop using plain HTTP for its host, on every port.
pub fn https_only(router: Router) -> Router {
    router.layer(map_response(async |mut response: Response| {
        let value = HeaderValue::from_static("max-age=63072000");
        response
            .headers_mut()
            .insert(STRICT_TRANSPORT_SECURITY, value);
        response
    }))
}

/// Handles a GET request without a server, and returns the status and the body.
///
/// # Errors
/// `path_and_query` is not valid in a URL.
pub async fn get(router: &Router, path_and_query: &str) -> io::Result<(u16, Bytes)> {
    let request = Request::get(path_and_query).body(Body::empty());
    let request = request.map_err(io::Error::other)?;
    let Ok(response) = router.clone().oneshot(request).await;
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), usize::MAX).await;
    Ok((status, body.map_err(io::Error::other)?))
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
    use proptest::sample::select;
    use testenv::fuzz::{changed, changes, fuzz};

    use super::*;
    use crate::fixture::{World, send};

    #[tokio::test]
    async fn a_program_gets_the_answer_that_a_client_gets() {
        let app = World::with_blocks(3).await.router();

        for path in ["/api/v1/summary?asics=custom:200:3500", "/api/v1/nothing"] {
            let sent = send(&app, Method::GET, path).await;
            let (status, body) = get(&app, path).await.expect("a valid path");

            assert_eq!((status, body), (sent.status, sent.bytes), "{path}");
        }
        assert!(get(&app, "/api v1").await.is_err());
    }

    #[tokio::test]
    async fn every_response_has_the_headers_for_caching_and_security() {
        let app = World::with_blocks(3).await.router();

        for path in ["/", "/api/v1/status", "/api/v1/nothing", "/nothing"] {
            let response = send(&app, Method::GET, path).await;

            let cache_control = match path {
                "/api/v1/status" => "public, max-age=2, stale-if-error=86400",
                "/api/v1/nothing" => "no-store",
                _ => "no-cache",
            };
            assert_eq!(response.header("cache-control"), cache_control, "{path}");
            assert_eq!(
                response.header("content-security-policy"),
                CONTENT_POLICY,
                "{path}"
            );
            assert_eq!(response.header("referrer-policy"), "no-referrer", "{path}");
            assert_eq!(
                response.header("x-content-type-options"),
                "nosniff",
                "{path}"
            );
            let open = match path.starts_with("/api/v1/") {
                true => "*",
                false => "",
            };
            assert_eq!(
                response.header("access-control-allow-origin"),
                open,
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn strict_transport_security_is_sent_only_by_an_https_service() {
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
    async fn unknown_routes_return_problem_documents() {
        let app = World::with_blocks(3).await.router();

        for path in [
            "/api/v1/nothing",
            "/api/v1/status/",
            "/api/v1/status/more",
            "/api/v1/%ff",
            "/api/v1/",
            "/api/v1",
        ] {
            let response = send(&app, Method::GET, path).await;

            assert_eq!(
                (response.status, response.header("content-type")),
                (404, "application/problem+json"),
                "{path}"
            );
            assert_eq!(response.json()["status"], 404);
        }
        assert_eq!(send(&app, Method::POST, "/api/v1/status").await.status, 405);
    }

    #[tokio::test]
    async fn head_returns_the_headers_of_get_without_a_body() {
        let app = World::with_blocks(3).await.router();

        for path in ["/api/v1/status", "/api/v1/summary", "/api/v1/series"] {
            let response = send(&app, Method::HEAD, path).await;

            assert_eq!((response.status, response.body.len()), (200, 0), "{path}");
            assert_eq!(
                response.header("content-type"),
                "application/json",
                "{path}"
            );
        }
    }

    #[test]
    fn fuzz_requests() {
        const REQUESTS: [&str; 9] = [
            "/api/v1/status?_=1",
            "/api/v1/summary?asics=antminer-s21-pro-234,custom:200:3500",
            "/api/v1/series?interval=hour&from=2025-10-01T00:00:00Z&to=2025-12-01&fields=usd_per_ph_day,fee_share&format=csv",
            "/api/v1/revenue?asics=custom:200:3500&interval=day&from=1760000000&to=1770000000&power_price=-1.5&format=csv",
            "/api/v1/strike?asics=antminer-s21-pro-234*120&pool_fee=0.02&overhead=0.05&band=0.02&power_price=44.1&format=text",
            "/api/v1/difficulty?format=csv",
            "/api/v1/blocks?from_height=900000&limit=10&format=csv",
            "/api/v1/blocks/900000?format=json",
            "/api/v1/asics?format=csv",
        ];
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let app = runtime.block_on(World::with_blocks(200)).router();
        fuzz(&(select(&REQUESTS[..]), changes()), |(path, changes)| {
            let path = String::from_utf8_lossy(&changed(path.as_bytes(), &changes)).into_owned();
            // Requests whose target is not valid do not reach the router.
            if let Ok((status, body)) = runtime.block_on(get(&app, &path)) {
                assert!(status < 500, "{path}: {status}");
                assert!(body.len() < 8 << 20, "{path}: {} bytes", body.len());
            }
        });
    }
}
