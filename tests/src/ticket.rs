//! Tickets of the chat: JWTs (RFC 7519) with HMAC-SHA256, independent of the gateway's library.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A key for tickets, of the least length.
pub const TICKET_KEY: &str = "a key of 32 bytes for the tests!";

/// Returns a ticket of the user that expires in so many seconds, signed with `key`.
pub fn ticket(key: &str, user: &str, channel: &str, seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = i64::try_from(now.expect("a time after 1970").as_secs()).expect("a time");
    let claims = json!({"sub": user, "aud": channel, "exp": now + seconds});
    jwt(key, &json!({"alg": "HS256", "typ": "JWT"}), &claims)
}

/// Returns a JWT of any header and claims.
pub fn jwt(key: &str, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = hmac_sha256(key.as_bytes(), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// HMAC-SHA256 (RFC 2104) with a key of at most 64 bytes.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |byte: u8| block.map(|key| key ^ byte);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message);
    let outer = Sha256::new().chain_update(pad(0x5C));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}
