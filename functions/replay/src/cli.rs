//! The command line of `replay`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Parser;
use replay::{Recording, RecordingError, Replay, ReplayError};
use tokio::net::TcpListener;

const ABOUT: &str = "Replay recorded blocks and prices. One address serves a Bitcoin node's JSON-RPC and CoinGecko's price route.";

const EXAMPLES: &str = "\
Examples:
  # Replay the bundled recording, paused at its last block
  replay

  # Start at block 920000, and replay one hour per minute
  replay --from 920000 --speed 60

  # Replay your own recording, on a free port
  replay --blocks blocks.csv.gz --prices prices.csv --stale stale.csv --listen 127.0.0.1:0

  # Show the node's tip, and the state of the replay
  curl -d '{\"method\":\"getblockchaininfo\"}' http://127.0.0.1:18332/
  curl http://127.0.0.1:18332/_replay

  # Release the next block, and refuse the next price request
  curl -d '{\"to\":920001}' http://127.0.0.1:18332/_replay/release
  curl -d '{\"side\":\"price\",\"status\":429}' http://127.0.0.1:18332/_replay/fault";

#[derive(Debug, Parser)]
#[command(name = "replay", version, about = ABOUT, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// CSV file of blocks, plain or gzipped [default: the bundled recording]
    #[arg(long, value_name = "FILE")]
    blocks: Option<PathBuf>,
    /// CSV file of prices, plain or gzipped [default: the bundled recording]
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// CSV file of stale block headers, plain or gzipped [default: the bundled recording]
    #[arg(long, value_name = "FILE")]
    stale: Option<PathBuf>,
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:18332")]
    listen: String,
    /// Height of the tip at the start [default: the last recorded block]
    #[arg(long, value_name = "H")]
    from: Option<u32>,
    /// Speed of the replay, as a multiple of real time; 0 pauses it
    #[arg(long, value_name = "S", default_value_t = 0.0)]
    speed: f64,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// `--from` or `--speed` is invalid.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error("cannot listen on {address}: {source}")]
    Listen { address: String, source: io::Error },
    #[error("the server stopped: {0}")]
    Serve(#[source] io::Error),
}

/// Prints the address of the server on standard output, and then serves the replay.
pub(crate) async fn run(args: Args) -> Result<(), RunError> {
    let recording = Recording::load_or_bundled(
        args.blocks.as_deref(),
        args.prices.as_deref(),
        args.stale.as_deref(),
    )?;
    let from = args.from.unwrap_or_else(|| recording.last_height());
    let replay = Replay::new(recording, from, args.speed)?;
    let bound = async {
        let listener = TcpListener::bind(&args.listen).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    let (listener, address) = bound.await.map_err(|source| RunError::Listen {
        address: args.listen.clone(),
        source,
    })?;
    // If standard output is closed, the server still runs.
    let _ = writeln!(io::stdout(), "replay at block {from} on http://{address}");
    replay.serve(listener).await.map_err(RunError::Serve)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn args(words: &str) -> Args {
        Args::try_parse_from(words.split(' ')).unwrap()
    }

    #[test]
    fn command_line_is_consistent_and_its_help_has_examples() {
        Args::command().debug_assert();

        let help = Args::command().render_help().to_string();

        assert!(help.contains("replay --from 920000 --speed 60"), "{help}");
    }

    #[test]
    fn defaults_are_the_bundled_recording_on_loopback() {
        let args = args("replay");

        assert_eq!((args.blocks, args.prices, args.stale), (None, None, None));
        assert_eq!(args.listen, "127.0.0.1:18332");
        assert_eq!(args.from, None);
    }

    #[tokio::test]
    async fn height_outside_the_recording_is_an_error() {
        let error = run(args("replay --from 7 --listen 127.0.0.1:0"))
            .await
            .unwrap_err();

        assert_eq!(
            error.to_string(),
            "block 7 is not in the recording, which has blocks 909458 to 931518"
        );
    }

    #[tokio::test]
    async fn error_for_an_unavailable_address_names_it() {
        let error = run(args("replay --listen 192.0.2.1:1")).await.unwrap_err();

        assert!(
            error
                .to_string()
                .starts_with("cannot listen on 192.0.2.1:1: "),
            "{error}"
        );
    }
}
