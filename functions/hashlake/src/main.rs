//! hashlake on one machine: what one MWh earns when it mines Bitcoin, for every block.

mod cli;
mod compare;
mod config;
mod ingest_once;
mod outside;
mod run;
mod status;
mod verify;

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    let filter = EnvFilter::try_from_default_env();
    tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new(command.log_level())))
        .with_target(false)
        .with_ansi(stderr().is_terminal())
        .with_writer(stderr)
        .init();
    command.run().await.unwrap_or_else(|error| {
        eprintln!("hashlake: {error}");
        ExitCode::FAILURE
    })
}
