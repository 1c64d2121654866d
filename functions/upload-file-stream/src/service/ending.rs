//! How an upload ended.

use ccmessaging_core::UpstreamAnswer;
use ccmessaging_core::sniff::Found;
use http::StatusCode;

use crate::Refusal;
use crate::telemetry::Outcome;
use crate::upstream::{Forwarded, UpstreamError};

/// The longest return code of the upstream that is kept; the documented ones have two digits.
const LONGEST_RETURN_CODE: usize = 8;

/// How an upload ended, as the log tells it.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    /// The answer's status, if there was an answer.
    pub(super) status: Option<StatusCode>,
    pub(super) return_code: Option<String>,
    /// The status of the upstream's last answer, be it usable or not.
    pub(super) upstream_status: Option<StatusCode>,
    /// Why there was no other end.
    pub(super) reason: Option<String>,
    /// What the content was found to be, where it was refused for that.
    pub(super) detected: Option<&'static str>,
    pub(super) is_refused_for_fullness: bool,
}

impl Ending {
    pub(super) fn of(result: &Result<Forwarded, Refusal>) -> Self {
        match result {
            Ok(forwarded) => Self::forwarded(forwarded),
            Err(refusal) => Self::refused(refusal),
        }
    }

    /// The end of an upload whose handling was given up halfway.
    pub(super) fn unanswered() -> Self {
        Self::without_answer(if std::thread::panicking() {
            Outcome::Panicked
        } else {
            Outcome::Abandoned
        })
    }

    fn without_answer(outcome: Outcome) -> Self {
        Self {
            outcome,
            status: None,
            return_code: None,
            upstream_status: None,
            reason: None,
            detected: None,
            is_refused_for_fullness: false,
        }
    }

    fn forwarded(forwarded: &Forwarded) -> Self {
        let (outcome, return_code) = match &forwarded.answer {
            UpstreamAnswer::Stored { .. } => (Outcome::Stored, Some("0".to_owned())),
            UpstreamAnswer::Refused { return_code } => (
                Outcome::RefusedByUpstream,
                Some(return_code.chars().take(LONGEST_RETURN_CODE).collect()),
            ),
            UpstreamAnswer::Other => (Outcome::RefusedByUpstream, None),
        };
        Self {
            status: Some(forwarded.status),
            return_code,
            upstream_status: Some(forwarded.status),
            ..Self::without_answer(outcome)
        }
    }

    fn refused(refusal: &Refusal) -> Self {
        let outcome = match refusal {
            Refusal::Upstream(_) | Refusal::Token(_) => Outcome::Failed,
            Refusal::Panicked => Outcome::Panicked,
            Refusal::UnknownPath
            | Refusal::MethodNotAllowed { .. }
            | Refusal::UnsupportedMediaType
            | Refusal::MisdeclaredJson
            | Refusal::UnsupportedEncoding
            | Refusal::BodyTooLarge { .. }
            | Refusal::BodyTimedOut(_)
            | Refusal::BodyBrokenOff
            | Refusal::MalformedEvent
            | Refusal::MalformedHost
            | Refusal::Credentials(_)
            | Refusal::Form(_)
            | Refusal::Upload(_)
            | Refusal::Full => Outcome::Refused,
        };
        let upstream_status = match refusal {
            Refusal::Upstream(UpstreamError::Undocumented { status, .. }) => Some(*status),
            _ => None,
        };
        let detected = match refusal {
            Refusal::Upload(error) => error.found().map(name_of),
            _ => None,
        };
        Self {
            status: Some(refusal.status()),
            return_code: Some(refusal.return_code().to_string()),
            upstream_status,
            reason: Some(refusal.for_log()),
            detected,
            is_refused_for_fullness: matches!(refusal, Refusal::Full),
            ..Self::without_answer(outcome)
        }
    }
}

/// A media type, or a word where the content has none.
fn name_of(found: &Found) -> &'static str {
    match found {
        Found::Format { media_type, .. } => media_type,
        Found::Damaged { .. } => "damaged",
        Found::Binary => "binary",
        Found::Empty => "empty",
        // The list of what is recognised is open.
        _ => "unknown",
    }
}
