//! Errors of the API as problem documents (RFC 9457).

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use hashlake_core::timestamp::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::points::time_range::{EmptyRange, TooManyPoints};

const RETRY_AFTER_SECS: u32 = 5; // Half the interval at which the page polls.
const MAX_SHOWN_CHARS: usize = 80; // The rest of a wrong value does not help to find the error.

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    parameter: Option<String>,
    nearest: Option<Vec<String>>,
    first_page: Option<Page>,
}

impl Problem {
    /// 400: `parameter` is at fault.
    pub(crate) fn bad_parameter(parameter: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: Some(parameter.to_owned()),
            ..Self::new(StatusCode::BAD_REQUEST, detail)
        }
    }

    /// 400: `parameter` cannot have this value.
    pub(crate) fn wrong_value(parameter: &str, value: &str, expected: &str) -> Self {
        let detail = format!("{parameter}=`{}`: {expected}", shortened(value));
        Self::bad_parameter(parameter, detail)
    }

    /// 404: `parameter` names something that does not exist.
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

    /// 404: there is no such route.
    pub(crate) fn no_such_route() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no such route; see /api/v1/openapi.json",
        )
    }

    /// 405: the route does not support the method.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "this route supports GET and HEAD only",
        )
    }

    /// 503: try again later.
    pub(crate) fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    }

    /// What is wrong, with which input, and what to do.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
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

impl From<EmptyRange> for Problem {
    fn from(EmptyRange { from, to }: EmptyRange) -> Self {
        Self::bad_parameter(
            "from",
            format!("`from` ({from}) must be before `to` ({to})"),
        )
    }
}

impl From<TooManyPoints> for Problem {
    fn from(TooManyPoints { limit, first_page }: TooManyPoints) -> Self {
        let first_page = first_page.map(|range| Page {
            from: range.start,
            to: range.end,
        });
        let advice = match &first_page {
            Some(Page { from, to }) => {
                format!("request from={from}&to={to} first, then continue with from={to}")
            }
            None => "choose fewer fields or miner models".to_owned(),
        };
        let detail = format!(
            "the answer would have more than {limit} points, which is the limit for this interval and number of columns: \
             {advice}, or choose a longer interval"
        );
        Self {
            first_page,
            ..Self::bad_parameter("from", detail)
        }
    }
}

/// The start of a value, which is enough to find the error.
pub(crate) fn shortened(value: &str) -> String {
    match value.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &value[..end]),
        None => value.to_owned(),
    }
}

/// A part of the requested time that is short enough for one answer. The next part starts at `to`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Page {
    /// Value of the parameter `from`.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Value of the parameter `to`.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
}

/// An error, per RFC 9457.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemDocument<'a> {
    /// Always `about:blank`: `status` gives the kind of problem (RFC 9457, section 4.2.1).
    r#type: &'a str,
    /// Name of the HTTP status.
    title: &'a str,
    /// HTTP status code.
    status: u16,
    /// What is wrong, with which input, and what to do.
    detail: &'a str,
    /// Name of the invalid parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter: Option<&'a str>,
    /// Existing identifiers that are most like the unknown one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    nearest: Option<&'a [String]>,
    /// Only if the answer would be too long: a first part of the requested time that is short
    /// enough.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(shortened("day"), "day");
        assert_eq!(shortened(&"é".repeat(81)), "é".repeat(80) + "...");
    }
}
