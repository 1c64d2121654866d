//! Text that must never be printed.

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

/// An app secret or a token: `Debug` prints `[redacted]`, there is no `Display`, and the memory is
/// wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text as a header value that is never printed; `None` if it cannot be one.
    #[must_use]
    pub fn to_header(&self) -> Option<HeaderValue> {
        sensitive(self.expose())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A header value that is never printed; `None` if the text cannot be one.
#[must_use]
pub fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
