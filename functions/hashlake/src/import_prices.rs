//! `hashlake import-prices`: takes prices from a CSV file into the lake.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use hashlake_core::clock::now;
use ingest::prices::store::{Merged, merge_prices};

use crate::cli::ImportPricesArgs;
use crate::config::Config;
use crate::price_csv;

/// Takes them in, and prints how many.
#[expect(clippy::print_stdout, reason = "this is what the command is for")]
pub(crate) async fn run(
    args: ImportPricesArgs,
    config: &Config,
) -> Result<ExitCode, Box<dyn Error>> {
    let name = args.file.display();
    let source: Arc<str> = match (&args.source, args.file.file_name()) {
        (Some(source), _) => source.as_str().into(),
        (None, Some(file)) => file.to_string_lossy().into(),
        (None, None) => return Err(format!("{name} is no file").into()),
    };
    let text = std::fs::read(&args.file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let points = price_csv::parse(&text, &source, now())
        .map_err(|error| format!("{name}: {error}. Nothing was imported"))?;
    let (lake, _) = config.places.open().await;
    let Merged {
        new_points,
        months_written,
    } = merge_prices(lake.as_ref(), &points).await?;
    let (read, step_s) = (
        points.len(),
        points.first().map_or(0, |point| point.resolution_s),
    );
    println!(
        "{name}: {read} prices read, {step_s} s apart, of source `{source}`: {new_points} new, {} already there; \
         months written: {months_written}",
        read - new_points
    );
    if 0 < new_points {
        println!(
            "`hashlake reprice` gives them to the blocks that have no price, or a coarser one"
        );
    }
    Ok(ExitCode::SUCCESS)
}
