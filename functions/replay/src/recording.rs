//! A recording: an unbroken run of blocks, the stale blocks beside it, and prices.

pub(crate) mod error;
pub(crate) mod stale;
pub(crate) mod table;

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::prices::{self, PricePoint};
use crate::recording::error::RecordingError;
use crate::recording::table::{Column, Row, Table, unpack};

/// Blocks at the begin of a recording that serve as window of the network hash rate only.
const WINDOW_BLOCKS: u32 = 120;

const BUNDLED_BLOCKS: Source<'static> = Source {
    file: "recording/blocks.csv.gz",
    bytes: include_bytes!("../recording/blocks.csv.gz"),
};
const BUNDLED_PRICES: Source<'static> = Source {
    file: "recording/prices.csv.gz",
    bytes: include_bytes!("../recording/prices.csv.gz"),
};
const BUNDLED_STALE: Source<'static> = Source {
    file: "recording/stale.csv",
    bytes: include_bytes!("../recording/stale.csv"),
};

/// Blocks, stale blocks and prices as the world once told them.
///
/// - Heights are unbroken, hashes differ, and every block's parent is the block below it.
/// - Every stale block has its parent in the recording and a sibling of the same height in the best chain.
/// - Prices are in order of time.
#[derive(Clone)]
pub struct Recording {
    blocks: Vec<Block>,
    /// For each block the latest header time up to it: header times run backwards, these do not.
    latest_times: Vec<u32>,
    stale: Vec<StaleBlock>,
    by_hash: HashMap<Arc<str>, BlockId>,
    prices: Vec<PricePoint>,
}

/// What the recording knows of a block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) height: u32,
    pub(crate) hash: Arc<str>,
    /// Not known for the first block, unless its row says it.
    pub(crate) previous_hash: Option<Arc<str>>,
    pub(crate) time: u32,
    pub(crate) median_time: u32,
    pub(crate) bits: u32,
    pub(crate) difficulty: f64,
    pub(crate) tx_count: u64,
    pub(crate) subsidy_sat: u64,
    pub(crate) fees_sat: u64,
    /// What only a header tells: known for stale blocks.
    pub(crate) header_only: Option<HeaderOnly>,
}

/// Fields of a header that no row of a block has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeaderOnly {
    pub(crate) version: i32,
    pub(crate) nonce: u32,
}

/// A block that was found but did not stay in the best chain.
#[derive(Clone, Debug)]
pub(crate) struct StaleBlock {
    pub(crate) block: Block,
    pub(crate) parent: BlockId,
}

/// Where in the recording a block stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum BlockId {
    /// In the best chain, at this height.
    Canonical(u32),
    /// In the list of stale blocks, at this place.
    Stale(usize),
}

#[derive(Clone, Copy)]
struct Source<'a> {
    file: &'a str,
    bytes: &'a [u8],
}

impl Recording {
    /// The recording that comes with the program: blocks 909458 to 931518 and hourly prices of 2025.
    ///
    /// # Errors
    ///
    /// None in a program that was built from an undamaged source tree.
    pub fn bundled() -> Result<Self, RecordingError> {
        Self::from_sources(BUNDLED_BLOCKS, BUNDLED_PRICES, Some(BUNDLED_STALE))
    }

    /// The recording in these CSV files, each of them plain or gzipped.
    ///
    /// Columns that are needed: `height`, `hash`, `time`, `mediantime`, `bits`, `difficulty`, `n_tx`, `subsidy_sat` and
    /// `total_fee_sat` of blocks, `time_unix` and `price_usd` of prices, `height`, `hash` and `header` of stale blocks.
    /// `previousblockhash` of blocks is checked where it is there. Other columns are ignored, and so are stale blocks
    /// that cannot be attached: their parent, or a block of their height, is not recorded.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or the first value that is not what its column holds: see [`RecordingError`].
    pub fn load(
        blocks: &Path,
        prices: &Path,
        stale: Option<&Path>,
    ) -> Result<Self, RecordingError> {
        let (blocks, prices) = (SourceFile::read(blocks)?, SourceFile::read(prices)?);
        let stale = stale.map(SourceFile::read).transpose()?;
        Self::from_sources(
            blocks.source(),
            prices.source(),
            stale.as_ref().map(SourceFile::source),
        )
    }

    /// As [`load`](Self::load), with the bundled file in the place of each one that is not named.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_or_bundled(
        blocks: Option<&Path>,
        prices: Option<&Path>,
        stale: Option<&Path>,
    ) -> Result<Self, RecordingError> {
        let blocks = blocks.map(SourceFile::read).transpose()?;
        let prices = prices.map(SourceFile::read).transpose()?;
        let stale = stale.map(SourceFile::read).transpose()?;
        Self::from_sources(
            blocks.as_ref().map_or(BUNDLED_BLOCKS, SourceFile::source),
            prices.as_ref().map_or(BUNDLED_PRICES, SourceFile::source),
            Some(stale.as_ref().map_or(BUNDLED_STALE, SourceFile::source)),
        )
    }

    /// Height of the first recorded block.
    pub fn first_height(&self) -> u32 {
        self.blocks.first().map_or(0, |block| block.height)
    }

    /// Height of the last recorded block.
    pub fn last_height(&self) -> u32 {
        self.blocks.last().map_or(0, |block| block.height)
    }

    /// First block whose statistics are told; those below serve as window only, as if pruned.
    ///
    /// Nothing lies before the genesis block, so a recording that begins there has no window.
    pub(crate) fn first_unpruned_height(&self) -> u32 {
        match self.first_height() {
            0 => 0,
            first => first.saturating_add(WINDOW_BLOCKS),
        }
    }

    pub(crate) fn block(&self, id: BlockId) -> &Block {
        match id {
            BlockId::Canonical(height) => self
                .canonical(height)
                .expect("ids are made of recorded heights only"),
            BlockId::Stale(index) => &self.stale[index].block,
        }
    }

    /// The recorded block of the best chain at this height.
    pub(crate) fn canonical(&self, height: u32) -> Option<&Block> {
        self.blocks.get(self.index(height)?)
    }

    /// The block below, where it is recorded.
    pub(crate) fn parent(&self, id: BlockId) -> Option<BlockId> {
        match id {
            BlockId::Canonical(height) => {
                (self.first_height() < height).then(|| BlockId::Canonical(height - 1))
            }
            BlockId::Stale(index) => Some(self.stale[index].parent),
        }
    }

    /// The block with this hash, in lower case.
    pub(crate) fn find(&self, hash: &str) -> Option<BlockId> {
        self.by_hash.get(hash).copied()
    }

    pub(crate) fn stale(&self) -> &[StaleBlock] {
        &self.stale
    }

    pub(crate) fn add_stale(&mut self, stale: StaleBlock) {
        self.by_hash
            .insert(stale.block.hash.clone(), BlockId::Stale(self.stale.len()));
        self.stale.push(stale);
    }

    pub(crate) fn prices(&self) -> &[PricePoint] {
        &self.prices
    }

    /// Latest header time of the best chain's blocks up to this recorded height.
    pub(crate) fn latest_time(&self, height: u32) -> u32 {
        let time = self
            .index(height)
            .and_then(|index| self.latest_times.get(index));
        time.copied().unwrap_or_default()
    }

    /// The highest block that the world had seen at this UNIX time, if it had seen any.
    pub(crate) fn highest_at(&self, unix_s: f64) -> Option<u32> {
        let seen = self
            .latest_times
            .partition_point(|&time| f64::from(time) <= unix_s);
        Some(self.blocks.get(seen.checked_sub(1)?)?.height)
    }

    fn index(&self, height: u32) -> Option<usize> {
        usize::try_from(height.checked_sub(self.first_height())?).ok()
    }

    fn from_sources(
        blocks: Source<'_>,
        prices: Source<'_>,
        stale: Option<Source<'_>>,
    ) -> Result<Self, RecordingError> {
        let block_rows = parse_blocks(blocks.file, &unpack(blocks.file, blocks.bytes)?)?;
        let mut recording = Self {
            latest_times: latest_times(&block_rows.blocks),
            blocks: block_rows.blocks,
            by_hash: block_rows.by_hash,
            stale: Vec::new(),
            prices: prices::parse(prices.file, &unpack(prices.file, prices.bytes)?)?,
        };
        if let Some(source) = stale {
            let rows = stale::parse(source.file, &unpack(source.file, source.bytes)?)?;
            stale::attach(&mut recording, rows);
        }
        Ok(recording)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("first_height", &self.first_height())
            .field("last_height", &self.last_height())
            .field("stale", &self.stale.len())
            .field("prices", &self.prices.len())
            .finish()
    }
}

struct SourceFile {
    file: String,
    bytes: Vec<u8>,
}

impl SourceFile {
    fn read(path: &Path) -> Result<Self, RecordingError> {
        let file = path.display().to_string();
        match fs::read(path) {
            Ok(bytes) => Ok(Self { file, bytes }),
            Err(source) => Err(RecordingError::Unreadable { file, source }),
        }
    }

    fn source(&self) -> Source<'_> {
        Source {
            file: &self.file,
            bytes: &self.bytes,
        }
    }
}

struct BlockRows {
    blocks: Vec<Block>,
    by_hash: HashMap<Arc<str>, BlockId>,
}

struct BlockColumns {
    height: Column,
    hash: Column,
    previous_hash: Option<Column>,
    time: Column,
    median_time: Column,
    bits: Column,
    difficulty: Column,
    tx_count: Column,
    subsidy_sat: Column,
    fees_sat: Column,
}

fn parse_blocks(file: &str, text: &[u8]) -> Result<BlockRows, RecordingError> {
    let mut table = Table::new(file, text);
    let columns = BlockColumns {
        height: table.column("height")?,
        hash: table.column("hash")?,
        previous_hash: table.optional_column("previousblockhash")?,
        time: table.column("time")?,
        median_time: table.column("mediantime")?,
        bits: table.column("bits")?,
        difficulty: table.column("difficulty")?,
        tx_count: table.column("n_tx")?,
        subsidy_sat: table.column("subsidy_sat")?,
        fees_sat: table.column("total_fee_sat")?,
    };
    let mut blocks: Vec<Block> = Vec::new();
    let mut by_hash = HashMap::new();
    while let Some(row) = table.next_row()? {
        let block = parse_block(&row, &columns, blocks.last())?;
        let id = BlockId::Canonical(block.height);
        if by_hash.insert(block.hash.clone(), id).is_some() {
            return Err(row.fault(columns.hash, "a hash that no row above has"));
        }
        blocks.push(block);
    }
    if blocks.is_empty() {
        return Err(RecordingError::NoRows {
            file: file.to_owned(),
        });
    }
    Ok(BlockRows { blocks, by_hash })
}

fn parse_block(
    row: &Row<'_>,
    columns: &BlockColumns,
    below: Option<&Block>,
) -> Result<Block, RecordingError> {
    let height = row.number(columns.height, "a block height")?;
    if let Some(below) = below
        && below.height.checked_add(1) != Some(height)
    {
        let expected = format!("the height after {}, heights being unbroken", below.height);
        return Err(row.fault(columns.height, expected));
    }
    let bits = row.hex(columns.bits, 8)?;
    let tx_count = row.count(columns.tx_count)?;
    if tx_count == 0 {
        return Err(row.fault(columns.tx_count, "at least 1, the coinbase"));
    }
    Ok(Block {
        height,
        hash: row.hex(columns.hash, 64)?.into(),
        previous_hash: previous_hash(row, columns, below)?,
        time: row.unix_time(columns.time)?,
        median_time: row.unix_time(columns.median_time)?,
        bits: u32::from_str_radix(&bits, 16)
            .map_err(|_| row.fault(columns.bits, "8 hex digits"))?,
        difficulty: row.positive(columns.difficulty)?,
        tx_count,
        subsidy_sat: row.count(columns.subsidy_sat)?,
        fees_sat: row.count(columns.fees_sat)?,
        header_only: None,
    })
}

/// Hash of the block below, which is the row above; the first row may name it, or leave it empty.
fn previous_hash(
    row: &Row<'_>,
    columns: &BlockColumns,
    below: Option<&Block>,
) -> Result<Option<Arc<str>>, RecordingError> {
    let named = match columns.previous_hash {
        Some(column) if !row.text(column).is_empty() => Some((column, row.hex(column, 64)?)),
        _ => None,
    };
    match (below, named) {
        (Some(below), Some((column, hash))) if hash != *below.hash => {
            Err(row.fault(column, format!("the hash of the row above, {}", below.hash)))
        }
        (Some(below), _) => Ok(Some(below.hash.clone())),
        // The genesis block's row may name zeros, which are no block.
        (None, Some((_, hash))) if hash.bytes().any(|digit| digit != b'0') => Ok(Some(hash.into())),
        (None, _) => Ok(None),
    }
}

fn latest_times(blocks: &[Block]) -> Vec<u32> {
    let latest = |latest: &mut u32, block: &Block| {
        *latest = block.time.max(*latest);
        Some(*latest)
    };
    blocks.iter().scan(0, latest).collect()
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::LazyLock;

    use super::Recording;

    static BUNDLED: LazyLock<Recording> = LazyLock::new(|| Recording::bundled().unwrap());

    /// The bundled recording, parsed once for all tests.
    pub(crate) fn bundled() -> Recording {
        BUNDLED.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::testing::bundled;
    use super::*;

    const HEADER: &str = "height,hash,previousblockhash,time,mediantime,bits,difficulty,n_tx,subsidy_sat,total_fee_sat";

    fn hash(digit: char) -> String {
        digit.to_string().repeat(64)
    }

    /// A row of a block: `height` and `time` as told, the rest as in August 2025.
    fn row(height: &str, hash: &str, previous: &str, time: &str) -> String {
        format!(
            "{height},{hash},{previous},{time},{time},17022cb3,129435235580344.81,2,312500000,9\n"
        )
    }

    fn blocks(rows: &[String]) -> Result<Vec<Block>, RecordingError> {
        let text = format!("{HEADER}\n{}", rows.concat());
        parse_blocks("b.csv", text.as_bytes()).map(|rows| rows.blocks)
    }

    #[test]
    fn bundled_recording_holds_the_last_five_months_of_2025() {
        let recording = bundled();

        assert_eq!(
            (recording.first_height(), recording.last_height()),
            (909_458, 931_518)
        );
        let block = recording.canonical(909_459).unwrap();
        assert_eq!(
            &*block.hash,
            "000000000000000000017a8f0ad0b3d21218462ac97c4cae380bd16e1d947d8d"
        );
        assert_eq!(
            (block.time, block.median_time),
            (1_754_858_528, 1_754_852_503)
        );
        assert_eq!(
            (block.tx_count, block.subsidy_sat, block.fees_sat),
            (4_118, 312_500_000, 4_846_073)
        );
        assert_eq!(block.difficulty.to_string(), "129435235580344.81");
        assert_eq!(recording.prices().len(), 4_668);
    }

    #[test]
    fn latest_times_never_go_backward_where_header_times_do() {
        let rows = ["5", "9", "7", "12"].into_iter().zip('a'..).enumerate();
        let rows: Vec<_> = rows
            .map(|(height, (time, digit))| row(&height.to_string(), &hash(digit), "", time))
            .collect();

        let latest = latest_times(&blocks(&rows).unwrap());

        assert_eq!(latest, [5, 9, 9, 12]);
    }

    #[test]
    fn first_row_may_name_its_parent_or_not() {
        let named = blocks(&[row("7", &hash('b'), &hash('a'), "5")]).unwrap();
        let unnamed = blocks(&[row("7", &hash('b'), "", "5")]).unwrap();
        let genesis = blocks(&[row("0", &hash('b'), &hash('0'), "5")]).unwrap();

        assert_eq!(named[0].previous_hash.as_deref(), Some(hash('a').as_str()));
        assert_eq!(unnamed[0].previous_hash, None);
        assert_eq!(genesis[0].previous_hash, None);
    }

    #[test]
    fn gap_between_heights_is_refused() {
        let rows = [row("7", &hash('a'), "", "5"), row("9", &hash('b'), "", "6")];

        let error = blocks(&rows).unwrap_err().to_string();

        assert_eq!(
            error,
            r#"b.csv, line 3, column height: expected the height after 7, heights being unbroken, found "9""#
        );
    }

    #[test]
    fn parent_that_is_not_the_row_above_is_refused() {
        let rows = [
            row("7", &hash('a'), "", "5"),
            row("8", &hash('b'), &hash('c'), "6"),
        ];

        let error = blocks(&rows).unwrap_err().to_string();

        assert!(error.starts_with(
            "b.csv, line 3, column previousblockhash: expected the hash of the row above, aaa"
        ));
    }

    #[test]
    fn bad_values_are_refused_and_never_panic() {
        let good = row("7", &hash('a'), "", "5");
        for (from, to, column) in [
            ("7,", "-7,", "height"),
            ("aaaa", "aaa", "hash"),
            (",5,5,", ",5.5,5,", "time"),
            (",5,5,", ",5,,", "mediantime"),
            ("17022cb3", "+7022cb3", "bits"),
            ("129435235580344.81", "NaN", "difficulty"),
            ("129435235580344.81", "0", "difficulty"),
            (",2,", ",0,", "n_tx"),
            ("312500000", "3.125", "subsidy_sat"),
            (",9\n", ",-9\n", "total_fee_sat"),
        ] {
            let error = blocks(&[good.replacen(from, to, 1)])
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with(&format!("b.csv, line 2, column {column}: expected ")),
                "{error}"
            );
        }
    }

    #[test]
    fn same_hash_twice_is_refused() {
        let rows = [row("7", &hash('a'), "", "5"), row("8", &hash('a'), "", "6")];

        let error = blocks(&rows).unwrap_err().to_string();

        assert!(error.contains("line 3, column hash: expected a hash that no row above has"));
    }

    #[test]
    fn height_after_the_greatest_is_refused() {
        let rows = [
            row("4294967295", &hash('a'), "", "5"),
            row("0", &hash('b'), "", "6"),
        ];

        assert!(blocks(&rows).is_err());
    }

    #[test]
    fn header_alone_is_refused() {
        let error = blocks(&[]).unwrap_err().to_string();

        assert_eq!(error, "b.csv: expected at least one row below the header");
    }

    #[test]
    fn files_load_plain_and_gzipped() {
        let folder = tempfile::tempdir().unwrap();
        let (plain, gzipped) = (folder.path().join("b.csv"), folder.path().join("b.csv.gz"));
        let prices = folder.path().join("p.csv");
        let text = format!("{HEADER}\n{}", row("7", &hash('a'), "", "5"));
        fs::write(&plain, &text).unwrap();
        let mut encoder = GzEncoder::new(fs::File::create(&gzipped).unwrap(), Compression::best());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap();
        fs::write(&prices, "time_unix,price_usd\n5,1\n").unwrap();

        for blocks in [plain, gzipped] {
            let recording = Recording::load(&blocks, &prices, None).unwrap();
            assert_eq!((recording.first_height(), recording.last_height()), (7, 7));
            assert_eq!(recording.prices().len(), 1);
        }
    }

    #[test]
    fn files_that_are_not_named_are_the_bundled_ones() {
        let recording = Recording::load_or_bundled(None, None, None).unwrap();

        assert_eq!(recording.last_height(), 931_518);
        assert_eq!(recording.stale().len(), 26);
    }

    #[test]
    fn missing_file_is_named() {
        let error =
            Recording::load(Path::new("no/such.csv"), Path::new("p.csv"), None).unwrap_err();

        assert!(
            error.to_string().starts_with("cannot read no/such.csv: "),
            "{error}"
        );
    }
}
