//! The chat's other calls: `downloadFileStream`, `send`, `sendAsync`, `poll` and
//! `queryHistoryChatMessage`.
//!
//! A request is parsed into one of the core's types and rebuilt from it, so that only validated members
//! are forwarded. The response passes unchanged, except for a [download](download).

mod accept;
mod call;
mod download;
mod event_size;
mod request;
mod response_memory;
mod ticket;
mod ticket_keys;

use std::collections::BTreeSet;
use std::time::SystemTime;

use axum::extract::Request;
use axum::response::Response;
use ccmessaging_client::{ChatCall, ChatCallKind, Deadline};
use http::{HeaderMap, Method};
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use accept::prefers_file;
use call::Call;
pub use event_size::fits_event_as_text;
use response_memory::ResponseMemory;
use ticket::Ticket;
pub use ticket::X_CHAT_TICKET;
use ticket_keys::TicketKeySource;

use crate::admission::Overloaded;
use crate::body::receive;
use crate::config::{ChatConfig, ConfigError, Identity, RequestConfig};
use crate::extract;
use crate::rejection::{ChatRejection, Rejection};
use crate::services::Services;
use crate::telemetry::ChatEvent;
use crate::telemetry::spans::span;
use crate::upstream::UpstreamCall;

/// The largest body of a call. The longest documented one, a text of 1 KB with a nickname and an
/// avatar's URL, has a few KiB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The state that all chat calls share, created once.
#[derive(Debug)]
pub(crate) struct Chat {
    calls: BTreeSet<ChatCallKind>,
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
            calls: config.calls.clone(),
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
        let keys = keys.get(deadline).await;
        let keys = keys.map_err(|reason| ChatRejection::TicketKeys { reason })?;
        keys.verify(headers, SystemTime::now()).map(Some)
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
        let credentials = services.credentials(&head.headers, &mut event.request)?;
        let platform_deadline = event.request.context.deadline;
        let deadline = Deadline::after(services.upstream_timeout).min_with(platform_deadline);
        let ticket = self.ticket(&head.headers, deadline).await?;
        let max_bytes = self.max_download_bytes;
        let request = if kind == ChatCallKind::Poll {
            let query = head.uri.query().unwrap_or_default();
            request::parse(kind, query.as_bytes(), max_bytes)?
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
            let body = body.map_err(Rejection::from)?.into_bytes();
            // Body and reservation end here: the request contains only the documented members.
            request::parse(kind, &body, max_bytes)?
        };
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
        let upstream = UpstreamCall {
            services,
            credentials,
            trace,
            deadline: Deadline::after(services.upstream_timeout).min_with(platform_deadline),
        };
        let call = Call { upstream, event };
        match request {
            ChatCall::Download { request, max_bytes } => {
                let is_file = prefers_file(&head.headers);
                let memory = &self.download_memory;
                call.download(request, max_bytes, is_file, memory).await
            }
            ChatCall::Send(_) | ChatCall::SendAsync(_) => call.pass(&request).await,
            ChatCall::Poll(_) | ChatCall::History(_) => {
                call.messages(&request, &self.message_memory).await
            }
        }
    }
}

/// Three quarters of all slots, and at least one.
fn max_reads_in_flight(max_calls_in_flight: usize) -> usize {
    max_calls_in_flight - max_calls_in_flight.div_ceil(4).min(max_calls_in_flight - 1)
}
