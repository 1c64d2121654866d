//! Control characters that text does not contain.

const ESCAPE: u8 = 0x1B;
const DELETE: u8 = 0x7F;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// Returns whether a byte is a control character that text does not contain.
///
/// BEL, BS, TAB, LF, VT, FF and CR (07 to 0D) lay text out, overstrike it or ring, and ESC begins
/// terminal colours and ISO-2022 shifts: those are text. Written without branches, so that a loop
/// over it is vectorised.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators are branches, which keep the loop from being vectorised"
)]
pub(in crate::sniff) const fn is_control(byte: u8) -> bool {
    let is_layout = byte.wrapping_sub(0x07) <= 0x0D - 0x07;
    ((byte < 0x20) & !is_layout & (byte != ESCAPE)) | (byte == DELETE)
}

/// A control character in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Control {
    pub(super) byte: u8,
    pub(super) position: usize,
}

/// The counts for the part of a text that was read so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Controls {
    /// Control characters, shifts left out.
    count: usize,
    /// SO and SI, which are text in ISO-2022-KR and -CN, where escape sequences announce them.
    shifts: usize,
    has_escape: bool,
    /// The first control character or shift.
    first: Option<Control>,
    /// The offset of the first NUL.
    first_nul: Option<usize>,
}

impl Controls {
    /// Counts those of `chunk`, which begins at `offset`. One fast pass skips the many chunks without any. ISO-2022 announces its shifts at the start of the text or of their line.
    pub(super) fn count(&mut self, chunk: &[u8], offset: usize) {
        if offset == 0 {
            self.has_escape = memchr::memchr(ESCAPE, chunk).is_some();
        }
        if !chunk
            .iter()
            .fold(false, |any, &byte| any | is_control(byte))
        {
            return;
        }
        self.has_escape = self.has_escape || memchr::memchr(ESCAPE, chunk).is_some();
        if self.first_nul.is_none() {
            self.first_nul = memchr::memchr(0, chunk).map(|at| offset + at);
        }
        if self.first.is_none() {
            self.first = (offset..)
                .zip(chunk)
                .find(|&(_, &byte)| is_control(byte))
                .map(|(position, &byte)| Control { byte, position });
        }
        let shifts = memchr::memchr2_iter(SHIFT_OUT, SHIFT_IN, chunk).count();
        self.shifts += shifts;
        self.count += chunk.iter().filter(|&&byte| is_control(byte)).count() - shifts;
    }

    /// Returns the offset of the first NUL, which no text contains.
    pub(super) fn first_nul(&self) -> Option<usize> {
        self.first_nul
    }

    /// Returns the first control character if there are more than one in `tolerance` characters; with a
    /// tolerance of `None`, if there is any.
    pub(super) fn too_many(&self, length: usize, tolerance: Option<usize>) -> Option<Control> {
        let count = if self.has_escape {
            self.count
        } else {
            self.count + self.shifts
        };
        let limit = tolerance.map_or(0, |one_in| length / one_in);
        if count > limit { self.first } else { None }
    }
}
