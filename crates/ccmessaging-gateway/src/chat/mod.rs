//! The chat's other calls: `downloadFileStream`, `send`, `sendAsync`, `poll` and
//! `queryHistoryChatMessage`.
//!
//! A request is parsed into one of the core's types and rebuilt from it, so that only validated members
//! are forwarded. The response passes unchanged, except for a [download](download).

mod accept;
mod download;
mod event_size;
mod rejection;
mod request;
mod response_memory;
mod ticket;

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use axum::extract::Request;
use axum::response::Response;
use ccmessaging_client::{CallResponse, ChatCall, ChatCallKind, Deadline};
use ccmessaging_core::chat::ChatResponse;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, Method};
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use accept::prefers_file;
pub use download::DownloadError;
pub use event_size::fits_event_as_text;
pub(crate) use rejection::CHAT_LOG_REASON_CODES;
pub use rejection::ChatRejection;
use response_memory::{ReservedMemory, ResponseMemory};
use ticket::{Ticket, TicketKey};
pub use ticket::{TicketError, X_CHAT_TICKET};

use crate::admission::Overloaded;
use crate::body::receive;
use crate::config::{ChatConfig, ConfigError, Identity, RequestConfig};
use crate::extract;
use crate::rejection::{Rejection, json_response};
use crate::services::Services;
use crate::telemetry::ChatEvent;
use crate::telemetry::spans::span;
use crate::upstream::UpstreamCall;

/// The largest body of a call. The longest documented one, a text of 1 KB with a nickname and an
/// avatar's URL, has a few KiB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The longest `Retry-After` that is forwarded. With a longer one, such as a wrong date or 2^64 - 1, a page
/// would not call again as long as it is open.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// The state that all chat calls share, created once.
#[derive(Debug)]
pub(crate) struct Chat {
    calls: BTreeSet<ChatCallKind>,
    /// The key of the tickets; `None` if the contact centre checks identities.
    tickets: Option<TicketKey>,
    max_download_bytes: usize,
    /// Calls in flight. They are separate from the uploads' slots, so that neither starves the other.
    slots: Semaphore,
    /// Those of the slots that calls may take which post no message. The rest is reserved for messages:
    /// otherwise polls on a slow upstream would block them.
    read_slots: Semaphore,
    download_memory: ResponseMemory,
    message_memory: ResponseMemory,
}

impl Chat {
    pub(crate) fn new(config: &ChatConfig) -> Result<Self, ConfigError> {
        let tickets = match &config.identity {
            Identity::Signed(source) => Some(TicketKey::load(source)?),
            Identity::Upstream => None,
        };
        Ok(Self {
            calls: config.calls.clone(),
            tickets,
            max_download_bytes: config.max_download_bytes,
            slots: Semaphore::new(config.max_calls_in_flight),
            read_slots: Semaphore::new(max_reads_in_flight(config.max_calls_in_flight)),
            download_memory: ResponseMemory::new(config.download_memory_bytes),
            message_memory: ResponseMemory::new(config.message_memory_bytes),
        })
    }

    /// Verifies the ticket of a request, if calls need one.
    fn ticket(&self, headers: &HeaderMap) -> Result<Option<Ticket>, ChatRejection> {
        let key = self.tickets.as_ref();
        key.map(|key| key.verify(headers, SystemTime::now()))
            .transpose()
    }

    /// Returns whether the deployment serves a call.
    pub(crate) fn serves(&self, kind: ChatCallKind) -> bool {
        self.calls.contains(&kind)
    }

    /// Handles one of the calls and records its steps in `event`. The head is checked first, so that a request that
    /// is rejected for it costs no reading.
    pub(crate) async fn handle(
        &self,
        services: &Services,
        request: Request,
        event: &mut ChatEvent<'_>,
    ) -> Result<Response, ChatRejection> {
        let (head, body) = request.into_parts();
        let trace = event.request.record_head(&head.headers);
        let kind = event.call;
        // Also HEAD is rejected: it would poll messages, and drop them.
        if head.method != kind.method() {
            let is_get = kind.method() == Method::GET;
            let allowed = if is_get { "GET" } else { "POST" };
            return Err(Rejection::MethodNotAllowed { allowed }.into());
        }
        let caller = services.caller(&head.headers, &mut event.request)?;
        let ticket = self.ticket(&head.headers)?;

        let platform_deadline = event.request.context.deadline;
        let content = if kind == ChatCallKind::Poll {
            head.uri.query().unwrap_or_default().to_owned().into()
        } else {
            if !extract::is_json(&head.headers)? {
                return Err(ChatRejection::MediaType);
            }
            let limits = RequestConfig {
                max_body_bytes: MAX_BODY_BYTES,
                ..services.request
            };
            let memory = services.admission.admit_without_slot();
            let body = receive(body, &limits, &memory, platform_deadline);
            let body = body.instrument(span!("receive")).await;
            body.map_err(Rejection::from)?.into_bytes()
        };
        let request = request::parse(kind, &content, self.max_download_bytes)?;
        if let Some(ticket) = &ticket {
            request::check(&request, ticket)?;
        }

        let overloaded = |_| Rejection::from(Overloaded);
        let _read_slot = if kind.is_message() {
            None
        } else {
            Some(self.read_slots.try_acquire().map_err(overloaded)?)
        };
        let _slot = self.slots.try_acquire().map_err(overloaded)?;
        let call = UpstreamCall {
            services,
            caller,
            trace,
            deadline: Deadline::after(services.upstream_timeout).min_with(platform_deadline),
        };
        let call = Call { call, event };
        match request {
            ChatCall::Download { request, .. } => {
                let is_file = prefers_file(&head.headers);
                call.download(request, is_file, self).await
            }
            ChatCall::Send(_) | ChatCall::SendAsync(_) => call.pass(&request).await,
            ChatCall::Poll(_) | ChatCall::History(_) => call.messages(&request, self).await,
        }
    }
}

/// Three quarters of all slots, and at least one.
fn max_reads_in_flight(max_calls_in_flight: usize) -> usize {
    max_calls_in_flight - max_calls_in_flight.div_ceil(4).min(max_calls_in_flight - 1)
}

/// A call whose request is valid.
struct Call<'a, 'e> {
    call: UpstreamCall<'a>,
    event: &'a mut ChatEvent<'e>,
}

impl Call<'_, '_> {
    /// Sends the call and returns the response unchanged.
    async fn pass(mut self, call: &ChatCall) -> Result<Response, ChatRejection> {
        self.send(call).await.map(pass_through)
    }

    /// Does the same for a call that returns messages. Its memory is reserved before the call, because
    /// messages that a poll has returned would be lost.
    async fn messages(mut self, call: &ChatCall, chat: &Chat) -> Result<Response, ChatRejection> {
        let memory = chat.message_memory.reserve(call.max_response_bytes());
        let memory = memory.map_err(Rejection::from)?;
        let reply = self.send(call).await?;
        Ok(pass_through_counted(reply, memory))
    }

    /// Sends the call. The client repeats no message that the upstream may have received.
    async fn send(&mut self, call: &ChatCall) -> Result<CallResponse<ChatResponse>, ChatRejection> {
        let client = &self.call.services.client;
        let prepare = |credentials: &_| client.chat(call, credentials);
        let sent = self.call.send(&mut self.event.request, prepare).await;
        let (reply, _) = sent.map_err(|rejection| match rejection {
            Rejection::Upstream(error) => ChatRejection::Upstream {
                error,
                is_message: call.kind().is_message(),
            },
            other => other.into(),
        })?;
        self.event.record_reply(&reply);
        Ok(reply)
    }
}

/// Returns the upstream's response unchanged. It counts in the body memory until it is sent.
fn pass_through_counted(mut reply: CallResponse<ChatResponse>, memory: ReservedMemory) -> Response {
    reply.body = memory.attach(reply.body);
    pass_through(reply)
}

/// Returns the upstream's response unchanged.
fn pass_through(reply: CallResponse<ChatResponse>) -> Response {
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
