//! The program `hashlake`: it runs ingest, API and page in one process, and has commands to fill,
//! check and read a lake.

mod backfill;
mod backtest;
mod batch_diff;
mod cli;
mod config;
mod csv_columns;
mod dispatch;
mod import_prices;
mod ingest_once;
mod interrupt;
mod lease_owner;
mod node_or_replay;
mod number_args;
mod output;
mod power_csv;
mod price_csv;
mod progress;
mod queue;
mod reprice;
mod run;
mod status;
mod strike;
mod upgrade;
mod verify;

use std::io::{IsTerminal, Write, stderr};
use std::process::ExitCode;

use clap::Parser;
use hashlake_core::log;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    let output = tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(stderr().is_terminal())
        .with_writer(stderr);
    tracing_subscriber::registry()
        .with(log::filter(command.log_level()))
        .with(output)
        .init();
    command.run().await.unwrap_or_else(|error| {
        drop(writeln!(stderr(), "hashlake: {error}")); // Ignored: standard error may be closed.
        ExitCode::FAILURE
    })
}
