//! Which bodies are taken.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

use crate::Refusal;

/// JSON's media type (RFC 8259 section 11) and the older name that some clients use.
const JSON: [&str; 2] = ["application/json", "text/json"];

/// Takes JSON, uncompressed. A body without a media type is taken as JSON, the only type that the
/// API documents; parameters such as `charset` are ignored, because JSON is UTF-8 whatever they say.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    let is_encoded = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_encoded {
        return Err(Refusal::UnsupportedEncoding);
    }
    let Some(media_type) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let essence = media_type
        .to_str()
        .ok()
        .and_then(|text| text.split(';').next())
        .unwrap_or_default()
        .trim();
    let is_json = JSON.iter().any(|json| json.eq_ignore_ascii_case(essence));
    is_json.then_some(()).ok_or(Refusal::UnsupportedMediaType)
}
