//! `asics`: the miner models of `mwh_revenue`, in one file.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, StringArray};
use arrow::datatypes::DataType;
use bytes::Bytes;

use super::columns::{Date32, Float64, StoredColumns, Utf8, as_is};
use super::{Column, Layout, LengthGuard, TableError, column, invalid_value};
use crate::asic::Asic;
use crate::day::Day;

/// Name of the table.
pub const NAME: &str = "asics";

/// Key of the file.
pub const KEY: &str = "v1/asics/asics.parquet";

fn columns() -> [Column; 10] {
    use DataType::{Date32, Float64, Utf8};
    use Layout::{Delta, Dictionary, Plain};
    [
        column("asic_id", Utf8, Plain, "", "stable identifier"),
        column(
            "name",
            Utf8,
            Plain,
            "",
            "name and hash rate as the manufacturer writes them",
        ),
        column("vendor", Utf8, Dictionary, "", "manufacturer"),
        column("cooling", Utf8, Dictionary, "", "air, hydro or immersion"),
        column(
            "released",
            Date32,
            Delta,
            "UTC day",
            "first day of the month in which sales began",
        )
        .nullable(),
        column("hashrate_ths", Float64, Plain, "TH/s", "nominal hash rate"),
        column(
            "power_w",
            Float64,
            Plain,
            "W",
            "nominal power at the wall socket",
        ),
        column(
            "efficiency_j_per_th",
            Float64,
            Plain,
            "J/TH",
            "power_w / hashrate_ths",
        ),
        column(
            "machines_per_mw",
            Float64,
            Plain,
            "machines",
            "1e6 / power_w: number of machines that use 1 MWh in an hour",
        ),
        column("source", Utf8, Plain, "", "source of the figures"),
    ]
}

/// Encodes a file with these miner models.
pub fn encode(asics: &[Asic], guard: LengthGuard) -> Bytes {
    let text = |value: fn(&Asic) -> &str| -> ArrayRef {
        Arc::new(
            asics
                .iter()
                .map(|asic| Some(value(asic)))
                .collect::<StringArray>(),
        )
    };
    let float = |value: fn(&Asic) -> f64| -> ArrayRef {
        Arc::new(
            asics
                .iter()
                .map(|asic| Some(value(asic)))
                .collect::<Float64Array>(),
        )
    };
    let released = asics
        .iter()
        .map(|asic| asic.released.map(|month| Day::of(month.start()).to_days()));
    let batch = super::batch(
        &columns(),
        vec![
            text(|asic| &asic.id),
            text(|asic| &asic.name),
            text(|asic| &asic.vendor),
            text(|asic| &asic.cooling),
            Arc::new(released.collect::<Date32Array>()),
            float(|asic| asic.hashrate_ths),
            float(|asic| asic.power_w),
            float(|asic| asic.efficiency().to_joules_per_th()),
            float(Asic::machines_per_mw),
            text(|asic| &asic.source),
        ],
    );
    super::write(&columns(), [batch], guard)
}

/// Decodes the miner models of a file.
///
/// # Errors
/// [`TableError`] if the bytes are not a file of this table.
pub fn decode(bytes: Bytes) -> Result<Vec<Asic>, TableError> {
    let columns = StoredColumns::open(bytes)?;
    let text = |name| columns.required(name, Utf8, str::parse::<String>);
    let positive = |name| {
        columns.required(name, Float64, |value| {
            if value.is_finite() && value > 0.0 {
                Ok(value)
            } else {
                Err("expected a finite number above zero")
            }
        })
    };
    let (id, name, vendor) = (text("asic_id")?, text("name")?, text("vendor")?);
    let (cooling, source) = (text("cooling")?, text("source")?);
    let released = columns.nullable("released", Date32, as_is)?;
    let (hashrate_ths, power_w) = (positive("hashrate_ths")?, positive("power_w")?);
    if let Some(row) = id.windows(2).position(|pair| pair[0] >= pair[1]) {
        return Err(invalid_value(
            "asic_id",
            row + 1,
            "identifiers are not sorted",
        ));
    }
    let asic = |row: usize| Asic {
        id: id[row].clone(),
        name: name[row].clone(),
        vendor: vendor[row].clone(),
        cooling: cooling[row].clone(),
        released: released.get(row).map(Day::month),
        hashrate_ths: hashrate_ths[row],
        power_w: power_w[row],
        source: source[row].clone(),
    };
    Ok((0..id.len()).map(asic).collect())
}
