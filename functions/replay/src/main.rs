//! The program `replay`, which serves recorded blocks and prices on one address.

mod cli;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Args, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::FAILURE
        }
    }
}
