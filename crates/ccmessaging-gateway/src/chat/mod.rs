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
mod ticket_keys;

use std::time::{Duration, SystemTime};

use axum::extract::Request;
use axum::response::Response;
use ccmessaging_client::{ChatCall, ChatReply, Deadline};
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue};
use tokio::sync::Semaphore;

use accept::prefers_file;
pub use download::DownloadError;
pub use event_size::fits_event_as_text;
pub(crate) use rejection::CHAT_LOG_REASON_CODES;
pub use rejection::ChatRejection;
pub(crate) use request::ChatCallKind;
use request::ChatRequest;
use response_memory::{ReservedMemory, ResponseMemory};
use ticket::Ticket;
pub use ticket::{TicketError, X_CHAT_TICKET};
use ticket_keys::TicketKeySource;

use crate::admission::Overloaded;
use crate::body::receive;
use crate::config::{ChatCalls, ChatConfig, ConfigError, Identity, RequestConfig};
use crate::credentials::CallerCredentials;
use crate::extract;
use crate::gateway::Gateway;
use crate::rejection::{Rejection, json_response};
use crate::telemetry::ChatEvent;

/// The largest body of a call. The longest documented one, a text of 1 KB with a nickname and an
/// avatar's URL, has a few KiB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The longest `Retry-After` that is forwarded. With a longer one, such as a wrong date or 2^64 - 1, a page
/// would not call again as long as it is open.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// The state that all chat calls share, created once.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) calls: ChatCalls,
    /// The keys of the tickets; `None` if the contact centre checks identities.
    ticket_keys: Option<TicketKeySource>,
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
        let ticket_keys = match &config.identity {
            Identity::Signed(source) => Some(TicketKeySource::new(source)?),
            Identity::Upstream => None,
        };
        Ok(Self {
            calls: config.calls,
            ticket_keys,
            max_download_bytes: config.max_download_bytes,
            slots: Semaphore::new(config.max_calls_in_flight),
            read_slots: Semaphore::new(max_reads_in_flight(config.max_calls_in_flight)),
            download_memory: ResponseMemory::new(config.download_memory_bytes),
            message_memory: ResponseMemory::new(config.message_memory_bytes),
        })
    }

    /// Verifies the ticket of a request, if calls need one.
    async fn ticket(
        &self,
        headers: &HeaderMap,
        deadline: Deadline,
    ) -> Result<Option<Ticket>, ChatRejection> {
        let Some(keys) = &self.ticket_keys else {
            return Ok(None);
        };
        let keys = keys.get(deadline).await.map_err(Rejection::from)?;
        keys.verify(headers, SystemTime::now()).map(Some)
    }
}

/// Three quarters of all slots, and at least one.
fn max_reads_in_flight(max_calls_in_flight: usize) -> usize {
    max_calls_in_flight - max_calls_in_flight.div_ceil(4).min(max_calls_in_flight - 1)
}

impl Gateway {
    /// Handles one of the chat's calls and records its steps in `event`. The head is checked first, so
    /// that a request that is rejected for it costs no reading.
    pub(crate) async fn chat(
        &self,
        chat: &Chat,
        name: ChatCallKind,
        request: Request,
        event: &mut ChatEvent<'_>,
    ) -> Result<Response, ChatRejection> {
        let (head, body) = request.into_parts();
        let trace = event.request.record_head(&head.headers);
        // Also HEAD is rejected: it would poll messages, and drop them.
        if head.method != name.method() {
            let allowed = name.allowed();
            return Err(Rejection::MethodNotAllowed { allowed }.into());
        }
        let caller = self.caller(&head.headers, &mut event.request)?;
        let platform_deadline = event.request.context.deadline;
        let deadline = Deadline::after(self.upstream_timeout).min_with(platform_deadline);
        let ticket = chat.ticket(&head.headers, deadline).await?;
        let request = if name == ChatCallKind::Poll {
            ChatRequest::from_query(head.uri.query().unwrap_or_default())?
        } else {
            if !extract::is_json(&head.headers)? {
                return Err(ChatRejection::MediaType);
            }
            let limits = RequestConfig {
                max_body_bytes: MAX_BODY_BYTES,
                ..self.request
            };
            let memory = self.admission.admit_without_slot();
            let body = receive(body, &limits, &memory, platform_deadline)
                .await
                .map_err(Rejection::from)?;
            ChatRequest::from_json(name, &body.into_bytes())?
        };
        if let Some(ticket) = &ticket {
            request.check(ticket)?;
        }

        let overloaded = |_| Rejection::from(Overloaded);
        let _read_slot = match request {
            ChatRequest::Send(_) | ChatRequest::SendAsync(_) => None,
            _ => Some(chat.read_slots.try_acquire().map_err(overloaded)?),
        };
        let _slot = chat.slots.try_acquire().map_err(overloaded)?;
        let deadline = Deadline::after(self.upstream_timeout).min_with(platform_deadline);
        let call = Call {
            gateway: self,
            caller,
            trace,
            event,
            deadline,
        };
        match request {
            ChatRequest::Download(request) => {
                let is_file = prefers_file(&head.headers);
                call.download(request, is_file, chat).await
            }
            ChatRequest::Send(request) => call.pass(&ChatCall::Send(&request)).await,
            ChatRequest::SendAsync(request) => call.pass(&ChatCall::SendAsync(&request)).await,
            ChatRequest::Poll(request) => call.messages(&ChatCall::Poll(&request), chat).await,
            ChatRequest::History(request) => {
                call.messages(&ChatCall::History(&request), chat).await
            }
        }
    }
}

/// A call whose request is valid.
struct Call<'a, 'e> {
    gateway: &'a Gateway,
    caller: CallerCredentials,
    /// The trace headers to forward.
    trace: HeaderMap,
    event: &'a mut ChatEvent<'e>,
    /// When the upstream must have answered, scan included.
    deadline: Deadline,
}

impl Call<'_, '_> {
    /// Sends the call and returns the response unchanged.
    async fn pass(mut self, call: &ChatCall<'_>) -> Result<Response, ChatRejection> {
        self.send(call, None).await.map(pass_through)
    }

    /// Does the same for a call that returns messages. Its memory is reserved before the call, because
    /// messages that a poll has returned would be lost.
    async fn messages(
        mut self,
        call: &ChatCall<'_>,
        chat: &Chat,
    ) -> Result<Response, ChatRejection> {
        let memory = chat.message_memory.reserve(call.max_response_bytes());
        let memory = memory.map_err(Rejection::from)?;
        let reply = self.send(call, None).await?;
        Ok(pass_through_counted(reply, memory))
    }

    /// Sends the call; if the upstream rejects the gateway's own access token, once more with a new one.
    /// Otherwise the client repeats no message that the upstream may have received.
    ///
    /// `memory` is reserved for the response before it is read.
    async fn send(
        &mut self,
        call: &ChatCall<'_>,
        memory: Option<&ReservedMemory>,
    ) -> Result<ChatReply, ChatRejection> {
        let credentials = &self.gateway.credentials;
        let is_message = matches!(call, ChatCall::Send(_) | ChatCall::SendAsync(_));
        let mut may_renew = true;
        loop {
            let mut resolved = credentials.resolve(&self.caller, self.deadline).await?;
            if let Some(token) = &self.event.request.session_token {
                resolved.credentials.session_token.clone_from(token);
            }
            let client = &self.gateway.client;
            let request = client.chat(*call, &resolved.credentials);
            let mut request = request.headers(self.trace.clone()).deadline(self.deadline);
            if let Some(memory) = memory {
                request = request.memory(memory);
            }
            let result = request.send().await;
            let (session_token, is_rejected, attempts) = match &result {
                Ok(reply) => {
                    let is_rejected = reply.rejects_token();
                    (reply.session_token.as_ref(), is_rejected, reply.attempts)
                }
                Err(error) => {
                    let is_rejected = error.rejects_token();
                    (error.session_token(), is_rejected, error.attempts())
                }
            };
            self.event.attempts += attempts;
            if let Some(token) = session_token {
                self.event.request.session_token = Some(token.clone());
            }
            if may_renew && is_rejected && credentials.renew(&resolved) {
                may_renew = false;
                continue;
            }
            let reply = result.map_err(|error| ChatRejection::Upstream { error, is_message })?;
            self.event.record_reply(&reply);
            return Ok(reply);
        }
    }
}

/// Returns the upstream's response unchanged. It counts in the body memory until it is sent.
fn pass_through_counted(mut reply: ChatReply, memory: ReservedMemory) -> Response {
    reply.body = memory.attach(reply.body);
    pass_through(reply)
}

/// Returns the upstream's response unchanged.
fn pass_through(reply: ChatReply) -> Response {
    let mut response = json_response(reply.status, reply.body);
    if let Some(retry_after) = reply.retry_after {
        // Rounded up, so that the next call is not too early.
        let retry_after = retry_after.min(MAX_RETRY_AFTER);
        let seconds = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
        let seconds = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}
