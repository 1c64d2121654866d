//! The data of one of the chat's calls for the log and the metrics. No identifier, key or text of the
//! call is recorded.

use ccmessaging_client::{CallResponse, ChatCallKind};
use ccmessaging_core::chat::ChatResponse;
use tracing::Span;

use super::request_event::RequestEvent;
use super::state::Telemetry;
use super::upstream_result::UpstreamResult;
use crate::context::RequestContext;
use crate::outcome::Outcome;
use crate::rejection::ChatRejection;

/// Collects the data of a call and reports it once, when the call ends. If dropped unfinished, it
/// reports the call as abandoned or panicked.
#[derive(Debug)]
pub(crate) struct ChatEvent<'a> {
    pub(crate) request: RequestEvent<'a>,
    pub(crate) call: ChatCallKind,
    /// The form of a download: `json` or `file`.
    pub(crate) form: Option<&'static str>,
}

impl<'a> ChatEvent<'a> {
    pub(crate) fn begin(
        telemetry: &'a Telemetry,
        context: &'a RequestContext,
        mode: &'static str,
        call: ChatCallKind,
        span: Span,
    ) -> Self {
        telemetry.metrics.chat_calls_in_flight.inc();
        Self {
            request: RequestEvent::begin(telemetry, context, mode, span),
            call,
            form: None,
        }
    }

    /// Records the upstream's response.
    pub(crate) fn record_reply(&mut self, reply: &CallResponse<ChatResponse>) {
        let code = reply.result.code();
        self.request.record_response(reply.status, code);
        self.request.upstream_status = Some(reply.status);
        self.request.outcome = Some(if reply.is_success() {
            Outcome::Succeeded
        } else {
            UpstreamResult::new(Some(reply.status), code).outcome()
        });
    }

    /// Records why the gateway rejected the call.
    pub(crate) fn record_rejection(&mut self, rejection: &ChatRejection) {
        let (code, reason) = (rejection.log_reason_code(), rejection.for_log());
        self.request
            .record_verdict(rejection.verdict(), code, reason);
        if let ChatRejection::Upstream { error, .. } = rejection {
            self.request.upstream_status = error.status();
        }
    }
}
