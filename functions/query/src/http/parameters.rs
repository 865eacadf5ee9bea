//! The parameters of the API: each is named and described here once, for the parser and for the OpenAPI document.

use serde_json::{Value, json};
use utoipa::PartialSchema;
use utoipa::openapi::path::{
    Parameter as Described, ParameterBuilder, ParameterIn, ParameterStyle,
};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{
    ArrayBuilder, KnownFormat, ObjectBuilder, RefOr, Required, Schema, SchemaFormat, Type,
};

use crate::points::field::Field;
use crate::points::interval::Interval;
use crate::routes::revenue::RevenueField;

/// A query parameter.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: &'static str,
    description: &'static str,
    schema: fn() -> RefOr<Schema>,
    example: fn() -> Value,
}

/// The largest `limit`.
pub(crate) const MAX_LIMIT: u32 = 1000;

/// The most values of a list.
pub(crate) const MAX_LIST: usize = 60;

/// Bounds of a power price in USD/MWh: what power markets have seen, and some.
pub(crate) const POWER_PRICES: std::ops::RangeInclusive<f64> = -10_000.0..=100_000.0;

/// What an identifier of a machine looks like.
pub(crate) const ASIC_PATTERN: &str = r"^([a-z0-9][a-z0-9-]{0,63}|custom:[1-9][0-9]{0,5}(\.[0-9]{1,6})?:[1-9][0-9]{0,5}(\.[0-9]{1,6})?)$";

pub(crate) const ASICS: Parameter = Parameter {
    name: "asics",
    description: "Machines, with commas between: identifiers of the catalogue (`/asics`), or `custom:<TH/s>:<W>`.",
    schema: || list(text().pattern(Some(ASIC_PATTERN)), MAX_LIST),
    example: || json!(["antminer-s21-pro-234", "custom:200:3500"]),
};

pub(crate) const FIELDS: Parameter = Parameter {
    name: "fields",
    description: "Columns, with commas between. Without it: `usd_per_ph_day`, `sat_per_ph_day` and `price_usd`.",
    schema: || {
        list(
            text().enum_values(Some(Field::ALL.iter().map(|field| field.name()))),
            Field::ALL.len(),
        )
    },
    example: || json!(["usd_per_ph_day", "fee_share"]),
};

pub(crate) const REVENUE_FIELDS: Parameter = Parameter {
    name: "fields",
    description: "Columns of each machine, with commas between. Without it: all; `profit_usd_per_mwh` only with a `power_price` or `pool_fee`.",
    schema: || {
        let names = RevenueField::ALL.iter().map(|field| field.name());
        list(text().enum_values(Some(names)), RevenueField::ALL.len())
    },
    example: || json!(["usd_per_mwh", "usd_per_mw"]),
};

pub(crate) const INTERVAL: Parameter = Parameter {
    name: "interval",
    description: "How much time a point stands for, in UTC. Weeks begin on Monday. Without it: `day`.",
    schema: Interval::schema,
    example: || json!("day"),
};

pub(crate) const FROM: Parameter = Parameter {
    name: "from",
    description: "Points are the whole intervals that start from here on: RFC 3339, or seconds since 1970. Without it: 30 days before `to`.",
    schema: time,
    example: || json!("2025-10-01T00:00:00Z"),
};

pub(crate) const TO: Parameter = Parameter {
    name: "to",
    description: "Points are the intervals that start before here. Without it: after the newest block.",
    schema: time,
    example: || json!("2025-11-01T00:00:00Z"),
};

pub(crate) const POWER_PRICE: Parameter = Parameter {
    name: "power_price",
    description: "What power costs, or would sell for, in USD/MWh; profit is what is left. Without it: 0.",
    schema: || number(*POWER_PRICES.start(), *POWER_PRICES.end()),
    example: || json!(45.5),
};

pub(crate) const POOL_FEE: Parameter = Parameter {
    name: "pool_fee",
    description: "The part of revenue that the pool keeps: 0.02 for 2 %. It lowers profit, not revenue. Without it: 0.",
    schema: || number(0.0, 1.0),
    example: || json!(0.02),
};

pub(crate) const FROM_HEIGHT: Parameter = Parameter {
    name: "from_height",
    description: "The first block. Without it: so many blocks up to the newest.",
    schema: || integer(0, u32::MAX),
    example: || json!(909_578),
};

pub(crate) const LIMIT: Parameter = Parameter {
    name: "limit",
    description: "At most so many blocks. Without it: 100.",
    schema: || integer(1, MAX_LIMIT),
    example: || json!(10),
};

pub(crate) const FORMAT: Parameter = Parameter {
    name: "format",
    description: "`csv` for a header row and a row for each line of the table; also asked for with `Accept: text/csv`.",
    schema: || text().enum_values(Some(["json", "csv"])).into(),
    example: || json!("json"),
};

impl Parameter {
    /// As OpenAPI describes it.
    pub(crate) fn described(&self) -> Described {
        let schema = (self.schema)();
        let is_list = matches!(schema, RefOr::T(Schema::Array(_)));
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(self.description))
            .schema(Some(schema))
            .style(is_list.then_some(ParameterStyle::Form))
            .explode(is_list.then_some(false))
            .example(Some((self.example)()))
            .build()
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn list(items: ObjectBuilder, most: usize) -> RefOr<Schema> {
    ArrayBuilder::new()
        .items(items)
        .min_items(Some(1))
        .max_items(Some(most))
        .unique_items(true)
        .into()
}

fn time() -> RefOr<Schema> {
    let date_time = text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    // The years 0 to 9999.
    let seconds = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(-62_167_219_200_i64))
        .maximum(Some(253_402_300_799_i64));
    AnyOfBuilder::new().item(date_time).item(seconds).into()
}

fn number(least: f64, most: f64) -> RefOr<Schema> {
    let number = ObjectBuilder::new().schema_type(Type::Number);
    number.minimum(Some(least)).maximum(Some(most)).into()
}

fn integer(least: u32, most: u32) -> RefOr<Schema> {
    let integer = ObjectBuilder::new().schema_type(Type::Integer);
    integer.minimum(Some(least)).maximum(Some(most)).into()
}
