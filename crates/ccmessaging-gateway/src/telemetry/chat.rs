//! The data of one of the chat's calls for the log and the metrics. No identifier, key or text of the
//! call is recorded.

use std::time::{Duration, Instant};

use ccmessaging_client::ChatReply;
use http::{HeaderValue, StatusCode};

use super::{Telemetry, UpstreamResult};
use crate::chat::{CallName, ChatRejection};
use crate::context::RequestContext;
use crate::outcome::Outcome;
use crate::scan::ScanReport;

/// The longest result code of the upstream that is logged; the documented ones have three digits.
const MAX_CODE_CHARS: usize = 8;

/// Collects the data of a call and reports it once, when the call ends. If dropped unfinished, it
/// reports the call as abandoned or panicked.
#[derive(Debug)]
pub(crate) struct ChatEvent<'a> {
    telemetry: &'a Telemetry,
    pub(crate) context: &'a RequestContext,
    pub(crate) trace_id: Option<String>,
    /// The caller's own identifier of the request (`x-request-id`).
    pub(crate) caller_request_id: Option<String>,
    /// A keyed hash of the caller's session token, if the log contains it.
    pub(super) session: Option<String>,
    /// The credentials mode.
    pub(super) mode: &'static str,
    pub(super) call: CallName,
    /// The form of a download: `json` or `file`.
    pub(crate) form: Option<&'static str>,
    /// The size of a downloaded file.
    pub(crate) decoded_bytes: Option<usize>,
    /// The result of a download's malware scan, if one has ended.
    pub(crate) scan: Option<ScanReport>,
    /// The newest session token of the upstream's responses.
    pub(crate) session_token: Option<HeaderValue>,
    pub(super) outcome: Option<Outcome>,
    /// The status of the response, if one was sent.
    pub(super) status: Option<StatusCode>,
    pub(super) result_code: Option<String>,
    pub(super) upstream_status: Option<StatusCode>,
    /// How often the call was sent to the contact centre.
    pub(super) attempts: u32,
    pub(super) reason: Option<String>,
    pub(super) reason_code: Option<&'static str>,
    started: Instant,
}

impl<'a> ChatEvent<'a> {
    pub(crate) fn begin(
        telemetry: &'a Telemetry,
        context: &'a RequestContext,
        mode: &'static str,
        call: CallName,
    ) -> Self {
        telemetry.metrics.begin_chat_call();
        Self {
            telemetry,
            context,
            trace_id: None,
            caller_request_id: None,
            session: None,
            mode,
            call,
            form: None,
            decoded_bytes: None,
            scan: None,
            session_token: None,
            outcome: None,
            status: None,
            result_code: None,
            upstream_status: None,
            attempts: 0,
            reason: None,
            reason_code: None,
            started: Instant::now(),
        }
    }

    /// Records the session that the caller's token belongs to.
    pub(crate) fn belongs_to(&mut self, session_token: &HeaderValue) {
        self.session = self.telemetry.session(session_token);
    }

    /// The hash of the newest session token, if the upstream replaced the caller's.
    pub(super) fn next_session(&self) -> Option<String> {
        let token = self.session_token.as_ref()?;
        self.telemetry.session(token)
    }

    /// Records the upstream's response.
    pub(crate) fn answered(&mut self, reply: &ChatReply) {
        let code = reply.result.code();
        self.result_code = code.map(|code| code.chars().take(MAX_CODE_CHARS).collect());
        self.status = Some(reply.status);
        self.upstream_status = Some(reply.status);
        self.attempts = reply.attempts;
        self.outcome = Some(if reply.is_success() {
            Outcome::Stored
        } else {
            UpstreamResult::new(Some(reply.status), reply.result.code()).outcome()
        });
    }

    /// Records why the gateway rejected the call.
    pub(crate) fn record_rejection(&mut self, rejection: &ChatRejection) {
        let verdict = rejection.verdict();
        self.status = Some(verdict.status);
        self.result_code = Some(verdict.return_code.to_string());
        self.reason_code = Some(verdict.reason_code);
        self.reason = Some(rejection.for_log());
        self.outcome = Some(verdict.outcome);
        if let ChatRejection::Upstream { error, .. } = rejection {
            self.upstream_status = error.status();
            self.attempts = error.attempts();
        }
    }

    /// Reports the call; returns the session token that the caller needs next.
    pub(crate) fn finish(self) -> Option<HeaderValue> {
        self.session_token.clone()
    }

    pub(super) fn outcome_name(&self) -> &'static str {
        Self::name_of(self.outcome.unwrap_or(Outcome::Abandoned))
    }

    /// The name of a call's outcome in log lines and metrics.
    pub(super) const fn name_of(outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Stored => "succeeded",
            other => other.name(),
        }
    }

    /// The time spent so far.
    pub(super) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Drop for ChatEvent<'_> {
    fn drop(&mut self) {
        if self.outcome.is_none() && std::thread::panicking() {
            self.outcome = Some(Outcome::Panicked);
        }
        self.telemetry.report_chat_call(self);
    }
}
