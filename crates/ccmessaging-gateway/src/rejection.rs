//! Why a request is not forwarded: what the caller reads, what the log keeps, and the one map from
//! errors to HTTP statuses.

use axum::response::{IntoResponse, Response};
use ccmessaging_client::{CallError, TokenError};
use ccmessaging_core::{Details, ErrorClass, ReturnCode, UploadError};
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use crate::admission::NoRoom;
use crate::context::Malformed;
use crate::credentials::{CredentialsError, ResolveError};
use crate::error_body::ErrorBody;
use crate::extract::{BodyError, ExtractError, FormError, MediaTypeError};
use crate::scan::ScanRefusal;
use crate::telemetry::OVERLOADED;

/// Everything that the gateway answers itself. `Display` is what the caller reads: one sentence,
/// which names nothing that is only the operator's business.
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    /// Nothing is served on this path.
    #[error(
        "there is nothing at this path; send the upload to /apiaccess/ccmessaging/uploadFileStream"
    )]
    UnknownPath,
    /// The path takes other methods.
    #[error("this path takes {allowed} only; send the request with that method")]
    MethodNotAllowed {
        /// The methods that it takes, as the header `Allow` lists them.
        allowed: &'static str,
    },
    /// The trigger's event marks a body as Base64 that is not.
    #[error(
        "the body of the event is not Base64, although it is marked so; send the request again"
    )]
    MalformedEvent,
    /// The request has no `Host`, several, or one that is no host.
    #[error("the request must name exactly one Host; send it as HTTP/1.1 demands")]
    MalformedHost,
    /// The body has a transfer coding other than a single `chunked`.
    #[error(
        "the body's Transfer-Encoding is not taken; send it as chunked alone, or with a Content-Length"
    )]
    UnsupportedTransferCoding,
    /// There are too many headers, or they are too long.
    #[error("the request has too many or too long headers; send the documented ones only")]
    HeadersTooLarge,
    /// The path is too long.
    #[error("the path is too long; send the upload to /apiaccess/ccmessaging/uploadFileStream")]
    PathTooLong,
    /// The body's media type or encoding is not taken.
    #[error(transparent)]
    MediaType(MediaTypeError),
    /// The body did not arrive as it should.
    #[error(transparent)]
    Body(BodyError),
    /// The form cannot be read.
    #[error(transparent)]
    Form(FormError),
    /// The upload is not what it must be.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The scan for malware found something, or did not end with a verdict.
    #[error(transparent)]
    Scan(#[from] ScanRefusal),
    /// The caller's credentials cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The gateway has no access token.
    #[error("{}", token_sentence(.0))]
    Token(TokenError),
    /// There is no room for the upload: neither memory nor a place at the upstream.
    #[error("the gateway is full; try again in a moment")]
    Overloaded,
    /// The gateway itself failed.
    #[error("the gateway failed at this upload; try again later")]
    Panicked,
    /// The contact centre gave no usable answer.
    #[error("{0}; try again later")]
    Upstream(#[from] CallError),
}

fn token_sentence(error: &TokenError) -> &'static str {
    match error {
        TokenError::KeyRefused { .. } => {
            "the contact centre refuses the gateway's app key; its operator must correct it"
        }
        TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. } => {
            "the gateway cannot obtain an access token; try again later"
        }
    }
}

impl From<Malformed> for Rejection {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::Event => Self::MalformedEvent,
            Malformed::Host => Self::MalformedHost,
            Malformed::TransferCoding => Self::UnsupportedTransferCoding,
            Malformed::Headers => Self::HeadersTooLarge,
            Malformed::Path => Self::PathTooLong,
        }
    }
}

impl From<ExtractError> for Rejection {
    fn from(error: ExtractError) -> Self {
        match error {
            ExtractError::MediaType(error) => Self::MediaType(error),
            ExtractError::Body(error) => Self::Body(error),
            ExtractError::Form(error) => Self::Form(error),
            ExtractError::Upload(error) => Self::Upload(error),
        }
    }
}

impl From<BodyError> for Rejection {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl From<NoRoom> for Rejection {
    fn from(NoRoom: NoRoom) -> Self {
        Self::Overloaded
    }
}

impl From<ResolveError> for Rejection {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Caller(error) => Self::Credentials(error),
            ResolveError::Token(error) => Self::Token(error),
        }
    }
}

impl Rejection {
    /// The HTTP status. A wrong upload is answered as the contact centre itself answers it: with 200
    /// and a return code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::MediaType(error) => match error {
                MediaTypeError::Repeated => StatusCode::BAD_REQUEST,
                MediaTypeError::Unsupported
                | MediaTypeError::MisdeclaredJson
                | MediaTypeError::Encoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            },
            Self::Body(error) => match error {
                BodyError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                BodyError::Late(_) => StatusCode::REQUEST_TIMEOUT,
                BodyError::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
                BodyError::BrokenOff => StatusCode::BAD_REQUEST,
            },
            Self::MalformedEvent | Self::MalformedHost | Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::UnsupportedTransferCoding => StatusCode::NOT_IMPLEMENTED,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::PathTooLong => StatusCode::URI_TOO_LONG,
            Self::Credentials(error) => match error {
                CredentialsError::Missing(_) | CredentialsError::Repeated(_) => {
                    StatusCode::BAD_REQUEST
                }
                CredentialsError::NoAuthorization | CredentialsError::NotBearer => {
                    StatusCode::UNAUTHORIZED
                }
            },
            Self::Upload(error) => match error.class() {
                ErrorClass::MalformedBody => StatusCode::BAD_REQUEST,
                ErrorClass::MissingField | ErrorClass::InvalidField => StatusCode::OK,
            },
            Self::Token(error) => match error {
                TokenError::KeyRefused { .. } => StatusCode::UNAUTHORIZED,
                TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. } => {
                    StatusCode::INTERNAL_SERVER_ERROR
                }
            },
            Self::Scan(refusal) => match refusal {
                ScanRefusal::Malware => StatusCode::OK,
                ScanRefusal::Unavailable => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked | Self::Upstream(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The API's return code.
    #[must_use]
    pub fn return_code(&self) -> ReturnCode {
        match self {
            Self::UnknownPath
            | Self::MethodNotAllowed { .. }
            | Self::MalformedEvent
            | Self::MalformedHost
            | Self::UnsupportedTransferCoding
            | Self::HeadersTooLarge
            | Self::PathTooLong
            | Self::MediaType(_)
            | Self::Body(BodyError::TooLarge { .. } | BodyError::Late(_) | BodyError::BrokenOff)
            | Self::Form(_)
            | Self::Credentials(
                CredentialsError::Repeated(_)
                | CredentialsError::NoAuthorization
                | CredentialsError::NotBearer,
            )
            | Self::Scan(ScanRefusal::Malware)
            | Self::Token(TokenError::KeyRefused { .. }) => ReturnCode::IncorrectParameter,
            Self::Credentials(CredentialsError::Missing(_)) => ReturnCode::MissingParameter,
            Self::Upload(error) => error.return_code(),
            Self::Token(TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. })
            | Self::Scan(ScanRefusal::Unavailable)
            | Self::Body(BodyError::NoRoom)
            | Self::Overloaded
            | Self::Panicked
            | Self::Upstream(_) => ReturnCode::UploadFailure,
        }
    }

    /// The reason as a stable word for programs and translations.
    #[must_use]
    pub fn reason_code(&self) -> &'static str {
        match self {
            Self::UnknownPath => "unknown_path",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::MalformedEvent => "malformed_event",
            Self::MalformedHost => "malformed_host",
            Self::UnsupportedTransferCoding => "unsupported_transfer_coding",
            Self::HeadersTooLarge => "headers_too_large",
            Self::PathTooLong => "uri_too_long",
            Self::MediaType(error) => match error {
                MediaTypeError::Unsupported => "unsupported_media_type",
                MediaTypeError::MisdeclaredJson => "misdeclared_json",
                MediaTypeError::Encoded => "unsupported_encoding",
                MediaTypeError::Repeated => "repeated_header",
            },
            Self::Body(error) => match error {
                BodyError::TooLarge { .. } => "too_large",
                BodyError::Late(_) => "body_timeout",
                BodyError::NoRoom => OVERLOADED,
                BodyError::BrokenOff => "body_incomplete",
            },
            Self::Form(_) => "malformed_form",
            Self::Upload(error) => error.reason_code(),
            Self::Scan(refusal) => match refusal {
                ScanRefusal::Malware => "malware_found",
                ScanRefusal::Unavailable => "scan_unavailable",
            },
            Self::Credentials(error) => match error {
                CredentialsError::Missing(_) => "missing_header",
                CredentialsError::Repeated(_) => "repeated_header",
                CredentialsError::NoAuthorization | CredentialsError::NotBearer => "unauthorized",
            },
            Self::Token(error) => match error {
                TokenError::KeyRefused { .. } => "app_key_refused",
                TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. } => {
                    "token_unavailable"
                }
            },
            Self::Overloaded => OVERLOADED,
            Self::Panicked => "internal_error",
            Self::Upstream(error) => match error {
                CallError::Connect(_) | CallError::NotSecure(_) => "upstream_unreachable",
                CallError::TimedOut => "upstream_timeout",
                CallError::BrokenOff(_) | CallError::AnswerBrokenOff(_) => "upstream_failed",
                CallError::NotHttp(_) | CallError::OnlyInterim | CallError::Undocumented { .. } => {
                    "upstream_invalid_answer"
                }
            },
        }
    }

    /// What a program may want to know besides.
    fn details(&self) -> Details {
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

    /// What the log keeps: the caller's sentence, with the causes that only the operator reads,
    /// and without what it quotes, which may be the file in the wrong field.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Token(error) => error.to_string(),
            Self::Upstream(error) => error.causes(),
            Self::Upload(error) => error.redacted(),
            other => other.to_string(),
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            return_code: self.return_code(),
            return_desc: self.to_string(),
            reason_code: self.reason_code(),
            details: self.details(),
        };
        let mut response = (self.status(), body.to_json()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Self::MethodNotAllowed { allowed } = self {
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        if let Self::UnsupportedTransferCoding = self {
            // How the body is framed is not certain.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Self::Overloaded | Self::Body(BodyError::NoRoom) = self {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
