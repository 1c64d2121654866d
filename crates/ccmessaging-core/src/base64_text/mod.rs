//! Base64 files: the accepted forms, and the canonical form that is forwarded.

mod data_url;
mod misencoded;
mod tolerated;

use std::fmt;

use base64_simd::AsOut as _;
use bytes::Bytes;

use crate::content::Content;
use crate::text_instead::placeholder::is_base64_placeholder;

pub(crate) use data_url::DataUrl;
pub use tolerated::{Base64Error, Base64Problem};

/// Three bytes become four symbols.
const GROUP_BYTES: usize = 3;
pub(crate) const GROUP_SYMBOLS: usize = 4;

/// A file as canonical Base64 text: RFC 4648 section 4, padded, no other characters, no bits set after
/// the last byte.
///
/// A value is always valid. It gives [random access](Content) to the file's bytes and decodes only the
/// parts that are read.
#[derive(Clone)]
pub struct CanonicalBase64 {
    text: Bytes,
    decoded_len: usize,
}

impl CanonicalBase64 {
    /// Encodes a file.
    #[must_use]
    pub fn encode(file: &[u8]) -> Self {
        Self {
            text: Bytes::from(base64_simd::STANDARD.encode_to_string(file)),
            decoded_len: file.len(),
        }
    }

    /// Parses a text in any accepted form; canonical text is not copied.
    ///
    /// Variants that decode unambiguously are accepted, because encoders emit them. Text that may be
    /// truncated or altered is rejected.
    ///
    /// | text | result |
    /// |---|---|
    /// | canonical | unchanged |
    /// | line breaks with any white space around them; tabs; spaces between lines of one length | removed |
    /// | other spaces | error at the first: a form decoder turned `+` into a space |
    /// | the URL-safe alphabet (RFC 4648 section 5) | translated |
    /// | missing padding | added |
    /// | both alphabets in one text | error at the first symbol of the second |
    /// | any other character | error at that character |
    /// | too much, too little or misplaced padding | error at the padding |
    /// | a length that no bytes encode to | error at the last symbol |
    /// | bits set after the last byte (RFC 4648 section 3.5) | error: data may be cut off |
    ///
    /// # Errors
    ///
    /// [`Base64Error`] names the first problem and its position.
    pub fn from_text(text: impl Into<Bytes>) -> Result<Self, Base64Error> {
        let text = text.into();
        Self::from_text_at(&text, 0)
    }

    /// Like [`from_text`](Self::from_text), for the text from `start` on; positions in errors
    /// count from the beginning of `text`.
    pub(crate) fn from_text_at(text: &Bytes, start: usize) -> Result<Self, Base64Error> {
        Self::from_canonical(text.slice(start..)).or_else(|text| {
            let lost_plus = tolerated::lost_plus(&text);
            if lost_plus.is_none()
                && let Some(file) = Self::from_symbols(tolerated::without_white_space(&text))
            {
                return Ok(file);
            }
            let walked = tolerated::walk(&text).map(Self::known);
            match (walked, lost_plus) {
                // A text with other characters was no Base64 in the first place.
                (Err(error), _) if error.is_invalid_byte() => Err(error),
                (_, Some(position)) => Err(Base64Error::new(position, Base64Problem::LostPlus)),
                (walked, None) => walked,
            }
            .map_err(|error| error.shifted(start))
        })
    }

    /// Accepts a canonical text without copying it; otherwise returns it.
    pub(crate) fn from_canonical(text: Bytes) -> Result<Self, Bytes> {
        Self::from_canonical_behind(0, text)
    }

    /// Like [`from_canonical`](Self::from_canonical), if the first `checked` symbols were
    /// [checked](is_unpadded) before.
    pub(crate) fn from_canonical_behind(checked: usize, text: Bytes) -> Result<Self, Bytes> {
        if base64_simd::STANDARD.check(&text[checked..]).is_ok() {
            Ok(Self::known(text))
        } else {
            Err(text)
        }
    }

    /// Parses a text without white space, in either alphabet, padded or not. Returns `None` for any other
    /// text.
    pub(crate) fn from_symbols(text: Vec<u8>) -> Option<Self> {
        Self::from_canonical(text.into())
            .or_else(|text| Self::from_canonical(tolerated::completed(text.into()).into()))
            .ok()
    }

    /// Wraps a text that is known to be canonical.
    fn known(text: impl Into<Bytes>) -> Self {
        let text = text.into();
        let pads = text.iter().rev().take_while(|&&byte| byte == b'=').count();
        Self {
            decoded_len: text.len() / GROUP_SYMBOLS * GROUP_BYTES - pads,
            text,
        }
    }

    /// Returns the text.
    #[must_use]
    pub fn as_text(&self) -> &Bytes {
        &self.text
    }

    /// Returns the text without copying it.
    pub(crate) fn into_text(self) -> Bytes {
        self.text
    }

    /// Decodes the whole file.
    #[must_use]
    pub fn decode(&self) -> Vec<u8> {
        let mut file = vec![0; self.decoded_len];
        self.read_at(0, &mut file);
        file
    }

    /// Decodes as many groups as fit into `window`, starting with the group at byte `offset`. Returns the
    /// number of bytes.
    fn decode_groups(&self, offset: usize, window: &mut [u8]) -> usize {
        let start = offset / GROUP_BYTES * GROUP_SYMBOLS;
        let rest = self.text.get(start..).unwrap_or_default();
        let room = window.len() / GROUP_BYTES * GROUP_SYMBOLS;
        base64_simd::STANDARD
            .decode(&rest[..rest.len().min(room)], window.as_out())
            .map_or(0, |bytes| bytes.len())
    }
}

/// Rejects the text from `start` on if it is a word for a missing value.
pub(crate) fn check_placeholder(text: &[u8], start: usize) -> Result<(), Base64Error> {
    if is_base64_placeholder(&text[start..]) {
        return Err(Base64Error::new(start, Base64Problem::Placeholder));
    }
    Ok(())
}

/// Returns the error for a rejected text that is something else than Base64 throughout.
pub(crate) fn misencoded(text: &[u8]) -> Option<Base64Error> {
    misencoded::problem(text).map(|problem| Base64Error::new(0, problem))
}

/// Replaces the error for a rejected text by one that names what the text is, or why it has another character.
pub(crate) fn explained(text: &[u8], error: Base64Error) -> Base64Error {
    if let Some(misencoded) = misencoded(text) {
        return misencoded;
    }
    let position = error.position();
    let cause = || misencoded::cause(text, position).map(|it| Base64Error::new(position, it));
    let caused = if error.is_invalid_byte() {
        cause()
    } else {
        None
    };
    caused.unwrap_or(error)
}

/// Returns whether a text consists of complete groups without padding, so that more may follow.
pub(crate) fn is_unpadded(text: &[u8]) -> bool {
    !text.ends_with(b"=") && base64_simd::STANDARD.check(text).is_ok()
}

impl Content for CanonicalBase64 {
    fn len(&self) -> usize {
        self.decoded_len
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        let end = offset.saturating_add(window.len()).min(self.decoded_len);
        let mut at = offset;
        while at < end {
            let room = &mut window[at - offset..end - offset];
            let skipped = at % GROUP_BYTES;
            let count = if skipped == 0 && room.len() >= GROUP_BYTES {
                self.decode_groups(at, room)
            } else {
                // The window begins or ends within a group.
                let mut group = [0; GROUP_BYTES];
                let decoded = self.decode_groups(at - skipped, &mut group);
                let part = group.get(skipped..decoded).unwrap_or_default();
                let count = part.len().min(room.len());
                room[..count].copy_from_slice(&part[..count]);
                count
            };
            if count == 0 {
                break;
            }
            at += count;
        }
        at - offset
    }
}

impl fmt::Debug for CanonicalBase64 {
    /// Prints the size only, because the text is a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalBase64")
            .field("decoded_bytes", &self.decoded_len)
            .finish_non_exhaustive()
    }
}
