//! The data that uploads and the chat's calls have in common, for the log and the metrics.

use std::time::{Duration, Instant};

use ccmessaging_client::{CCMESSAGING_TOKEN, Progress};
use http::{HeaderMap, HeaderValue, StatusCode};
use tracing::Span;

use super::spans;
use super::state::Telemetry;
use crate::context::{RequestContext, caller_request_id};
use crate::outcome::Outcome;
use crate::rejection::Verdict;
use crate::scan::ScanReport;
use crate::trace_context::TraceContext;

/// The longest return code of the upstream that is logged; the documented ones have at most three digits.
const MAX_RETURN_CODE_CHARS: usize = 8;

/// The common part of an [`UploadEvent`](super::UploadEvent) and a [`ChatEvent`](super::ChatEvent).
#[derive(Debug)]
pub(crate) struct RequestEvent<'a> {
    pub(super) telemetry: &'a Telemetry,
    /// The span of the request, which is open until the event is dropped.
    pub(crate) span: Span,
    pub(crate) context: &'a RequestContext,
    pub(super) trace_id: Option<String>,
    /// The caller's own identifier of the request (`x-request-id`).
    pub(super) caller_request_id: Option<String>,
    /// A keyed hash of the caller's session token, if the log contains it.
    pub(super) session: Option<String>,
    /// The credentials mode.
    pub(super) mode: &'static str,
    /// The size of the file.
    pub(crate) decoded_bytes: Option<usize>,
    /// The result of the malware scan, if one has ended.
    pub(crate) scan: Option<ScanReport>,
    /// The newest session token of the upstream's responses.
    pub(crate) session_token: Option<HeaderValue>,
    /// Counts the attempts at the upstream, also of a request that is abandoned.
    pub(crate) progress: Progress,
    pub(crate) outcome: Option<Outcome>,
    /// The status of the response, if one was sent.
    pub(crate) status: Option<StatusCode>,
    /// The return code or result code of the response.
    pub(crate) return_code: Option<String>,
    /// The status of the upstream's last response, whether or not it was usable.
    pub(crate) upstream_status: Option<StatusCode>,
    /// Why the request failed.
    pub(super) reason: Option<String>,
    /// The reason as a word from a fixed set: the response's.
    pub(crate) reason_code: Option<&'static str>,
    /// The reason code of log and metrics, which is more precise than the response's.
    pub(super) log_reason_code: Option<&'static str>,
    started: Instant,
}

impl<'a> RequestEvent<'a> {
    pub(super) fn begin(
        telemetry: &'a Telemetry,
        context: &'a RequestContext,
        mode: &'static str,
        span: Span,
    ) -> Self {
        Self {
            telemetry,
            span,
            context,
            trace_id: None,
            caller_request_id: None,
            session: None,
            mode,
            decoded_bytes: None,
            scan: None,
            session_token: None,
            progress: Progress::default(),
            outcome: None,
            status: None,
            return_code: None,
            upstream_status: None,
            reason: None,
            reason_code: None,
            log_reason_code: None,
            started: Instant::now(),
        }
    }

    /// Records the identifiers in a request's headers; returns the trace headers to forward.
    pub(crate) fn record_head(&mut self, headers: &HeaderMap) -> HeaderMap {
        let trace = TraceContext::from_headers(headers);
        let caller_trace_id = trace.as_ref().and_then(TraceContext::trace_id);
        self.trace_id = spans::current_trace_id().or(caller_trace_id.map(str::to_owned));
        self.caller_request_id = caller_request_id(headers);
        trace.iter().flat_map(TraceContext::headers).collect()
    }

    /// Records the session that the caller's token belongs to.
    pub(crate) fn set_session(&mut self, session_token: &HeaderValue) {
        self.session = self.telemetry.session(session_token);
    }

    /// The hash of the newest session token, if the upstream replaced the caller's.
    pub(super) fn next_session(&self) -> Option<String> {
        let token = self.session_token.as_ref()?;
        self.telemetry.session(token)
    }

    /// Adds the newest session token to the response. The caller needs it also if the request failed.
    pub(crate) fn add_session_token(&self, headers: &mut HeaderMap) {
        if let Some(token) = &self.session_token {
            headers.insert(CCMESSAGING_TOKEN, token.clone());
        }
    }

    /// Records the status and the code of an upstream's response that the caller receives.
    pub(crate) fn record_response(&mut self, status: StatusCode, return_code: Option<&str>) {
        self.status = Some(status);
        self.return_code =
            return_code.map(|code| code.chars().take(MAX_RETURN_CODE_CHARS).collect());
    }

    /// Records the response of the gateway itself.
    pub(super) fn record_verdict(
        &mut self,
        verdict: Verdict,
        log_reason_code: &'static str,
        reason: String,
    ) {
        self.status = Some(verdict.status);
        self.return_code = Some(verdict.return_code.to_string());
        self.reason_code = Some(verdict.reason_code);
        self.log_reason_code = Some(log_reason_code);
        self.reason = Some(reason);
        self.outcome = Some(verdict.outcome);
    }

    /// The outcome when the event is dropped: abandoned if none was recorded.
    pub(crate) fn outcome(&self) -> Outcome {
        if std::thread::panicking() {
            return Outcome::Panicked;
        }
        self.outcome.unwrap_or(Outcome::Abandoned)
    }

    /// The time spent so far.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
