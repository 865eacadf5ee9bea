//! The query string as a struct of typed parameters.
//!
//! `serde` parses it: the struct's fields are the parameters, `deny_unknown_fields` refuses all
//! others, and the type of each field parses the value. This file turns an error of `serde` into a
//! problem document that names the parameter.

use std::fmt::{self, Display, Formatter};

use axum::extract::{self, FromRequestParts};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

use crate::http::problem::{Problem, shortened};

/// Clients add this parameter, with a new value each time, to get past caches. It has no effect,
/// and the entity tag does not depend on it.
pub(crate) const CACHE_BUSTER: &str = "_";

/// The parameters of a request: only those of the route, each at most once.
pub(crate) struct Query<T>(pub(crate) T);

/// The query struct of a route without parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParameters {}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parse(&parts.uri).map(Self)
    }
}

fn parse<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    let extract::Query(pairs) = extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Problem::bad_parameter("", error.body_text()))?;
    let values = pairs
        .iter()
        .filter(|(name, _)| name != CACHE_BUSTER)
        .map(|(name, text)| (name.as_str(), Value { name, text }));
    T::deserialize(MapDeserializer::new(values)).map_err(|error| match error {
        QueryError::Problem(problem) => problem,
        QueryError::Value(message) => Problem::bad_parameter("", message),
    })
}

/// The text of one parameter. Its field in the struct must be an `Option`, because
/// `deserialize_option` adds the parameter's name to an error.
#[derive(Clone, Copy)]
struct Value<'a> {
    name: &'a str,
    text: &'a str,
}

impl<'de> IntoDeserializer<'de, QueryError> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = QueryError;

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, QueryError> {
        let value = visitor.visit_some(StrDeserializer::new(self.text));
        value.map_err(|error| match error {
            QueryError::Value(message) => {
                Problem::wrong_value(self.name, self.text, &message).into()
            }
            error @ QueryError::Problem(_) => error,
        })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, QueryError> {
        visitor.visit_str(self.text)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Why a query string does not fit a struct.
#[derive(Debug)]
enum QueryError {
    /// The problem names the parameter.
    Problem(Problem),
    /// A value is wrong; the parameter's name is not known here.
    Value(String),
}

impl From<Problem> for QueryError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl de::Error for QueryError {
    fn custom<T: Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let name = shortened(name);
        let known = match known {
            [] => "no parameters".to_owned(),
            known => known.join(", "),
        };
        let detail = format!("unknown parameter `{name}`; this route takes {known}");
        Problem::bad_parameter(&name, detail).into()
    }

    fn duplicate_field(name: &'static str) -> Self {
        Problem::bad_parameter(name, format!("`{name}` is given twice; give it once")).into()
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::Value(format!("expected one of {}", known.join(", ")))
    }
}

impl std::error::Error for QueryError {}

impl Display for QueryError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => f.write_str(problem.detail()),
            Self::Value(message) => f.write_str(message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::parameters::{List, WholeNumber};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Parameters {
        limit: Option<WholeNumber<1, 10>>,
        format: Option<Form>,
        forms: Option<List<Form>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Form {
        Json,
        Csv,
    }

    fn parameters(query: &str) -> Result<Parameters, String> {
        let uri = format!("/x?{query}").parse().expect("a path");
        parse(&uri).map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn a_struct_of_parameters_is_read_from_a_query() {
        let all = parameters("format=csv&limit=7&forms=csv%2Cjson").expect("all are known");

        assert_eq!(all.limit.map(WholeNumber::get), Some(7));
        assert_eq!(all.format, Some(Form::Csv));
        assert_eq!(all.forms.expect("given").0, [Form::Csv, Form::Json]);
        assert_eq!(parameters(""), Ok(Parameters::default()));
    }

    #[test]
    fn the_problem_names_the_wrong_parameter_and_what_is_expected() {
        let cases = [
            (
                "size=1",
                "unknown parameter `size`; this route takes limit, format, forms",
            ),
            ("limit=1&limit=2", "`limit` is given twice; give it once"),
            (
                "limit=11",
                "limit=`11`: expected a whole number from 1 to 10",
            ),
            ("format=xml", "format=`xml`: expected one of json, csv"),
            ("format=", "format=``: expected one of json, csv"),
            (
                "forms=json,xml",
                "forms=`json,xml`: `xml` is not valid; expected one of json, csv",
            ),
            (
                "forms=json,json",
                "forms=`json,json`: `json` is listed twice",
            ),
            ("forms=json,", "forms=`json,`: there is an empty value"),
        ];
        for (query, detail) in cases {
            assert_eq!(parameters(query), Err(detail.to_owned()), "{query}");
        }
    }

    #[test]
    fn the_cache_buster_is_ignored() {
        assert_eq!(parameters("_=1&_=2&_"), Ok(Parameters::default()));
    }
}
