//! hashlake on one machine: what one MWh earns when it mines Bitcoin, for every block.

mod cli;
mod compare;
mod config;
mod ingest_once;
mod outside;
mod run;
mod status;
mod verify;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::cli::{Cli, Command};
use crate::config::Config;

#[tokio::main]
async fn main() -> ExitCode {
    let command = Cli::parse().command;
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(command.log_level()));
    let is_terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(is_terminal)
        .with_writer(std::io::stderr)
        .init();
    let result = match Config::from_lookup(|name| std::env::var(name).ok()) {
        Err(error) => Err(error.into()),
        Ok(config) => match command {
            Command::Run => run::run(config).await,
            Command::Ingest(_) => ingest_once::run(config).await,
            Command::Verify => verify::run(&config).await,
            Command::Status => status::run(&config).await,
        },
    };
    result.unwrap_or_else(|error| {
        eprintln!("hashlake: {error}");
        ExitCode::FAILURE
    })
}
