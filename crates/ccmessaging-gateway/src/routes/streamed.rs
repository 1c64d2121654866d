//! Sends a file on while it arrives.
//!
//! Once the head of the file has proven its type, two futures run side by side: one pumps the rest of
//! the request into the body of the upstream request, the other makes that request. A slow upstream
//! slows the reading down. If anything turns out to be wrong, the pump ends with a rejection, and the
//! request is aborted before it was complete.

use std::time::{Duration, Instant};

use bytes::Bytes;
use ccmessaging_client::{
    BodySender, CallError, Deadline, StreamedBody, UpstreamResponse, refuses_token,
};
use ccmessaging_core::{Family, StreamedUpload};
use http::HeaderMap;

use super::Gateway;
use crate::admission::Admitted;
use crate::context::{Platform, RequestContext};
use crate::credentials::CallerCredentials;
use crate::extract::{BodyReader, Incoming, Rest, UploadFormat};
use crate::rejection::Rejection;
use crate::scan::FileScan;
use crate::telemetry::{Checksum, UploadEvent};
use crate::time_budget::TimeBudget;

/// A body of at most this declared length is held in memory all the same, so that its upload can be
/// repeated: 1 MiB.
const HELD_BYTES: usize = 1024 * 1024;

impl Gateway {
    /// Whether a file in this body is to be sent on while it arrives, if its head proves its type.
    pub(super) fn may_stream(
        &self,
        format: &UploadFormat,
        body: &BodyReader,
        context: &RequestContext,
    ) -> bool {
        let length = body.declared_bytes();
        // The Lambda runtime hands over whole bodies.
        context.platform != Platform::Lambda
            && length.is_none_or(|length| length > HELD_BYTES)
            && format.may_stream(self.request.streaming, length.is_some())
    }

    /// The largest body of which a part may be sent on. That part has its family's limit, which the
    /// upload checks; whatever else is there may have as much as a body that is held.
    fn max_streamed_bytes(&self) -> usize {
        let families = [Family::Image, Family::Audio, Family::Video];
        let limits = families.map(|family| self.policy.limits.of(family));
        let largest = limits.into_iter().max().unwrap_or_default();
        self.request.max_body_bytes.saturating_add(largest)
    }

    /// Reads the body, and sends on what its head proves.
    pub(super) async fn upload_streaming(
        &self,
        format: UploadFormat,
        mut body: BodyReader,
        admitted: &Admitted,
        caller: &CallerCredentials,
        headers: &HeaderMap,
        event: &mut UploadEvent<'_>,
    ) -> Result<UpstreamResponse, Rejection> {
        body.limit(self.max_streamed_bytes())?;
        let max_held_bytes = self.request.max_body_bytes;
        let incoming = format
            .read_streaming(body, &self.policy, max_held_bytes)
            .await?;
        match incoming {
            Incoming::Buffered(request) => {
                admitted.wait_for_place(event.context.deadline).await?;
                // Reading and parsing go together, so all of it counts as receiving.
                event.received();
                self.upload_held(request, caller, headers, event).await
            }
            Incoming::Streaming {
                upload,
                file_bytes,
                rest,
            } => {
                admitted.take_place()?;
                event.is_streamed = true;
                event.declares(upload.declared());
                event.proven(upload.file_type());
                self.send_streaming(upload, file_bytes, rest, caller, headers, event)
                    .await
            }
        }
    }

    async fn send_streaming(
        &self,
        upload: StreamedUpload,
        file_bytes: Option<usize>,
        rest: Rest,
        caller: &CallerCredentials,
        headers: &HeaderMap,
        event: &mut UploadEvent<'_>,
    ) -> Result<UpstreamResponse, Rejection> {
        let cut_off = event.context.deadline;
        for piece in upload.waiting() {
            event.checksum.add(piece);
        }
        // Kept for the scanner only.
        let head: Vec<Bytes> = if self.scanner.is_some() {
            upload.waiting().cloned().collect()
        } else {
            Vec::new()
        };
        let (sender, body) = StreamedBody::new(upload, file_bytes)?;
        let mut budget = TimeBudget::new(self.upstream_timeout, cut_off);
        let resolved = self.credentials.resolve(caller, budget.deadline()).await?;
        let scan = match &self.scanner {
            Some(scanner) => Some(FileScan::begin(scanner, &mut event.scan)?),
            None => None,
        };
        // Each side is timed by whoever waits for it; this is the sum of both.
        let longest = self.request.receive_timeout + self.upstream_timeout;
        let deadline = Deadline::after(longest).or_earlier(cut_off);
        let (result, sent) = {
            let mut call = Box::pin(self.client.upload_streamed(
                &resolved.credentials,
                body,
                headers,
                deadline,
                &mut event.attempts,
            ));
            tokio::select! {
                // An answer that is there before the end was sent is looked at first.
                biased;
                result = &mut call => (result, None),
                sent = pump(head, rest, sender, scan, &mut event.checksum, &mut budget) => {
                    let sent = (sent?, Instant::now());
                    let result = budget.deadline().limit(call).await;
                    (result.unwrap_or(Err(CallError::TimedOut)), Some(sent))
                }
            }
        };
        if let Some((decoded_bytes, at)) = sent {
            event.sent(decoded_bytes, at);
        }
        if refuses_token(&result) {
            // Too late for this upload, in time for the next.
            self.credentials.renew(&resolved);
        }
        Ok(result?)
    }
}

/// Sends the rest of a file, and completes the request if what stands behind the file fits it and
/// the scan of the file found nothing; returns the file's size. The time that the upstream and the
/// scanner take counts against `budget`.
async fn pump(
    head: Vec<Bytes>,
    mut rest: Rest,
    mut sender: BodySender,
    mut scan: Option<FileScan<'_>>,
    checksum: &mut Checksum,
    budget: &mut TimeBudget,
) -> Result<usize, Rejection> {
    if let Some(scan) = &mut scan {
        for piece in head {
            scan.push(piece, budget).await?;
        }
    }
    flush(&mut sender, budget).await?;
    while let Some(piece) = rest.next().await? {
        checksum.add(&piece);
        sender.push(piece.clone())?;
        if let Some(scan) = &mut scan {
            scan.push(piece, budget).await?;
        }
        flush(&mut sender, budget).await?;
    }
    let trailer = rest.finish().await?;
    if let Some(spelling) = trailer.file_type {
        sender = sender.set_spelling(spelling)?;
    }
    if let Some(channel) = trailer.channel {
        sender = sender.set_channel(&channel)?;
    }
    if let Some(scan) = scan {
        scan.finish(budget).await?;
    }
    let finished = budget.wait(Duration::MAX, sender.finish()).await;
    finished.ok_or_else(|| CallError::TimedOut.into())
}

async fn flush(sender: &mut BodySender, budget: &mut TimeBudget) -> Result<(), CallError> {
    let flushed = budget.wait(Duration::MAX, sender.flush()).await;
    flushed.ok_or(CallError::TimedOut)
}
