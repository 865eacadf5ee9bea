//! `GET /openapi.json`: what the API answers to, as an OpenAPI 3.1 document made of the code.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{HttpMethod, OperationBuilder};
use utoipa::openapi::response::Response as Described;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{
    ArrayBuilder, ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder,
    OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref, RefOr, ResponseBuilder, Schema,
    ServerBuilder, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::http::answer::{Body, constant};
use crate::http::parameters::{FORMAT, Parameter};
use crate::http::params::Params;
use crate::http::problem::{Problem, ProblemDocument};
use crate::routes::asics::{self, Asics};
use crate::routes::blocks::{self, Blocks};
use crate::routes::revenue::{self, Revenue};
use crate::routes::series::{self, Series};
use crate::routes::status::{self, Status};
use crate::routes::summary::{self, Summary};

const DESCRIPTION: &str = "What one megawatt-hour earns when it mines Bitcoin, for every block, on every modern ASIC.\n\n\
    Times are RFC 3339 or seconds since 1970 in, RFC 3339 in UTC out. Satoshis are whole numbers where they are amounts of blocks. What \
    is not known is null. A block belongs to the interval of its median time past. Every answer has an entity tag: send it back in \
    `If-None-Match`. What is wrong with a request is told by a problem document (RFC 9457).";

/// An OpenAPI document.
struct AsDocument;

impl PartialSchema for AsDocument {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).into()
    }
}

impl ToSchema for AsDocument {
    fn name() -> Cow<'static, str> {
        "OpenApi".into()
    }
}

pub(crate) async fn openapi(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(document);
    Params::parse(&uri, &[])?;
    Ok(constant(&headers, Body::json(&*DOCUMENT)))
}

fn document() -> OpenApi {
    let operations = [
        ("/status", status::operation()),
        ("/summary", summary::operation()),
        ("/asics", asics::operation()),
        ("/series", series::operation()),
        ("/revenue", revenue::operation()),
        ("/blocks", blocks::list_operation()),
        ("/blocks/{id}", blocks::one_operation()),
        (
            "/openapi.json",
            operation::<AsDocument>("openapi", "This document", &[]).build(),
        ),
    ];
    let paths = operations
        .into_iter()
        .fold(PathsBuilder::new(), |paths, (path, operation)| {
            paths.path(path, PathItem::new(HttpMethod::Get, operation))
        });
    let schemas = [
        schemas_of::<Status>(),
        schemas_of::<Summary>(),
        schemas_of::<Asics>(),
        schemas_of::<Series>(),
        schemas_of::<Revenue>(),
        schemas_of::<Blocks>(),
        schemas_of::<ProblemDocument>(),
        schemas_of::<AsDocument>(),
    ];
    let schemas = schemas.into_iter().flatten();
    let schemas = schemas.map(|(name, schema)| (name, with_nulls_required(schema)));
    let schemas = ComponentsBuilder::new().schemas_from_iter(schemas);
    let licence = LicenseBuilder::new().name("MIT").identifier(Some("MIT"));
    let info = InfoBuilder::new()
        .title("hashlake")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(licence.build()));
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/api/v1").build()]))
        .paths(paths)
        .components(Some(schemas.build()))
        .security(Some([])) // Open to all.
        .build()
}

/// A type's schema by its name, and those of all that it is made of.
fn schemas_of<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}

/// What is not known is null, and not left out.
fn with_nulls_required(mut schema: RefOr<Schema>) -> RefOr<Schema> {
    let is_nullable = |property: &RefOr<Schema>| {
        matches!(property, RefOr::T(Schema::Object(value))
            if matches!(&value.schema_type, SchemaType::Array(types) if types.contains(&Type::Null)))
    };
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        let nullable = object.properties.iter();
        let nullable = nullable.filter(|(_, property)| is_nullable(property));
        object
            .required
            .extend(nullable.map(|(name, _)| name.clone()));
    }
    schema
}

/// An operation that answers with a `T`, or says why it does not.
pub(crate) fn operation<T: ToSchema>(
    id: &str,
    summary: &str,
    parameters: &[Parameter],
) -> OperationBuilder {
    let has_csv = parameters
        .iter()
        .any(|parameter| parameter.name == FORMAT.name);
    let json = ContentBuilder::new().schema(Some(Ref::from_schema_name(T::name())));
    let mut answer = ResponseBuilder::new()
        .description("The answer.")
        .content("application/json", json.build());
    if has_csv {
        let csv = ContentBuilder::new().schema(Some(text()));
        answer = answer.content("text/csv", csv.build());
    }
    let not_modified = ResponseBuilder::new()
        .description("It is the answer that the caller has: `If-None-Match` has its entity tag.");
    OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(summary))
        .tag("hashlake")
        .parameters(Some(parameters.iter().map(Parameter::described)))
        .response("200", with_etag(answer).build())
        .response("304", with_etag(not_modified).build())
        .response(
            "400",
            problem("A parameter is unknown, or its value is wrong or asks for too much."),
        )
        .response("404", problem("There is no such machine or block."))
        .response("405", problem("The route answers to GET and HEAD."))
        .response("503", unavailable())
}

fn with_etag(response: ResponseBuilder) -> ResponseBuilder {
    response
        .header("ETag", header("Another for another answer."))
        .header("Cache-Control", header("For how long the answer holds."))
}

fn problem(description: &str) -> Described {
    problem_builder(description).build()
}

fn unavailable() -> Described {
    problem_builder("The lake is empty or out of reach, and there is no earlier answer.")
        .header("Retry-After", header("Seconds after which to ask again."))
        .build()
}

fn problem_builder(description: &str) -> ResponseBuilder {
    let document =
        ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemDocument::name())));
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", document.build())
}

fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(text()))
        .description(Some(description))
        .build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// Columns by name, none of which must be there: each name has a meaning, and values that are whole numbers, or numbers that
/// may not be known.
pub(crate) fn columns(
    columns: impl Iterator<Item = ((&'static str, &'static str), bool)>,
) -> RefOr<Schema> {
    let object = ObjectBuilder::new().schema_type(Type::Object);
    let with_columns = columns.fold(object, |object, ((name, meaning), is_integer)| {
        let kind = match is_integer {
            true => SchemaType::Type(Type::Integer),
            false => SchemaType::from_iter([Type::Number, Type::Null]),
        };
        let values = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(kind));
        object.property(name, values.description(Some(meaning)))
    });
    with_columns.into()
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::Value;

    use crate::fixture::{World, get, send};

    #[tokio::test]
    async fn document_changes_only_on_purpose() {
        let app = World::with_blocks(3).await.router();

        let document = send(&app, Method::GET, "/api/v1/openapi.json").await;

        // A map keeps the order of its keys only with serde_json's `preserve_order`, so they come sorted: a change is one
        // change, wherever it moves.
        insta::assert_json_snapshot!("openapi", document.json());
    }

    #[tokio::test]
    async fn the_routes_and_parameters_described_are_those_that_there_are() {
        let app = World::with_blocks(3).await.router();
        let document = get(&app, "/api/v1/openapi.json").await;

        assert_eq!(document["openapi"], "3.1.0");
        let paths = document["paths"].as_object().expect("paths");
        assert_eq!(paths.len(), 8);
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
                "none".to_owned()
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
                detail.ends_with(&format!("it takes {names}\"")),
                "{path}: {detail}"
            );
        }
    }

    #[tokio::test]
    async fn every_reference_leads_somewhere_and_every_schema_is_used() {
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
            assert!(schemas.contains_key(name), "{name} is not there");
        }
        assert!(
            document["components"]["schemas"]["Series"]["required"]
                .as_array()
                .is_some_and(|names| names.contains(&Value::from("columns")))
        );
    }
}
