//! How long a test waits for something that must happen.

use std::time::Duration;

/// Nothing that a test waits for takes this long, however busy the machine is: what has not come by
/// then does not come.
const PATIENCE: Duration = Duration::from_secs(120);

/// Settings of a gateway that waits as long: for much at once its own deadlines are short where the
/// machine has other things to do.
pub const PATIENT: [(&str, &str); 3] = [
    ("UPSTREAM_TIMEOUT_MS", "120000"),
    ("RECEIVE_TIMEOUT_MS", "120000"),
    ("IDLE_TIMEOUT_MS", "120000"),
];

/// What a future gives.
///
/// # Panics
///
/// With this expectation, if it gives nothing in all the time that a test has patience.
pub(crate) async fn in_time<F: Future>(expectation: &str, future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("{expectation}"))
}
