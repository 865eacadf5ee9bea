//! What a caller is told when there is no answer: a problem document (RFC 9457).

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

const RETRY_AFTER_SECS: u32 = 5; // As often as the page asks.

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    parameter: Option<String>,
}

impl Problem {
    /// The query is at fault; `parameter` names what is wrong with it.
    pub(crate) fn bad_parameter(parameter: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(parameter.to_owned()),
            ..Self::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    /// `parameter` names something that does not exist.
    pub(crate) fn unknown_value(parameter: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(parameter.to_owned()),
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
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let document = Document {
            r#type: "about:blank", // The status says what kind of problem it is (RFC 9457, 4.2.1).
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: &self.detail,
            parameter: self.parameter.as_deref(),
        };
        let body = serde_json::to_string(&document).expect("text and numbers have a JSON form");
        let response = (
            self.status,
            [(CONTENT_TYPE, "application/problem+json")],
            body,
        );
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE => {
                ([(RETRY_AFTER, RETRY_AFTER_SECS.to_string())], response).into_response()
            }
            _ => response.into_response(),
        }
    }
}
