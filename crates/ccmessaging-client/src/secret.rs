//! Text that must never be printed.

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

/// An app secret or a token. `Debug` prints `[redacted]`, there is no `Display`, and the memory is
/// wiped on drop.
///
/// ```
/// let secret = ccmessaging_client::Secret::new("hush");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the text, to be sent.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the text as a header value that is never printed; `None` if it holds characters that
    /// a header cannot carry.
    #[must_use]
    pub fn to_header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(self.expose()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
