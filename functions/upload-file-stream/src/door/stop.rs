//! The signals that end a server.

use tokio::signal::unix::{SignalKind, signal};

/// Completes when the platform or a person asks the process to stop: SIGTERM or Ctrl-C.
pub async fn stop_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        // Without handlers a signal ends the process at once, as it does by default.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
