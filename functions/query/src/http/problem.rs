//! What a caller is told when there is no answer: a problem document (RFC 9457).

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

const RETRY_AFTER_SECS: u32 = 5; // As often as the page asks.

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    parameter: Option<String>,
    nearest: Option<Vec<String>>,
    first_page: Option<Page>,
}

impl Problem {
    /// The query is at fault; `parameter` names what is wrong with it.
    pub(crate) fn bad_parameter(parameter: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(parameter.to_owned()),
            ..Self::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    /// The answer would be too long; `first_page` is a part that is not, from where to go on.
    pub(crate) fn too_much(
        parameter: &str,
        detail: impl Into<String>,
        first_page: Option<Page>,
    ) -> Self {
        Self {
            first_page,
            ..Self::bad_parameter(parameter, detail)
        }
    }

    /// `parameter` names something that does not exist; these come nearest.
    pub(crate) fn unknown(
        parameter: &str,
        detail: impl Into<String>,
        nearest: Vec<String>,
    ) -> Self {
        Self {
            parameter: Some(parameter.to_owned()),
            nearest: Some(nearest),
            ..Self::new(StatusCode::NOT_FOUND, detail)
        }
    }

    /// There is no such route.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The route only answers to those who ask.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "this route answers to GET and HEAD",
        )
    }

    /// There is no answer now; there may be one soon.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            parameter: None,
            nearest: None,
            first_page: None,
        }
    }
}

/// A part of what was asked for: `from` and `to` of a request that is not too long. The next begins at its `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Page {
    #[schema(value_type = String, format = DateTime)]
    pub(crate) from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) to: Timestamp,
}

/// Why there is no answer, as RFC 9457 has it.
#[derive(Serialize, ToSchema)]

pub(crate) struct ProblemDocument<'a> {
    /// `about:blank`: the status says what kind of problem it is (RFC 9457, section 4.2.1).
    r#type: &'a str,
    /// The status in words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What is wrong, with which input, and what to do.
    detail: &'a str,
    /// The parameter that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter: Option<&'a str>,
    /// Identifiers that exist and come nearest to one that does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    nearest: Option<&'a [String]>,
    /// Where a request asks for too much: a part of it that is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_page: Option<&'a Page>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = ProblemDocument {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: &self.detail,
            parameter: self.parameter.as_deref(),
            nearest: self.nearest.as_deref(),
            first_page: self.first_page.as_ref(),
        };
        let body = serde_json::to_string(&document).expect("text and numbers have a JSON form");
        let headers = [
            (CONTENT_TYPE, "application/problem+json"),
            (CACHE_CONTROL, "no-store"),
        ];
        let response = (self.status, headers, body);
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => {
                ([(RETRY_AFTER, RETRY_AFTER_SECS.to_string())], response).into_response()
            }
            _ => response.into_response(),
        }
    }
}
