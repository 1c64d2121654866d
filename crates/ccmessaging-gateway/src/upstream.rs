//! Scans the file of a validated upload or download, and sends the call to the contact centre.

use ccmessaging_client::{CallRequest, CallResponse, Credentials, Deadline};
use ccmessaging_core::Content;
use http::HeaderMap;
use tracing::Instrument as _;

use crate::credentials::CallCredentials;
use crate::rejection::Rejection;
use crate::scan::ScanRefusal;
use crate::services::Services;
use crate::telemetry::RequestEvent;
use crate::telemetry::spans::{self, span};

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
