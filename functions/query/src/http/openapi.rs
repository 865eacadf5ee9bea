//! The parts of the OpenAPI 3.1 document that all routes share. The rest is derived from the types
//! of the routes.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{
    ArrayBuilder, ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder,
    OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder, Schema, ServerBuilder, Type,
};
use utoipa::{IntoResponses, ToSchema};

use crate::http::problem::ProblemDocument;

/// The tag of all operations.
pub(crate) const TAG: &str = "hashlake";

const DESCRIPTION: &str = "Bitcoin mining revenue per MWh, for every block and every ASIC miner model.\n\n\
    Times in parameters are RFC 3339 or seconds since 1970; times in answers are RFC 3339 in UTC. Amounts of a block in \
    satoshis are integers. Unknown values are null. A block belongs to the interval of its median time past. Every answer has an entity tag: send \
    it back in `If-None-Match` to get 304 if the answer has not changed. Errors are problem documents (RFC 9457). A parameter named `_` is ignored on every route.";

/// The document before any route is added.
pub(crate) fn preamble() -> OpenApi {
    let license = LicenseBuilder::new().name("MIT").identifier(Some("MIT"));
    let info = InfoBuilder::new()
        .title("hashlake")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .license(Some(license.build()));
    let mut schemas = vec![(
        ProblemDocument::name().into_owned(),
        <ProblemDocument as utoipa::PartialSchema>::schema(),
    )];
    ProblemDocument::schemas(&mut schemas);
    let components = ComponentsBuilder::new().schemas_from_iter(schemas);
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/api/v1").build()]))
        .components(Some(components.build()))
        .security(Some([])) // No credentials are needed.
        .build()
}

/// Completes the document of all routes with the parts that types cannot express.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    let operations = document.paths.paths.values_mut();
    for operation in operations.filter_map(|item| item.get.as_mut()) {
        describe_caching(operation);
    }
    if let Some(components) = &mut document.components {
        components.schemas.values_mut().for_each(require_nullable);
    }
    document
}

fn describe_caching(operation: &mut Operation) {
    for status in ["200", "304"] {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
            let headers = [
                ("ETag", "Entity tag; it changes with the answer."),
                ("Cache-Control", "How long caches may keep the answer."),
            ];
            let headers = headers.map(|(name, text)| (name.to_owned(), header(text).into()));
            response.headers.extend(headers);
        }
    }
}

/// Marks nullable properties as required: an unknown value is null, and never left out.
fn require_nullable(schema: &mut RefOr<Schema>) {
    let has_null = |schema_type: &SchemaType| match schema_type {
        SchemaType::Type(only) => *only == Type::Null,
        SchemaType::Array(types) => types.contains(&Type::Null),
        SchemaType::AnyValue => false,
    };
    let is_nullable = |property: &RefOr<Schema>| match property {
        RefOr::T(Schema::Object(value)) => has_null(&value.schema_type),
        RefOr::T(Schema::Array(values)) => has_null(&values.schema_type),
        RefOr::T(Schema::OneOf(either)) => either.items.iter().any(
            |item| matches!(item, RefOr::T(Schema::Object(value)) if has_null(&value.schema_type)),
        ),
        _ => false,
    };
    if let RefOr::T(Schema::Object(object)) = schema {
        let nullable = object.properties.iter();
        let nullable = nullable.filter(|(_, property)| is_nullable(property));
        object
            .required
            .extend(nullable.map(|(name, _)| name.clone()));
    }
}

/// The responses other than 200, which are the same for all routes.
pub(crate) struct OtherResponses;

impl IntoResponses for OtherResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let not_modified = ResponseBuilder::new().description(
            "The client already has this answer: it sent the answer's entity tag in `If-None-Match`.",
        );
        let unavailable = problem(
            "The lake is empty or cannot be read, or too many large answers are being sent.",
        )
        .header(
            "Retry-After",
            header("Seconds to wait before the next try."),
        );
        let responses = [
            ("304", not_modified),
            (
                "400",
                problem(
                    "A parameter is unknown, its value is not valid, or the answer would be too long.",
                ),
            ),
            (
                "404",
                problem("The miner model or the block does not exist."),
            ),
            ("405", problem("The route supports GET and HEAD only.")),
            ("503", unavailable),
        ];
        let responses =
            responses.map(|(status, response)| (status.to_owned(), response.build().into()));
        responses.into()
    }
}

fn problem(description: &str) -> ResponseBuilder {
    let document =
        ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemDocument::name())));
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", document.build())
}

fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(description))
        .build()
}

/// A column that a client can choose.
pub(crate) struct ColumnSchema<F> {
    /// Serializes to the name of the column.
    pub(crate) field: F,
    /// Unit and meaning.
    pub(crate) meaning: &'static str,
    /// Whether the values are integers, which are never null. Other columns have floats and nulls.
    pub(crate) is_integer: bool,
}

/// The schema of an object of columns by name. Each column is optional.
pub(crate) fn columns<F: Serialize>(
    columns: impl IntoIterator<Item = ColumnSchema<F>>,
) -> RefOr<Schema> {
    let mut object = ObjectBuilder::new().schema_type(Type::Object);
    for column in columns {
        let name = serde_json::to_value(&column.field).expect("a field has a JSON form");
        let value_type = match column.is_integer {
            true => SchemaType::Type(Type::Integer),
            false => SchemaType::from_iter([Type::Number, Type::Null]),
        };
        let values = ArrayBuilder::new()
            .items(ObjectBuilder::new().schema_type(value_type))
            .description(Some(column.meaning));
        object = object.property(name.as_str().expect("a field is a name"), values);
    }
    object.into()
}
