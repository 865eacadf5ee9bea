//! A recording of 950,000 blocks for the replay. It is generated if it does not exist.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use hashlake_core::revenue::PricedBlock;
use replay::{Recording, Replay};

use crate::chain;

// Version of this generator. Change it when the content changes, to generate the recording again.
const BUILDER: &str = "3";

/// A replay of the recording, with the last block as the tip.
pub(crate) fn replay() -> Replay {
    if fs::read_to_string(path("_builder")).ok().as_deref() != Some(BUILDER) {
        write().expect("the recording can be written");
    }
    let recording = Recording::load(&path("blocks.csv"), &path("prices.csv"), None)
        .expect("the recording is valid");
    let last = recording.last_height();
    Replay::new(recording, last, 0.0).expect("the recording has its last block")
}

fn write() -> io::Result<()> {
    fs::create_dir_all(path(""))?;
    let mut file = BufWriter::new(File::create(path("blocks.csv"))?);
    writeln!(
        file,
        "height,hash,time,mediantime,bits,difficulty,n_tx,subsidy_sat,total_fee_sat"
    )?;
    let mut end = None;
    for PricedBlock { block, .. } in chain::blocks() {
        writeln!(
            file,
            "{},{},{},{},{},{},{},{},{}",
            block.height,
            block.hash,
            block.time.to_secs(),
            block.median_time.to_secs(),
            block.bits,
            block.bits.difficulty().to_f64(),
            block.tx_count,
            block.subsidy.to_sat(),
            block.fees.to_sat(),
        )?;
        end = Some(block.time);
    }
    file.flush()?;
    let mut file = BufWriter::new(File::create(path("prices.csv"))?);
    writeln!(file, "time_unix,price_usd")?;
    let end = end.expect("a chain has blocks").to_secs();
    let end = u32::try_from(end).expect("a block's time has 32 bits");
    for point in chain::prices(end).points() {
        let quote = &point.quote;
        writeln!(
            file,
            "{},{}",
            quote.time.to_secs(),
            quote.usd.to_usd_per_btc()
        )?;
    }
    file.flush()?;
    fs::write(path("_builder"), BUILDER)
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("bench-recording")
        .join(file)
}
