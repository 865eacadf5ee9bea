//! Attaches stale blocks to the canonical ones.

use crate::recording::block::{BlockId, HeaderOnly, RecordedBlock, StaleBlock};
use crate::recording::blocks::RecordedBlocks;
use crate::recording::stale_csv::StaleRow;

/// The median time of a block is the median of the header times of this many blocks (a consensus rule).
const MEDIAN_TIME_SPAN: usize = 11;

/// Adds the stale blocks of these rows, which are sorted by height.
///
/// Only the header of a stale block is recorded. It gets the transaction count, subsidy and fees of its
/// sibling, which is the canonical block of the same height. A row is skipped if its parent is not
/// recorded, if it has no sibling with the same `bits`, or if too few blocks below it are recorded for
/// a median time.
pub(crate) fn attach(blocks: &mut RecordedBlocks, rows: Vec<StaleRow>) {
    for row in rows {
        if let Some(stale) = stale_block(blocks, row) {
            blocks.add_stale(stale);
        }
    }
}

fn stale_block(blocks: &RecordedBlocks, row: StaleRow) -> Option<StaleBlock> {
    let StaleRow {
        height,
        hash,
        header,
    } = row;
    let parent = blocks.find(&header.previous_hash)?;
    let sibling = blocks
        .canonical(height)
        .filter(|sibling| sibling.bits == header.bits)?;
    let is_next = blocks.get(parent).height.checked_add(1) == Some(height);
    if !is_next || blocks.find(&hash).is_some() {
        return None;
    }
    let block = RecordedBlock {
        height,
        hash: hash.into(),
        previous_hash: Some(blocks.get(parent).hash.clone()),
        time: header.time,
        median_time: median_time(blocks, parent, header.time)?,
        bits: header.bits,
        difficulty: sibling.difficulty,
        tx_count: sibling.tx_count,
        subsidy_sat: sibling.subsidy_sat,
        fees_sat: sibling.fees_sat,
        header_only: Some(HeaderOnly {
            version: header.version,
            nonce: header.nonce,
        }),
    };
    Some(StaleBlock { block, parent })
}

/// Median time past of a block with this parent. `None` if too few blocks below it are recorded.
fn median_time(blocks: &RecordedBlocks, parent: BlockId, time: u32) -> Option<u32> {
    let mut times = vec![time];
    let mut below = Some(parent);
    while times.len() < MEDIAN_TIME_SPAN
        && let Some(id) = below
    {
        times.push(blocks.get(id).time);
        below = blocks.parent(id);
    }
    if times.len() < MEDIAN_TIME_SPAN && blocks.first_height() > 0 {
        return None;
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::file::CsvFile;
    use crate::recording::stale_csv;
    use crate::testing::bundled_blocks;

    /// Height of the first stale block. Its canonical sibling was mined 21 seconds later.
    const HEIGHT: u32 = 909_489;

    fn stale_csv(rows: &[(u32, &str, String)]) -> Vec<StaleRow> {
        let mut text = "height,hash,header\n".to_owned();
        for (height, hash, header) in rows {
            text += &format!("{height},{hash},{header}\n");
        }
        stale_csv::parse(&CsvFile::bundled("s.csv", text.as_bytes())).unwrap()
    }

    /// A header with these values, and zeros in the merkle root and the nonce.
    fn header_on(previous_hash: &str, time: u32, bits: u32) -> String {
        let little_endian =
            |number: u32| -> String { number.to_le_bytes().map(|b| format!("{b:02x}")).concat() };
        let previous: String = (0..32)
            .rev()
            .map(|at| &previous_hash[2 * at..2 * at + 2])
            .collect();
        let zeros = "0".repeat(64);
        format!(
            "00000020{previous}{zeros}{}{}00000000",
            little_endian(time),
            little_endian(bits)
        )
    }

    #[test]
    fn every_real_stale_header_with_a_recorded_sibling_is_attached() {
        // The file has 30 rows. Four of them are above block 931518, so they have no recorded sibling.
        let blocks = bundled_blocks();

        let heights: Vec<_> = blocks
            .stale()
            .iter()
            .map(|stale| stale.block.height)
            .collect();

        assert_eq!(heights.len(), 26);
        assert_eq!((heights[0], heights[25]), (909_489, 930_745));
    }

    #[test]
    fn stale_block_has_the_transactions_of_its_sibling_and_the_time_of_its_header() {
        let blocks = bundled_blocks();

        let stale = &blocks.stale()[0].block;

        let sibling = blocks.canonical(HEIGHT).unwrap();
        assert_eq!(stale.time, sibling.time - 21);
        assert_eq!(stale.tx_count, sibling.tx_count);
        assert_eq!(stale.fees_sat, sibling.fees_sat);
        assert_eq!(stale.previous_hash, sibling.previous_hash);
        // Both header times are later than the median of their eleven times, so the median is the same.
        assert_eq!(stale.median_time, sibling.median_time);
    }

    #[test]
    fn median_times_equal_the_recorded_ones() {
        let blocks = bundled_blocks();

        for height in blocks.first_height() + 10..=blocks.last_height() {
            let block = blocks.canonical(height).unwrap();
            let parent = BlockId::Canonical(height - 1);
            assert_eq!(
                median_time(&blocks, parent, block.time),
                Some(block.median_time)
            );
        }
    }

    #[test]
    fn stale_block_on_a_stale_block_is_attached() {
        let mut blocks = bundled_blocks();
        let first = blocks.stale()[0].block.clone();
        let child = "f".repeat(64);

        let header = header_on(&first.hash, first.time + 600, first.bits);
        attach(&mut blocks, stale_csv(&[(HEIGHT + 1, &child, header)]));

        let Some(BlockId::Stale(index)) = blocks.find(&child) else {
            panic!("the child is not attached")
        };
        let parent = blocks.stale()[index].parent;
        assert_eq!(blocks.get(parent).hash, first.hash);
    }

    #[test]
    fn rows_that_do_not_attach_are_skipped() {
        let mut blocks = bundled_blocks();
        let count = blocks.stale().len();
        let (tip, early) = (
            blocks.canonical(931_518).unwrap(),
            blocks.canonical(909_459).unwrap(),
        );
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|digit| digit.repeat(64));

        let rows = stale_csv(&[
            (931_519, &a, header_on(&tip.hash, tip.time, tip.bits)),
            (909_460, &b, header_on(&early.hash, early.time, early.bits)),
            (920_000, &c, header_on(&d, tip.time, tip.bits)),
            (920_001, &d, header_on(&early.hash, tip.time, tip.bits)),
        ]);
        attach(&mut blocks, rows);

        assert_eq!(blocks.stale().len(), count);
    }
}
