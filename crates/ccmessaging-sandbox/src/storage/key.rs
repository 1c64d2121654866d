//! Object keys.

use std::fmt;

use uuid::Uuid;

/// The name of an uploaded file. Because it can only be a UUID, it is a safe file name: no text from
/// a request ever becomes part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ObjectKey(Uuid);

impl ObjectKey {
    /// A new random key (UUID version 4, RFC 9562, section 5.4).
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads a key as the sandbox writes it. The other notations of a UUID (upper case, braces, no
    /// hyphens) are not keys, so that one file has one name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let key = Self(Uuid::try_parse(text).ok()?);
        (key.to_string() == text).then_some(key)
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
