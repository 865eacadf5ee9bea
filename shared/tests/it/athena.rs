//! The tables that infra/template.yaml tells Athena of are those of the lake's files.

use arrow::datatypes::{DataType, TimeUnit};
use bytes::Bytes;
use hashlake_core::table::{LengthGuard, asics, blocks, daily, mwh_revenue, prices};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

const TEMPLATE: &str = include_str!("../../../infra/template.yaml");

/// Names and types of the columns of a table in the template.
fn told(resource: &str) -> Vec<(&'static str, &'static str)> {
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

/// The same of a file, in Athena's words.
fn written(file: Bytes) -> Vec<(String, &'static str)> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a file");
    let fields = reader.schema().fields().iter();
    fields
        .map(|field| {
            let of = match field.data_type() {
                DataType::Int32 => "int",
                DataType::Int64 => "bigint",
                DataType::Float64 => "double",
                DataType::Utf8 => "string",
                DataType::Boolean => "boolean",
                DataType::Date32 => "date",
                DataType::Timestamp(TimeUnit::Millisecond, _) => "timestamp",
                other => panic!(
                    "{}: Athena's word for {other} is not known here",
                    field.name()
                ),
            };
            (field.name().clone(), of)
        })
        .collect()
}

#[test]
fn athena_is_told_of_every_column_and_of_no_other() {
    let none = LengthGuard::Absent;
    for (resource, file) in [
        ("BlocksTable", blocks::encode(&[], none)),
        ("MwhRevenueTable", mwh_revenue::encode(&[], &[], none)),
        ("PricesTable", prices::encode(&[], none)),
        ("DailyTable", daily::encode(&[], none)),
        ("AsicsTable", asics::encode(&[], none)),
    ] {
        let written = written(file);
        let written: Vec<(&str, &str)> = written.iter().map(|(name, of)| (&**name, *of)).collect();
        assert_eq!(told(resource), written, "{resource}");
    }
}
