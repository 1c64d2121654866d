//! The backend of the page's chat: gives a visitor the session token and the ticket of their chat.
//!
//! A visitor is known by a cookie that scripts cannot read and other sites cannot send. The page
//! sets a new one each time it is loaded, so every load is a new visitor.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::response::Response;
use ccmessaging_client::Secret;
use ccmessaging_sandbox::Sandbox;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{JSON, POLICY, response};

const COOKIE_NAME: &str = "visitor";

/// The simulated contact centre accepts any channel.
const CHANNEL_ID: &str = "sandbox";

/// The longest `from` of a message, in characters.
const USER_ID_LENGTH: usize = 24;

const TICKET_LIFETIME: Duration = Duration::from_secs(3600);

/// Returns 256 random bits in hexadecimal digits: a cookie's value, or a key of tickets.
///
/// # Panics
///
/// If the operating system has no random numbers.
pub(crate) fn random_hex() -> String {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.expect("the operating system returns random numbers");
    HEXLOWER.encode(&bytes)
}

/// Returns a `Set-Cookie` header that makes the page's next calls those of a new visitor.
pub(super) fn new_visitor() -> (HeaderName, HeaderValue) {
    (SET_COOKIE, cookie(&random_hex()))
}

fn cookie(visitor: &str) -> HeaderValue {
    let cookie = format!("{COOKIE_NAME}={visitor}; Path=/chat; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&cookie).expect("hexadecimal digits")
}

/// Responds with the session token and the ticket of the visitor in the cookie.
pub(super) fn open(
    sandbox: &Sandbox,
    ticket_key: Option<&Secret>,
    headers: &HeaderMap,
) -> Response {
    let known = visitor(headers).map(str::to_owned);
    let is_known = known.is_some();
    let visitor = known.unwrap_or_else(random_hex);
    // The identifier is visible to agents, so it must not be the cookie itself.
    let digest = HEXLOWER.encode(&Sha256::digest(visitor.as_bytes()));
    let user_id = &digest[..USER_ID_LENGTH];
    let ticket = ticket_key.map(|key| sign(key.expose(), user_id));
    let body = json!({
        "token": sandbox.issue_session_token_for(user_id, CHANNEL_ID),
        "ticket": ticket,
        "userId": user_id,
        "channelId": CHANNEL_ID,
    });
    let mut response = response(JSON, POLICY, body.to_string());
    if !is_known {
        response.headers_mut().insert(SET_COOKIE, cookie(&visitor));
    }
    response
}

fn visitor(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    let mut visitors = cookies.split(';').filter_map(|cookie| {
        let (name, value) = cookie.trim().split_once('=')?;
        (name == COOKIE_NAME && !value.is_empty()).then_some(value)
    });
    visitors.next()
}

/// Returns a JWT (RFC 7519) for a user, signed with HS256.
fn sign(key: &str, user_id: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let expiry = (now.unwrap_or_default() + TICKET_LIFETIME).as_secs();
    let part = |json: serde_json::Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let header = part(json!({"alg": "HS256", "typ": "JWT"}));
    let claims = part(json!({"sub": user_id, "aud": CHANNEL_ID, "exp": expiry}));
    let signed = format!("{header}.{claims}");
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let signature = BASE64URL_NOPAD.encode(hmac::sign(&key, signed.as_bytes()).as_ref());
    format!("{signed}.{signature}")
}
