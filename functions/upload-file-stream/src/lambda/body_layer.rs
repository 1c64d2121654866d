//! Passes an event's body around `lambda_http`, which parses the rest of the event.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lambda_http::Error;
use lambda_http::lambda_runtime::LambdaInvocation;
use lambda_http::service_fn;
use tower::{Service, ServiceExt as _};

use super::extract_body::{EventBody, extract_body};
use super::limits::within_limits;
use ccmessaging_gateway::Malformed;

/// The parts that were taken out of an event before `lambda_http` parsed the rest.
#[derive(Default)]
pub(super) struct Extracted {
    /// The body; `None` if it is still in the event.
    pub(super) body: Option<EventBody>,
    /// Why the event must be rejected regardless of the rest.
    pub(super) malformed: Option<Malformed>,
}

tokio::task_local! {
    /// A task-local value, because several invocations may run at once and `lambda_runtime` has no place
    /// in the event for it.
    static EXTRACTED: Cell<Extracted>;
}

impl Extracted {
    /// Returns the extracted parts of the current invocation's event.
    ///
    /// # Panics
    ///
    /// If it is not called within a service of [`extracting`].
    pub(super) fn of_this_invocation() -> Self {
        EXTRACTED.with(Cell::take)
    }
}

/// Wraps the service of `lambda_runtime` so that the body of each event is extracted first. Sets
/// `has_served` after each posted response.
///
/// If a response could not be posted, which `lambda_runtime` logs, only its invocation ends.
pub(super) fn extracting<S>(
    inner: S,
    has_served: Arc<AtomicBool>,
) -> impl Service<LambdaInvocation, Response = (), Error = Error, Future: Send> + Clone + Send
where
    S: Service<LambdaInvocation, Response = (), Error = Error, Future: Send> + Clone + Send,
{
    service_fn(move |mut invocation: LambdaInvocation| {
        // Extract first: the limits are for the rest of the event, and parsing it with its body is what
        // this avoids.
        let (rest, body) = extract_body(&invocation.body).unzip();
        let (rest, malformed) = within_limits(rest.unwrap_or(invocation.body));
        invocation.body = rest;
        let extracted = Cell::new(Extracted { body, malformed });
        let posted = EXTRACTED.scope(extracted, inner.clone().oneshot(invocation));
        let has_served = Arc::clone(&has_served);
        async move {
            if posted.await.is_ok() {
                has_served.store(true, Ordering::Relaxed);
            }
            Ok(())
        }
    })
}
