//! `GET /openapi.json`: the API's description, as an OpenAPI 3.1 document that is derived from the
//! code.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa::openapi::OpenApi;

use crate::http::answer::{Body, constant};
use crate::http::openapi::{OtherResponses, TAG};
use crate::http::query::{NoParameters, Query};

/// The OpenAPI document of this API
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = TAG,
    responses((status = 200, description = "The document.", body = Object), OtherResponses)
)]
pub(crate) async fn openapi(
    State(document): State<Arc<OpenApi>>,
    Query(NoParameters {}): Query<NoParameters>,
    headers: HeaderMap,
) -> Response {
    constant(&headers, Body::json(&*document))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::Value;

    use crate::fixture::{World, get, send};

    #[tokio::test]
    async fn the_document_equals_its_reviewed_snapshot() {
        let app = World::with_blocks(3).await.router();

        let document = send(&app, Method::GET, "/api/v1/openapi.json").await;

        // serde_json sorts the keys of maps (its feature `preserve_order` is off), so the snapshot
        // does not change if code moves.
        insta::assert_json_snapshot!("openapi", document.json());
    }

    #[tokio::test]
    async fn the_document_has_all_routes_and_parameters_and_no_others() {
        let app = World::with_blocks(3).await.router();
        let document = get(&app, "/api/v1/openapi.json").await;

        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().expect("paths");
        assert_eq!(paths.len(), 10);
        for (path, item) in paths {
            let path = format!("/api/v1{}", path.replace("{id}", "900000"));
            let described = item["get"]["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let names: Vec<&str> = described
                .iter()
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();
            let names = if names.is_empty() {
                "no parameters".to_owned()
            } else {
                names.join(", ")
            };

            let unknown = send(&app, Method::GET, &format!("{path}?unheard_of=1")).await;

            assert_eq!(
                get(&app, &path)
                    .await
                    .as_object()
                    .map(|answer| !answer.is_empty()),
                Some(true)
            );
            let detail = unknown.json()["detail"].to_string();
            assert!(
                detail.ends_with(&format!("this route takes {names}\"")),
                "{path}: {detail}"
            );
        }
    }

    #[tokio::test]
    async fn every_reference_has_a_schema_and_every_schema_is_used() {
        let app = World::with_blocks(3).await.router();
        let document = get(&app, "/api/v1/openapi.json").await;
        let text = document.to_string();
        let schemas = document["components"]["schemas"]
            .as_object()
            .expect("schemas");

        for name in schemas.keys() {
            assert!(
                text.contains(&format!("\"#/components/schemas/{name}\"")),
                "{name} is not used"
            );
        }
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap_or_default();
            assert!(schemas.contains_key(name), "{name} has no schema");
        }
        assert!(
            document["components"]["schemas"]["Series"]["required"]
                .as_array()
                .is_some_and(|names| names.contains(&Value::from("columns")))
        );
    }
}
