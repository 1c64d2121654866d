//! Why one of the chat's calls is rejected, and the response to it.

use axum::response::{IntoResponse, Response};
use ccmessaging_client::{CallError, CallErrorClass};
use ccmessaging_core::chat::ChatError;
use ccmessaging_core::{Details, ErrorClass};
use http::StatusCode;

use super::download::DownloadError;
use super::ticket::TicketError;
use crate::body::BodyError;
use crate::context::Malformed;
use crate::credentials::CredentialsError;
use crate::error_body::ErrorBody;
use crate::outcome::{OVERLOADED, Outcome};
use crate::rejection::{Rejection, TOKEN_TLS, UPSTREAM_TLS, Verdict, is_tls, json_response};

/// Every reason code of the metric of rejected calls. Malformed requests are rejected before they are
/// counted.
pub(crate) const CHAT_LOG_REASON_CODES: [&str; 38] = [
    "app_key_refused",
    "body_incomplete",
    "body_timeout",
    "download_failed",
    "duplicate_field",
    "field_too_long",
    "file_not_found",
    "internal_error",
    "invalid_value",
    "malformed_query",
    "malware_found",
    "method_not_allowed",
    "missing_field",
    "missing_header",
    "not_json",
    "not_json_object",
    OVERLOADED,
    "repeated_header",
    "scan_unavailable",
    "ticket_expired",
    "ticket_invalid",
    "ticket_mismatch",
    "ticket_missing",
    TOKEN_TLS,
    "token_unavailable",
    "too_large",
    "unauthorized",
    "unknown_field",
    "unsupported_channel",
    "unsupported_encoding",
    "unsupported_media_type",
    "unsupported_type",
    "upstream_failed",
    "upstream_invalid_answer",
    "upstream_timeout",
    UPSTREAM_TLS,
    "upstream_unreachable",
    "wrong_field_type",
];

/// One of the chat's calls that the gateway rejects itself. `Display` is the sentence that the caller
/// receives; it reveals nothing about the deployment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChatRejection {
    /// For a reason that uploads have too.
    #[error(transparent)]
    Gateway(Rejection),
    /// The deployment does not serve the call.
    #[error(
        "unknown path; this gateway does not serve the call, or the path continues after its name"
    )]
    NotServed,
    /// The body's media type is not JSON.
    #[error("unsupported media type; send JSON as application/json")]
    MediaType,
    /// The body is over the limit.
    #[error("the body has more than {limit_bytes} bytes; send only the documented fields")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The request breaks a rule of the API.
    #[error(transparent)]
    Request(#[from] ChatError),
    /// The ticket does not permit the call.
    #[error(transparent)]
    Ticket(#[from] TicketError),
    /// The file cannot be delivered.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// The contact centre sent no usable response.
    #[error("{error}; {}", remedy(error, *is_message))]
    Upstream {
        /// What went wrong.
        error: CallError,
        /// Whether the call posts a message, which must not be posted twice.
        is_message: bool,
    },
    /// The gateway panicked.
    #[error("the gateway failed to process this call; {}", remedy_of_panic(*is_message))]
    Panicked {
        /// Whether the call posts a message, which must not be posted twice.
        is_message: bool,
    },
}

fn remedy(error: &CallError, is_message: bool) -> &'static str {
    if is_message && error.class() != CallErrorClass::Unreachable {
        "the message may have been delivered, so check the chat before you send it again"
    } else {
        "try again later"
    }
}

fn remedy_of_panic(is_message: bool) -> &'static str {
    if is_message {
        "check the chat before you send it again"
    } else {
        "try again later"
    }
}

impl From<Rejection> for ChatRejection {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Body(BodyError::TooLarge { limit_bytes }) => Self::TooLarge { limit_bytes },
            // A body that is declared as another type than JSON; it contains no file.
            Rejection::Malformed(Malformed::DecodedBody | Malformed::DecodedText) => {
                Self::MediaType
            }
            rejection => Self::Gateway(rejection),
        }
    }
}

impl From<CredentialsError> for ChatRejection {
    fn from(error: CredentialsError) -> Self {
        Self::Gateway(error.into())
    }
}

impl ChatRejection {
    /// Maps every rejection to its status, return code, reason code and outcome, as
    /// [`Rejection::verdict`] does for uploads.
    pub(crate) fn verdict(&self) -> Verdict {
        use StatusCode as Status;
        match self {
            Self::Gateway(rejection) => rejection.verdict(),
            Self::NotServed => Rejection::UnknownPath.verdict(),
            Self::MediaType => {
                Verdict::refused(Status::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::TooLarge { .. } => Verdict::refused(Status::PAYLOAD_TOO_LARGE, "too_large"),
            Self::Request(error) => {
                let status = match error.class() {
                    ErrorClass::MalformedBody => Status::BAD_REQUEST,
                    ErrorClass::MissingField | ErrorClass::InvalidField => Status::OK,
                };
                Verdict {
                    return_code: error.result_code(),
                    ..Verdict::refused(status, error.reason_code())
                }
            }
            Self::Ticket(error) => match error {
                TicketError::Missing => Verdict::refused(Status::UNAUTHORIZED, "ticket_missing"),
                TicketError::Invalid | TicketError::NotYetValid => {
                    Verdict::refused(Status::UNAUTHORIZED, "ticket_invalid")
                }
                TicketError::Expired => Verdict::refused(Status::UNAUTHORIZED, "ticket_expired"),
                TicketError::Mismatch { .. } => {
                    Verdict::refused(Status::FORBIDDEN, "ticket_mismatch")
                }
            },
            Self::Download(error) => match error {
                DownloadError::Malware => Verdict::refused(Status::OK, "malware_found"),
                DownloadError::NotScanned => Verdict::failed("scan_unavailable"),
                DownloadError::TooLarge { .. } => Verdict::refused(Status::OK, "too_large"),
                DownloadError::NotFound => Verdict {
                    outcome: Outcome::RefusedByUpstream,
                    ..Verdict::refused(Status::NOT_FOUND, "file_not_found")
                },
                DownloadError::NotDelivered { .. } => Verdict {
                    outcome: Outcome::RefusedByUpstream,
                    ..Verdict::failed("download_failed")
                },
                DownloadError::Undocumented => Verdict::failed("upstream_invalid_answer"),
            },
            Self::Upstream { error, .. } => Verdict::upstream(error),
            Self::Panicked { .. } => Rejection::Panicked.verdict(),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.verdict().status
    }

    /// The reason as a stable word for programs and translations.
    #[must_use]
    pub fn reason_code(&self) -> &'static str {
        self.verdict().reason_code
    }

    /// The reason code for log and metrics, as [`Rejection::log_reason_code`] returns for uploads.
    pub(crate) fn log_reason_code(&self) -> &'static str {
        match self {
            Self::Gateway(rejection) => rejection.log_reason_code(),
            Self::Upstream { error, .. } if is_tls(error) => UPSTREAM_TLS,
            _ => self.verdict().reason_code,
        }
    }

    /// Details for programs.
    fn details(&self) -> Details {
        let mut details = Details::default();
        match self {
            Self::Gateway(rejection) => return rejection.details(),
            Self::Request(error) => return error.details(),
            Self::TooLarge { limit_bytes } => {
                details.limit_bytes = Some(*limit_bytes);
                details.field = Some("body".into());
            }
            Self::Download(DownloadError::TooLarge { limit_bytes }) => {
                details.limit_bytes = Some(*limit_bytes);
                details.field = Some("fileStream".into());
            }
            Self::Ticket(TicketError::Mismatch { field }) => details.field = Some((*field).into()),
            _ => {}
        }
        details
    }

    /// The reason for the log: the caller's sentence with its causes, without quoted values.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Gateway(rejection) => rejection.for_log(),
            Self::Request(error) => error.redacted(),
            Self::Upstream { error, .. } => error.causes(),
            other => other.to_string(),
        }
    }
}

impl IntoResponse for ChatRejection {
    fn into_response(self) -> Response {
        let verdict = self.verdict();
        let body = ErrorBody {
            return_code: verdict.return_code,
            return_desc: self.to_string(),
            reason_code: verdict.reason_code,
            details: self.details(),
        };
        let body = body.to_chat_json();
        match self {
            Self::Gateway(rejection) => rejection.respond(body),
            _ => json_response(verdict.status, body),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rejection::documented_log_reason_codes;

    #[test]
    fn every_documented_reason_code_has_a_series() {
        let mut expected = documented_log_reason_codes("ChatRejection");
        // Counted for all paths together.
        assert!(expected.remove("unknown_path"));
        let expected = expected.iter().map(String::as_str).collect();
        assert_eq!(BTreeSet::from(CHAT_LOG_REASON_CODES), expected);
    }
}
