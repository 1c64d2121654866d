//! What a caller sent, as an error shows it.

use std::fmt;

/// The beginning of something short that a caller sent, made safe to print: at most
/// [`Excerpt::LIMIT`] characters, quoted, control characters escaped.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    quoted: Box<str>,
}

impl Excerpt {
    /// The most characters that are kept.
    pub const LIMIT: usize = 32;

    pub(crate) fn new(text: &str) -> Self {
        let mut kept: String = text.chars().take(Self::LIMIT).collect();
        if kept.len() < text.len() {
            kept.push('…');
        }
        Self {
            quoted: format!("{kept:?}").into_boxed_str(),
        }
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
