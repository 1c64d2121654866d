//! A keyed hash of the session token, by which the lines of one chat can be found.

use std::fmt;

use ccmessaging_client::Secret;
use http::HeaderValue;
use ring::hmac::{HMAC_SHA256, Key, sign};

use super::checksum::hex;

/// The bytes of a hash that are logged: enough to distinguish sessions.
const HASH_BYTES: usize = 8;

/// Hashes session tokens with a key. Without the key, a hash cannot be compared with a guessed token.
pub(super) struct SessionHasher(Key);

impl SessionHasher {
    pub(super) fn new(key: &Secret) -> Self {
        Self(Key::new(HMAC_SHA256, key.expose().as_bytes()))
    }

    /// Returns the start of the token's HMAC-SHA256 in 16 hexadecimal digits.
    pub(super) fn hash(&self, token: &HeaderValue) -> String {
        let tag = sign(&self.0, token.as_bytes());
        hex(&tag.as_ref()[..HASH_BYTES])
    }
}

impl fmt::Debug for SessionHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionHasher").finish_non_exhaustive()
    }
}
