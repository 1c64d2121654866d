//! applyToken: a user in, `ccmessaging-token` out.

use http::{HeaderMap, StatusCode};

use super::fields::Fields;
use super::{Call, Refusal, fabric};
use crate::answer::{Answer, Code};
use crate::upstream::Upstream;

/// The longest `userId`, in characters.
const MAX_USER_ID_CHARACTERS: usize = 32;

pub(super) fn answer(
    upstream: &Upstream,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Refusal> {
    fabric::admit(upstream, headers)?;
    let fields = Fields::parse(body)?;
    for name in ["userName", "channelId", "locale"] {
        fields.text(name)?;
    }
    if fields.text("userId")?.chars().count() > MAX_USER_ID_CHARACTERS {
        return Err(Refusal::Coded(Code::IncorrectParameter));
    }
    let token = upstream.session_tokens.issue(upstream.now());
    Ok(Answer::coded(
        Call::ApplyToken.shape(upstream),
        StatusCode::OK,
        Code::Success,
        [("token", token)],
    ))
}
