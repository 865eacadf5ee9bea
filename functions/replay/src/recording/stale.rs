//! Stale blocks: the headers that were seen, and where in a recording they belong.

use crate::recording::error::RecordingError;
use crate::recording::table::Table;
use crate::recording::{Block, BlockId, HeaderOnly, Recording, StaleBlock};

/// Serialised length of a block header.
const HEADER_BYTES: usize = 80;
/// Blocks whose times make a median time past, as consensus has it.
const MEDIAN_TIME_SPAN: usize = 11;

/// A stale block as its row tells it.
pub(crate) struct StaleRow {
    height: u32,
    hash: String,
    header: Header,
}

/// What a serialised block header says, without its merkle root.
#[derive(Debug, PartialEq)]
struct Header {
    version: i32,
    previous_hash: String,
    time: u32,
    bits: u32,
    nonce: u32,
}

/// The rows of a CSV text with the columns `height`, `hash` and `header`, by height.
pub(crate) fn parse(file: &str, text: &[u8]) -> Result<Vec<StaleRow>, RecordingError> {
    let mut table = Table::new(file, text);
    let height = table.column("height")?;
    let hash = table.column("hash")?;
    let header = table.column("header")?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        rows.push(StaleRow {
            height: row.number(height, "a block height")?,
            hash: row.hex(hash, 64)?,
            header: parse_header(&row.hex(header, 2 * HEADER_BYTES)?)
                .ok_or_else(|| row.fault(header, "a serialised block header"))?,
        });
    }
    rows.sort_by_key(|row| row.height);
    Ok(rows)
}

/// Adds to the recording those of `rows`, which are in order of height, whose parent it holds.
///
/// The others are left out, and so are rows without a recorded sibling (the block of the same height in the best chain)
/// of the same `bits`, whose transactions stand in for theirs, and rows with too few blocks below for a median time.
pub(crate) fn attach(recording: &mut Recording, rows: Vec<StaleRow>) {
    for row in rows {
        if let Some(stale) = attached(recording, row) {
            recording.add_stale(stale);
        }
    }
}

fn attached(recording: &Recording, row: StaleRow) -> Option<StaleBlock> {
    let StaleRow {
        height,
        hash,
        header,
    } = row;
    let parent = recording.find(&header.previous_hash)?;
    let sibling = recording
        .canonical(height)
        .filter(|sibling| sibling.bits == header.bits)?;
    let is_next = recording.block(parent).height.checked_add(1) == Some(height);
    if !is_next || recording.find(&hash).is_some() {
        return None;
    }
    let block = Block {
        height,
        hash: hash.into(),
        previous_hash: Some(recording.block(parent).hash.clone()),
        time: header.time,
        median_time: median_time(recording, parent, header.time)?,
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

/// Median time past of a block on top of `parent`; `None` where the recording begins too late to tell.
fn median_time(recording: &Recording, parent: BlockId, time: u32) -> Option<u32> {
    let mut times = vec![time];
    let mut below = Some(parent);
    while times.len() < MEDIAN_TIME_SPAN
        && let Some(id) = below
    {
        times.push(recording.block(id).time);
        below = recording.parent(id);
    }
    if times.len() < MEDIAN_TIME_SPAN && recording.first_height() > 0 {
        return None;
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

fn parse_header(hex: &str) -> Option<Header> {
    let digits = |at: usize| u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes: Vec<u8> = (0..HEADER_BYTES).map(digits).collect::<Option<_>>()?;
    let word = |at: usize| {
        bytes
            .get(at..at + 4)?
            .try_into()
            .ok()
            .map(u32::from_le_bytes)
    };
    Some(Header {
        version: word(0)?.cast_signed(),
        previous_hash: bytes
            .get(4..36)?
            .iter()
            .rev()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
        time: word(68)?,
        bits: word(72)?,
        nonce: word(76)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::testing::bundled;

    /// Height of the stale block whose header the tests read; its canonical sibling came 21 seconds later.
    const HEIGHT: u32 = 909_489;

    fn stale_csv(rows: &[(u32, &str, String)]) -> Vec<StaleRow> {
        let mut text = "height,hash,header\n".to_owned();
        for (height, hash, header) in rows {
            text += &format!("{height},{hash},{header}\n");
        }
        parse("s.csv", text.as_bytes()).unwrap()
    }

    /// A header on top of `previous_hash`, with zeros for what nobody reads.
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
    fn header_fields_are_read_as_explorers_show_them() {
        let genesis = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3ed\
                       fd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";

        let header = parse_header(genesis).unwrap();

        let expected = Header {
            version: 1,
            previous_hash: "0".repeat(64),
            time: 1_231_006_505,
            bits: 0x1d00_ffff,
            nonce: 2_083_236_893,
        };
        assert_eq!(header, expected);
    }

    #[test]
    fn every_real_stale_header_with_a_recorded_sibling_is_attached() {
        // The list has 30; 931519 and the three after it have no recorded sibling.
        let stale = bundled();

        let heights: Vec<_> = stale
            .stale()
            .iter()
            .map(|stale| stale.block.height)
            .collect();

        assert_eq!(heights.len(), 26);
        assert_eq!((heights[0], heights[25]), (909_489, 930_745));
    }

    #[test]
    fn stale_block_takes_transactions_of_its_sibling_and_times_of_its_header() {
        let recording = bundled();

        let stale = &recording.stale()[0].block;

        let sibling = recording.canonical(HEIGHT).unwrap();
        assert_eq!(stale.time, sibling.time - 21);
        assert_eq!(stale.tx_count, sibling.tx_count);
        assert_eq!(stale.fees_sat, sibling.fees_sat);
        assert_eq!(stale.previous_hash, sibling.previous_hash);
        // Neither of the two times is among the lower five of its eleven, so the sixth is the same.
        assert_eq!(stale.median_time, sibling.median_time);
    }

    #[test]
    fn median_times_agree_with_those_the_node_recorded() {
        let recording = bundled();

        for height in recording.first_height() + 10..=recording.last_height() {
            let block = recording.canonical(height).unwrap();
            let parent = BlockId::Canonical(height - 1);
            assert_eq!(
                median_time(&recording, parent, block.time),
                Some(block.median_time)
            );
        }
    }

    #[test]
    fn stale_block_on_a_stale_block_is_attached() {
        let mut recording = bundled();
        let first = recording.stale()[0].block.clone();
        let child = "f".repeat(64);

        let header = header_on(&first.hash, first.time + 600, first.bits);
        attach(&mut recording, stale_csv(&[(HEIGHT + 1, &child, header)]));

        let Some(BlockId::Stale(index)) = recording.find(&child) else {
            panic!("not attached")
        };
        let parent = recording.stale()[index].parent;
        assert_eq!(recording.block(parent).hash, first.hash);
    }

    #[test]
    fn rows_without_a_place_are_left_out() {
        let mut recording = bundled();
        let count = recording.stale().len();
        let (tip, early) = (
            recording.canonical(931_518).unwrap(),
            recording.canonical(909_459).unwrap(),
        );
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|digit| digit.repeat(64));

        let rows = stale_csv(&[
            (931_519, &a, header_on(&tip.hash, tip.time, tip.bits)),
            (909_460, &b, header_on(&early.hash, early.time, early.bits)),
            (920_000, &c, header_on(&d, tip.time, tip.bits)),
            (920_001, &d, header_on(&early.hash, tip.time, tip.bits)),
        ]);
        attach(&mut recording, rows);

        assert_eq!(recording.stale().len(), count);
    }

    #[test]
    fn short_header_is_refused_with_its_line() {
        let text = format!("height,hash,header\n5,{},00ff\n", "a".repeat(64));

        let error = parse("s.csv", text.as_bytes()).err().unwrap();

        assert_eq!(
            error.to_string(),
            r#"s.csv, line 2, column header: expected 160 hex digits, found "00ff""#
        );
    }
}
