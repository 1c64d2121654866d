//! The way out for a file that is sent on while it arrives.

use std::time::Instant;

use bytes::Bytes;
use ccmessaging_core::{FileHead, FileType, Policy, StreamedUpload, UploadRequest};
use tokio::sync::oneshot;

use super::patience::Patience;
use crate::upstream::{SegmentSender, StreamedBody};
use crate::{Deadline, Refusal};

/// What became of a body that a lane has passed through.
pub(in crate::service) enum Passed {
    /// It was held back, to be validated as a whole.
    Whole(UploadRequest),
    /// It was sent on, all of it.
    Sent(Sent),
}

/// An upload of which nothing is left to be sent.
pub(in crate::service) struct Sent {
    /// The file's size.
    pub(in crate::service) decoded_bytes: usize,
    /// When the last of it was sent on.
    pub(in crate::service) at: Instant,
    /// When the upstream must have answered.
    pub(in crate::service) answer_by: Deadline,
}

/// An upstream request that is to be begun.
pub(in crate::service) struct Opening {
    pub(in crate::service) file_type: FileType,
    /// What it was declared to be.
    pub(in crate::service) declared: Option<String>,
    pub(in crate::service) body: StreamedBody,
}

/// A closed way out: a lane opens it once it has proven what is to be sent.
pub(in crate::service) struct Outlet {
    policy: Policy,
    max_held_bytes: usize,
    patience: Patience,
    opening: oneshot::Sender<Opening>,
}

/// An open way out: what is fed to it goes to the upstream.
///
/// Only [`finish`](Self::finish) completes the request. One that is dropped before aborts it.
pub(in crate::service) struct Feed {
    sender: SegmentSender,
    patience: Patience,
}

/// What a form says behind its file.
#[derive(Default)]
pub(in crate::service) struct Closing {
    pub(in crate::service) file_type: Option<String>,
    pub(in crate::service) channel: Option<String>,
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
    pub(in crate::service) fn prove(&self, head: FileHead) -> Result<StreamedUpload, FileHead> {
        if head.len() < FileHead::BYTES {
            return Err(head);
        }
        head.prove(&self.policy)
    }

    /// How much of a body may be held back in memory.
    pub(in crate::service) fn max_held_bytes(&self) -> usize {
        self.max_held_bytes
    }

    /// Begins the upstream request, with a `Content-Length` if the file's size is known, and sends
    /// the head on.
    pub(in crate::service) async fn open(
        self,
        upload: StreamedUpload,
        file_bytes: Option<usize>,
    ) -> Result<Feed, Refusal> {
        let (file_type, declared) = (
            upload.file_type(),
            upload.declared().as_str().map(str::to_owned),
        );
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
    pub(in crate::service) async fn push(&mut self, piece: Bytes) -> Result<(), Refusal> {
        self.sender.push(piece)?;
        self.send_on().await
    }

    async fn send_on(&mut self) -> Result<(), Refusal> {
        while self.patience.wait(self.sender.send_next()).await? {}
        Ok(())
    }

    /// Completes the request, if what was said behind the file fits it.
    pub(in crate::service) async fn finish(mut self, closing: Closing) -> Result<Sent, Refusal> {
        let channel = closing.channel.as_deref();
        let sender = self.sender.close(closing.file_type, channel)?;
        Ok(Sent {
            decoded_bytes: self.patience.wait(sender.finish()).await?,
            at: Instant::now(),
            answer_by: self.patience.deadline(),
        })
    }
}
