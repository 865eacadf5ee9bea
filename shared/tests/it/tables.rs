//! Tests that tables are encoded and decoded without loss, and that damaged files are errors.

#![expect(clippy::unwrap_used, reason = "a panic fails the test, as it should")]

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{
    Field, Float64Type, Int32Type, Int64Type, Schema, TimestampMillisecondType,
};
use bytes::Bytes;
use hashlake_core::asic;
use hashlake_core::block::Block;
use hashlake_core::hash::BlockHash;
use hashlake_core::month::Month;
use hashlake_core::price::{BlockPrice, PricePoint, Quote};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::hash_filter::HashFilter;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::tail::TAIL_LEN;
use hashlake_core::table::{self, LengthGuard, asics, blocks, daily, mwh_revenue, prices};
use hashlake_core::target::CompactTarget;
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::{Sats, UsdPerBtc};
use parquet::arrow::ArrowWriter;
use parquet::basic::ColumnOrder;
use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::properties::WriterProperties;
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

fn quote() -> impl Strategy<Value = Quote> {
    let source = prop_oneof![Just("coingecko"), Just("bitstamp")];
    (0_i64..4_000_000_000_000, 0.01..1e7_f64, source).prop_map(|(ms, usd, source)| Quote {
        time: Timestamp::from_ms(ms).unwrap(),
        usd: UsdPerBtc::new(usd).unwrap(),
        source: source.into(),
    })
}

fn price() -> impl Strategy<Value = BlockPrice> {
    prop_oneof![
        Just(BlockPrice::Missing),
        quote().prop_map(BlockPrice::Provisional),
        quote().prop_map(BlockPrice::Final)
    ]
}

fn sats() -> impl Strategy<Value = Sats> {
    (0..=Sats::MAX.to_sat()).prop_map(|sat| Sats::new(sat).unwrap())
}

fn hash() -> impl Strategy<Value = BlockHash> {
    "[0-9a-f]{64}".prop_map(|hex| hex.parse().unwrap())
}

prop_compose! {
    fn row()(
        (height, hash, prev_hash) in (0..i32::MAX as u32, hash(), hash()),
        (time, median_time) in (any::<u32>(), any::<u32>()),
        bits in (4_u32..=29, 0x8000_u32..=0x7f_ffff),
        tx_count in 1..i32::MAX as u32,
        (subsidy, fees, claimed) in (sats(), sats(), option::of(sats())),
        network_hashrate_hs in 0.0..1e30_f64,
        sat_per_ph_day_144 in option::of(0.0..1e30_f64),
        price in price(),
    ) -> PricedBlock {
        let block = Block {
            height,
            hash,
            prev_hash,
            time: Timestamp::from_block_time(time),
            median_time: Timestamp::from_block_time(median_time),
            bits: CompactTarget::new(bits.0 << 24 | bits.1).unwrap(),
            tx_count,
            subsidy,
            fees,
            claimed,
            network_hashrate_hs,
            sat_per_ph_day_144,
        };
        PricedBlock { block, price }
    }
}

prop_compose! {
    /// A file of these rows, with only a few rows in each row group and page.
    fn in_small_pages(rows: Vec<PricedBlock>)(rows_per_group in 1..6_usize, rows_per_page in 1..4_usize) -> Bytes {
        file(&blocks::batch(&rows), rows_per_group, rows_per_page)
    }
}

prop_compose! {
    fn rows_and_file()(rows in vec(row(), 0..20))(file in in_small_pages(rows.clone()), rows in Just(rows)) -> (Vec<PricedBlock>, Bytes) {
        (rows, file)
    }
}

prop_compose! {
    fn rows_in_order()(heights in btree_set(0..60_u32, 0..20), rows in vec(row(), 20)) -> Vec<PricedBlock> {
        let at_height = |(height, mut row): (u32, PricedBlock)| {
            row.block.height = height;
            row
        };
        heights.into_iter().zip(rows).map(at_height).collect()
    }
}

fn file(batch: &RecordBatch, rows_per_group: usize, rows_per_page: usize) -> Bytes {
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(rows_per_group))
        .set_data_page_row_count_limit(rows_per_page)
        .set_write_batch_size(1) // The writer checks only after a batch whether the page is full.
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes.into()
}

fn ten_blocks() -> Vec<PricedBlock> {
    let block = |height: u32| PricedBlock {
        block: Block {
            height,
            hash: BlockHash::ZERO,
            prev_hash: BlockHash::ZERO,
            time: Timestamp::from_block_time(600 * height),
            median_time: Timestamp::from_block_time(600 * height),
            bits: "1d00ffff".parse().unwrap(),
            tx_count: 1,
            subsidy: Sats::new(5_000_000_000).unwrap(),
            fees: Sats::ZERO,
            claimed: Some(Sats::ZERO),
            network_hashrate_hs: 1e6,
            sat_per_ph_day_144: None,
        },
        price: BlockPrice::Final(Quote {
            time: Timestamp::from_block_time(600 * height),
            usd: UsdPerBtc::new(1.0).unwrap(),
            source: if height < 5 { "one" } else { "other" }.into(),
        }),
    };
    (0..10).map(block).collect()
}

/// The batch with other values in the column `name`.
fn with(batch: &RecordBatch, name: &str, values: ArrayRef) -> RecordBatch {
    let replaced = batch.schema().index_of(name).unwrap();
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().to_vec();
    let mut columns = batch.columns().to_vec();
    fields[replaced] = Arc::new(Field::new(name, values.data_type().clone(), true));
    columns[replaced] = values;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

/// The batch without these columns.
fn without(batch: &RecordBatch, names: &[&str]) -> RecordBatch {
    let schema = batch.schema();
    let kept = |index: &usize| !names.contains(&schema.field(*index).name().as_str());
    let kept: Vec<usize> = (0..batch.num_columns()).filter(kept).collect();
    batch.project(&kept).unwrap()
}

/// The errors of all functions that decode a file of blocks.
fn errors(file: &Bytes) -> [String; 3] {
    [
        blocks::decode(file.clone()).unwrap_err().to_string(),
        blocks::decode_economics(file.clone())
            .unwrap_err()
            .to_string(),
        blocks::decode_heights(file.clone(), 0..=u32::MAX)
            .unwrap_err()
            .to_string(),
    ]
}

fn month(name: &str) -> Month {
    name.parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn blocks_round_trip(rows in vec(row(), 0..20)) {
        prop_assert_eq!(blocks::decode(blocks::encode(&rows, LengthGuard::Absent)).unwrap(), rows);
    }

    #[test]
    fn prices_round_trip(points in vec((quote(), 1..100_000), 0..20)) {
        let points: Vec<PricePoint> =
            points.into_iter().map(|(quote, resolution_s)| PricePoint { quote, resolution_s }).collect();

        prop_assert_eq!(prices::decode(prices::encode(&points, LengthGuard::Absent)).unwrap(), points);
    }

    #[test]
    fn days_round_trip_and_add_up(rows in vec(row(), 1..20)) {
        let mut rows = rows;
        rows.sort_by_key(|row| row.block.median_time);
        rows.iter_mut().for_each(|row| row.block.fees = Sats::new(row.block.height.into()).unwrap());

        let days = daily::summarise(&rows);

        let blocks: u32 = days.iter().map(|day| day.blocks).sum();
        let fees: i64 = days.iter().map(|day| day.fees.to_sat()).sum();
        prop_assert_eq!(blocks as usize, rows.len());
        prop_assert_eq!(fees, rows.iter().map(|row| row.block.fees.to_sat()).sum::<i64>());
        prop_assert!(days.is_sorted_by(|a, b| a.day < b.day));
        prop_assert_eq!(daily::decode(daily::encode(&days, LengthGuard::Absent)).unwrap(), days);
    }

    #[test]
    fn rows_do_not_depend_on_groups_and_pages((rows, file) in rows_and_file()) {
        prop_assert_eq!(blocks::decode(file).unwrap(), rows);
    }

    #[test]
    fn economics_equal_those_of_whole_rows((rows, file) in rows_and_file()) {
        let economics: Vec<_> = rows.iter().map(PricedBlock::economics).collect();

        prop_assert_eq!(blocks::decode_economics(file).unwrap(), economics);
    }

    #[test]
    fn heights_select_the_rows_that_a_search_of_all_rows_finds(
        (rows, file) in rows_in_order().prop_flat_map(|rows| (Just(rows.clone()), in_small_pages(rows))), first in 0..60_u32, last in 0..60_u32,
    ) {
        let heights = first..=last;
        let found: Vec<_> = rows.into_iter().filter(|row| heights.contains(&row.block.height)).collect();

        prop_assert_eq!(blocks::decode_heights(file, heights).unwrap(), found);
    }

    #[test]
    fn damaged_files_are_errors_and_never_panics(rows in vec(row(), 1..5), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for whole in [blocks::encode(&rows, LengthGuard::Absent), file(&blocks::batch(&rows), 3, 1)] {
            let mut flipped = whole.to_vec();
            flipped[at.index(whole.len())] ^= byte;
            let flipped = Bytes::from(flipped);

            drop(table::read(flipped.clone()));
            drop(blocks::decode(flipped.clone()));
            drop(blocks::decode_economics(flipped.clone()));
            drop(blocks::decode_heights(flipped, 0..=rows[0].block.height));
            errors(&whole.slice(..at.index(whole.len())));
        }
    }
}

#[test]
fn the_filter_at_the_end_of_a_file_excludes_other_hashes() {
    let hash = |n: u32| format!("{:064x}", u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut rows: Vec<PricedBlock> = ten_blocks().into_iter().cycle().take(4500).collect();
    for (n, row) in (0..).zip(&mut rows) {
        row.block.hash = hash(n).parse().unwrap();
    }
    let file = blocks::encode(&rows, LengthGuard::Absent);
    let len = file.len() as u64;
    let tail = |len: u64| file.slice(file.len() - usize::try_from(len).unwrap()..);

    let filter = HashFilter::decode(tail(TAIL_LEN), len).unwrap();

    assert!(rows.iter().all(|row| filter.may_hold(row.block.hash)));
    let others = (10_000..20_000).filter(|n| filter.may_hold(hash(*n).parse().unwrap()));
    assert!(
        others.count() < 200,
        "more than 2 % of the hashes are false positives; 1 % is intended"
    );
    let truncated = HashFilter::decode(tail(10_000), len).unwrap();
    assert!(truncated.may_hold(hash(10_000).parse().unwrap()));
    assert!(HashFilter::decode(tail(20), len).is_err());
    assert!(HashFilter::decode(Bytes::new(), 0).is_err());
    let no_rows = blocks::encode(&[], LengthGuard::Absent);
    let empty = HashFilter::decode(no_rows.clone(), no_rows.len() as u64).unwrap();
    assert!(!empty.may_hold(hash(0).parse().unwrap()));
}

proptest! {
    #[test]
    fn the_end_of_a_file_of_blocks_has_an_outline_of_its_rows(mut rows in vec(row(), 0..50)) {
        rows.sort_by_key(|row| row.block.height);
        let bytes = blocks::encode(&rows, LengthGuard::Absent);
        let len = bytes.len();
        let tail_len = usize::try_from(TAIL_LEN).unwrap();
        let tail = |bytes: &Bytes| bytes.slice(bytes.len().saturating_sub(tail_len)..);

        let outline = Outline::decode(tail(&bytes), len as u64).unwrap();

        let height = |row: &PricedBlock| row.block.height;
        let expected = Outline {
            blocks: rows.len() as u64,
            priced_blocks: rows.iter().filter(|row| row.price != BlockPrice::Missing).count() as u64,
            heights: rows.first().zip(rows.last()).map(|(first, last)| height(first)..=height(last)),
            mean_fee_blocks: rows.iter().filter(|row| row.block.sat_per_ph_day_144.is_some()).count() as u64,
            is_current: true,
        };
        prop_assert_eq!(outline, expected);
        let cut = bytes.slice(..len / 2);
        prop_assert!(Outline::decode(tail(&cut), cut.len() as u64).is_err());
    }
}

#[test]
fn equal_rows_give_equal_bytes_and_the_guard_changes_the_length() {
    let asics = asic::catalogue();

    let (once, again) = (
        asics::encode(&asics, LengthGuard::Absent),
        asics::encode(&asics, LengthGuard::Absent),
    );
    let guarded = asics::encode(&asics, LengthGuard::Present);

    assert_eq!(once, again);
    assert_ne!(once.len(), guarded.len());
    assert_eq!(asics::decode(once).unwrap(), asics);
    assert_eq!(asics::decode(guarded).unwrap(), asics);
}

#[test]
fn every_column_declares_the_order_that_old_readers_accept() {
    let (rows, asics) = (ten_blocks(), asic::catalogue());
    let files = [
        blocks::encode(&rows, LengthGuard::Present),
        mwh_revenue::encode(&rows, &asics, LengthGuard::Absent),
        daily::encode(&daily::summarise(&rows), LengthGuard::Absent),
        prices::encode(&[], LengthGuard::Absent),
        asics::encode(&asics, LengthGuard::Absent),
    ];
    for file in files {
        let metadata = ParquetMetaDataReader::new()
            .parse_and_finish(&file)
            .unwrap();
        let orders = metadata.file_metadata().column_orders().unwrap();
        assert_eq!(
            orders.len(),
            metadata.file_metadata().schema_descr().num_columns()
        );
        for order in orders {
            assert!(
                matches!(order, ColumnOrder::TYPE_DEFINED_ORDER(_)),
                "{order}"
            );
        }
    }
}

#[test]
fn a_file_of_another_table_is_not_read_as_blocks() {
    let error = blocks::decode(prices::encode(&[], LengthGuard::Absent)).unwrap_err();

    assert_eq!(
        error.to_string(),
        "column `height` is missing or is not Int32"
    );
}

#[test]
fn a_missing_nullable_column_is_null_in_every_row() {
    let rows = ten_blocks();
    let price = ["price_usd", "price_time", "price_source"];
    let older = without(&blocks::batch(&rows), &["claimed_sat"]);
    let oldest = without(&older, &price);

    let without_claims = blocks::decode(file(&older, 4, 3)).unwrap();
    let without_prices = blocks::decode_economics(file(&oldest, 4, 3)).unwrap();

    assert!(without_claims.iter().all(|row| row.block.claimed.is_none()));
    assert!(
        without_claims
            .iter()
            .zip(&rows)
            .all(|(row, whole)| row.price == whole.price)
    );
    assert_eq!(without_prices.len(), 10);
    assert!(
        without_prices
            .iter()
            .all(|row| row.price.is_none() && !row.price_is_final)
    );
}

#[test]
fn files_of_the_first_version_lack_the_hashprice_with_mean_fees() {
    let mut rows = ten_blocks();
    rows[3].block.sat_per_ph_day_144 = Some(48_700.5);
    let added = ["sat_per_ph_day_144", "usd_per_ph_day_144", "reward_sat"];
    let written = blocks::batch(&rows);
    let older = file(&without(&written, &added), 4, 3);

    let decoded = blocks::decode(older.clone()).unwrap();
    let economics = blocks::decode_economics(older.clone()).unwrap();
    let outline = Outline::decode(older.clone(), older.len() as u64).unwrap();

    // The added columns are the last ones. Row 3 has 48,700.5 sat at 1 USD/BTC; the reward is 50
    // BTC.
    let names = written
        .schema_ref()
        .fields()
        .iter()
        .map(|field| field.name());
    assert!(names.skip(18).eq(added));
    let usd = written.column(19).as_primitive::<Float64Type>();
    assert_eq!((usd.value(3), usd.null_count()), (0.000_487_005, 9));
    let reward = written.column(20).as_primitive::<Int64Type>();
    assert_eq!((reward.value(3), reward.null_count()), (5_000_000_000, 0));
    rows[3].block.sat_per_ph_day_144 = None;
    assert_eq!(decoded, rows);
    assert_eq!((outline.mean_fee_blocks, outline.is_current), (0, false));
    assert!(economics.iter().all(|row| row.sat_per_ph_day_144.is_none()));
}

#[test]
fn an_unknown_column_is_ignored() {
    let rows = ten_blocks();
    let known = blocks::batch(&rows);
    let weights: ArrayRef = Arc::new(Int32Array::from(vec![3_993_000; 10]));
    let field = Arc::new(Field::new("weight", weights.data_type().clone(), false));
    let fields: Vec<Arc<Field>> = [&[field], &known.schema().fields()[..]].concat();
    let columns = [&[weights], known.columns()].concat();
    let later = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();

    let file = file(&later, 4, 3);

    assert_eq!(blocks::decode(file.clone()).unwrap(), rows);
    assert_eq!(blocks::decode_economics(file.clone()).unwrap().len(), 10);
    let heights = blocks::decode_heights(file, 3..=6).unwrap();
    assert_eq!(heights, rows[3..=6]);
}

#[test]
fn a_column_of_another_type_is_an_error() {
    let batch = blocks::batch(&ten_blocks());
    let int64: ArrayRef = Arc::new(Int64Array::from_iter_values(0..10));
    let int32: ArrayRef = Arc::new(Int32Array::from_iter_values(0..10));

    for (column, values, expected) in [
        ("height", &int64, "Int32"),
        ("median_time", &int64, "Timestamp(ms, \"UTC\")"),
        ("price_usd", &int32, "Float64"),
        ("price_final", &int32, "Boolean"),
    ] {
        let message = format!("column `{column}` is missing or is not {expected}");
        assert_eq!(
            errors(&file(&with(&batch, column, values.clone()), 4, 3)),
            [message.as_str(); 3]
        );
    }
}

#[test]
fn the_error_for_an_invalid_value_names_its_row() {
    let batch = blocks::batch(&ten_blocks());
    let read = |column: &str, values: ArrayRef, heights: RangeInclusive<u32>| {
        let file = file(&with(&batch, column, values), 4, 3);
        blocks::decode_heights(file, heights).map_err(|error| error.to_string())
    };
    let fees: ArrayRef = Arc::new(Int64Array::from_iter(
        (0..10).map(|row| (row != 6).then_some(0)),
    ));
    let heights: ArrayRef = Arc::new(Int32Array::from_iter_values((0..10).map(|row| row - 5)));
    let hashes: ArrayRef = Arc::new(StringArray::from_iter_values(["ab"; 10]));
    let sources: ArrayRef = Arc::new(StringArray::from_iter(
        (0..10).map(|row| (row != 6).then_some("one")),
    ));

    for (column, values, message) in [
        ("fees_sat", &fees, "column `fees_sat`, row 6: null"),
        (
            "height",
            &heights,
            "column `height`, row 0: out of range integral type conversion attempted",
        ),
        (
            "hash",
            &hashes,
            "column `hash`, row 5: `ab` is not a block hash: expected 64 hex digits",
        ),
        (
            "price_source",
            &sources,
            "column `price_usd`, row 6: price_usd, price_time and price_source must all be set, or all be null",
        ),
    ] {
        assert_eq!(read(column, values.clone(), 5..=9), Err(message.to_owned()));
    }
    assert!(read("fees_sat", fees, 7..=9).is_ok());
}

#[test]
fn a_row_count_in_the_footer_that_is_wrong_is_an_error() {
    let correct = file(&blocks::batch(&ten_blocks()), 4, 3);
    let metadata = ParquetMetaDataReader::new()
        .parse_and_finish(&correct)
        .unwrap();
    let with_row_count = |rows: i64| {
        let group = |group: &RowGroupMetaData| {
            let column = |column: &_| {
                ColumnChunkMetaData::clone(column)
                    .into_builder()
                    .set_num_values(rows)
                    .build()
                    .unwrap()
            };
            let columns = group.columns().iter().map(column).collect();
            group
                .clone()
                .into_builder()
                .set_num_rows(rows)
                .set_column_metadata(columns)
                .build()
                .unwrap()
        };
        let groups = metadata.row_groups().iter().map(group).collect();
        let metadata = metadata
            .clone()
            .into_builder()
            .set_row_groups(groups)
            .build();
        let mut bytes = correct.to_vec();
        ParquetMetaDataWriter::new(&mut bytes, &metadata)
            .finish()
            .unwrap();
        Bytes::from(bytes)
    };

    let message = "cannot read column `height`: Parquet error: the metadata is inconsistent";
    assert_eq!(errors(&with_row_count(5)), [message; 3]);
    for rows in [1 << 40, i64::MAX / 3] {
        let claimed = format!(
            "not a readable Parquet file: Parquet error: the file claims {} rows, more than 1048576: no file of the lake is so large",
            3 * rows
        );
        assert_eq!(errors(&with_row_count(rows)), [&*claimed; 3]);
    }
    for error in errors(&with_row_count(-1)) {
        assert!(
            error.starts_with("not a readable Parquet file: "),
            "{error}"
        );
    }
}

#[test]
fn adjacent_rows_with_the_same_source_share_its_text() {
    let rows = blocks::decode(blocks::encode(&ten_blocks(), LengthGuard::Absent)).unwrap();
    let sources: Vec<&Arc<str>> = rows
        .iter()
        .map(|row| &row.price.quote().unwrap().source)
        .collect();

    let kept: Vec<&str> = sources
        .chunk_by(|a, b| Arc::ptr_eq(a, b))
        .map(|same| same[0].as_ref())
        .collect();

    assert_eq!(kept, ["one", "other"]);
}

#[test]
fn keys_of_files_are_stable() {
    assert_eq!(
        blocks::key(month("2026-11")),
        "v1/blocks/year=2026/blocks-2026-11.parquet"
    );
    assert_eq!(
        mwh_revenue::key(month("2009-01")),
        "v1/mwh_revenue/year=2009/mwh_revenue-2009-01.parquet"
    );
    assert_eq!(
        prices::key(month("2026-11")),
        "v1/prices/year=2026/prices-2026-11.parquet"
    );
    assert_eq!(
        (daily::KEY, asics::KEY),
        ("v1/daily/daily.parquet", "v1/asics/asics.parquet")
    );
    assert_eq!(
        blocks::month("v1/blocks/year=2026/blocks-2026-11.parquet"),
        Some(month("2026-11"))
    );
    for key in [
        "v1/blocks/year=2025/blocks-2026-11.parquet",
        "v1/blocks/blocks-2026-11.parquet",
        "_cursor.json",
        "",
    ] {
        assert_eq!(blocks::month(key), None, "{key}");
    }
}

#[test]
fn revenue_rows_equal_the_formulas_to_the_last_bit() {
    let asics = asic::catalogue();
    let rows: Vec<PricedBlock> = (0..600)
        .map(|height| varied(&ten_blocks()[height % 10], height))
        .collect();
    let mut expected = Vec::new();
    for row in &rows {
        let block = row.economics();
        for asic in &asics {
            let Some(sat_per_block) = block.sat_per_block(asic) else {
                continue;
            };
            let sat_per_mwh = block.sat_per_mwh(asic);
            expected.push((
                (block.height, block.median_time, asic.id.as_str()),
                [Some(sat_per_mwh), block.usd(sat_per_mwh)],
                [Some(sat_per_block), block.usd(sat_per_block)],
            ));
        }
    }

    let stored = table::read(mwh_revenue::encode(&rows, &asics, LengthGuard::Absent)).unwrap();

    let column = |name: &str| stored.column_by_name(name).unwrap();
    let float = |name: &str, row: usize| {
        let column = column(name).as_primitive::<Float64Type>();
        column.is_valid(row).then(|| column.value(row))
    };
    assert_eq!(stored.num_rows(), expected.len());
    assert!(expected.len() < rows.len() * asics.len());
    for (row, ((height, time, asic), per_mwh, per_block)) in expected.into_iter().enumerate() {
        let stored_height = column("height").as_primitive::<Int32Type>().value(row);
        let stored_time = column("median_time").as_primitive::<TimestampMillisecondType>();
        assert_eq!(u32::try_from(stored_height), Ok(height));
        assert_eq!(stored_time.value(row), time.to_ms());
        assert_eq!(column("asic_id").as_string::<i32>().value(row), asic);
        assert_eq!(
            per_mwh,
            ["sat_per_mwh", "usd_per_mwh"].map(|name| float(name, row))
        );
        assert_eq!(
            per_block,
            ["sat_per_block", "usd_per_block"].map(|name| float(name, row))
        );
    }
}

/// Returns a copy of `row` with the height `height` and other fees, hash rate and price. Some copies
/// have no price, and some have no network hash rate.
fn varied(row: &PricedBlock, height: usize) -> PricedBlock {
    let height_u32 = u32::try_from(height).unwrap();
    let usd = UsdPerBtc::new(f64::from(height_u32) * 1.7 + 0.3).unwrap();
    let quote = Quote {
        time: row.block.time,
        usd,
        source: "test".into(),
    };
    let mut block = row.block.clone();
    block.height = height_u32;
    block.fees = Sats::new(i64::from(height_u32) * 12_347).unwrap();
    block.network_hashrate_hs = match height % 11 {
        0 => 0.0,
        _ => 1e18 / f64::from(height_u32 + 3),
    };
    let price = match height % 7 {
        0 => BlockPrice::Missing,
        1 => BlockPrice::Provisional(quote),
        _ => BlockPrice::Final(quote),
    };
    PricedBlock { block, price }
}

#[test]
fn revenue_of_other_miners_or_of_fewer_blocks_is_detected() {
    let mut blocks: Vec<PricedBlock> = (0..3)
        .map(|height| varied(&ten_blocks()[0], height))
        .collect();
    blocks[1].block.network_hashrate_hs = 1e18;
    let asics = asic::catalogue();
    let file = |blocks: &[PricedBlock]| mwh_revenue::encode(blocks, &asics, LengthGuard::Present);

    let mut less_efficient = asics.clone();
    less_efficient[7].power_w += 1.0;
    let mut renamed = asics.clone();
    renamed[7].name.push('!'); // The name does not change any revenue.

    assert!(mwh_revenue::has_revenue_of(file(&blocks), &blocks, &asics));
    assert!(mwh_revenue::has_revenue_of(
        file(&blocks),
        &blocks,
        &renamed
    ));
    assert!(!mwh_revenue::has_revenue_of(
        file(&blocks),
        &blocks,
        &less_efficient
    ));
    assert!(!mwh_revenue::has_revenue_of(
        file(&blocks),
        &blocks,
        &asics[1..]
    ));
    assert!(!mwh_revenue::has_revenue_of(
        file(&blocks[..2]),
        &blocks,
        &asics
    ));
    assert!(!mwh_revenue::has_revenue_of(
        "not parquet".into(),
        &blocks,
        &asics
    ));
    assert!(mwh_revenue::has_revenue_of(file(&[]), &[], &asics));
}

#[test]
fn a_block_without_a_network_hash_rate_has_no_revenue_rows() {
    let genesis = Block {
        height: 0,
        hash: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
            .parse()
            .unwrap(),
        prev_hash: BlockHash::ZERO,
        time: Timestamp::from_block_time(1_231_006_505),
        median_time: Timestamp::from_block_time(1_231_006_505),
        bits: "1d00ffff".parse().unwrap(),
        tx_count: 1,
        subsidy: Sats::new(5_000_000_000).unwrap(),
        fees: Sats::ZERO,
        claimed: None,
        network_hashrate_hs: 0.0,
        sat_per_ph_day_144: None,
    };
    let rows = [PricedBlock {
        block: genesis,
        price: BlockPrice::Missing,
    }];

    let file = mwh_revenue::encode(&rows, &asic::catalogue(), LengthGuard::Absent);

    assert_eq!(table::read(file).unwrap().num_rows(), 0);
}
