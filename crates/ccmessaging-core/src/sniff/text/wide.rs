//! UTF-16 and UTF-32 after their byte order marks (The Unicode Standard, sections 3.9 and 3.10).

use std::ops::Range;

use super::control::is_control;
use super::{CHUNK, END_OF_FILE, NotText, without_end_of_file_marks};
use crate::content::Content;

/// One control character in 200, as in UTF-8.
const TOLERANCE: usize = 200;

/// The layout of a code point in bytes.
#[derive(Clone, Copy)]
pub(super) enum Layout {
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

impl Layout {
    /// Returns the size of a unit in bytes, which is also that of the byte order mark.
    const fn unit(self) -> usize {
        self.end_of_file().len()
    }

    /// ^Z.
    const fn end_of_file(self) -> &'static [u8] {
        match self {
            Self::Utf16Le => &[END_OF_FILE, 0],
            Self::Utf16Be => &[0, END_OF_FILE],
            Self::Utf32Le => &[END_OF_FILE, 0, 0, 0],
            Self::Utf32Be => &[0, 0, 0, END_OF_FILE],
        }
    }
}

/// Reads everything after the mark, which must be well-formed.
pub(super) fn examine(content: &dyn Content, layout: Layout) -> Result<(), NotText> {
    let mut buffer = [0; CHUNK];
    let mut decoder = Decoder::default();
    let end = without_end_of_file_marks(content, layout.end_of_file());
    let mut offset = layout.unit();
    while offset < end {
        let wanted = CHUNK.min(end - offset);
        let count = content.read_at(offset, &mut buffer[..wanted]).min(wanted);
        let chunk = &buffer[..count];
        decoder
            .take(chunk, layout)
            .map_err(|index| NotText::other(offset + index * layout.unit()))?;
        offset += count;
        // A whole chunk is a multiple of every unit, so only the end can be torn.
        if count == 0 || count % layout.unit() != 0 {
            decoder.is_cut = true;
            break;
        }
    }
    decoder.finish(offset)
}

#[derive(Default)]
struct Decoder {
    /// Whether the last unit was a high surrogate, which a low one must follow.
    is_high: bool,
    /// Whether the end of the file cuts off the last unit.
    is_cut: bool,
    /// Whether the text would be binary data without its mark, as UTF-16 and UTF-32 are: Latin letters,
    /// blanks and line ends contain NULs there.
    is_binary_bytewise: bool,
    controls: usize,
    units: usize,
}

impl Decoder {
    /// Checks a chunk's units. The error is the index of the first invalid one.
    fn take(&mut self, chunk: &[u8], layout: Layout) -> Result<(), usize> {
        self.is_binary_bytewise =
            self.is_binary_bytewise || chunk.iter().any(|&byte| is_control(byte));
        let (pairs, _) = chunk.as_chunks::<2>();
        let (quads, _) = chunk.as_chunks::<4>();
        match layout {
            Layout::Utf16Le => {
                self.units(pairs.iter().map(|&unit| u16::from_le_bytes(unit).into()))
            }
            Layout::Utf16Be => {
                self.units(pairs.iter().map(|&unit| u16::from_be_bytes(unit).into()))
            }
            Layout::Utf32Le => self.scalars(quads.iter().map(|&unit| u32::from_le_bytes(unit))),
            Layout::Utf32Be => self.scalars(quads.iter().map(|&unit| u32::from_be_bytes(unit))),
        }
    }

    fn units(&mut self, units: impl Iterator<Item = u32>) -> Result<(), usize> {
        for (index, unit) in units.enumerate() {
            let is_low = matches!(unit, 0xDC00..=0xDFFF);
            if is_low != self.is_high || is_never_text(unit) || is_high_of_unassigned(unit) {
                return Err(index);
            }
            self.is_high = matches!(unit, 0xD800..=0xDBFF);
            self.note(unit);
        }
        Ok(())
    }

    fn scalars(&mut self, scalars: impl Iterator<Item = u32>) -> Result<(), usize> {
        for (index, scalar) in scalars.enumerate() {
            if char::from_u32(scalar).is_none()
                || is_never_text(scalar)
                || UNASSIGNED.contains(&scalar)
            {
                return Err(index);
            }
            self.note(scalar);
        }
        Ok(())
    }

    fn note(&mut self, unit: u32) {
        self.units += 1;
        self.controls += usize::from(is_wide_control(unit));
    }

    /// Decides at the end of the file. A file that is nothing but a mark is an empty text.
    ///
    /// The last character may be cut off, as programs cut a text at any byte. But then the mark must be right:
    /// half of all ASCII and Latin-1 texts after a wrong mark have an odd length, too.
    fn finish(&self, end: usize) -> Result<(), NotText> {
        let is_incomplete = self.is_high || self.is_cut;
        if is_incomplete && !self.is_binary_bytewise || self.controls > self.units / TOLERANCE {
            return Err(NotText::other(end));
        }
        Ok(())
    }
}

/// Planes 4 to 13, in which Unicode has assigned nothing since it has planes.
const UNASSIGNED: Range<u32> = 0x4_0000..0xE_0000;

/// NUL, and the non-characters (section 23.7), which a wrong byte order or binary data show.
fn is_never_text(code: u32) -> bool {
    matches!(code, 0 | 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE
}

/// Returns whether a unit is one of the high surrogates that lead to the unassigned planes.
fn is_high_of_unassigned(unit: u32) -> bool {
    matches!(unit, 0xD8C0..=0xDB3F)
}

/// Returns whether a code point is a control character of ASCII, or one of ISO 6429 (80 to 9F) without NEL, the line end of
/// texts that were EBCDIC.
fn is_wide_control(code: u32) -> bool {
    u8::try_from(code)
        .is_ok_and(|byte| is_control(byte) || matches!(byte, 0x80..=0x84 | 0x86..=0x9F))
}

/// Returns whether bytes look like UTF-16 without its mark: in a text of mostly Latin letters, every other byte is
/// zero.
pub(in crate::sniff) fn is_utf16_without_mark(bytes: &[u8]) -> bool {
    let sample = bytes.get(..256).unwrap_or(bytes);
    let (units, _) = sample.as_chunks::<2>();
    let enough = units.len().div_ceil(2);
    let high_first = units.iter().filter(|[a, b]| *a == 0 && *b != 0).count();
    let low_first = units.iter().filter(|[a, b]| *a != 0 && *b == 0).count();
    let is_mostly_latin = units.len() >= 4 && (high_first > enough || low_first > enough);
    let has_control = units.iter().any(|unit| match *unit {
        [0, byte] | [byte, 0] => byte == 0 || is_control(byte),
        _ => false,
    });
    is_mostly_latin && !has_control
}
