//! Serves the files of the static site.

use std::path::Path;

use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use tower_http::services::ServeDir;

/// `Cache-Control` of files whose names change with their content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

const API_ONLY: &str = "hashlake: there is no page, because SITE_DIR is not set. The API is under /api/v1/, for example /api/v1/status.\n";

/// Serves the files of `dir` on all paths for which `app` has no route.
pub(crate) fn add_files(app: Router, dir: &Path) -> Router {
    app.nest_service("/assets", assets(&dir.join("assets")))
        .fallback_service(
            ServeDir::new(dir)
                .precompressed_gzip()
                .fallback(get(no_such_page)),
        )
}

/// Serves a text at `/` that explains why there is no page.
pub(crate) fn add_notice(app: Router) -> Router {
    app.route("/", get(API_ONLY)).fallback(no_such_page)
}

fn assets(dir: &Path) -> Router {
    let files = ServeDir::new(dir).precompressed_gzip();
    Router::new()
        .fallback_service(files.fallback(get(no_such_page)))
        .layer(map_response(with_long_caching))
}

async fn no_such_page(uri: Uri) -> (StatusCode, String) {
    (
        StatusCode::NOT_FOUND,
        format!("no such page: {}\n", uri.path()),
    )
}

async fn with_long_caching(mut response: Response) -> Response {
    if response.status().is_success() {
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(IMMUTABLE));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::fs;

    use axum::body::{Body, to_bytes};
    use axum::http::{Method, Request};
    use lambda_http::tower::ServiceExt;

    use super::*;
    use crate::fixture::{World, send};
    use crate::router;

    #[tokio::test]
    async fn site_and_api_are_served_together() {
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
    async fn a_folder_of_the_site_is_served_with_its_index() {
        let site = tempfile::tempdir().expect("a folder");
        let docs = site.path().join("docs");
        fs::create_dir(&docs).expect("a folder");
        fs::write(docs.join("index.html"), "overview").expect("a file");
        fs::write(docs.join("strike.html"), "strike").expect("a file");
        let app = router(World::with_blocks(3).await.api, Some(site.path()));

        for (path, body) in [("/docs/", "overview"), ("/docs/strike.html", "strike")] {
            let page = send(&app, Method::GET, path).await;
            assert_eq!(
                (page.status, page.header("content-type"), page.body.as_str()),
                (200, "text/html", body)
            );
        }
        let moved = send(&app, Method::GET, "/docs").await;
        assert_eq!((moved.status, moved.header("location")), (307, "/docs/"));
    }

    #[tokio::test]
    async fn files_whose_names_change_with_their_content_are_cached_and_compressed() {
        let site = tempfile::tempdir().expect("a folder");
        fs::create_dir(site.path().join("assets")).expect("a folder");
        fs::write(site.path().join("assets/index-1.js"), "plain").expect("a file");
        fs::write(site.path().join("assets/index-1.js.gz"), "gzipped").expect("a file");
        let app = router(World::with_blocks(3).await.api, Some(site.path()));

        let script = send(&app, Method::GET, "/assets/index-1.js").await;
        let request = Request::get("/assets/index-1.js").header("accept-encoding", "gzip");
        let gzipped = app
            .clone()
            .oneshot(request.body(Body::empty()).expect("a request"))
            .await;
        let missing = send(&app, Method::GET, "/assets/index-2.js").await;

        assert_eq!(script.body, "plain");
        assert_eq!(script.header("cache-control"), IMMUTABLE);
        let gzipped = gzipped.expect("a response");
        assert_eq!(gzipped.headers()["content-encoding"], "gzip");
        let body = to_bytes(gzipped.into_body(), 100).await.expect("bytes");
        assert_eq!(body, "gzipped");
        assert_eq!(
            (missing.status, missing.header("cache-control")),
            (404, "no-cache")
        );
    }

    #[tokio::test]
    async fn without_a_site_the_root_path_explains_why() {
        let app = World::with_blocks(3).await.router();

        let page = send(&app, Method::GET, "/").await;

        assert_eq!(
            (page.status, page.header("content-type")),
            (200, "text/plain; charset=utf-8")
        );
        assert!(page.body.contains("SITE_DIR is not set"), "{}", page.body);
    }
}
