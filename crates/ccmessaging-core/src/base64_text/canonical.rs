//! Base64 text that is known to be canonical.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64_simd::AsOut as _;
use bytes::Bytes;

use super::{Base64Error, normalise::normalise};
use crate::Content;

/// A file as canonical Base64 text: RFC 4648 section 4, padded, nothing between the symbols and
/// no bits behind the last byte.
///
/// Only checked text becomes a value of this type. It gives [random access](Content) to the
/// file's bytes and decodes only what is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct CanonicalBase64 {
    text: Bytes,
}

impl CanonicalBase64 {
    /// Encodes a file.
    #[must_use]
    pub fn encode(file: &[u8]) -> Self {
        Self {
            text: Bytes::from(STANDARD.encode(file)),
        }
    }

    /// Takes a text in any tolerated form (see the module's table); canonical text is not copied.
    ///
    /// # Errors
    ///
    /// [`Base64Error`] names the first problem and its position.
    pub fn from_text(text: &Bytes) -> Result<Self, Base64Error> {
        Self::from_text_at(text, 0)
    }

    /// Like [`from_text`](Self::from_text), for the text from `start` on; positions in errors
    /// count from the beginning of `text`.
    pub(crate) fn from_text_at(text: &Bytes, start: usize) -> Result<Self, Base64Error> {
        let data = text.slice(start..);
        if base64_simd::STANDARD.check(&data).is_ok() {
            return Ok(Self { text: data });
        }
        Ok(Self {
            text: Bytes::from(normalise(&data, start)?),
        })
    }

    /// The text itself.
    #[must_use]
    pub fn as_text(&self) -> &Bytes {
        &self.text
    }

    /// The text, without a copy.
    pub(crate) fn into_text(self) -> Bytes {
        self.text
    }

    /// The size of the file that the text holds.
    fn decoded_len(&self) -> usize {
        let pads = self.text.iter().rev().take(2).filter(|&&byte| byte == b'=');
        self.text.len() / 4 * 3 - pads.count()
    }

    /// Decodes whole groups from byte `offset` (a multiple of 3) on; returns how many bytes.
    fn decode_groups(&self, offset: usize, window: &mut [u8]) -> usize {
        let from = (offset / 3 * 4).min(self.text.len());
        let upto = (from + window.len() / 3 * 4).min(self.text.len());
        base64_simd::STANDARD
            .decode(&self.text[from..upto], window.as_out())
            .map_or(0, |decoded| decoded.len())
    }

    /// Copies what the group around byte `at` holds from there on, as far as there is room.
    fn copy_within_group(&self, at: usize, room: &mut [u8]) -> usize {
        let mut group = [0; 3];
        let skip = at % 3;
        let decoded = self.decode_groups(at - skip, &mut group);
        let fresh = group.get(skip..decoded).unwrap_or_default();
        let count = fresh.len().min(room.len());
        room[..count].copy_from_slice(&fresh[..count]);
        count
    }
}

impl Content for CanonicalBase64 {
    fn len(&self) -> usize {
        self.decoded_len()
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        let end = offset.saturating_add(window.len()).min(self.decoded_len());
        let mut at = offset;
        while at < end {
            let room = &mut window[at - offset..end - offset];
            let whole = room.len() / 3 * 3;
            let copied = if at.is_multiple_of(3) && whole > 0 {
                self.decode_groups(at, &mut room[..whole])
            } else {
                self.copy_within_group(at, room)
            };
            if copied == 0 {
                break;
            }
            at += copied;
        }
        at - offset
    }
}

impl fmt::Debug for CanonicalBase64 {
    /// Prints the size only: the text is a customer's file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalBase64")
            .field("decoded_bytes", &self.decoded_len())
            .finish_non_exhaustive()
    }
}
