//! Tests with real blocks from 2009 to 2024, including unusual ones.

use std::collections::HashMap;

use hashlake_core::chain::Chain;
use hashlake_core::hash::BlockHash;
use hashlake_core::target::CompactTarget;
use hashlake_core::units::Sats;

type Row = HashMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let path = format!("{}/testdata/{file}", env!("CARGO_MANIFEST_DIR"));
    let mut reader = csv::Reader::from_path(path).expect("test data");
    reader
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("rows of text")
}

fn height(row: &Row) -> u32 {
    row["height"].parse().expect("a height")
}

fn sat(row: &Row, column: &str) -> Option<i64> {
    (!row[column].is_empty()).then(|| row[column].parse().expect("a number of satoshis"))
}

#[test]
fn hashes_of_real_blocks_meet_their_targets_but_not_the_hardest_one() {
    for row in rows("real_blocks.csv") {
        let hash: BlockHash = row["hash"].parse().expect("a hash");
        let bits: CompactTarget = row["bits"].parse().expect("a target");

        assert!(bits.is_met_by(hash), "{}", height(&row));
        let impossible = CompactTarget::new(0x0300_0001).expect("the hardest target: 1");
        assert!(!impossible.is_met_by(hash));
    }
}

#[test]
fn real_coinbases_claim_subsidy_plus_fees() {
    for row in rows("real_blocks.csv") {
        let subsidy = Chain::Main.subsidy(height(&row));
        if let (Some(fees), Some(claimed)) = (sat(&row, "total_fee"), sat(&row, "coinbase_out")) {
            let reward = subsidy
                .checked_add(Sats::new(fees).expect("an amount"))
                .map(Sats::to_sat);

            assert_eq!(reward, Some(claimed), "{}", height(&row));
        }
    }
}

#[test]
fn unusual_blocks_have_the_scheduled_subsidy_and_the_recorded_claim() {
    let oddities = rows("oddities.csv");
    assert_eq!(oddities.len(), 19);
    for row in oddities {
        let subsidy = Chain::Main.subsidy(height(&row)).to_sat();

        assert_eq!(Some(subsidy), sat(&row, "subsidy_sat"), "{}", height(&row));
        if let (Some(fees), Some(claimed)) = (sat(&row, "fees_sat"), sat(&row, "coinbase_out_sat"))
        {
            assert_eq!(
                Some(subsidy + fees - claimed),
                sat(&row, "unclaimed_sat"),
                "{}",
                height(&row)
            );
        }
    }
}
