//! `hashlake import-prices`: imports prices from a CSV file.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use hashlake_core::clock::now;
use hashlake_core::lake::Lake;
use hashlake_core::price::{MAX_PRICE_AGE, PriceSeries};
use hashlake_core::suspect::{Suspect, spikes};
use ingest::lake_file::LakeFileError;
use ingest::prices::note::{PriceNews, update_note};
use ingest::prices::store::{Merged, Precedence, merge_prices_by, stored_prices};

use crate::config::Config;
use crate::output::outln;
use crate::price_csv;

#[derive(Debug, Args)]
pub(crate) struct ImportPricesArgs {
    /// CSV file with prices
    file: PathBuf,
    /// Name of the price source, stored with each price [default: the name of the file]
    #[arg(long, value_name = "NAME", value_parser = source_name)]
    source: Option<String>,
    /// Replace stored prices of the same time (by default, they are kept)
    #[arg(long)]
    replace: bool,
}

/// Maximum length of a source name in characters. The name is stored with each price and block.
const SOURCE_MAX: usize = 100;

/// Names are in the CSV files of the API. A spreadsheet would take one that starts with `=` as a
/// formula.
fn source_name(name: &str) -> Result<String, String> {
    let is_name = name.starts_with(char::is_alphanumeric) && !name.contains(char::is_control);
    match is_name && name.chars().count() <= SOURCE_MAX {
        true => Ok(name.to_owned()),
        false => Err(format!(
            "expected 1 to {SOURCE_MAX} characters on one line, of which the first is a letter or a digit"
        )),
    }
}

pub(crate) async fn run(
    args: ImportPricesArgs,
    config: &Config,
) -> Result<ExitCode, Box<dyn Error>> {
    let name = args.file.display();
    let source: Arc<str> = match (&args.source, args.file.file_name()) {
        (Some(source), _) => source.as_str().into(),
        (None, Some(file)) => source_name(&file.to_string_lossy())
            .map_err(|error| format!("the file name of {name} cannot be the name of the price source: {error}. Set a name with --source"))?
            .into(),
        (None, None) => return Err(format!("{name} is not a file").into()),
    };
    let text = std::fs::read(&args.file).map_err(|error| format!("cannot read {name}: {error}"))?;
    let points = price_csv::parse(&text, &source, now())
        .map_err(|error| format!("{name}: {error}. Nothing was imported"))?;
    let (lake, _) = config.stores.open().await;
    let precedence = match args.replace {
        true => Precedence::New,
        false => Precedence::Stored,
    };
    let Merged {
        new_points,
        replaced_points,
        months_written,
    } = merge_prices_by(lake.as_ref(), &points, precedence).await?;
    let (read, step_s) = (
        points.len(),
        points.first().map_or(0, |point| point.resolution_s),
    );
    let kept = read - new_points - replaced_points;
    outln!(
        "{name}: {read} prices of source `{source}`, {step_s} s apart: {new_points} new, {replaced_points} replaced, \
         {kept} already in the lake; months written: {months_written}"
    )?;
    if let Some(note) = price_csv::candle_note(&text) {
        outln!("{note}")?;
    }
    let mut series = PriceSeries::default();
    series.merge(points);
    let far_off = far_off(lake.as_ref(), &series).await?;
    if let Some(example) = far_off.first() {
        outln!(
            "{} imported prices are far off the prices before and after them, such as {example}. Check them, because `hashlake reprice` will assign them to blocks",
            far_off.len()
        )?;
    }
    let news = PriceNews {
        states: &[],
        suspects: &[],
        is_stored: &|time| series.at(time).is_some(),
    };
    update_note(lake.as_ref(), &news, now()).await;
    if new_points + replaced_points > 0 {
        outln!("run `hashlake reprice` to assign the new prices to blocks")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The imported points that are far off the stored points before and after them.
async fn far_off(lake: &dyn Lake, imported: &PriceSeries) -> Result<Vec<Suspect>, LakeFileError> {
    let (Some(first), Some(last)) = (imported.points().first(), imported.points().last()) else {
        return Ok(Vec::new());
    };
    let around = first.quote.time - MAX_PRICE_AGE..last.quote.time + MAX_PRICE_AGE;
    let mut far_off = spikes(stored_prices(lake, around).await?.points());
    far_off.retain(|spike| {
        imported
            .at(spike.quote.time)
            .is_some_and(|point| point.quote == spike.quote)
    });
    Ok(far_off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_source_is_never_a_formula() {
        for name in ["bitstamp", "My prices, 2025", "Börse", "2025.csv"] {
            assert_eq!(source_name(name), Ok(name.to_owned()));
        }
        for name in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "a\nb", ""] {
            assert!(source_name(name).is_err(), "{name}");
        }
    }
}
