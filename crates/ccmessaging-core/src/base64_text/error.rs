//! Why a text is not Base64.

/// A text is not Base64, in any of the tolerated forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not Base64 at byte {position}: {problem}")]
pub struct Base64Error {
    position: usize,
    problem: Base64Problem,
}

impl Base64Error {
    pub(crate) const fn new(position: usize, problem: Base64Problem) -> Self {
        Self { position, problem }
    }

    /// Where the problem is: a byte offset, from 0, in the text as the caller sent it (after JSON
    /// escapes are resolved, with a `data:` URL prefix and white space counted).
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// What the problem is.
    #[must_use]
    pub const fn problem(&self) -> Base64Problem {
        self.problem
    }
}

/// What is wrong with a Base64 text, worded with its remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Base64Problem {
    /// A byte that belongs to neither alphabet.
    #[error("0x{0:02X} is not a Base64 character; encode the file's bytes with RFC 4648 Base64")]
    InvalidByte(u8),
    /// Symbols of the standard and of the URL-safe alphabet in one text.
    #[error(
        "the text mixes the standard alphabet (+ /) with the URL-safe one (- _); use one of them"
    )]
    MixedAlphabets,
    /// Padding that is not at the end, or of the wrong length.
    #[error(
        "misplaced or wrong padding; end the text with as many '=' as fill its last group of four, or with none"
    )]
    BadPadding,
    /// One symbol more than a multiple of four.
    #[error("no file encodes to this length; the text is probably cut off")]
    ImpossibleLength,
    /// Bits set after the last whole byte.
    #[error(
        "the last character holds bits that belong to no byte; the text is probably cut off or altered"
    )]
    TrailingBits,
    /// A `data:` URL without `;base64,`.
    #[error("the data: URL is not marked as Base64; it must read data:TYPE;base64,TEXT")]
    DataUrlNotBase64,
}
