//! A recording: blocks, stale blocks and prices, read from CSV files.

pub(crate) mod block;
mod block_csv;
pub(crate) mod blocks;
pub(crate) mod error;
mod file;
pub(crate) mod price_csv;
mod stale;
mod stale_csv;
mod table;

use std::fmt;
use std::path::Path;

use crate::recording::blocks::RecordedBlocks;
use crate::recording::error::RecordingError;
use crate::recording::file::CsvFile;
use crate::recording::price_csv::PricePoint;

const BUNDLED_BLOCKS: CsvFile<'static> = CsvFile::bundled(
    "recording/blocks.csv.gz",
    include_bytes!("../recording/blocks.csv.gz"),
);
const BUNDLED_PRICES: CsvFile<'static> = CsvFile::bundled(
    "recording/prices.csv.gz",
    include_bytes!("../recording/prices.csv.gz"),
);
const BUNDLED_STALE: CsvFile<'static> = CsvFile::bundled(
    "recording/stale.csv",
    include_bytes!("../recording/stale.csv"),
);

/// Recorded blocks, stale blocks and prices.
#[derive(Clone)]
pub struct Recording {
    blocks: RecordedBlocks,
    /// Price points, in order of time.
    prices: Vec<PricePoint>,
}

impl Recording {
    /// The recording that is built into the library: blocks 909458 to 931518 and hourly prices of
    /// 2025.
    ///
    /// # Errors
    ///
    /// Only if a recorded file was damaged when the library was built.
    pub fn bundled() -> Result<Self, RecordingError> {
        Self::parse(&BUNDLED_BLOCKS, &BUNDLED_PRICES, Some(&BUNDLED_STALE))
    }

    /// Loads a recording from CSV files, which can be gzipped.
    ///
    /// Required columns: `height`, `hash`, `time`, `mediantime`, `bits`, `difficulty`, `n_tx`,
    /// `subsidy_sat` and `total_fee_sat` of blocks; `time_unix` and `price_usd` of prices;
    /// `height`, `hash` and `header` of stale blocks. If blocks have a column `previousblockhash`,
    /// it is checked. Other columns are ignored. A stale block is ignored too if its parent is not
    /// recorded, or if no canonical block of the same height is recorded.
    ///
    /// # Errors
    ///
    /// [`RecordingError`] if a file cannot be read or has an invalid value.
    pub fn load(
        blocks: &Path,
        prices: &Path,
        stale: Option<&Path>,
    ) -> Result<Self, RecordingError> {
        let (blocks, prices) = (CsvFile::read(blocks)?, CsvFile::read(prices)?);
        let stale = stale.map(CsvFile::read).transpose()?;
        Self::parse(&blocks, &prices, stale.as_ref())
    }

    /// Like [`load`](Self::load), with the bundled file for each path that is `None`.
    ///
    /// # Errors
    ///
    /// Like [`load`](Self::load).
    pub fn load_or_bundled(
        blocks: Option<&Path>,
        prices: Option<&Path>,
        stale: Option<&Path>,
    ) -> Result<Self, RecordingError> {
        let read_or = |path: Option<&Path>, bundled| path.map_or(Ok(bundled), CsvFile::read);
        Self::parse(
            &read_or(blocks, BUNDLED_BLOCKS)?,
            &read_or(prices, BUNDLED_PRICES)?,
            Some(&read_or(stale, BUNDLED_STALE)?),
        )
    }

    fn parse(
        blocks: &CsvFile<'_>,
        prices: &CsvFile<'_>,
        stale: Option<&CsvFile<'_>>,
    ) -> Result<Self, RecordingError> {
        let mut recording = Self {
            blocks: RecordedBlocks::new(block_csv::parse(blocks)?),
            prices: price_csv::parse(prices)?,
        };
        if let Some(stale) = stale {
            stale::attach(&mut recording.blocks, stale_csv::parse(stale)?);
        }
        Ok(recording)
    }

    pub fn first_height(&self) -> u32 {
        self.blocks.first_height()
    }

    pub fn last_height(&self) -> u32 {
        self.blocks.last_height()
    }

    pub(crate) fn blocks(&self) -> &RecordedBlocks {
        &self.blocks
    }

    pub(crate) fn prices(&self) -> &[PricePoint] {
        &self.prices
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("first_height", &self.first_height())
            .field("last_height", &self.last_height())
            .field("stale", &self.blocks.stale().len())
            .field("prices", &self.prices.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::testing::bundled;

    #[test]
    fn bundled_recording_has_the_last_five_months_of_2025() {
        let recording = bundled();

        assert_eq!(
            (recording.first_height(), recording.last_height()),
            (909_458, 931_518)
        );
        let block = recording.blocks().canonical(909_459).unwrap();
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
    fn files_are_loaded_by_path() {
        let folder = tempfile::tempdir().unwrap();
        let (blocks, prices) = (folder.path().join("b.csv"), folder.path().join("p.csv"));
        let header = "height,hash,time,mediantime,bits,difficulty,n_tx,subsidy_sat,total_fee_sat";
        let hash = "a".repeat(64);
        fs::write(
            &blocks,
            format!("{header}\n7,{hash},5,5,17022cb3,1.5,2,312500000,9\n"),
        )
        .unwrap();
        fs::write(&prices, "time_unix,price_usd\n5,1\n").unwrap();

        let recording = Recording::load(&blocks, &prices, None).unwrap();

        assert_eq!((recording.first_height(), recording.last_height()), (7, 7));
        assert_eq!(recording.prices().len(), 1);
    }

    #[test]
    fn bundled_files_are_used_for_missing_paths() {
        let recording = Recording::load_or_bundled(None, None, None).unwrap();

        assert_eq!(recording.last_height(), 931_518);
        assert_eq!(recording.blocks().stale().len(), 26);
    }

    #[test]
    fn error_for_a_missing_file_names_it() {
        let error =
            Recording::load(Path::new("no/such.csv"), Path::new("p.csv"), None).unwrap_err();

        assert!(
            error.to_string().starts_with("cannot read no/such.csv: "),
            "{error}"
        );
    }
}
