//! The data of one upload for the log and the metrics.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use ccmessaging_client::{CallErrorClass, CallResponse, Credentials, UploadResponse};
use ccmessaging_core::{Content, Declared, FileType};
use ccmessaging_media::metadata::MetadataKind;
use tracing::Span;

use super::checksum::sha256;
use super::metrics::NONE;
use super::request_event::RequestEvent;
use super::state::Telemetry;
use super::upstream_desc::upstream_desc;
use super::upstream_result::UpstreamResult;
use crate::context::RequestContext;
use crate::outcome::Outcome;
use crate::rejection::Rejection;

/// The longest object key that is logged; UUIDs have 36 characters.
const MAX_OBJECT_KEY_CHARS: usize = 200;

/// Collects the data of an upload and reports it once, when the upload ends. If dropped unfinished, it
/// reports the upload as abandoned or panicked.
#[derive(Debug)]
pub(crate) struct UploadEvent<'a> {
    pub(crate) request: RequestEvent<'a>,
    pub(crate) format: Option<&'static str>,
    /// The declared type, if it is short enough to log.
    pub(crate) declared: Option<String>,
    /// The proven type, or the declared one if none was proven.
    pub(crate) file_type: Option<FileType>,
    /// The detected type: a media type, or a word if there is none.
    pub(crate) detected: Option<Cow<'static, str>>,
    /// The format that the file was converted from.
    pub(crate) converted_from: Option<&'static str>,
    /// Which metadata was removed.
    pub(crate) removed: BTreeSet<MetadataKind>,
    /// Of the file as it is sent, if the log contains it.
    pub(super) file_sha256: Option<String>,
    /// The upstream's last response, whether or not it was usable.
    pub(super) upstream_result: Option<UpstreamResult>,
    /// The upstream's explanation of a response that it did not store the file.
    pub(super) upstream_desc: Option<String>,
    /// The upstream's identifier of the last attempt.
    pub(super) upstream_request_id: Option<String>,
    /// The key of the stored file.
    pub(super) object_key: Option<String>,
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
        span: Span,
    ) -> Self {
        telemetry.metrics.in_flight.inc();
        Self {
            request: RequestEvent::begin(telemetry, context, mode, span),
            format: None,
            declared: None,
            file_type: None,
            detected: None,
            converted_from: None,
            removed: BTreeSet::new(),
            file_sha256: None,
            upstream_result: None,
            upstream_desc: None,
            upstream_request_id: None,
            object_key: None,
            received_after: None,
            validated_after: None,
        }
    }

    /// Marks the body as received.
    pub(crate) fn received(&mut self) {
        self.received_after = Some(self.request.elapsed());
    }

    /// Records the declared type.
    pub(crate) fn record_declared(&mut self, declared: &Declared) {
        self.declared = declared.as_str().map(presentable);
        self.file_type = declared.file_type();
    }

    /// Records the type that the content has.
    pub(crate) fn record_detected(&mut self, file_type: FileType) {
        self.file_type = Some(file_type);
        self.detected = Some(file_type.media_type().into());
    }

    /// Marks the file as ready to be sent.
    pub(crate) fn validated(&mut self, file: &impl Content) {
        self.file_sha256 = self.request.telemetry.file_sha256.then(|| sha256(file));
        self.validated_after = Some(self.request.elapsed());
    }

    /// Records the upstream's response to the upload.
    pub(crate) fn record_response(
        &mut self,
        response: &CallResponse<UploadResponse>,
        credentials: &Credentials,
    ) {
        let return_code = response.result.return_code();
        self.request.record_response(response.status, return_code);
        self.request.upstream_status = Some(response.status);
        self.upstream_result = Some(UpstreamResult::new(Some(response.status), return_code));
        self.upstream_request_id.clone_from(&response.request_id);
        self.request.outcome = Some(if response.is_stored() {
            Outcome::Stored
        } else {
            UpstreamResult::new(Some(response.status), return_code).outcome()
        });
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

    /// Records why the gateway rejected the upload.
    pub(crate) fn record_rejection(&mut self, rejection: &Rejection) {
        let (code, reason) = (rejection.log_reason_code(), rejection.for_log());
        self.request
            .record_verdict(rejection.verdict(), code, reason);
        match rejection {
            Rejection::Upstream(error) => {
                self.request.upstream_status = error.status();
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
    }

    pub(super) fn format_name(&self) -> &'static str {
        self.format.unwrap_or(NONE)
    }

    pub(super) fn file_type_name(&self) -> &'static str {
        self.file_type.map_or(NONE, FileType::name)
    }

    /// The time spent so far.
    pub(super) fn phases(&self) -> Phases {
        let total = self.request.elapsed();
        let validated_after = self.validated_after.unwrap_or(total);
        let scan = self.request.scan.as_ref().map(|scan| scan.time);
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

/// A declared type for the log. Only a short word, such as a file extension, is logged: a longer text
/// may be part of the file, sent in the wrong field.
fn presentable(declared: &str) -> String {
    const MAX_BYTES: usize = 8;
    let is_word =
        declared.len() <= MAX_BYTES && declared.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_word { declared } else { "other" }.to_owned()
}
