//! The data of one upload for the log and the metrics.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use ccmessaging_client::{CallErrorClass, Credentials, Progress, UploadResponse, UpstreamResponse};
use ccmessaging_core::{Content, Declared, FileType};
use ccmessaging_media::metadata::Kind;
use http::{HeaderValue, StatusCode};

use super::checksum::sha256;
use super::upstream_desc::upstream_desc;
use super::{Telemetry, UpstreamResult};
use crate::context::RequestContext;
use crate::outcome::Outcome;
use crate::rejection::Rejection;
use crate::scan::ScanReport;

/// The longest object key that is logged; UUIDs have 36 characters.
const MAX_OBJECT_KEY_CHARS: usize = 200;

/// Collects the data of an upload and reports it once, when the upload ends. If dropped unfinished, it
/// reports the upload as abandoned or panicked.
#[derive(Debug)]
pub(crate) struct UploadEvent<'a> {
    telemetry: &'a Telemetry,
    pub(crate) context: &'a RequestContext,
    pub(crate) trace_id: Option<String>,
    /// The caller's own identifier of the request (`x-request-id`).
    pub(crate) caller_request_id: Option<String>,
    /// A keyed hash of the caller's session token, if the log contains it.
    pub(super) session: Option<String>,
    /// The credentials mode.
    pub(crate) mode: &'static str,
    pub(crate) format: Option<&'static str>,
    /// The declared type, if it is short enough to log.
    pub(crate) declared: Option<String>,
    /// The proven type, or the declared one if none was proven.
    pub(crate) file_type: Option<FileType>,
    /// The detected type: a media type, or a word if there is none.
    pub(crate) detected: Option<Cow<'static, str>>,
    pub(crate) decoded_bytes: Option<usize>,
    /// The format that the file was converted from.
    pub(crate) converted_from: Option<&'static str>,
    /// Which metadata was removed.
    pub(crate) removed: BTreeSet<Kind>,
    /// Of the file as it is sent, if the log contains it.
    pub(super) file_sha256: Option<String>,
    /// The result of the malware scan, if one has ended.
    pub(crate) scan: Option<ScanReport>,
    /// Counts the attempts, also of an upload that is abandoned.
    pub(crate) progress: Progress,
    /// The newest session token of the upstream's responses.
    pub(crate) session_token: Option<HeaderValue>,
    pub(crate) outcome: Option<Outcome>,
    /// The status of the response, if one was sent.
    pub(crate) status: Option<StatusCode>,
    pub(crate) return_code: Option<String>,
    /// The status of the upstream's last response, whether or not it was usable.
    pub(crate) upstream_status: Option<StatusCode>,
    /// The upstream's last response, whether or not it was usable.
    pub(super) upstream_result: Option<UpstreamResult>,
    /// The upstream's explanation of a response that it did not store the file.
    pub(super) upstream_desc: Option<String>,
    /// The upstream's identifier of the last attempt.
    pub(super) upstream_request_id: Option<String>,
    /// The key of the stored file.
    pub(super) object_key: Option<String>,
    /// Why the upload was not stored.
    pub(crate) reason: Option<String>,
    /// The reason as a word from a fixed set: the response's.
    pub(crate) reason_code: Option<&'static str>,
    /// The reason code of log and metrics, which is more precise than the response's.
    pub(super) log_reason_code: Option<&'static str>,
    started: Instant,
    received_after: Option<Duration>,
    validated_after: Option<Duration>,
}

/// The time spent in each phase; `None` for a phase that was not reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phases {
    /// From the request's head until the body is complete and the upload has a slot.
    pub(super) receive: Duration,
    /// From there until the payload is ready: parsing, validation, conversion and metadata removal,
    /// without the scans between them.
    pub(super) validate: Option<Duration>,
    /// Waiting for all scans for malware.
    pub(super) scan: Option<Duration>,
    /// Fetching a token if necessary, and all attempts with the pauses between them.
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
            caller_request_id: None,
            session: None,
            mode,
            format: None,
            declared: None,
            file_type: None,
            detected: None,
            decoded_bytes: None,
            converted_from: None,
            removed: BTreeSet::new(),
            file_sha256: None,
            scan: None,
            progress: Progress::default(),
            session_token: None,
            outcome: None,
            status: None,
            return_code: None,
            upstream_status: None,
            upstream_result: None,
            upstream_desc: None,
            upstream_request_id: None,
            object_key: None,
            reason: None,
            reason_code: None,
            log_reason_code: None,
            started: Instant::now(),
            received_after: None,
            validated_after: None,
        }
    }

    /// Marks the body as received.
    pub(crate) fn received(&mut self) {
        self.received_after = Some(self.started.elapsed());
    }

    /// Records the declared type.
    pub(crate) fn declares(&mut self, declared: &Declared) {
        self.declared = declared.as_str().map(presentable);
        self.file_type = declared.file_type();
    }

    /// Records the proven type.
    pub(crate) fn proven(&mut self, file_type: FileType) {
        self.file_type = Some(file_type);
        self.detected = Some(file_type.media_type().into());
    }

    /// Marks the file as ready to be sent.
    pub(crate) fn validated(&mut self, file: &impl Content) {
        self.file_sha256 = self.telemetry.file_sha256.then(|| sha256(file));
        self.validated_after = Some(self.started.elapsed());
    }

    /// Records the session that the caller's token belongs to.
    pub(crate) fn belongs_to(&mut self, session_token: &HeaderValue) {
        self.session = self.telemetry.session(session_token);
    }

    /// Records the upstream's response to the upload.
    pub(crate) fn record_response(
        &mut self,
        response: &UpstreamResponse,
        credentials: &Credentials,
    ) {
        let return_code = response.result.return_code();
        self.upstream_status = Some(response.status);
        self.upstream_result = Some(UpstreamResult::new(Some(response.status), return_code));
        self.upstream_request_id.clone_from(&response.request_id);
        if !response.is_stored() {
            self.upstream_desc = upstream_desc(response, credentials);
        } else if let UploadResponse::Stored { object_key } = &response.result {
            self.object_key = Some(object_key.chars().take(MAX_OBJECT_KEY_CHARS).collect());
        }
    }

    /// The kinds of metadata that were removed, for the response header and the log.
    pub(crate) fn removed_kinds(&self) -> Option<String> {
        let kinds: Vec<&str> = self.removed.iter().map(|kind| kind.name()).collect();
        (!kinds.is_empty()).then(|| kinds.join(", "))
    }

    /// Records why the gateway rejected the upload; returns the outcome.
    pub(crate) fn record_rejection(&mut self, rejection: &Rejection) -> Outcome {
        let verdict = rejection.verdict();
        self.status = Some(verdict.status);
        self.return_code = Some(verdict.return_code.to_string());
        self.reason_code = Some(verdict.reason_code);
        self.log_reason_code = Some(rejection.log_reason_code());
        self.reason = Some(rejection.for_log());
        match rejection {
            Rejection::Upstream(error) => {
                self.upstream_status = error.status();
                self.upstream_request_id = error.request_id().map(str::to_owned);
                if error.class() == CallErrorClass::InvalidResponse {
                    self.upstream_result = Some(UpstreamResult::new(error.status(), None));
                }
            }
            Rejection::Upload(error) if error.found().is_some() && self.detected.is_none() => {
                self.detected = error.details().detected;
            }
            _ => {}
        }
        verdict.outcome
    }

    /// Reports the upload; returns the session token that the caller needs next.
    pub(crate) fn finish(mut self, outcome: Outcome) -> Option<HeaderValue> {
        self.outcome = Some(outcome);
        self.telemetry.report(&self);
        self.session_token.take()
    }

    /// The value of an unknown label.
    pub(super) const NONE: &'static str = "none";

    /// The hash of the newest session token, if the upstream replaced the caller's.
    pub(super) fn next_session(&self) -> Option<String> {
        let token = self.session_token.as_ref()?;
        self.telemetry.session(token)
    }

    pub(super) fn outcome_name(&self) -> &'static str {
        self.outcome.map_or(Self::NONE, Outcome::name)
    }

    pub(super) fn format_name(&self) -> &'static str {
        self.format.unwrap_or(Self::NONE)
    }

    pub(super) fn file_type_name(&self) -> &'static str {
        self.file_type.map_or(Self::NONE, FileType::name)
    }

    /// The time spent so far.
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

/// A declared type for the log. Only a short word, such as a file extension, is logged: a longer text
/// may be part of the file, sent in the wrong field.
fn presentable(declared: &str) -> String {
    const MAX_BYTES: usize = 8;
    let is_word =
        declared.len() <= MAX_BYTES && declared.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word { declared } else { "other" }.to_owned()
}
