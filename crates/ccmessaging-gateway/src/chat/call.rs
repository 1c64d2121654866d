//! Sends a call whose request is valid, and returns the upstream's response.

use axum::response::Response;
use ccmessaging_client::{CallResponse, ChatCall};
use ccmessaging_core::chat::ChatResponse;

use super::response_memory::{ReservedMemory, ResponseMemory};
use crate::rejection::{ChatRejection, Rejection};
use crate::telemetry::ChatEvent;
use crate::upstream::{UpstreamCall, pass_through};

/// A call whose request is valid.
pub(super) struct Call<'a, 'e> {
    pub(super) upstream: UpstreamCall<'a>,
    pub(super) event: &'a mut ChatEvent<'e>,
}

impl Call<'_, '_> {
    /// Sends the call and returns the response unchanged.
    pub(super) async fn pass(mut self, call: &ChatCall) -> Result<Response, ChatRejection> {
        self.send(call, None).await.map(pass_through)
    }

    /// Does the same for a call that returns messages. Its memory is reserved before the call, because
    /// messages that a poll has returned would be lost.
    pub(super) async fn messages(
        mut self,
        call: &ChatCall,
        memory: &ResponseMemory,
    ) -> Result<Response, ChatRejection> {
        let memory = memory.reserve(call.max_response_bytes());
        let memory = memory.map_err(Rejection::from)?;
        let reply = self.send(call, None).await?;
        Ok(pass_through_counted(reply, memory))
    }

    /// Sends the call. The client repeats no message that the upstream may have received. `memory` is extended to
    /// the response as that is read.
    pub(super) async fn send(
        &mut self,
        call: &ChatCall,
        memory: Option<&ReservedMemory>,
    ) -> Result<CallResponse<ChatResponse>, ChatRejection> {
        let client = &self.upstream.services.client;
        let reserve = memory.map(|memory| |bytes| memory.extend_to(bytes).is_ok());
        let prepare = |credentials: &_| {
            let request = client.chat(call, credentials);
            match &reserve {
                Some(reserve) => request.reserve_memory(reserve),
                None => request,
            }
        };
        let sent = self.upstream.send(&mut self.event.request, prepare).await;
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

/// Returns the upstream's response unchanged. It counts in `memory` until it is sent.
pub(super) fn pass_through_counted(
    mut reply: CallResponse<ChatResponse>,
    memory: ReservedMemory,
) -> Response {
    reply.body = memory.attach(reply.body);
    pass_through(reply)
}
