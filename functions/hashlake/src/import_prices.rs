//! `hashlake import-prices`: imports prices from a CSV file.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use hashlake_core::clock::now;
use ingest::prices::store::{Merged, merge_prices};

use crate::config::Config;
use crate::price_csv;

#[derive(Debug, Args)]
pub(crate) struct ImportPricesArgs {
    /// The CSV file
    file: PathBuf,
    /// Source of the prices, stored with each of them [default: the name of the file]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    source: Option<String>,
}

#[expect(
    clippy::print_stdout,
    reason = "printing is the purpose of the command"
)]
pub(crate) async fn run(
    args: ImportPricesArgs,
    config: &Config,
) -> Result<ExitCode, Box<dyn Error>> {
    let name = args.file.display();
    let source: Arc<str> = match (&args.source, args.file.file_name()) {
        (Some(source), _) => source.as_str().into(),
        (None, Some(file)) => file.to_string_lossy().into(),
        (None, None) => return Err(format!("{name} is not a file").into()),
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
        "{name}: {read} prices of source `{source}`, {step_s} s apart: {new_points} new, {} already in the lake; \
         months written: {months_written}",
        read - new_points
    );
    if new_points > 0 {
        println!("run `hashlake reprice` to assign them to blocks");
    }
    Ok(ExitCode::SUCCESS)
}
