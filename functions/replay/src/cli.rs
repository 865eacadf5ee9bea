//! The command line of `replay`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Parser;
use tokio::net::TcpListener;

use crate::{Recording, RecordingError, Replay, ReplayError};

const ABOUT: &str = "Play the recorded outside world back: a Bitcoin node's JSON-RPC and CoinGecko's price route, \
                     on one address.";

const EXAMPLES: &str = "\
Examples:
  # The bundled world at its end, standing still
  replay

  # An hour in a minute from block 920000 on
  replay --from 920000 --speed 60

  # A recording of one's own, on a free port
  replay --blocks blocks.csv.gz --prices prices.csv --stale stale.csv --listen 127.0.0.1:0

  # What the node says, and where the replay is
  curl -d '{\"method\":\"getblockchaininfo\"}' http://127.0.0.1:18332/
  curl http://127.0.0.1:18332/_replay

  # One block more; a rate limit for the next price request
  curl -d '{\"to\":920001}' http://127.0.0.1:18332/_replay/release
  curl -d '{\"side\":\"price\",\"status\":429}' http://127.0.0.1:18332/_replay/fault";

/// Arguments of `replay`.
#[derive(Debug, Parser)]
#[command(name = "replay", version, about = ABOUT, after_help = EXAMPLES)]
pub struct Args {
    /// Blocks, plain or gzipped CSV [default: the bundled recording]
    #[arg(long, value_name = "FILE")]
    pub blocks: Option<PathBuf>,
    /// Prices, plain or gzipped CSV [default: the bundled recording]
    #[arg(long, value_name = "FILE")]
    pub prices: Option<PathBuf>,
    /// Stale block headers, plain or gzipped CSV [default: the bundled recording]
    #[arg(long, value_name = "FILE")]
    pub stale: Option<PathBuf>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:18332")]
    pub listen: String,
    /// Height of the newest block at the start [default: the last recorded block]
    #[arg(long, value_name = "H")]
    pub from: Option<u32>,
    /// How many times as fast as real time the blocks after that come; 0: none come
    #[arg(long, value_name = "S", default_value_t = 0.0)]
    pub speed: f64,
}

/// Why the program ends.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file of the recording is at fault.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// `--from` or `--speed` is.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address as it was named.
        address: String,
        /// Why not.
        source: io::Error,
    },
    /// The server ended.
    #[error("cannot go on answering: {0}")]
    Serve(#[source] io::Error),
}

/// Serves what the arguments ask for, once it has said on standard output where.
///
/// # Errors
///
/// A recording, a tip, a speed or an address that is of no use: see [`RunError`].
pub async fn run(args: Args) -> Result<(), RunError> {
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
    // Whoever reads this may have gone; the server serves on.
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
    fn nothing_said_means_the_bundled_world_on_loopback() {
        let args = args("replay");

        assert_eq!((args.blocks, args.prices, args.stale), (None, None, None));
        assert_eq!(args.listen, "127.0.0.1:18332");
        assert_eq!(args.from, None);
    }

    #[tokio::test]
    async fn height_outside_the_recording_ends_the_program_with_words() {
        let error = run(args("replay --from 7 --listen 127.0.0.1:0"))
            .await
            .unwrap_err();

        assert_eq!(
            error.to_string(),
            "block 7 is not in the recording, which holds 909458 to 931518"
        );
    }

    #[tokio::test]
    async fn address_that_cannot_be_listened_on_is_named() {
        let error = run(args("replay --listen 192.0.2.1:1")).await.unwrap_err();

        assert!(
            error
                .to_string()
                .starts_with("cannot listen on 192.0.2.1:1: "),
            "{error}"
        );
    }
}
