//! Scans the file of a validated upload or download, and sends the call to the contact centre.

use std::time::Duration;

use axum::response::Response;
use ccmessaging_client::{CallRequest, CallResponse, Credentials, Deadline};
use ccmessaging_core::Content;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue};
use tracing::Instrument as _;

use crate::credentials::CallCredentials;
use crate::rejection::{Rejection, json_response};
use crate::scan::ScanRefusal;
use crate::services::Services;
use crate::telemetry::RequestEvent;
use crate::telemetry::spans::{self, span};

/// The longest `Retry-After` that is forwarded. With a longer one, such as a wrong date or 2^64 - 1, a page
/// would not call again as long as it is open.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// A call to the contact centre.
pub(crate) struct UpstreamCall<'a> {
    pub(crate) services: &'a Services,
    pub(crate) credentials: CallCredentials,
    /// The trace headers to forward.
    pub(crate) trace: HeaderMap,
    /// When the upstream must have answered, scan included.
    pub(crate) deadline: Deadline,
}

impl UpstreamCall<'_> {
    /// Scans a file for malware, if the gateway has a scanner.
    pub(crate) async fn scan(
        &self,
        file: &(dyn Content + Sync),
        event: &mut RequestEvent<'_>,
    ) -> Result<(), ScanRefusal> {
        let Some(scanner) = &self.services.scanner else {
            return Ok(());
        };
        let scan = scanner.scan(file, self.deadline, &mut event.scan);
        scan.instrument(span!("scan")).await
    }

    /// Sends the call that `prepare` returns; if the upstream rejects the gateway's own access token, once more
    /// with a new one. Returns the response and the credentials that it belongs to.
    pub(crate) async fn send<'c, R>(
        &self,
        event: &mut RequestEvent<'_>,
        prepare: impl Fn(&Credentials) -> CallRequest<'c, R>,
    ) -> Result<(CallResponse<R>, Credentials), Rejection> {
        let mut may_renew = true;
        loop {
            let resolved = self.credentials.resolve(self.deadline);
            let mut resolved = resolved.instrument(span!("token")).await?;
            if let Some(token) = &event.session_token {
                resolved.credentials.session_token.clone_from(token);
            }
            let span = span!("upstream", otel.kind = "client");
            let request = prepare(&resolved.credentials)
                .headers(spans::trace_headers(&span, &self.trace))
                .deadline(self.deadline)
                .progress(&event.progress);
            let result = request.send().instrument(span).await;
            let (session_token, is_rejected) = match &result {
                Ok(response) => (response.session_token.as_ref(), response.rejects_token()),
                Err(error) => (error.session_token(), error.rejects_token()),
            };
            if let Some(token) = session_token {
                event.session_token = Some(token.clone());
            }
            if !(may_renew && is_rejected && self.credentials.renew(&resolved)) {
                return Ok((result?, resolved.credentials));
            }
            may_renew = false;
        }
    }
}

/// Returns the upstream's response unchanged, with its `Retry-After`.
pub(crate) fn pass_through<R>(reply: CallResponse<R>) -> Response {
    let retry_after = reply.retry_after();
    let mut response = json_response(reply.status, reply.body);
    if let Some(retry_after) = retry_after {
        // Rounded up, so that the next call is not too early.
        let retry_after = retry_after.min(MAX_RETRY_AFTER);
        let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}
