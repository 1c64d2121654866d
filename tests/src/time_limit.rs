//! How long a test waits for something that must happen.

use std::time::Duration;

/// Nothing that a test waits for takes this long, however busy the machine is.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Settings of a gateway whose own deadlines are as far off.
pub const PATIENT: [(&str, &str); 3] = [
    ("UPSTREAM_TIMEOUT_MS", "120000"),
    ("RECEIVE_TIMEOUT_MS", "120000"),
    ("IDLE_TIMEOUT_MS", "120000"),
];

/// The future's output; panics with the expectation if there is none within the time limit.
pub async fn in_time<F: Future>(expectation: &str, future: F) -> F::Output {
    tokio::time::timeout(TIME_LIMIT, future)
        .await
        .unwrap_or_else(|_| panic!("{expectation}"))
}
