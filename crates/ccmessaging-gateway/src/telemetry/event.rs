//! One upload, as the log and the metrics see it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use ccmessaging_client::Attempts;
use ccmessaging_core::{Content, Declared, FileType};
use ccmessaging_media::metadata::Kind;
use http::StatusCode;

use super::Telemetry;
use super::checksum::sha256;
use crate::context::RequestContext;
use crate::scan::ScanReport;

/// How an upload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// The contact centre has the file.
    Stored,
    /// The gateway refused it.
    Refused,
    /// The contact centre's answer was another than that it has the file.
    RefusedByUpstream,
    /// The contact centre, the token service or the malware scanner gave no usable answer.
    Failed,
    /// The caller hung up within the body, or the program ended before there was an answer.
    Abandoned,
    /// The gateway itself failed.
    Panicked,
}

impl Outcome {
    /// The outcome as log lines and metrics name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Refused => "refused",
            Self::RefusedByUpstream => "refused_by_upstream",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::Panicked => "panicked",
        }
    }
}

/// Collects what the log and the metrics need; reports once, when the upload ends. If dropped
/// unfinished, reports the upload as abandoned or panicked.
#[derive(Debug)]
pub(crate) struct UploadEvent<'a> {
    telemetry: &'a Telemetry,
    pub(crate) context: &'a RequestContext,
    pub(crate) trace_id: Option<String>,
    /// Whose credentials are used.
    pub(crate) mode: &'static str,
    pub(crate) format: Option<&'static str>,
    /// The declared type, as far as it is fit to be told.
    pub(crate) declared: Option<String>,
    /// The proven type, or the declared one where nothing was proven.
    pub(crate) file_type: Option<FileType>,
    /// What the content is: a media type, or a word where there is none.
    pub(crate) detected: Option<Cow<'static, str>>,
    pub(crate) decoded_bytes: Option<usize>,
    /// Which metadata was removed.
    pub(crate) removed: BTreeSet<Kind>,
    /// Of the file as it is sent, if the log contains it.
    pub(super) file_sha256: Option<String>,
    /// What came of the scan for malware, if there was one and it has ended.
    pub(crate) scan: Option<ScanReport>,
    pub(crate) attempts: Attempts,
    pub(crate) outcome: Option<Outcome>,
    /// The answer's status, if there was an answer.
    pub(crate) status: Option<StatusCode>,
    pub(crate) return_code: Option<String>,
    /// The status of the upstream's last answer, be it usable or not.
    pub(crate) upstream_status: Option<StatusCode>,
    /// Why the upload was not stored.
    pub(crate) reason: Option<String>,
    /// The same as a word from a fixed set.
    pub(crate) reason_code: Option<&'static str>,
    started: Instant,
    received_after: Option<Duration>,
    validated_after: Option<Duration>,
}

/// Where an upload's time went; `None` for a phase that it did not reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phases {
    /// From the request's head to the last byte of its body.
    pub(super) receive: Duration,
    /// Reading the body and proving the file.
    pub(super) validate: Option<Duration>,
    /// Waiting for the scan for malware.
    pub(super) scan: Option<Duration>,
    /// Obtaining a token where there is none, and every attempt with the pauses between them.
    pub(super) upstream: Option<Duration>,
}

impl<'a> UploadEvent<'a> {
    pub(crate) fn begin(
        telemetry: &'a Telemetry,
        context: &'a RequestContext,
        mode: &'static str,
    ) -> Self {
        telemetry.metrics.begin();
        Self {
            telemetry,
            context,
            trace_id: None,
            mode,
            format: None,
            declared: None,
            file_type: None,
            detected: None,
            decoded_bytes: None,
            removed: BTreeSet::new(),
            file_sha256: None,
            scan: None,
            attempts: Attempts::default(),
            outcome: None,
            status: None,
            return_code: None,
            upstream_status: None,
            reason: None,
            reason_code: None,
            started: Instant::now(),
            received_after: None,
            validated_after: None,
        }
    }

    /// The body is there.
    pub(crate) fn received(&mut self) {
        self.received_after = Some(self.started.elapsed());
    }

    /// What the caller declared the file to be.
    pub(crate) fn declares(&mut self, declared: &Declared) {
        self.declared = declared.as_str().map(presentable);
        self.file_type = declared.file_type();
    }

    /// The file's type is proven.
    pub(crate) fn proven(&mut self, file_type: FileType) {
        self.file_type = Some(file_type);
        self.detected = Some(file_type.media_type().into());
    }

    /// The whole file is ready to be sent; only the upstream is missing.
    pub(crate) fn validated(&mut self, file: &impl Content) {
        self.file_sha256 = self.telemetry.file_sha256.then(|| sha256(file));
        self.validated_after = Some(self.started.elapsed());
    }

    /// The kinds of metadata that were removed, as a header and the log name them.
    pub(crate) fn removed_kinds(&self) -> Option<String> {
        let kinds: Vec<&str> = self.removed.iter().map(|kind| kind.name()).collect();
        (!kinds.is_empty()).then(|| kinds.join(", "))
    }

    /// Reports the end; returns what became of the attempts.
    pub(crate) fn finish(mut self, outcome: Outcome) -> Attempts {
        self.outcome = Some(outcome);
        self.telemetry.report(&self);
        std::mem::take(&mut self.attempts)
    }

    /// In place of a label that is not known.
    const NONE: &'static str = "none";

    pub(super) fn outcome_name(&self) -> &'static str {
        self.outcome.map_or(Self::NONE, Outcome::name)
    }

    pub(super) fn format_name(&self) -> &'static str {
        self.format.unwrap_or(Self::NONE)
    }

    pub(super) fn file_type_name(&self) -> &'static str {
        self.file_type.map_or(Self::NONE, FileType::name)
    }

    /// Where the time has gone so far.
    pub(super) fn phases(&self) -> Phases {
        let total = self.started.elapsed();
        let validated_after = self.validated_after.unwrap_or(total);
        let scan = self.scan.as_ref().map(|scan| scan.time);
        Phases {
            receive: self.received_after.unwrap_or(total),
            validate: self.received_after.map(|received_after| {
                validated_after.saturating_sub(received_after + scan.unwrap_or_default())
            }),
            scan,
            upstream: self
                .validated_after
                .map(|validated_after| total.saturating_sub(validated_after)),
        }
    }
}

impl Drop for UploadEvent<'_> {
    fn drop(&mut self) {
        if self.outcome.is_none() {
            self.outcome = Some(if std::thread::panicking() {
                Outcome::Panicked
            } else {
                Outcome::Abandoned
            });
            self.telemetry.report(self);
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
