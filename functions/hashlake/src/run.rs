//! `hashlake run`: follows the tip, and serves the API and the page.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use hashlake_core::clock::now;
use ingest::pipeline::Outside;
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::config::Config;
use crate::ingest_once::once;
use crate::interrupt::Interrupt;
use crate::node_or_replay::{self, ReplaySpeed};

const POLL: Duration = Duration::from_secs(10); // The mean time between blocks is 600 s.
const POLL_OF_RECORDING: Duration = Duration::from_secs(2); // The replay is sixty times as fast.

/// Runs until the process is asked to stop.
pub(crate) async fn run(config: Config) -> Result<ExitCode, Box<dyn Error>> {
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("cannot listen on {} (LISTEN): {error}", config.listen))?;
    let is_recording = config.node.is_none();
    let poll = if is_recording {
        POLL_OF_RECORDING
    } else {
        POLL
    };
    let (outside, start_height) = node_or_replay::open(&config, ReplaySpeed::SixtyTimes).await?;
    let api = query::Api::new(outside.lake.clone(), outside.cursor.clone(), now);
    let api = if is_recording {
        api.of_a_recording()
    } else {
        api
    };
    let app = query::router(Arc::new(api), config.site_dir.as_deref());
    info!("the page is on http://{}", listener.local_addr()?);
    let mut interrupt = Interrupt::listen()?;
    let server = tokio::spawn(query::serve(listener, app));
    let follower = tokio::spawn(follow(outside, start_height, poll, interrupt.clone()));
    interrupt.wait().await;
    info!("stopping: writing the blocks read so far");
    server.abort();
    follower.await?;
    Ok(ExitCode::SUCCESS)
}

async fn follow(
    outside: Outside,
    start_height: Option<u32>,
    poll: Duration,
    mut interrupt: Interrupt,
) {
    while !interrupt.is_set() {
        let time_left = || interrupt.time_left();
        if let Err(error) = once(&outside, start_height, &time_left).await {
            warn!("{error}");
        }
        tokio::select! {
            () = tokio::time::sleep(poll) => {}
            () = interrupt.wait() => {}
        }
    }
}
