//! The way of one upload: received, parsed, validated, forwarded, answered.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use ccmessaging_client::{CCMESSAGING_TOKEN, CallError, Deadline, UpstreamResponse, refuses_token};
use ccmessaging_core::{Payload, UploadRequest, ValidatedUpload};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};

use super::{Gateway, X_METADATA_REMOVED};
use crate::context::RequestContext;
use crate::credentials::CallerCredentials;
use crate::extract::{BodyError, BodyReader, UploadFormat};
use crate::rejection::Rejection;
use crate::scan::ScanRefusal;
use crate::telemetry::{Outcome, UploadEvent};
use crate::trace_context::TraceContext;

/// The longest return code of the upstream that is logged; the documented ones have two digits.
const LONGEST_RETURN_CODE: usize = 8;

/// Answers a request on the upload's path.
pub(super) async fn handle(
    State(gateway): State<Arc<Gateway>>,
    Extension(context): Extension<RequestContext>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let mode = gateway.credentials.mode();
    let mut event = UploadEvent::begin(&gateway.telemetry, &context, mode);
    let result = gateway.upload(&head, body, &mut event).await;
    let outcome = describe(&result, &mut event);
    let removed = event
        .removed_kinds()
        .filter(|_| outcome == Outcome::Stored)
        .and_then(|kinds| HeaderValue::try_from(kinds).ok());
    let attempts = event.finish(outcome);
    let mut response = match result {
        Ok(response) => pass_through(response),
        Err(rejection) => rejection.into_response(),
    };
    // The caller needs the newest session token, whatever became of the upload.
    if let Some(token) = attempts.session_token() {
        let headers = response.headers_mut();
        headers
            .entry(CCMESSAGING_TOKEN)
            .or_insert_with(|| token.clone());
    }
    if let Some(removed) = removed {
        response.headers_mut().insert(X_METADATA_REMOVED, removed);
    }
    response
}

impl Gateway {
    /// Checks the head first: a request that is refused for it costs no reading.
    async fn upload(
        &self,
        head: &Parts,
        body: Body,
        event: &mut UploadEvent<'_>,
    ) -> Result<UpstreamResponse, Rejection> {
        let trace = TraceContext::from_headers(&head.headers);
        event.trace_id = trace.as_ref().map(|trace| trace.trace_id().to_owned());
        if head.method != Method::POST {
            return Err(Rejection::MethodNotAllowed { allowed: "POST" });
        }
        let format = UploadFormat::choose(&head.headers)?;
        event.format = Some(format.name());
        let caller = CallerCredentials::from_headers(&head.headers)?;
        self.credentials.check(&caller)?;
        // Before the body is read.
        let admitted = self.admission.admit()?;

        let headers = trace.iter().flat_map(TraceContext::headers).collect();
        let deadline = event.context.deadline;
        let body = BodyReader::new(body, &admitted, &self.request, deadline)
            .whole()
            .await?;
        admitted.wait_for_place(deadline).await?;
        event.received();
        let request = format.read(body).await?;
        self.validate_and_send(request, &caller, &headers, event)
            .await
    }

    async fn validate_and_send(
        &self,
        request: UploadRequest,
        caller: &CallerCredentials,
        headers: &HeaderMap,
        event: &mut UploadEvent<'_>,
    ) -> Result<UpstreamResponse, Rejection> {
        event.declares(request.declared());
        let mut upload = request.validate(&self.policy)?;
        event.proven(upload.file_type());
        event.decoded_bytes = Some(upload.decoded_bytes());
        let deadline = Deadline::after(self.upstream_timeout).or_earlier(event.context.deadline);
        self.scan(&upload, deadline, event).await?;
        if let Some(level) = self.request.removal {
            (upload, event.removed) = upload.without_metadata(level)?;
            if !event.removed.is_empty() {
                // The removed bytes may have separated two parts of a signature.
                self.scan(&upload, deadline, event).await?;
            }
        }
        event.validated(upload.file());
        let payload = upload.into_payload();
        self.send(&payload, caller, headers, deadline, event).await
    }

    async fn scan(
        &self,
        upload: &ValidatedUpload,
        deadline: Deadline,
        event: &mut UploadEvent<'_>,
    ) -> Result<(), Rejection> {
        if let Some(scanner) = &self.scanner {
            scanner
                .scan(upload.file(), deadline, &mut event.scan)
                .await?;
        }
        Ok(())
    }

    /// Sends the upload; where the upstream refuses the gateway's own access token, once more with
    /// a new one.
    async fn send(
        &self,
        payload: &Payload,
        caller: &CallerCredentials,
        headers: &HeaderMap,
        deadline: Deadline,
        event: &mut UploadEvent<'_>,
    ) -> Result<UpstreamResponse, Rejection> {
        let mut may_renew = true;
        loop {
            let resolved = self.credentials.resolve(caller, deadline).await?;
            let result = self
                .client
                .upload(
                    &resolved.credentials,
                    payload,
                    headers,
                    deadline,
                    &mut event.attempts,
                )
                .await;
            if !(may_renew && refuses_token(&result) && self.credentials.renew(&resolved)) {
                return Ok(result?);
            }
            may_renew = false;
        }
    }
}

/// Tells the event how the upload ended.
fn describe(result: &Result<UpstreamResponse, Rejection>, event: &mut UploadEvent<'_>) -> Outcome {
    match result {
        Ok(response) => {
            event.status = Some(response.status);
            event.upstream_status = Some(response.status);
            let return_code = response.answer.return_code();
            event.return_code =
                return_code.map(|code| code.chars().take(LONGEST_RETURN_CODE).collect());
            if response.is_stored() {
                Outcome::Stored
            } else {
                Outcome::RefusedByUpstream
            }
        }
        Err(rejection) => {
            event.status = Some(rejection.status());
            event.return_code = Some(rejection.return_code().to_string());
            event.reason_code = Some(rejection.reason_code());
            event.reason = Some(rejection.for_log());
            match rejection {
                Rejection::Upstream(error) => {
                    if let CallError::Undocumented { status, .. } = error {
                        event.upstream_status = Some(*status);
                    }
                    Outcome::Failed
                }
                Rejection::Token(_) | Rejection::Scan(ScanRefusal::Unavailable) => Outcome::Failed,
                Rejection::Panicked => Outcome::Panicked,
                Rejection::Body(BodyError::BrokenOff) => Outcome::Abandoned,
                Rejection::Upload(error) => {
                    if error.found().is_some() && event.detected.is_none() {
                        event.detected = error.details().detected;
                    }
                    Outcome::Refused
                }
                Rejection::Overloaded
                | Rejection::UnknownPath
                | Rejection::MethodNotAllowed { .. }
                | Rejection::MalformedEvent
                | Rejection::MalformedHost
                | Rejection::UnsupportedTransferCoding
                | Rejection::HeadersTooLarge
                | Rejection::PathTooLong
                | Rejection::MediaType(_)
                | Rejection::Body(_)
                | Rejection::Form(_)
                | Rejection::Scan(ScanRefusal::Malware)
                | Rejection::Credentials(_) => Outcome::Refused,
            }
        }
    }
}

/// The upstream's answer, unchanged.
fn pass_through(response: UpstreamResponse) -> Response {
    let mut answer = Response::new(Body::from(response.body));
    *answer.status_mut() = response.status;
    *answer.headers_mut() = response.headers;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}
