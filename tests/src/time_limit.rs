//! The timeout of the tests.

use std::time::Duration;

/// Long enough for everything that tests wait for, even on a busy machine.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Settings that raise the gateway's timeouts to the same value.
pub const PATIENT: [(&str, &str); 3] = [
    ("UPSTREAM_TIMEOUT_MS", "120000"),
    ("RECEIVE_TIMEOUT_MS", "120000"),
    ("IDLE_TIMEOUT_MS", "120000"),
];

/// Returns the future's output; panics with `expectation` after the time limit.
pub async fn in_time<F: Future>(expectation: &str, future: F) -> F::Output {
    tokio::time::timeout(TIME_LIMIT, future)
        .await
        .unwrap_or_else(|_| panic!("{expectation}"))
}
