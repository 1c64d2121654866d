//! The events, each with as large a body as Lambda hands out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::Result;

/// The length of an event's body. Lambda's limit of 6 MiB is for the whole event.
const BODY_BYTES: usize = 5_800_000;

/// In which form the body is.
#[derive(Clone, Copy)]
pub enum Kind {
    /// JSON as text.
    Text,
    /// JSON in Base64, as an HTTP API hands it over if the request has no `Content-Type`.
    Encoded,
}

/// All forms.
pub const KINDS: [Kind; 2] = [Kind::Text, Kind::Encoded];

impl Kind {
    /// What to call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "JSON as text",
            Self::Encoded => "JSON in Base64",
        }
    }

    /// The event and the length of its body.
    pub fn make(self, template: &Value) -> Result<(Vec<u8>, u32)> {
        let json_bytes = match self {
            Self::Text => BODY_BYTES,
            Self::Encoded => BODY_BYTES / 4 * 3,
        };
        let body = template["body"].as_str().ok_or("no body in the event")?;
        let mut upload: Value = serde_json::from_str(body)?;
        let file = upload["fileStream"].as_str().ok_or("no fileStream")?;
        let mut file = STANDARD.decode(file)?;
        let rest_bytes = body.len() - upload["fileStream"].as_str().map_or(0, str::len);
        let head_bytes = file.len();
        file.resize((json_bytes - rest_bytes) / 4 * 3, 0);
        fill(&mut file[head_bytes..]);
        upload["fileStream"] = Value::from(STANDARD.encode(&file));
        let json = upload.to_string();
        let body = match self {
            Self::Text => json,
            Self::Encoded => STANDARD.encode(json),
        };
        let body_bytes = u32::try_from(body.len())?;
        let mut event = template.clone();
        event["body"] = Value::from(body);
        event["isBase64Encoded"] = Value::from(matches!(self, Self::Encoded));
        Ok((event.to_string().into_bytes(), body_bytes))
    }
}

/// Bytes without a pattern, as in a compressed file (the generator xorshift64 of G. Marsaglia).
fn fill(bytes: &mut [u8]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for block in bytes.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        block.copy_from_slice(&state.to_le_bytes()[..block.len()]);
    }
}
