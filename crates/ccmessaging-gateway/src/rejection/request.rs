//! Why an upload or another request is rejected, and the response to it.

use axum::response::{IntoResponse, Response};
use ccmessaging_client::{CallError, TokenError};
use ccmessaging_core::{Details, ErrorClass, ReturnCode, UploadError};
use http::header::{ALLOW, CONNECTION, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use super::error_body::{ErrorBody, json_response};
use super::reason_codes::{TOKEN_TLS, UPSTREAM_TLS};
use super::verdict::{Verdict, is_tls};
use crate::admission::Overloaded;
use crate::body::BodyError;
use crate::context::Malformed;
use crate::credentials::caller::CredentialsError;
use crate::extract::error::{FormError, MediaTypeError};
use crate::extract::text_instead_of_file::TextInsteadOfFile;
use crate::outcome::Outcome;
use crate::scan::error::ScanRefusal;

/// A request that the gateway rejects itself. `Display` is the sentence that the caller receives; it
/// reveals nothing about the deployment.
///
/// Another variant is a breaking change on purpose: each has a response that is documented and translated.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    /// No route has this path.
    #[error("unknown path; send the upload to /apiaccess/ccmessaging/uploadFileStream")]
    UnknownPath,
    /// The path supports other methods.
    #[error("this path only supports {allowed}; send the request with that method")]
    MethodNotAllowed {
        /// The supported methods, as in the header `Allow`.
        allowed: &'static str,
    },
    /// The request's head or event is malformed.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The body's media type or encoding is not supported.
    #[error(transparent)]
    MediaType(#[from] MediaTypeError),
    /// The body could not be received.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The form cannot be parsed.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The upload breaks a rule of the API.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The malware scan found something or failed.
    #[error(transparent)]
    Scan(#[from] ScanRefusal),
    /// The caller's credentials cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The gateway has no access token.
    #[error("{}", token_sentence(.0))]
    Token(#[from] TokenError),
    /// No memory or upstream slot is available for the upload.
    #[error("the gateway is overloaded; retry after the time in Retry-After")]
    Overloaded,
    /// The gateway panicked.
    #[error("the gateway failed to process this upload; try again later")]
    Panicked,
    /// The contact centre sent no usable response.
    #[error("{0}; try again later")]
    Upstream(#[from] CallError),
}

fn token_sentence(error: &TokenError) -> &'static str {
    match error {
        TokenError::KeyRejected { .. } => {
            "the contact centre rejects the gateway's app key; the gateway's operator must correct it"
        }
        _ => "the gateway cannot obtain an access token; try again later",
    }
}

impl From<Overloaded> for Rejection {
    fn from(Overloaded: Overloaded) -> Self {
        Self::Overloaded
    }
}

impl Rejection {
    /// Maps every rejection to its status, return code, reason code and outcome. The status of an
    /// upload that breaks a rule of the API is 200, as in the contact centre's own responses.
    pub(crate) fn verdict(&self) -> Verdict {
        use StatusCode as Status;
        match self {
            Self::UnknownPath => Verdict::refused(Status::NOT_FOUND, "unknown_path"),
            Self::MethodNotAllowed { .. } => {
                Verdict::refused(Status::METHOD_NOT_ALLOWED, "method_not_allowed")
            }
            Self::Malformed(error) => match error {
                Malformed::Event | Malformed::DecodedBody => {
                    Verdict::refused(Status::BAD_REQUEST, "malformed_event")
                }
                // As if the file itself had been examined.
                Malformed::DecodedText => Verdict::refused(Status::OK, "damaged_in_transit"),
                Malformed::Host => Verdict::refused(Status::BAD_REQUEST, "malformed_host"),
                Malformed::TransferCoding => {
                    Verdict::refused(Status::NOT_IMPLEMENTED, "unsupported_transfer_coding")
                }
                Malformed::Headers => {
                    Verdict::refused(Status::REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large")
                }
                Malformed::Path => Verdict::refused(Status::URI_TOO_LONG, "uri_too_long"),
            },
            Self::MediaType(error) => match error {
                MediaTypeError::TextInsteadOfFile(TextInsteadOfFile::Json) => {
                    Verdict::refused(Status::UNSUPPORTED_MEDIA_TYPE, "misdeclared_json")
                }
                MediaTypeError::Unsupported
                | MediaTypeError::OtherFormat { .. }
                | MediaTypeError::UrlEncoded
                | MediaTypeError::TextInsteadOfFile(_) => {
                    Verdict::refused(Status::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
                }
                MediaTypeError::Missing => Verdict::refused(Status::BAD_REQUEST, "not_json"),
                MediaTypeError::Encoded | MediaTypeError::UnknownEncoding => {
                    Verdict::refused(Status::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding")
                }
                MediaTypeError::Repeated => {
                    Verdict::refused(Status::BAD_REQUEST, "repeated_header")
                }
            },
            Self::Body(error) => match error {
                BodyError::TooLarge { .. } => {
                    Verdict::refused(Status::PAYLOAD_TOO_LARGE, "too_large")
                }
                BodyError::TimedOut(_) => Verdict::refused(Status::REQUEST_TIMEOUT, "body_timeout"),
                BodyError::MemoryFull | BodyError::Evicted => Verdict::overloaded(),
                BodyError::Incomplete => Verdict {
                    outcome: Outcome::Abandoned,
                    ..Verdict::refused(Status::BAD_REQUEST, "body_incomplete")
                },
            },
            Self::Form(_) => Verdict::refused(Status::BAD_REQUEST, "malformed_form"),
            Self::Credentials(error) => match error {
                CredentialsError::Missing(_) => Verdict {
                    return_code: ReturnCode::MissingParameter,
                    ..Verdict::refused(Status::BAD_REQUEST, "missing_header")
                },
                CredentialsError::Repeated(_) => {
                    Verdict::refused(Status::BAD_REQUEST, "repeated_header")
                }
                CredentialsError::NoAuthorization | CredentialsError::NotBearer => {
                    Verdict::refused(Status::UNAUTHORIZED, "unauthorized")
                }
            },
            Self::Upload(error) => {
                let status = match error.class() {
                    ErrorClass::MalformedBody => Status::BAD_REQUEST,
                    ErrorClass::MissingField | ErrorClass::InvalidField => Status::OK,
                };
                Verdict {
                    return_code: error.return_code(),
                    ..Verdict::refused(status, error.reason_code())
                }
            }
            Self::Scan(ScanRefusal::Malware) => Verdict::refused(Status::OK, "malware_found"),
            Self::Scan(ScanRefusal::Unavailable) => Verdict::failed("scan_unavailable"),
            Self::Token(error) => match error {
                TokenError::KeyRejected { .. } => Verdict {
                    status: Status::UNAUTHORIZED,
                    return_code: ReturnCode::IncorrectParameter,
                    ..Verdict::failed("app_key_refused")
                },
                _ => Verdict::failed("token_unavailable"),
            },
            Self::Overloaded => Verdict::overloaded(),
            Self::Panicked => Verdict {
                outcome: Outcome::Panicked,
                ..Verdict::failed("internal_error")
            },
            Self::Upstream(error) => Verdict::upstream(error),
        }
    }

    /// The reason code for log and metrics. A failed TLS handshake has its own, because it needs another
    /// remedy than a network outage.
    pub(crate) fn log_reason_code(&self) -> &'static str {
        match self {
            Self::Upstream(error) if is_tls(error) => UPSTREAM_TLS,
            Self::Token(TokenError::Unavailable { source }) if is_tls(source) => TOKEN_TLS,
            _ => self.verdict().reason_code,
        }
    }

    /// Details for programs.
    pub(crate) fn details(&self) -> Details {
        let mut details = Details::default();
        match self {
            Self::Upload(error) => return error.details(),
            Self::Body(BodyError::TooLarge { limit_bytes }) => {
                details.limit_bytes = Some(*limit_bytes);
                details.field = Some("body".into());
            }
            Self::Credentials(error) => {
                details.field = Some(error.header().as_str().to_owned().into());
            }
            _ => {}
        }
        details
    }

    /// The reason for the log: the caller's sentence with its causes, without quoted values. A
    /// quoted value may be the file, sent in the wrong field.
    pub(crate) fn for_log(&self) -> String {
        match self {
            Self::Token(error) => error.causes(),
            Self::Upstream(error) => error.causes(),
            Self::Upload(error) => error.redacted(),
            Self::Form(FormError::OtherBoundary { .. }) => {
                "the form begins with another boundary than that in Content-Type".to_owned()
            }
            other => other.to_string(),
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let body = ErrorBody::new(&self.verdict(), self.to_string(), self.details());
        self.respond(body.to_json())
    }
}

impl Rejection {
    /// Creates the response with this JSON as its body.
    pub(crate) fn respond(&self, json: Vec<u8>) -> Response {
        let mut response = json_response(self.verdict().status, json);
        let headers = response.headers_mut();
        if let Self::MethodNotAllowed { allowed } = self {
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        if let Self::Malformed(Malformed::TransferCoding) = self {
            // Where the body ends is uncertain, so the connection cannot be reused.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Self::Overloaded | Self::Body(BodyError::MemoryFull | BodyError::Evicted) = self {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
