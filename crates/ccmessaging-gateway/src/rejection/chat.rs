//! Why one of the chat's calls is rejected, and the response to it.

use axum::response::{IntoResponse, Response};
use ccmessaging_client::CallError;
use ccmessaging_core::chat::ChatError;
use ccmessaging_core::{Details, ErrorClass};
use http::StatusCode;

use super::chat_error::{DownloadError, TicketError};
use super::error_body::{ErrorBody, json_response};
use super::reason_codes::UPSTREAM_TLS;
use super::request::Rejection;
use super::verdict::{Verdict, is_tls};
use crate::body::BodyError;
use crate::context::Malformed;
use crate::credentials::caller::CredentialsError;
use crate::outcome::Outcome;

/// One of the chat's calls that the gateway rejects itself. `Display` is the sentence that the caller
/// receives; it reveals nothing about the deployment.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChatRejection {
    /// For a reason that uploads have too.
    #[error(transparent)]
    Gateway(Rejection),
    /// The deployment does not serve the call.
    #[error(
        "unknown path; CHAT_CALLS does not include the call, or the path continues after its name"
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
    /// The keys of the tickets cannot be read.
    #[error("the gateway cannot read the keys of the tickets; try again later")]
    TicketKeys {
        /// What went wrong, for the operator.
        reason: String,
    },
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
    if is_message && error.may_have_been_received() {
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
            Self::TicketKeys { .. } => Verdict::failed("token_unavailable"),
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
    pub(crate) fn for_log(&self) -> String {
        match self {
            Self::Gateway(rejection) => rejection.for_log(),
            Self::Request(error) => error.redacted(),
            Self::TicketKeys { reason } => {
                format!("the keys of the tickets cannot be read: {reason}")
            }
            Self::Upstream { error, .. } => error.causes(),
            other => other.to_string(),
        }
    }
}

impl IntoResponse for ChatRejection {
    fn into_response(self) -> Response {
        let verdict = self.verdict();
        let body = ErrorBody::new(&verdict, self.to_string(), self.details()).to_chat_json();
        match self {
            Self::Gateway(rejection) => rejection.respond(body),
            _ => json_response(verdict.status, body),
        }
    }
}
