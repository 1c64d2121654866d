//! A layer that extracts an event's body before `lambda_http` parses the rest.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use lambda_http::Error;
use lambda_http::lambda_runtime::LambdaInvocation;
use tower::{Layer, Service};

use super::extract_body::{EventBody, extract_body};
use super::limits::within_limits;
use ccmessaging_gateway::Malformed;

/// The parts of an event that were extracted before `lambda_http` parsed the rest.
#[derive(Default)]
pub(super) struct Extracted {
    /// The body; `None` if it is still in the event.
    pub(super) body: Option<EventBody>,
    /// Why the event must be rejected, regardless of the rest.
    pub(super) malformed: Option<Malformed>,
}

/// State that the invocations of an instance share.
#[derive(Clone, Default)]
pub(super) struct Handover(Arc<State>);

#[derive(Default)]
struct State {
    /// Keyed by request ID: an instance may serve several invocations at once.
    waiting: Mutex<HashMap<String, Extracted>>,
    has_served: AtomicBool,
}

impl Handover {
    /// Removes and returns the parts extracted from this invocation's event.
    pub(super) fn take(&self, request_id: &str) -> Extracted {
        self.waiting().remove(request_id).unwrap_or_default()
    }

    /// Returns whether a response was posted since the last call, and resets the flag.
    pub(super) fn take_served(&self) -> bool {
        self.0.has_served.swap(false, Ordering::Relaxed)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Extracted>> {
        self.0
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Layer<S> for Handover {
    type Service = HandingOver<S>;

    fn layer(&self, inner: S) -> HandingOver<S> {
        let handover = self.clone();
        HandingOver { inner, handover }
    }
}

/// Extracts the body of each event. If a response cannot be posted, only its invocation fails:
/// returning the error would end the runtime and with it all concurrent invocations. `lambda_runtime`
/// has already logged it.
#[derive(Clone)]
pub(super) struct HandingOver<S> {
    inner: S,
    handover: Handover,
}

impl<S> Service<LambdaInvocation> for HandingOver<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: Send + 'static,
{
    type Response = ();
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> Self::Future {
        let request_id = invocation.context.request_id.clone();
        let (rest, body) = extract_body(&invocation.body).unzip();
        // After the extraction: the limits scan the event, which is small only without the body.
        let (rest, malformed) = within_limits(rest.unwrap_or(invocation.body));
        invocation.body = rest;
        let extracted = Extracted { body, malformed };
        let handover = self.handover.clone();
        handover.waiting().insert(request_id.clone(), extracted);
        let posted = self.inner.call(invocation);
        Box::pin(async move {
            let is_posted = posted.await.is_ok();
            handover.0.has_served.fetch_or(is_posted, Ordering::Relaxed);
            // Left over if `lambda_http` could not parse the rest.
            drop(handover.take(&request_id));
            Ok(())
        })
    }
}
