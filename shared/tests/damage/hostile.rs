//! Files that claim sizes of gigabytes.

use bytes::Bytes;
use hashlake_core::price::{PricePoint, Quote};
use hashlake_core::table::hash_filter::HashFilter;
use hashlake_core::table::outline::Outline;
use hashlake_core::table::{self, LengthGuard, check_month, prices};
use hashlake_core::timestamp::Timestamp;
use hashlake_core::units::UsdPerBtc;
use parquet::file::metadata::{
    FileMetaData, ParquetMetaDataBuilder, ParquetMetaDataReader, ParquetMetaDataWriter,
};

use super::MEMORY;

/// 2^31 - 1, the largest size that a page header can claim. It is stored as twice that number, in
/// groups of seven bits.
const LARGEST: [u8; 5] = [0xfe, 0xff, 0xff, 0xff, 0x0f];

#[test]
fn pages_that_claim_gigabytes_are_errors_and_need_little_memory() {
    let [a, b, c, d, e] = LARGEST;
    let headers: [&dyn Fn(u8) -> Vec<u8>; 3] = [
        // The length of the page, and the number of values in the dictionary.
        &|of_page| vec![0x15, 4, 0x15, a, b, c, d, e, 0x15, of_page, 0x4c, 0x15, 2],
        &|of_page| vec![0x15, 4, 0x15, 8, 0x15, of_page, 0x4c, 0x15, a, b, c, d, e],
        // A text of 2^40 bytes in field 5.
        &|of_page| {
            let text = [0x2c, 0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x00];
            [
                &[0x15, 4, 0x15, 8, 0x15, of_page],
                &text[..],
                &[0x2c, 0x15, 2],
            ]
            .concat()
        },
    ];
    for header in headers {
        let file = with_dictionary_header(header);
        MEMORY.reset_peak_usage();

        prices::decode(file.clone()).expect_err("no page is so large");
        table::read(file).expect_err("no page is so large");

        let peak_mb = MEMORY.peak_usage_as_mb();
        assert!(peak_mb < 300.0, "{peak_mb} MB"); // With what the other tests need.
    }
}

#[test]
fn a_schema_that_claims_billions_of_columns_or_levels_is_an_error_and_needs_little_memory() {
    // Fields 3 to 5: required, the name `a`, and the number of columns in it.
    let [a, b, c, d, e] = LARGEST;
    let element_of_many = vec![0x35, 0, 0x18, 1, b'a', 0x15, a, b, c, d, e, 0];
    let element_of_one = [0x35, 0, 0x18, 1, b'a', 0x15, 2, 0];
    for schema in [
        [&[0x1c][..], &element_of_many].concat(),
        // 2^20 structures, each in the one before.
        [
            &[0xfc, 0x80, 0x80, 0x40][..],
            &element_of_one.repeat(1 << 20),
        ]
        .concat(),
    ] {
        let footer = [&[0x15, 2, 0x19][..], &schema, &[0x16, 0, 0x19, 0x0c, 0]].concat();
        let len = u32::try_from(footer.len()).expect("a small file");
        let file = [b"PAR1", &footer[..], &len.to_le_bytes(), b"PAR1"].concat();
        let (file, len) = (Bytes::from(file), u64::from(len) + 12);
        MEMORY.reset_peak_usage();

        prices::decode(file.clone()).expect_err("not flat");
        table::read(file.clone()).expect_err("not flat");
        check_month(
            "v1/prices/year=2025/prices-2025-11.parquet",
            file.clone(),
            len,
        )
        .expect_err("not flat");
        Outline::decode(file.clone(), len).expect_err("not flat");
        HashFilter::decode(file, len).expect_err("not flat");

        let peak_mb = MEMORY.peak_usage_as_mb();
        assert!(peak_mb < 300.0, "{peak_mb} MB");
    }
}

/// A file of prices without a checksum, in which the header of the last column's dictionary begins
/// with other bytes. They are made from the length of the page in the file.
fn with_dictionary_header(header: impl Fn(u8) -> Vec<u8>) -> Bytes {
    const REPLACED: usize = 9; // Up to the number of values.
    let point = PricePoint {
        quote: Quote {
            time: Timestamp::from_block_time(1_300_000_000),
            usd: UsdPerBtc::new(0.9).expect("a price"),
            source: "test".into(),
        },
        resolution_s: 3600,
    };
    let file = prices::encode(&[point], LengthGuard::Absent);
    let metadata = ParquetMetaDataReader::new()
        .parse_and_finish(&file)
        .expect("a footer");
    let group = metadata.row_group(0);
    let chunk = group.column(3);
    let (start, len) = chunk.byte_range();
    let (start, end) = (index(start), index(start + len));
    assert_eq!(file[start..start + 3], [0x15, 4, 0x15], "a dictionary");
    let header = header(file[start + 5]);
    let mut bytes = [&file[..start], &header, &file[start + REPLACED..end]].concat();
    let len = i64::try_from(bytes.len() - start).expect("a small file");
    let chunk = chunk.clone().into_builder().set_total_compressed_size(len);
    let mut columns = group.columns().to_vec();
    columns[3] = chunk.build().expect("a column");
    let group = group.clone().into_builder().set_column_metadata(columns);
    let written = metadata.file_metadata();
    let unchecked = FileMetaData::new(
        written.version(),
        written.num_rows(),
        None,
        None,
        written.schema_descr_ptr(),
        None,
    );
    let metadata = ParquetMetaDataBuilder::new(unchecked)
        .set_row_groups(vec![group.build().expect("a row group")])
        .build();
    ParquetMetaDataWriter::new(&mut bytes, &metadata)
        .finish()
        .expect("memory accepts every write");
    bytes.into()
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("a small file")
}
