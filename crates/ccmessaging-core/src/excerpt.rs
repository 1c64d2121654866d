//! Excerpts of request values that are safe to print.

use std::fmt;

/// The start of a short value that the caller sent, safe to print: at most [`Excerpt::LIMIT`]
/// characters, quoted, with control characters escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    quoted: Box<str>,
}

impl Excerpt {
    /// The maximum number of characters that are kept.
    pub const LIMIT: usize = 32;

    /// Creates the excerpt of a value.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut kept: String = text.chars().take(Self::LIMIT).collect();
        if kept.len() < text.len() {
            kept.push('…');
        }
        Self {
            quoted: format!("{kept:?}").into_boxed_str(),
        }
    }

    /// Returns the escaped text without the quotes.
    pub(crate) fn escaped(&self) -> String {
        self.quoted[1..self.quoted.len() - 1].to_owned()
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.quoted)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.quoted)
    }
}
