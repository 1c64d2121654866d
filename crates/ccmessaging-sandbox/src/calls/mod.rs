//! The upstream's four calls: one file each, and what they have in common.

mod apply_token;
mod download;
mod fabric;
mod fields;
mod token_by_ak_sk;
mod upload;

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};

use crate::answer::{Answer, Code, Shape};
use crate::upstream::Upstream;

/// One of the calls that the sandbox answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `POST /apigovernance/api/oauth/tokenByAkSk`: an `AccessToken` for an app key and secret.
    TokenByAkSk,
    /// `POST /apiaccess/ccmessaging/applyToken`: a `ccmessaging-token` for a user.
    ApplyToken,
    /// `POST /apiaccess/ccmessaging/uploadFileStream`: an object key for a file.
    UploadFileStream,
    /// `POST /apiaccess/ccmessaging/downloadFileStream`: the file for an object key.
    DownloadFileStream,
}

impl Call {
    /// Every call, in the order in which a client first makes them.
    pub const ALL: [Self; 4] = [
        Self::TokenByAkSk,
        Self::ApplyToken,
        Self::UploadFileStream,
        Self::DownloadFileStream,
    ];

    /// How this call spells its answers.
    pub(crate) fn shape(self, upstream: &Upstream) -> Shape {
        match self {
            Self::TokenByAkSk => Shape::Fabric,
            Self::UploadFileStream => upstream.settings.spelling.into(),
            Self::ApplyToken | Self::DownloadFileStream => Shape::ResultCode,
        }
    }

    /// Carries the call out.
    pub(crate) async fn carry_out(
        self,
        upstream: &Upstream,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Answer {
        match self {
            Self::TokenByAkSk => token_by_ak_sk::answer(upstream, headers, &body),
            Self::ApplyToken => apply_token::answer(upstream, headers, &body),
            Self::UploadFileStream => upload::answer(upstream, headers, &body).await,
            Self::DownloadFileStream => download::answer(upstream, headers, &body).await,
        }
        .unwrap_or_else(|refusal| refusal.answer(self.shape(upstream)))
    }

    /// The call's path, with the leading slash.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "/apigovernance/api/oauth/tokenByAkSk",
            Self::ApplyToken => "/apiaccess/ccmessaging/applyToken",
            Self::UploadFileStream => "/apiaccess/ccmessaging/uploadFileStream",
            Self::DownloadFileStream => "/apiaccess/ccmessaging/downloadFileStream",
        }
    }

    /// The name of the call in the documentation: the last part of its path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenByAkSk => "tokenByAkSk",
            Self::ApplyToken => "applyToken",
            Self::UploadFileStream => "uploadFileStream",
            Self::DownloadFileStream => "downloadFileStream",
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a call was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The access token is missing, unknown or expired.
    IllegalAccessToken,
    /// The app key or the app secret is not the configured one.
    IllegalApp,
    /// The session token is missing, unknown, replaced or expired.
    IllegalSession,
    /// The request is not what the call takes at all: no JSON object, or a header out of range.
    BadRequest,
    /// The body is longer than the sandbox reads.
    TooLarge,
    /// A parameter is wrong, or the file could not be processed: status 200 and a code.
    Coded(Code),
}

impl Refusal {
    pub(crate) fn answer(self, shape: Shape) -> Answer {
        let incorrect = |status| Answer::coded(shape, status, Code::IncorrectParameter, []);
        match self {
            Self::IllegalAccessToken => Answer::fabric(
                StatusCode::FORBIDDEN,
                "auth fail! illegal or expired token info. Please apply for a new token.",
            ),
            Self::IllegalApp => Answer::fabric(
                StatusCode::FORBIDDEN,
                "auth fail! illegal app info. Please check the app key and the app secret.",
            ),
            Self::IllegalSession => {
                Answer::coded(shape, StatusCode::UNAUTHORIZED, Code::Unauthorised, [])
            }
            Self::BadRequest => incorrect(StatusCode::BAD_REQUEST),
            Self::TooLarge => incorrect(StatusCode::PAYLOAD_TOO_LARGE),
            Self::Coded(code) => Answer::coded(shape, StatusCode::OK, code, []),
        }
    }
}

/// Puts the token that replaces the caller's into the answer.
fn hand_over(answer: Answer, new_session_token: Option<&str>) -> Answer {
    match new_session_token {
        Some(token) => answer.header(HeaderName::from_static(fabric::SESSION_TOKEN), token),
        None => answer,
    }
}
