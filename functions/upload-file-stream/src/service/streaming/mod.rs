//! Sends a file on while it arrives.
//!
//! A lane reads the body, and opens its [`Outlet`] once the head of the file has proven its type.
//! From then on the upstream request runs at the same time, drawing on what the lane feeds: a slow
//! upstream slows the reading down. If anything turns out to be wrong, the lane ends with a refusal,
//! its feed is dropped, and the request is aborted before it was complete.

mod outlet;
mod patience;

use ccmessaging_core::{Family, UploadRequest};
use tokio::sync::oneshot;

pub(super) use outlet::{Closing, Feed, Opening, Outlet, Passed, Sent};

use super::body::BodyReader;
use super::lanes::Lane;
use super::record::Record;
use super::upload::refuses_token;
use super::{Arrival, Door, Gateway};
use crate::credentials::CallerCredentials;
use crate::upstream::{AnswerProblem, Forwarded, UpstreamError};
use crate::{Deadline, Refusal};
use patience::Patience;

/// A body of at most this declared length is held in memory all the same, so that its upload can be
/// repeated: 1 MiB.
const HELD_BYTES: usize = 1024 * 1024;

/// What became of an upload that was to be streamed if possible.
pub(super) enum Streamed {
    /// It had to be held back, and is to be validated as a whole.
    Not(UploadRequest),
    /// It was sent on, and the upstream has answered.
    Answered(Forwarded),
}

impl Gateway {
    /// Whether a file in this body is to be sent on while it arrives, if its head proves its type.
    pub(super) fn may_stream(&self, lane: &Lane, body: &BodyReader, arrival: &Arrival) -> bool {
        let length = body.declared_bytes();
        // The Lambda runtime hands over whole bodies.
        arrival.door != Door::Lambda
            && length.is_none_or(|length| length > HELD_BYTES)
            && lane.may_stream(self.request.streaming, length.is_some())
    }

    /// The largest body of which a part may be sent on. That part has its family's limit, which the
    /// upload checks; whatever else is there may have as much as a body that is held.
    fn max_streamed_bytes(&self) -> usize {
        let families = [Family::Image, Family::Audio, Family::Video];
        let limits = families.map(|family| self.policy.limits.of(family));
        let largest = limits.into_iter().max().unwrap_or_default();
        self.request.max_body_bytes.saturating_add(largest)
    }

    /// Passes the body through the lane, and sends on what the lane proves.
    pub(super) async fn stream(
        &self,
        lane: Lane,
        body: &mut BodyReader,
        caller: &CallerCredentials,
        record: &mut Record<'_>,
    ) -> Result<Streamed, Refusal> {
        body.limit(self.max_streamed_bytes())?;
        let patience = Patience::new(self.upstream_timeout, record.arrival.deadline);
        let (outlet, opening) = Outlet::new(self.policy, self.request.max_body_bytes, patience);
        let mut passing = Box::pin(lane.pass(body, outlet));
        let mut sending = Box::pin(self.send_on(opening, caller, record));
        let (answer, sent) = tokio::select! {
            // An answer that is there when the end has not been handed over is one to a part of the
            // request, even if the end could follow at once.
            biased;
            answer = &mut sending => (answer, None),
            passed = &mut passing => match passed? {
                Passed::Whole(request) => return Ok(Streamed::Not(request)),
                Passed::Sent(sent) => {
                    let answer = sent.answer_by.limit(sending.as_mut()).await;
                    (answer.unwrap_or(Err(UpstreamError::TimedOut.into())), Some(sent))
                }
            },
        };
        drop(sending);
        if let Some(sent) = &sent {
            record.sent_on(sent);
        }
        let answer = answer?;
        if sent.is_none() && answer.status.is_success() {
            return Err(UpstreamError::Undocumented {
                status: answer.status,
                problem: AnswerProblem::TooEarly,
            }
            .into());
        }
        Ok(Streamed::Answered(answer))
    }

    /// Makes the upstream request, once there is one to make.
    async fn send_on(
        &self,
        opening: oneshot::Receiver<Opening>,
        caller: &CallerCredentials,
        record: &mut Record<'_>,
    ) -> Result<Forwarded, Refusal> {
        let Ok(opening) = opening.await else {
            // The lane ends without one.
            return std::future::pending().await;
        };
        record.opened(&opening);
        let cut_off = record.arrival.deadline;
        let token_deadline = Deadline::after(self.upstream_timeout).or_earlier(cut_off);
        let resolved = self.credentials.resolve(caller, token_deadline).await?;
        // Each side is timed by whoever waits for it; this is the sum of both.
        let longest = self.request.receive_timeout + self.upstream_timeout;
        let deadline = Deadline::after(longest).or_earlier(cut_off);
        let (trace, retries) = (record.trace.as_ref(), &mut record.retries);
        let result = self
            .upstream
            .upload_streamed(
                &resolved.credentials,
                opening.body,
                trace,
                deadline,
                retries,
            )
            .await;
        if refuses_token(&result) {
            // Too late for this upload, in time for the next.
            self.credentials.renew(&resolved);
        }
        Ok(result?)
    }
}
