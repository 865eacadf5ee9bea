//! Reads a lake, and prints the revenue per MWh of one miner for each of the last blocks.
//!
//! ```sh
//! cargo run -p hashlake-core --example read_lake -- lake
//! cargo run -p hashlake-core --example read_lake -- s3://bucket/prefix antminer-s19j-pro-100
//! ```

#![expect(
    clippy::print_stdout,
    reason = "printing is the purpose of the example"
)]

use std::error::Error;

use hashlake_core::env::{CursorUrl, LakeUrl, StoreUrls};
use hashlake_core::table::{asics, blocks};

const LAST_BLOCKS: usize = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let lake: LakeUrl = arguments.next().as_deref().unwrap_or("lake").parse()?;
    let asic_id = arguments.next();
    let asic_id = asic_id.as_deref().unwrap_or("antminer-s21-pro-234");
    let stores = StoreUrls {
        lake,
        cursor: CursorUrl::Lake,
    };
    let (lake, _) = stores.open().await;

    // All miners are in one file.
    let stored = lake.get(asics::KEY).await?;
    let stored = stored.ok_or_else(|| format!("there is no lake in {}", stores.lake))?;
    let miners = asics::decode(stored.body)?;
    let asic = miners.iter().find(|asic| asic.id == asic_id);
    let asic = asic.ok_or_else(|| format!("`{asic_id}` is not in {}", asics::KEY))?;

    // There is one file of blocks per month. Keys are sorted, so the last one is the latest month.
    let keys = lake.list("v1/blocks/").await?;
    let mut months = keys.iter().filter_map(|(key, _)| blocks::month(key));
    let month = months.next_back().ok_or("the lake has no blocks")?;
    let stored = lake.get(&blocks::key(month)).await?;
    let stored = stored.ok_or("the file was deleted since it was listed")?;
    let rows = blocks::decode(stored.body)?;

    println!("{}, {month}: revenue of {}", stores.lake, asic.name);
    println!("  height  time                   USD/BTC    sat/MWh  USD/MWh");
    for row in &rows[rows.len().saturating_sub(LAST_BLOCKS)..] {
        let economics = row.economics();
        let sat_per_mwh = economics.sat_per_mwh(asic);
        let or_dash = |usd: Option<f64>| usd.map_or("-".to_owned(), |usd| format!("{usd:.2}"));
        println!(
            "{:>8}  {}  {:>9}  {sat_per_mwh:>9.0}  {:>7}",
            row.block.height,
            row.block.time,
            or_dash(economics.price.map(|price| price.to_usd_per_btc())),
            or_dash(economics.usd(sat_per_mwh)),
        );
    }
    Ok(())
}
