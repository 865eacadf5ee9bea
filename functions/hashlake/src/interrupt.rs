//! Requests to stop: Ctrl-C, or SIGTERM from a service manager.

use std::error::Error;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Exit code of an interrupted program, as shells report it after Ctrl-C.
pub(crate) const INTERRUPTED: u8 = 130;

/// Whether the process was asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Starts to listen for requests to stop. At the second request, the process exits at once.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let mut terminated = signal(SignalKind::terminate())?;
        let mut pressed = signal(SignalKind::interrupt())?;
        let (stop, stopping) = watch::channel(false);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = pressed.recv() => {}
                    _ = terminated.recv() => {}
                }
                if stop.send_replace(true) {
                    std::process::exit(INTERRUPTED.into());
                }
            }
        });
        Ok(Self(stopping))
    }

    pub(crate) fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// How long a run may still take: [`Duration::MAX`], or zero after a request to stop.
    pub(crate) fn time_left(&self) -> Duration {
        if self.is_set() {
            Duration::ZERO
        } else {
            Duration::MAX
        }
    }

    /// Waits for a request to stop.
    pub(crate) async fn wait(&mut self) {
        drop(self.0.wait_for(|is_set| *is_set).await);
    }

    /// Runs `work` and returns its result. A request to stop drops `work`, so it must not write
    /// anything.
    pub(crate) async fn or<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Box<dyn Error>>
    where
        E: Into<Box<dyn Error>>,
    {
        tokio::select! {
            done = work => done.map_err(Into::into),
            () = async { self.clone().wait().await } => Err("interrupted before anything was written".into()),
        }
    }
}
