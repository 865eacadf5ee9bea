//! `hashlake run`: follows the tip, and serves the API and the page.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use hashlake_core::clock::now;
use ingest::pipeline::IngestContext;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinHandle};
use tracing::{info, warn};

use crate::config::Config;
use crate::ingest_once::once;
use crate::interrupt::Interrupt;
use crate::node_or_replay::{self, ReplaySpeed};

const POLL: Duration = Duration::from_secs(10); // The mean time between blocks is 600 s.
const POLL_OF_RECORDING: Duration = Duration::from_secs(2); // The replay is sixty times as fast.

/// Runs until the process is asked to stop.
pub(crate) async fn run(config: Config) -> Result<ExitCode, Box<dyn Error>> {
    if let Some(dir) = config.site_dir.as_deref().filter(|dir| !dir.is_dir()) {
        let dir = dir.display();
        return Err(format!(
            "SITE_DIR={dir} is not a directory: set it to the directory of the built page, or unset it"
        )
        .into());
    }
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("cannot listen on {} (LISTEN): {error}", config.listen))?;
    let is_recording = config.node.is_none();
    let poll = if is_recording {
        POLL_OF_RECORDING
    } else {
        POLL
    };
    let (context, start_height) = node_or_replay::open(&config, ReplaySpeed::SixtyTimes).await?;
    let api = query::Api::new(context.lake.clone(), context.cursor.clone(), now);
    let api = if is_recording {
        api.of_a_recording()
    } else {
        api
    };
    let app = query::router(Arc::new(api), config.site_dir.as_deref());
    info!("the page is on http://{}", listener.local_addr()?);
    let interrupt = Interrupt::listen()?;
    let server = tokio::spawn(query::serve(listener, app));
    let follower = tokio::spawn(follow(context, start_height, poll, interrupt.clone()));
    until_stopped(interrupt, &server.abort_handle(), follower).await?;
    Ok(ExitCode::SUCCESS)
}

/// Waits until the process is asked to stop and the follower has ended.
///
/// # Errors
/// If the follower panics. A server without it would show old data as if they were new.
async fn until_stopped(
    mut interrupt: Interrupt,
    server: &AbortHandle,
    mut follower: JoinHandle<()>,
) -> Result<(), String> {
    let ended = tokio::select! {
        biased;
        () = interrupt.wait() => {
            info!("stopping: writing the blocks read so far");
            server.abort();
            follower.await
        }
        ended = &mut follower => ended,
    };
    ended.map_err(|error| {
        format!("the ingest ended because of a bug, so the server ends too: start hashlake again, and report this bug ({error})")
    })
}

async fn follow(
    context: IngestContext,
    start_height: Option<u32>,
    poll: Duration,
    mut interrupt: Interrupt,
) {
    while !interrupt.is_set() {
        let time_left = || interrupt.time_left();
        if let Err(error) = once(&context, start_height, &time_left).await {
            warn!("{error}");
        }
        tokio::select! {
            () = tokio::time::sleep(poll) => {}
            () = interrupt.wait() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_server_does_not_outlive_an_ingest_that_panics() {
        let server = tokio::spawn(std::future::pending::<()>());
        let follower = tokio::spawn(async { panic!("a number of a price source") });

        let ended = until_stopped(
            Interrupt::listen().expect("signals"),
            &server.abort_handle(),
            follower,
        )
        .await;

        let error = ended.expect_err("the program ends");
        assert!(
            error.contains("the ingest ended because of a bug"),
            "{error}"
        );
    }
}
