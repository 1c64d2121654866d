//! How an upload ended, for middleware of an application that embeds the gateway.

use ccmessaging_core::FileType;

use crate::outcome::Outcome;
use crate::telemetry::UploadEvent;

/// How an upload ended: an extension of the response to it.
///
/// The values are those of the log line. None of them contains the file or a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// Why the gateway rejected the upload; `None` for the contact centre's own responses.
    pub reason_code: Option<&'static str>,
    /// The return code of the response.
    pub return_code: Option<String>,
    /// The proven type of the file, or else the declared one.
    pub file_type: Option<FileType>,
    /// The size of the file, if its type was proven.
    pub decoded_bytes: Option<usize>,
    /// How often the upload was sent to the contact centre.
    pub attempts: u32,
}

impl UploadOutcome {
    pub(crate) fn of(event: &UploadEvent<'_>, outcome: Outcome) -> Self {
        Self {
            outcome,
            reason_code: event.request.reason_code,
            return_code: event.request.return_code.clone(),
            file_type: event.file_type,
            decoded_bytes: event.request.decoded_bytes,
            attempts: event.request.progress.attempts(),
        }
    }
}
