//! How a rejection is reported to the caller, in the log and in the metrics.

use ccmessaging_client::{CallError, CallErrorClass, CallErrorKind};
use ccmessaging_core::ReturnCode;
use http::StatusCode;

use crate::outcome::{OVERLOADED, Outcome};

/// How a rejection is reported to the caller, in the log and in the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: StatusCode,
    pub(crate) return_code: ReturnCode,
    pub(crate) reason_code: &'static str,
    pub(crate) outcome: Outcome,
}

impl Verdict {
    /// The request is wrong.
    pub(super) const fn refused(status: StatusCode, reason_code: &'static str) -> Self {
        Self {
            status,
            return_code: ReturnCode::IncorrectParameter,
            reason_code,
            outcome: Outcome::Refused,
        }
    }

    /// The gateway has no capacity.
    pub(super) const fn overloaded() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            return_code: ReturnCode::UploadFailure,
            reason_code: OVERLOADED,
            outcome: Outcome::Refused,
        }
    }

    /// A service that the upload needs failed.
    pub(super) const fn failed(reason_code: &'static str) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            return_code: ReturnCode::UploadFailure,
            reason_code,
            outcome: Outcome::Failed,
        }
    }

    /// The contact centre sent no usable response.
    pub(super) fn upstream(error: &CallError) -> Self {
        Self::failed(match error.class() {
            CallErrorClass::Unreachable => "upstream_unreachable",
            CallErrorClass::TimedOut => "upstream_timeout",
            CallErrorClass::Interrupted => "upstream_failed",
            CallErrorClass::InvalidResponse => "upstream_invalid_answer",
        })
    }
}

/// Whether a call failed in the TLS handshake.
pub(super) fn is_tls(error: &CallError) -> bool {
    matches!(error.kind(), CallErrorKind::Tls(_))
}
