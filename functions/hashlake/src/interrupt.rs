//! Requests to stop: Ctrl-C, or SIGTERM from a service manager.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Whether the process was asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on. At the second request, the process exits at once.
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
                    std::process::exit(130); // The exit code of a program that SIGINT ended.
                }
            }
        });
        Ok(Self(stopping))
    }

    pub(crate) fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// The time that a run has left: no limit, or zero after a request to stop.
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
}
