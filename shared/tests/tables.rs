//! Tables survive the way to bytes and back, and bad bytes are errors.

#![expect(
    clippy::unwrap_used,
    reason = "a test that fails here has found something"
)]

use hashlake::asic;
use hashlake::block::Block;
use hashlake::hash::BlockHash;
use hashlake::month::Month;
use hashlake::price::{BlockPrice, PricePoint, Quote};
use hashlake::revenue::PricedBlock;
use hashlake::table::{self, LengthGuard, asics, blocks, daily, mwh_revenue, prices};
use hashlake::target::CompactTarget;
use hashlake::timestamp::Timestamp;
use hashlake::units::{Sats, UsdPerBtc};
use proptest::collection::vec;
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
        };
        PricedBlock { block, price }
    }
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
    fn damaged_files_are_errors_and_never_panics(rows in vec(row(), 1..5), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let whole = blocks::encode(&rows, LengthGuard::Absent).to_vec();
        let mut flipped = whole.clone();
        flipped[at.index(whole.len())] ^= byte;

        drop(blocks::decode(flipped.into()));
        prop_assert!(blocks::decode(whole[..at.index(whole.len())].to_vec().into()).is_err());
    }
}

#[test]
fn same_rows_give_same_bytes_and_the_guard_gives_them_another_length() {
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
fn another_table_is_no_table_of_blocks() {
    let error = blocks::decode(prices::encode(&[], LengthGuard::Absent)).unwrap_err();

    assert_eq!(
        error.to_string(),
        "column `height` is missing or is not Int32"
    );
}

#[test]
fn files_lie_where_the_contract_says() {
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
    };
    let rows = [PricedBlock {
        block: genesis,
        price: BlockPrice::Missing,
    }];

    let file = mwh_revenue::encode(&rows, &asic::catalogue(), LengthGuard::Absent);

    assert_eq!(table::read(file).unwrap().num_rows(), 0);
}
