//! The tokio runtime of the commands.

use tokio::runtime::Builder;

use crate::failure::Failure;

/// Runs a future to completion on a new multi-threaded runtime.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::from_error(&error))?
        .block_on(work)
}
