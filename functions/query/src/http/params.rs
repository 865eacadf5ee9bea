//! Query parameters, checked where they come in.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::extract::Query;
use axum::http::Uri;
use chrono::DateTime;
use hashlake_core::timestamp::Timestamp;

use crate::http::parameters::{MAX_LIST, Parameter};
use crate::http::problem::Problem;

const SHOWN_CHARS: usize = 80; // Of a value that is wrong; what follows helps nobody.

/// The parameters of a request: each is known, and there once.
#[derive(Debug)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// The parameters of `uri`, which may be those that are `known`.
    ///
    /// # Errors
    /// A problem that names the first parameter that is unknown or there twice.
    pub(crate) fn parse(uri: &Uri, known: &[Parameter]) -> Result<Self, Problem> {
        let known: Vec<&str> = known.iter().map(|parameter| parameter.name).collect();
        let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|error| Problem::bad_parameter("", error.body_text()))?;
        for (at, (name, _)) in given.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let name = shown(name);
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                return Err(Problem::bad_parameter(
                    &name,
                    format!("`{name}` is not a parameter of this route; it takes {known}"),
                ));
            }
            if given[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::bad_parameter(
                    name,
                    format!("`{name}` is given twice"),
                ));
            }
        }
        Ok(Self(given))
    }

    /// A parameter's value, where it is given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values of a parameter that takes several, with commas between; each may be there once.
    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<&str>>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let values: Vec<&str> = text.split(',').collect();
        if values.len() > MAX_LIST {
            let detail = format!(
                "`{name}` has {} values, and {MAX_LIST} are the most",
                values.len()
            );
            return Err(Problem::bad_parameter(name, detail));
        }
        for (at, value) in values.iter().enumerate() {
            if value.is_empty() || values[..at].contains(value) {
                let fault = if value.is_empty() {
                    "an empty value"
                } else {
                    "a value twice"
                };
                return Err(Problem::bad_parameter(
                    name,
                    format!("{name}=`{}` has {fault}", shown(text)),
                ));
            }
        }
        Ok(Some(values))
    }

    /// The values of a list, each of which is the name of one of `all`.
    pub(crate) fn chosen<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        name_of: fn(T) -> &'static str,
    ) -> Result<Option<Vec<T>>, Problem> {
        let find = |value: &str| {
            let known = all.iter().copied().find(|one| name_of(*one) == value);
            known.ok_or_else(|| {
                let names: Vec<&str> = all.iter().copied().map(name_of).collect();
                wrong(name, value, &format!("some of {}", names.join(", ")))
            })
        };
        let values = self.list(name)?;
        values
            .map(|values| values.into_iter().map(find).collect())
            .transpose()
    }

    /// A moment: RFC 3339, or seconds since 1970.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        self.parsed(
            name,
            "a time such as 2025-11-22T00:00:00Z, or seconds since 1970",
            |text| match text.parse() {
                Ok(secs) => Timestamp::from_secs(secs),
                Err(_) => {
                    Timestamp::from_ms(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
                }
            },
        )
    }

    /// A number within bounds; `kind` is what is expected of it.
    pub(crate) fn within<T: FromStr + PartialOrd + Display>(
        &self,
        name: &str,
        kind: &str,
        bounds: &RangeInclusive<T>,
    ) -> Result<Option<T>, Problem> {
        let expected = format!("{kind} from {} to {}", bounds.start(), bounds.end());
        self.parsed(name, &expected, |text| {
            text.parse().ok().filter(|number| bounds.contains(number))
        })
    }

    /// A parameter's value as what it stands for.
    pub(crate) fn parsed<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let value = self.text(name);
        value
            .map(|text| parse(text).ok_or_else(|| wrong(name, text, expected)))
            .transpose()
    }
}

/// A parameter has a value that it cannot have.
pub(crate) fn wrong(name: &str, value: &str, expected: &str) -> Problem {
    Problem::bad_parameter(
        name,
        format!("{name}=`{}`: expected {expected}", shown(value)),
    )
}

/// As much of a value as helps to find the fault.
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::parameters;

    fn time(value: &str) -> Option<String> {
        let uri = format!("/x?from={value}").parse().expect("a path");
        let params = Params::parse(&uri, &[parameters::FROM]).expect("a known parameter");
        params
            .time("from")
            .ok()
            .flatten()
            .map(|time| time.to_string())
    }

    #[test]
    fn a_time_is_rfc_3339_or_seconds() {
        // `date -ud @1763855637`: 2025-11-22 23:53:57
        let same = Some("2025-11-22T23:53:57Z".to_owned());

        assert_eq!(time("1763855637"), same);
        assert_eq!(time("2025-11-22T23:53:57Z"), same);
        assert_eq!(time("2025-11-23T00:53:57%2B01:00"), same);
        assert_eq!(time("-1"), Some("1969-12-31T23:59:59Z".to_owned()));
        for text in [
            "",
            "now",
            "2025-11-22",
            "2025-13-01T00:00:00Z",
            "1e9",
            "99999999999999999999",
            "9223372036854775807",
            "%00",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_value_that_is_wrong_is_shown_as_far_as_it_helps() {
        assert_eq!(shown("day"), "day");
        assert_eq!(shown(&"é".repeat(81)), "é".repeat(80) + "...");
    }
}
