//! `hashlake status`: shows how far the lake is filled, and how old its data are.

use std::error::Error;
use std::process::ExitCode;

use bytes::Bytes;
use hashlake_core::clock::now;
use hashlake_core::lake::{Lake, Stored};
use hashlake_core::month::Month;
use hashlake_core::price::Quote;
use hashlake_core::price_note::{self, PriceNote};
use hashlake_core::revenue::PricedBlock;
use hashlake_core::table::{TableError, blocks, check_month, daily, prices};

use crate::config::Config;
use crate::output::outln;

pub(crate) async fn run(config: &Config) -> Result<ExitCode, Box<dyn Error>> {
    let (lake, cursor) = config.stores.open().await;
    let state = cursor.read().await?;
    outln!("lake        {}", config.stores.lake)?;
    let Some(position) = state.position else {
        outln!("empty       run `hashlake ingest --once` or `hashlake run` to fill it")?;
        return Ok(ExitCode::SUCCESS);
    };
    let days = read(lake.as_ref(), daily::KEY, daily::decode).await?;
    let newest = newest_month(lake.as_ref()).await?;
    let count: u64 = days.iter().map(|day| u64::from(day.blocks)).sum();
    outln!("network     {}", position.chain)?;
    outln!("height      {} ({})", position.height, position.hash)?;
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        outln!(
            "blocks      {count}, from {} ({}) to {} ({})",
            first.first_height,
            first.day,
            last.last_height,
            last.day
        )?;
    }
    if let Some((month, rows)) = newest {
        if let Some(row) = rows.last() {
            let minutes = now().since(row.block.time).as_secs() / 60;
            outln!(
                "last block  {} ({} h {} min ago)",
                row.block.time,
                minutes / 60,
                minutes % 60
            )?;
        }
        let provisional = rows.iter().filter(|row| !row.price.is_final()).count();
        outln!(
            "prices      {provisional} of {} blocks of {month} have no final price yet",
            rows.len()
        )?;
    }
    show_prices(lake.as_ref()).await?;
    match state.last_run {
        Some(time) => outln!("last ingest {time}")?,
        None => outln!("last ingest never succeeded")?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn show_prices(lake: &dyn Lake) -> Result<(), Box<dyn Error>> {
    let newest = newest_price(lake).await?;
    if let Some(Quote { time, usd, source }) = &newest {
        let usd = usd.to_usd_per_btc();
        outln!("price       {usd} USD at {time} ({source})")?;
    }
    let note = match lake.get(price_note::KEY).await? {
        Some(stored) => PriceNote::from_json(&stored.body),
        None => PriceNote::default(),
    };
    let late = note.why_late(newest.map(|quote| quote.time), now());
    if let Some(why) = &late {
        outln!("price late  {why}")?;
    }
    for source in note.sources.iter().filter(|_| late.is_none()) {
        outln!(
            "price error {} {} (since {})",
            source.name,
            source.why,
            source.failing_since
        )?;
    }
    for held in &note.suspects {
        let usd =
            |usd: Option<f64>| usd.map_or_else(|| "none yet".to_owned(), |usd| usd.to_string());
        outln!(
            "suspect     {} USD at {} ({}) is not used; price before it: {}, price after it: {}. If the suspect price is right, import it with `hashlake import-prices`",
            held.usd,
            held.time,
            held.source,
            usd(held.before_usd),
            usd(held.after_usd)
        )?;
    }
    Ok(())
}

/// The rows of the file `key`; no rows if there is no file.
async fn read<T>(
    lake: &dyn Lake,
    key: &str,
    decode: fn(Bytes) -> Result<Vec<T>, TableError>,
) -> Result<Vec<T>, Box<dyn Error>> {
    let stored = lake.get(key).await?;
    let rows = stored.map(|Stored { body, .. }| {
        check_month(key, body.clone(), body.len() as u64)?;
        decode(body)
    });
    let rows = rows.transpose();
    let rows = rows.map_err(|error| {
        format!("the lake's file `{key}` is damaged: {error}. `hashlake verify` lists all errors of the lake")
    })?;
    Ok(rows.unwrap_or_default())
}

async fn newest_price(lake: &dyn Lake) -> Result<Option<Quote>, Box<dyn Error>> {
    let keys = lake.list("v1/prices/").await?.into_iter();
    let months: Vec<Month> = keys.filter_map(|(key, _)| prices::month(&key)).collect();
    for month in months.into_iter().rev() {
        let mut points = read(lake, &prices::key(month), prices::decode).await?;
        if let Some(point) = points.pop() {
            return Ok(Some(point.quote));
        }
    }
    Ok(None)
}

async fn newest_month(
    lake: &dyn Lake,
) -> Result<Option<(Month, Vec<PricedBlock>)>, Box<dyn Error>> {
    let months = lake
        .list("v1/blocks/")
        .await?
        .into_iter()
        .filter_map(|(key, _)| blocks::month(&key));
    for month in months.collect::<Vec<_>>().into_iter().rev() {
        let rows = read(lake, &blocks::key(month), blocks::decode).await?;
        if !rows.is_empty() {
            return Ok(Some((month, rows)));
        }
    }
    Ok(None)
}
