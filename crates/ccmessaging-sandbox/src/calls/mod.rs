//! The upstream's four calls: one file each, and what they have in common.

mod apply_token;
mod download;
mod fabric;
mod fields;
mod token_by_ak_sk;
mod upload;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};

use crate::answer::{Answer, Code, Shape};
use crate::call::Call;
use crate::upstream::Upstream;

impl Call {
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

/// Carries out a call of a session once its caller is admitted. From then on the caller's token may
/// be gone, so even a refusal hands over its successor.
async fn in_session(
    upstream: &Upstream,
    headers: &HeaderMap,
    answer: impl Future<Output = Answer>,
) -> Result<Answer, Refusal> {
    fabric::admit(upstream, headers)?;
    let new_token = fabric::admit_session(upstream, headers)?;
    let answer = answer.await;
    Ok(match new_token {
        Some(token) => answer.header(HeaderName::from_static(fabric::SESSION_TOKEN), &token),
        None => answer,
    })
}
