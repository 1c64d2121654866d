//! Gathers what is known of an upload, and tells it once the upload has ended.

use std::io::Write as _;
use std::time::{Duration, Instant};

use ccmessaging_core::{FileType, UploadRequest, ValidatedUpload};

use super::ending::Ending;
use super::streaming::{Opening, Sent};
use super::{Arrival, Door, Gateway, log};
use crate::telemetry::{Measured, Phases};
use crate::upstream::{Forwarded, Retries};
use crate::{Refusal, TraceContext};

/// What is known of an upload so far.
///
/// Dropped before [`end`](Self::end), it tells of an upload that nobody was answered: the caller
/// hung up, or the gateway panicked.
#[derive(Debug)]
pub(super) struct Record<'a> {
    gateway: &'a Gateway,
    pub(super) arrival: &'a Arrival,
    pub(super) trace: Option<TraceContext>,
    pub(super) lane: Option<&'static str>,
    /// The declared type, as far as it is fit to be told.
    pub(super) declared: Option<String>,
    file_type: Option<FileType>,
    /// What the content is: a media type, or a word where there is none.
    pub(super) detected: Option<&'static str>,
    pub(super) decoded_bytes: Option<usize>,
    /// Whether the file was sent on while it arrived.
    pub(super) is_streamed: bool,
    pub(super) retries: Retries,
    started: Instant,
    received_after: Option<Duration>,
    validated_after: Option<Duration>,
    has_ended: bool,
}

impl<'a> Record<'a> {
    pub(super) fn start(
        gateway: &'a Gateway,
        arrival: &'a Arrival,
        trace: Option<TraceContext>,
    ) -> Self {
        gateway.metrics.begin();
        Self {
            gateway,
            arrival,
            trace,
            lane: None,
            declared: None,
            file_type: None,
            detected: None,
            decoded_bytes: None,
            is_streamed: false,
            retries: Retries::default(),
            started: Instant::now(),
            received_after: None,
            validated_after: None,
            has_ended: false,
        }
    }

    /// The body is there.
    pub(super) fn received(&mut self) {
        self.received_after = Some(self.started.elapsed());
    }

    /// The body was read.
    pub(super) fn parsed(&mut self, request: &UploadRequest) {
        self.declared = request.declared().as_str().map(presentable);
        self.file_type = request.declared().file_type();
    }

    /// The upload is proven.
    pub(super) fn validated(&mut self, upload: &ValidatedUpload) {
        self.validated_after = Some(self.started.elapsed());
        self.file_type = Some(upload.file_type());
        self.detected = Some(upload.file_type().media_type());
        self.decoded_bytes = Some(upload.decoded_bytes());
    }

    /// The head of the file is proven, and is sent on.
    pub(super) fn opened(&mut self, opening: &Opening) {
        self.is_streamed = true;
        self.declared = opening.declared.as_deref().map(presentable);
        self.file_type = Some(opening.file_type);
        self.detected = Some(opening.file_type.media_type());
    }

    /// All of the file was sent on; only the answer is missing.
    pub(super) fn sent_on(&mut self, sent: &Sent) {
        self.received_after = Some(sent.at.saturating_duration_since(self.started));
        self.validated_after = self.received_after;
        self.decoded_bytes = Some(sent.decoded_bytes);
    }

    /// The upload has an answer: tells of it, and returns what became of the attempts.
    pub(super) fn end(mut self, result: &Result<Forwarded, Refusal>) -> Retries {
        let ending = Ending::of(result);
        self.detected = self.detected.or(ending.detected);
        self.tell(&ending);
        std::mem::take(&mut self.retries)
    }

    /// The mode's name.
    pub(super) fn mode(&self) -> &'static str {
        self.gateway.credentials.mode()
    }

    /// Where the time has gone so far.
    pub(super) fn phases(&self) -> Phases {
        let total = self.started.elapsed();
        let validated_after = self.validated_after.unwrap_or(total);
        Phases {
            receive: self.received_after.unwrap_or(total),
            validate: self
                .received_after
                .map(|received_after| validated_after.saturating_sub(received_after)),
            upstream: self
                .validated_after
                .map(|validated_after| total.saturating_sub(validated_after)),
        }
    }

    fn tell(&mut self, ending: &Ending) {
        self.has_ended = true;
        log::write(self, ending);
        let measured = Measured {
            outcome: ending.outcome,
            lane: self.lane,
            file_type: self.file_type,
            decoded_bytes: self.decoded_bytes,
            is_refused_for_fullness: ending.is_refused_for_fullness,
            attempts: self.retries.attempts(),
            phases: self.phases(),
        };
        self.gateway.metrics.end(&measured);
        if self.arrival.door == Door::Lambda
            && let Some(namespace) = &self.gateway.metrics_namespace
        {
            let fetches = self.gateway.credentials.token_fetches();
            let line = self
                .gateway
                .metrics
                .cloudwatch_line(namespace, &measured, fetches);
            // Nobody is there to be told that standard output is gone.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.tell(&Ending::unanswered());
        }
    }
}

/// A declared type as the log may hold it: a short word such as a file's extension, whole. A longer
/// text is a field's worth of something else, perhaps of the file.
fn presentable(declared: &str) -> String {
    const LONGEST: usize = 8;
    let is_word =
        declared.len() <= LONGEST && declared.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word { declared } else { "other" }.to_owned()
}
