//! The way out for a file that is sent on while it arrives.

use std::time::{Duration, Instant};

use bytes::Bytes;
use ccmessaging_core::{FileHead, FileType, Policy, StreamedUpload, UploadRequest};
use tokio::sync::oneshot;

use crate::upstream::{SegmentSender, StreamedBody, UpstreamError};
use crate::{Deadline, Refusal};

/// What became of a body that a lane has passed through.
pub(super) enum Passed {
    /// It was held back, to be validated as a whole.
    Whole(UploadRequest),
    /// It was sent on, all of it.
    Sent(Sent),
}

/// An upload of which nothing is left to be sent.
pub(super) struct Sent {
    /// The file's size.
    pub(super) decoded_bytes: usize,
    /// When the upstream must have answered.
    pub(super) answer_by: Deadline,
}

/// An upstream request that is to be begun.
pub(super) struct Opening {
    pub(super) file_type: FileType,
    /// What it was declared to be.
    pub(super) declared: Option<String>,
    pub(super) body: StreamedBody,
}

/// A closed way out: a lane opens it once it has proven what is to be sent.
pub(super) struct Outlet {
    policy: Policy,
    max_held_bytes: usize,
    patience: Patience,
    opening: oneshot::Sender<Opening>,
}

/// An open way out: what is fed to it goes to the upstream.
///
/// Only [`finish`](Self::finish) completes the request. One that is dropped before aborts it.
pub(super) struct Feed {
    sender: SegmentSender,
    patience: Patience,
}

/// What a form says behind its file.
#[derive(Default)]
pub(super) struct Closing {
    pub(super) file_type: Option<String>,
    pub(super) channel: Option<String>,
}

/// How long the upstream may keep the gateway waiting, in all. The time that is spent waiting for
/// the client does not count.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    left: Duration,
    cut_off: Option<Deadline>,
}

impl Outlet {
    /// A way out, and the place where its opening is announced.
    pub(super) fn new(
        policy: Policy,
        max_held_bytes: usize,
        patience: Patience,
    ) -> (Self, oneshot::Receiver<Opening>) {
        let (opening, opened) = oneshot::channel();
        let outlet = Self {
            policy,
            max_held_bytes,
            patience,
            opening,
        };
        (outlet, opened)
    }

    /// Proves a file by its head. A head that is shorter than it might be is a whole file, which
    /// is held back, as everything is that cannot be proven like this.
    pub(super) fn prove(&self, head: FileHead) -> Result<StreamedUpload, FileHead> {
        if head.len() < FileHead::BYTES {
            return Err(head);
        }
        head.prove(&self.policy)
    }

    /// How much of a body may be held back in memory.
    pub(super) fn max_held_bytes(&self) -> usize {
        self.max_held_bytes
    }

    /// Begins the upstream request, with a `Content-Length` if the file's size is known, and sends
    /// the head on.
    pub(super) async fn open(
        self,
        upload: StreamedUpload,
        file_bytes: Option<usize>,
    ) -> Result<Feed, Refusal> {
        let (file_type, declared) = (upload.file_type(), upload.declared().map(str::to_owned));
        let (sender, body) = StreamedBody::new(upload, file_bytes)?;
        let opening = Opening {
            file_type,
            declared,
            body,
        };
        // Nobody waits for it only if the request is being given up, and this with it.
        let _ = self.opening.send(opening);
        let mut feed = Feed {
            sender,
            patience: self.patience,
        };
        feed.send_on().await?;
        Ok(feed)
    }
}

impl Feed {
    /// Sends the next bytes of the file on, as fast as the upstream takes them.
    pub(super) async fn push(&mut self, piece: Bytes) -> Result<(), Refusal> {
        self.sender.push(piece)?;
        self.send_on().await
    }

    async fn send_on(&mut self) -> Result<(), Refusal> {
        while self.patience.wait(self.sender.send_next()).await? {}
        Ok(())
    }

    /// Completes the request, if what was said behind the file fits it.
    pub(super) async fn finish(mut self, closing: Closing) -> Result<Sent, Refusal> {
        let channel = closing.channel.as_deref();
        let sender = self.sender.close(closing.file_type, channel)?;
        Ok(Sent {
            decoded_bytes: self.patience.wait(sender.finish()).await?,
            answer_by: self.patience.deadline(),
        })
    }
}

impl Patience {
    pub(super) fn new(time: Duration, cut_off: Option<Deadline>) -> Self {
        Self {
            left: time,
            cut_off,
        }
    }

    fn deadline(self) -> Deadline {
        Deadline::after(self.left).or_earlier(self.cut_off)
    }

    async fn wait<F: Future>(&mut self, future: F) -> Result<F::Output, UpstreamError> {
        let started = Instant::now();
        let output = self.deadline().limit(future).await;
        self.left = self.left.saturating_sub(started.elapsed());
        output.ok_or(UpstreamError::TimedOut)
    }
}
