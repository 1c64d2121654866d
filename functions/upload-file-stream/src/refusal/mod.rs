//! Why a request is not forwarded: what the caller reads, what the log keeps, and in `answer` the one
//! map to HTTP statuses.
//!
//! The service refuses with what is defined here and in the modules below it; nothing here knows the
//! service.

mod answer;
mod form;
mod lateness;

use ccmessaging_core::UploadError;

pub use form::FormError;
pub use lateness::Lateness;

use crate::credentials::{CredentialsError, ResolveError};
use crate::upstream::{TokenError, UpstreamError};

/// Everything that the gateway answers itself. `Display` is what the caller reads: one sentence,
/// which names nothing that is only the operator's business.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
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
    /// The body has a media type that is not taken.
    #[error(
        "the body's media type is not taken; send JSON as application/json, a form with the part file as multipart/form-data, or the file's own bytes as image/jpeg, image/png, image/bmp, audio/mpeg, audio/aac, video/mp4, text/plain, text/csv or application/octet-stream"
    )]
    UnsupportedMediaType,
    /// The body is the documented JSON under another media type.
    #[error(
        "the body is an upload in JSON, but its media type is that of a file; send it with Content-Type: application/json"
    )]
    MisdeclaredJson,
    /// The body is compressed.
    #[error("the body is compressed, which is not taken; send it without Content-Encoding")]
    UnsupportedEncoding,
    /// The body is over the limit.
    #[error("the body has more than {limit_bytes} bytes; send a smaller file")]
    BodyTooLarge {
        /// The limit.
        limit_bytes: usize,
    },
    /// The body did not arrive in time.
    #[error(transparent)]
    BodyTimedOut(#[from] Lateness),
    /// The body broke off, or its chunks are not what RFC 9112 section 7.1 says.
    #[error("the body broke off; send it again")]
    BodyBrokenOff,
    /// The trigger's event marks a body as Base64 that is not.
    #[error(
        "the body of the event is not Base64, although it is marked so; send the request again"
    )]
    MalformedEvent,
    /// The request has no `Host`, or several.
    #[error("the request must name exactly one Host; send it as HTTP/1.1 demands")]
    MalformedHost,
    /// The caller's credentials cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The form cannot be read.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The upload is not what it must be.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The gateway has no access token.
    #[error("{}", token_sentence(.0))]
    Token(TokenError),
    /// As many uploads are in flight as the gateway takes.
    #[error("the gateway is full; try again in a moment")]
    Full,
    /// The gateway itself failed.
    #[error("the gateway failed at this upload; try again later")]
    Panicked,
    /// The upstream gave no usable answer.
    #[error("{0}; try again later")]
    Upstream(#[from] UpstreamError),
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

impl From<ResolveError> for Refusal {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Caller(error) => Self::Credentials(error),
            ResolveError::Token(error) => Self::Token(error),
        }
    }
}

impl Refusal {
    /// What the log keeps: the caller's sentence, with the causes that only the operator reads,
    /// and without what it quotes, which may be the file in the wrong field.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Token(error) => error.to_string(),
            Self::Upstream(error) => error.causes(),
            Self::Upload(error) => without_quotation(error),
            other => other.to_string(),
        }
    }
}

fn without_quotation(error: &UploadError) -> String {
    match error {
        UploadError::DuplicateField { .. } => "the body names a field twice".to_owned(),
        UploadError::UnsupportedFileType { .. } => "fileType: not supported".to_owned(),
        UploadError::UnsupportedChannel { .. } => "channel: not supported".to_owned(),
        UploadError::MediaTypeMismatch { declared, .. } => {
            format!("fileStream: declared {declared}, but its media type is another")
        }
        UploadError::NotJson { .. }
        | UploadError::NotAnObject { .. }
        | UploadError::TooManyFields { .. }
        | UploadError::Missing { .. }
        | UploadError::WrongType { .. }
        | UploadError::NotBase64(_)
        | UploadError::File { .. } => error.to_string(),
    }
}
