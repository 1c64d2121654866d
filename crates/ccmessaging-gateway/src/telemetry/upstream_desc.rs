//! The upstream's own explanation of a response, shortened and redacted for the log.

use ccmessaging_client::{CallResponse, Credentials, UploadResponse};
use http::HeaderValue;

/// The most characters that are logged.
const MAX_CHARS: usize = 200;

/// Longer words are not part of a sentence: they may be a token or the file.
const MAX_WORD_CHARS: usize = 40;

/// Returns the explanation, or `None` if the response has none or quotes a credential.
pub(super) fn upstream_desc(
    response: &CallResponse<UploadResponse>,
    credentials: &Credentials,
) -> Option<String> {
    let text = response.description()?;
    let secrets = [
        Some(&credentials.session_token),
        Some(&credentials.app_key),
        Some(&credentials.authorization),
        response.session_token.as_ref(),
    ];
    let is_quoted = |secret: &HeaderValue| {
        let secret = secret.to_str().unwrap_or_default();
        let secret = secret.rsplit(' ').next().unwrap_or_default();
        !secret.is_empty() && text.contains(secret)
    };
    if secrets.into_iter().flatten().any(is_quoted) {
        return None;
    }
    let words = text.split(' ').map(|word| {
        let is_long = word.chars().nth(MAX_WORD_CHARS).is_some();
        if is_long { "…" } else { word }
    });
    let text = words.collect::<Vec<_>>().join(" ");
    Some(text.chars().take(MAX_CHARS).collect())
}
