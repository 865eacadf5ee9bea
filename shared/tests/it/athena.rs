//! Tests that the Athena tables of infra/template.yaml have the columns of the lake's files.

use arrow::datatypes::{DataType, TimeUnit};
use bytes::Bytes;
use hashlake_core::table::{LengthGuard, asics, blocks, daily, mwh_revenue, prices};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

/// Names and types of a table's columns in the template.
fn declared(resource: &str) -> Vec<(&'static str, &'static str)> {
    let (_, rest) = TEMPLATE
        .split_once(&format!("\n  {resource}:\n"))
        .expect("a resource");
    let (_, columns) = rest.split_once("\n          Columns:\n").expect("columns");
    let column = |line: &'static str| {
        let (name, rest) = line
            .trim()
            .strip_prefix("- {Name: ")?
            .split_once(", Type: ")?;
        Some((name, rest.split_once(", Comment: ")?.0))
    };
    columns.lines().map_while(column).collect()
}

/// Names and Athena types of a file's columns.
fn stored(file: Bytes) -> Vec<(String, &'static str)> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a file");
    let fields = reader.schema().fields().iter();
    fields
        .map(|field| {
            let athena_type = match field.data_type() {
                DataType::Int32 => "int",
                DataType::Int64 => "bigint",
                DataType::Float64 => "double",
                DataType::Utf8 => "string",
                DataType::Boolean => "boolean",
                DataType::Date32 => "date",
                DataType::Timestamp(TimeUnit::Millisecond, _) => "timestamp",
                other => panic!("{}: add the Athena type for {other} here", field.name()),
            };
            (field.name().clone(), athena_type)
        })
        .collect()
}

#[test]
fn athena_tables_have_exactly_the_columns_of_the_files() {
    let guard = LengthGuard::Absent;
    for (resource, file) in [
        ("BlocksTable", blocks::encode(&[], guard)),
        ("MwhRevenueTable", mwh_revenue::encode(&[], &[], guard)),
        ("PricesTable", prices::encode(&[], guard)),
        ("DailyTable", daily::encode(&[], guard)),
        ("AsicsTable", asics::encode(&[], guard)),
    ] {
        let stored = stored(file);
        let stored: Vec<(&str, &str)> =
            stored.iter().map(|(name, kind)| (&**name, *kind)).collect();
        assert_eq!(declared(resource), stored, "{resource}");
    }
}
