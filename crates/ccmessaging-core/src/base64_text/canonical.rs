//! Base64 text that is known to be canonical.

use std::fmt;

use base64_simd::AsOut as _;
use bytes::Bytes;

use super::{Base64Error, normalise::normalise};
use crate::{Chunks, Content};

/// Four symbols stand for three bytes.
const GROUP: usize = 4;

/// A file as canonical Base64 text: RFC 4648 section 4, padded, nothing between the symbols and
/// no bits behind the last byte.
///
/// Only checked text becomes a value of this type. It gives [random access](Content) to the
/// file's bytes and decodes only what is asked for.
#[derive(Clone)]
pub struct CanonicalBase64 {
    text: Chunks,
    decoded_len: usize,
}

impl CanonicalBase64 {
    /// Encodes a file.
    #[must_use]
    pub fn encode(file: &[u8]) -> Self {
        Self {
            text: Chunks::from(base64_simd::STANDARD.encode_to_string(file)),
            decoded_len: file.len(),
        }
    }

    /// Takes a text in any tolerated form; canonical text is not copied.
    ///
    /// | what arrives | what is done |
    /// |---|---|
    /// | canonical text | taken as it is |
    /// | ASCII white space and line breaks, anywhere | left out |
    /// | the URL-safe alphabet (RFC 4648 section 5) | translated |
    /// | missing padding | added |
    /// | both alphabets in one text | refused at the first symbol of the second |
    /// | any other character | refused at that character |
    /// | too much, too little or misplaced padding | refused at the padding |
    /// | a length that no bytes encode to | refused at the last symbol |
    /// | non-zero bits after the last byte (RFC 4648 section 3.5) | refused: data may be cut off |
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
        match Self::from_canonical(Chunks::from(text.slice(start..))) {
            Ok(canonical) => Ok(canonical),
            Err(_) => Ok(Self::known(Chunks::from(normalise(&text[start..], start)?))),
        }
    }

    /// Takes a text if it is canonical already; otherwise gives it back.
    pub(crate) fn from_canonical(text: Chunks) -> Result<Self, Chunks> {
        if is_canonical(&text) {
            Ok(Self::known(text))
        } else {
            Err(text)
        }
    }

    /// Takes a text that was checked.
    fn known(text: Chunks) -> Self {
        let mut end = [0; 2];
        text.copy_to(text.len().saturating_sub(2), &mut end);
        let pads = end.map(|byte| usize::from(byte == b'='));
        Self {
            decoded_len: text.len() / GROUP * 3 - pads[0] - pads[1],
            text,
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_text(&self) -> &Chunks {
        &self.text
    }

    /// The text, without a copy.
    pub(crate) fn into_text(self) -> Chunks {
        self.text
    }

    /// Decodes whole groups from byte `offset` (a multiple of 3) on; returns how many bytes.
    fn decode_groups(&self, offset: usize, window: &mut [u8]) -> usize {
        let mut at = offset / 3 * GROUP;
        let mut decoded = 0;
        while window.len() - decoded >= 3 {
            let piece = self.text.piece_at(at);
            let room = (window.len() - decoded) / 3 * GROUP;
            let whole = piece.len().min(room) / GROUP * GROUP;
            let mut group = [0; GROUP];
            let symbols = if whole > 0 {
                &piece[..whole]
            } else {
                // The group lies across two pieces, or the text ends here.
                let count = self.text.copy_to(at, &mut group);
                &group[..count]
            };
            let out = window[decoded..].as_out();
            let count = base64_simd::STANDARD
                .decode(symbols, out)
                .map_or(0, |bytes| bytes.len());
            if count == 0 {
                break;
            }
            at += symbols.len();
            decoded += count;
        }
        decoded
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

/// Whether a text in any pieces is canonical: every group but the last is four symbols of the
/// alphabet, and the last is one that some bytes encode to.
fn is_canonical(text: &Chunks) -> bool {
    let last = text.len().saturating_sub(GROUP);
    let mut group = [0; GROUP];
    let count = text.copy_to(last, &mut group);
    text.len().is_multiple_of(GROUP)
        && base64_simd::STANDARD.check(&group[..count]).is_ok()
        && text.are_symbols(0..last)
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
            .field("decoded_bytes", &self.decoded_len)
            .finish_non_exhaustive()
    }
}
