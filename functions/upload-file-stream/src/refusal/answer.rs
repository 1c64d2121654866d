//! How each refusal is answered: the one place that maps errors to HTTP statuses.

use axum::response::{IntoResponse, Response};
use ccmessaging_core::{Answer, ReturnCode, UploadError};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use super::Refusal;
use crate::credentials::CredentialsError;
use crate::upstream::TokenError;

impl Refusal {
    /// The HTTP status. A wrong upload is answered as the upstream itself answers it: with 200 and
    /// a return code.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType | Self::MisdeclaredJson | Self::UnsupportedEncoding => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTimedOut(_) => StatusCode::REQUEST_TIMEOUT,
            Self::BodyBrokenOff | Self::MalformedEvent | Self::MalformedHost | Self::Form(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Credentials(error) => match error {
                CredentialsError::Missing(_) | CredentialsError::Repeated(_) => {
                    StatusCode::BAD_REQUEST
                }
                CredentialsError::NoAuthorization | CredentialsError::NotBearer => {
                    StatusCode::UNAUTHORIZED
                }
            },
            Self::Upload(error) => match error {
                UploadError::NotJson { .. }
                | UploadError::NotAnObject { .. }
                | UploadError::DuplicateField { .. }
                | UploadError::TooManyFields { .. } => StatusCode::BAD_REQUEST,
                UploadError::Missing { .. }
                | UploadError::WrongType { .. }
                | UploadError::UnsupportedFileType { .. }
                | UploadError::UnsupportedChannel { .. }
                | UploadError::NotBase64(_)
                | UploadError::MediaTypeMismatch { .. }
                | UploadError::File { .. } => StatusCode::OK,
            },
            Self::Token(error) => match error {
                TokenError::KeyRefused { .. } => StatusCode::UNAUTHORIZED,
                TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. } => {
                    StatusCode::INTERNAL_SERVER_ERROR
                }
            },
            Self::Full => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked | Self::Upstream(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The API's return code.
    #[must_use]
    pub fn return_code(&self) -> ReturnCode {
        match self {
            Self::UnknownPath
            | Self::MethodNotAllowed { .. }
            | Self::UnsupportedMediaType
            | Self::MisdeclaredJson
            | Self::UnsupportedEncoding
            | Self::BodyTooLarge { .. }
            | Self::BodyTimedOut(_)
            | Self::BodyBrokenOff
            | Self::MalformedEvent
            | Self::MalformedHost
            | Self::Form(_)
            | Self::Credentials(
                CredentialsError::Repeated(_)
                | CredentialsError::NoAuthorization
                | CredentialsError::NotBearer,
            )
            | Self::Token(TokenError::KeyRefused { .. }) => ReturnCode::IncorrectParameter,
            Self::Credentials(CredentialsError::Missing(_)) => ReturnCode::MissingParameter,
            Self::Upload(error) => error.return_code(),
            Self::Token(TokenError::Unavailable { .. } | TokenError::SecretUnreadable { .. })
            | Self::Full
            | Self::Panicked
            | Self::Upstream(_) => ReturnCode::UploadFailure,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let answer = Answer::new(self.return_code(), self.to_string());
        let mut response = (self.status(), answer.to_json()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Self::MethodNotAllowed { allowed } = self {
            headers.insert(ALLOW, HeaderValue::from_static(allowed));
        }
        if let Self::Full = self {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
