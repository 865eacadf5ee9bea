//! Measures how fast a month of `mwh_revenue` is encoded, compared with the Arrow writer. The Arrow
//! writer gets batches that are already built.
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

mod chain;

use std::hint::black_box;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use bytes::Bytes;
use hashlake_core::asic;
use hashlake_core::month::Month;
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{self, LengthGuard, blocks, mwh_revenue};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

const RUNS: usize = 15;

fn main() {
    let (month, asics) = (month(), asic::catalogue());
    let encode = || mwh_revenue::encode(&month, &asics, LengthGuard::Absent);
    let batches: Vec<_> = mwh_revenue::batches(&month, &asics).collect();
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let rows_of = |file| table::read(file).expect("a file");
    assert_eq!(rows_of(encode()), rows_of(arrow_writer(&batches)));

    let [hashlake, arrow, building, blocks_table] = medians([
        &|| drop(black_box(encode())),
        &|| drop(black_box(arrow_writer(&batches))),
        &|| mwh_revenue::batches(&month, &asics).for_each(|batch| drop(black_box(batch))),
        &|| drop(black_box(blocks::encode(&month, LengthGuard::Absent))),
    ]);

    let millions = f64::from(u32::try_from(rows).expect("a month's rows")) / 1e6;
    let blocks = month.len();
    println!(
        "\n{:<64}{:>14}{:>10}",
        format!("a month of {blocks} blocks, {rows} rows of `mwh_revenue`"),
        "median",
        "target"
    );
    let row =
        |what: &str, value: f64, target: &str| println!("{what:<64}{value:>14.4}{target:>10}");
    row("million rows/s of hashlake", millions / secs(hashlake), "");
    row(
        "million rows/s of the Arrow writer with prepared batches",
        millions / secs(arrow),
        "",
    );
    row(
        "speed of hashlake / speed of the Arrow writer",
        secs(arrow) / secs(hashlake),
        "0.7",
    );
    row("ms to build the batches", secs(building) * 1e3, "");
    row(
        "ms to encode a month of `blocks`",
        secs(blocks_table) * 1e3,
        "",
    );
}

/// The last complete month of the chain.
fn month() -> Vec<PricedBlock> {
    let month = |row: &PricedBlock| Month::of(row.block.median_time);
    let (mut whole, mut last): (Vec<PricedBlock>, Vec<PricedBlock>) = (Vec::new(), Vec::new());
    for row in chain::blocks() {
        if last
            .last()
            .is_some_and(|previous| month(previous) != month(&row))
        {
            whole = std::mem::take(&mut last);
        }
        last.push(row);
    }
    whole
}

/// Writes the same file with the Arrow writer and the same properties.
fn arrow_writer(batches: &[RecordBatch]) -> Bytes {
    let zstd = ZstdLevel::try_new(3).expect("3 is a valid level of zstd");
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(zstd))
        .set_dictionary_enabled(false)
        .set_column_dictionary_enabled("asic_id".into(), true)
        .set_column_encoding("height".into(), Encoding::DELTA_BINARY_PACKED)
        .set_column_encoding("median_time".into(), Encoding::DELTA_BINARY_PACKED)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(131_072))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batches[0].schema(), Some(properties))
        .expect("Parquet has all types of the columns");
    for batch in batches {
        writer.write(batch).expect("the batches have the schema");
    }
    writer.close().expect("writing to memory cannot fail");
    bytes.into()
}

fn medians<const N: usize>(works: [&dyn Fn(); N]) -> [Duration; N] {
    let mut took = [const { Vec::new() }; N];
    for _ in 0..RUNS {
        for (took, work) in took.iter_mut().zip(works) {
            let start = Instant::now();
            work();
            took.push(start.elapsed());
        }
    }
    took.map(|mut took| {
        took.sort_unstable();
        took[RUNS / 2]
    })
}

fn secs(took: Duration) -> f64 {
    took.as_secs_f64()
}
