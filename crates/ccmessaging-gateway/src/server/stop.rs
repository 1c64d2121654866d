//! The signals that stop a server.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask the process to stop: SIGTERM from a platform, SIGINT (Ctrl-C) from a person.
#[derive(Debug)]
pub struct StopSignal {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignal {
    /// Handles the signals from now on. Before, they end the process at once, so call this
    /// before announcing that the server listens.
    ///
    /// # Errors
    ///
    /// The handlers cannot be installed.
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal and logs it.
    pub async fn received(&mut self) {
        let signal = tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal, "asked to stop");
    }
}
