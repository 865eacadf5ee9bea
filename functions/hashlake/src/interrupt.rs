//! Being told to stop.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Whether Ctrl-C was pressed, or a service manager asked to stop.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on. The second time, the process ends at once.
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
                    std::process::exit(130); // As a shell has it for a program that was interrupted.
                }
            }
        });
        Ok(Self(stopping))
    }

    /// Whether it was.
    pub(crate) fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// How long a run may still take: for ever, or not at all.
    pub(crate) fn time_left(&self) -> Duration {
        if self.is_set() {
            Duration::ZERO
        } else {
            Duration::MAX
        }
    }

    /// Waits until it is.
    pub(crate) async fn wait(&mut self) {
        drop(self.0.wait_for(|is_set| *is_set).await);
    }
}
