//! Types of parameters. Each type parses its text, and has the schema that the OpenAPI document
//! shows.

use std::borrow::Cow;

use chrono::DateTime;
use hashlake_core::strike::PLAUSIBLE_USD_PER_MWH;
use hashlake_core::timestamp::Timestamp;
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, Error};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::http::problem::shortened;

/// The largest number of values in a list.
const MAX_LIST: usize = 100; // All models of the catalogue fit.

/// Power price in USD/MWh.
pub(crate) type PowerPrice =
    Number<{ *PLAUSIBLE_USD_PER_MWH.start() }, { *PLAUSIBLE_USD_PER_MWH.end() }>;

/// The fraction of revenue that a pool keeps: 0.02 is 2 %.
pub(crate) type PoolFee = Number<0, 1>;

/// A number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Number<const MIN: i32, const MAX: i32>(f64);

impl<const MIN: i32, const MAX: i32> Number<MIN, MAX> {
    pub(crate) const fn get(self) -> f64 {
        self.0
    }
}

impl<const MIN: i32, const MAX: i32> TryFrom<String> for Number<MIN, MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bounds = f64::from(MIN)..=f64::from(MAX);
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number
            .map(Self)
            .ok_or_else(|| format!("expected a number from {MIN} to {MAX}"))
    }
}

impl<const MIN: i32, const MAX: i32> PartialSchema for Number<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Number);
        number
            .minimum(Some(f64::from(MIN)))
            .maximum(Some(f64::from(MAX)))
            .into()
    }
}

impl<const MIN: i32, const MAX: i32> ToSchema for Number<MIN, MAX> {}

/// A fraction from 0 to below 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Fraction(f64);

impl Fraction {
    pub(crate) const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<String> for Fraction {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.parse().ok().filter(|part| (0.0..1.0).contains(part));
        number
            .map(Self)
            .ok_or_else(|| "expected a number from 0 to below 1".to_owned())
    }
}

impl PartialSchema for Fraction {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Number);
        number.minimum(Some(0)).exclusive_maximum(Some(1)).into()
    }
}

impl ToSchema for Fraction {}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct WholeNumber<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> WholeNumber<MIN, MAX> {
    pub(crate) const fn get(self) -> u32 {
        self.0
    }
}

impl<const MIN: u32, const MAX: u32> TryFrom<String> for WholeNumber<MIN, MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.parse().ok();
        number
            .filter(|number| (MIN..=MAX).contains(number))
            .map(Self)
            .ok_or_else(|| format!("expected a whole number from {MIN} to {MAX}"))
    }
}

impl<const MIN: u32, const MAX: u32> PartialSchema for WholeNumber<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        number.minimum(Some(MIN)).maximum(Some(MAX)).into()
    }
}

impl<const MIN: u32, const MAX: u32> ToSchema for WholeNumber<MIN, MAX> {}

/// A moment: RFC 3339, or seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Time(pub(crate) Timestamp);

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_time(&text).map(Self).ok_or_else(|| {
            // `+` in a query string means a space.
            if parse_time(&text.replace(' ', "+")).is_some() {
                return "write the `+` of a time zone as `%2B`, because `+` in a URL means a space".to_owned();
            }
            match text.parse().ok().and_then(Timestamp::from_ms) {
                Some(time) => format!(
                    "expected seconds since 1970, but this looks like milliseconds: write {} (in Grafana: \
                     ${{__from:date:seconds}})",
                    time.to_secs()
                ),
                None => "expected a time such as 2025-11-22T00:00:00Z, or seconds since 1970".to_owned(),
            }
        })
    }
}

fn parse_time(text: &str) -> Option<Timestamp> {
    match text.parse() {
        Ok(secs) => Timestamp::from_secs(secs),
        Err(_) => {
            let time = DateTime::parse_from_rfc3339(text).ok()?;
            Timestamp::from_ms(time.timestamp_millis())
        }
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<Schema> {
        let date_time = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        let seconds = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(Timestamp::FIRST.to_secs()))
            .maximum(Some(Timestamp::LAST.to_secs()));
        AnyOfBuilder::new().item(date_time).item(seconds).into()
    }
}

impl ToSchema for Time {}

/// A comma-separated list of different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let values: Vec<&str> = text.split(',').collect();
        if values.len() > MAX_LIST {
            let message = format!(
                "{} values, but at most {MAX_LIST} are allowed",
                values.len()
            );
            return Err(D::Error::custom(message));
        }
        let mut list = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            if value.is_empty() {
                return Err(D::Error::custom("there is an empty value"));
            }
            if values[..at].contains(value) {
                let message = format!("`{}` is listed twice", shortened(value));
                return Err(D::Error::custom(message));
            }
            let item = T::deserialize(StrDeserializer::<D::Error>::new(value));
            list.push(item.map_err(|error| {
                D::Error::custom(format!("`{}` is not valid; {error}", shortened(value)))
            })?);
        }
        Ok(Self(list))
    }
}

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        let items = T::schema();
        let max_items = match &items {
            RefOr::T(Schema::Object(item)) => item.enum_values.as_ref().map(Vec::len),
            _ => None,
        };
        ArrayBuilder::new()
            .items(items)
            .min_items(Some(1))
            .max_items(max_items.or(Some(MAX_LIST)))
            .unique_items(true)
            .into()
    }
}

impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> Cow<'static, str> {
        format!("ListOf{}", T::name()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Result<String, String> {
        Time::try_from(text.to_owned()).map(|time| time.0.to_string())
    }

    #[test]
    fn a_time_is_rfc_3339_or_seconds() {
        // `date -ud @1763855637`: 2025-11-22 23:53:57
        let same = Ok("2025-11-22T23:53:57Z".to_owned());

        assert_eq!(time("1763855637"), same);
        assert_eq!(time("2025-11-22T23:53:57Z"), same);
        assert_eq!(time("2025-11-23T00:53:57+01:00"), same);
        assert_eq!(time("-1"), Ok("1969-12-31T23:59:59Z".to_owned()));
        for text in [
            "",
            "now",
            "2025-11-22",
            "2025-13-01T00:00:00Z",
            "1e9",
            "99999999999999999999",
            "9223372036854775807",
            "\0",
            "2025-11-22 00:00:00",
        ] {
            let error = time(text).expect_err("not a time");
            assert!(error.starts_with("expected a time"), "{text}: {error}");
        }
    }

    #[test]
    fn milliseconds_are_refused_with_the_seconds_to_write() {
        let error = time("1763855637123").expect_err("milliseconds");

        assert!(error.contains("milliseconds: write 1763855637 "), "{error}");
        // 9999-12-31 and the second after it.
        assert!(time("253402300799").is_ok());
        assert!(time("253402300800").is_err());
    }

    #[test]
    fn a_plus_that_became_a_space_is_explained() {
        let error = time("2025-11-23T00:53:57 01:00").expect_err("a space");

        assert!(error.contains("%2B"), "{error}");
    }

    #[test]
    fn a_list_has_an_upper_limit() {
        let list = |count| {
            let text: Vec<String> = (0..count).map(|n: usize| n.to_string()).collect();
            List::<String>::deserialize(StrDeserializer::<serde::de::value::Error>::new(
                &text.join(","),
            ))
        };

        assert_eq!(list(MAX_LIST).map(|list| list.0.len()), Ok(MAX_LIST));
        assert_eq!(
            list(101).expect_err("too many").to_string(),
            "101 values, but at most 100 are allowed"
        );
    }
}
