//! Reads the bytes and the segments of a JPG.

use super::Stop;
use crate::content::Content;
use crate::damage::WINDOW_BYTES;

/// The size up to which files are decoded whole, so that missing and surplus MCUs are noticed.
const SMALL_BYTES: usize = 64 * 1024;

/// How much of a larger file is decoded. In nine of ten files that were treated as text, 8 KiB show it.
const DECODED_BYTES: usize = 32 * 1024;

pub(super) struct Reader<'c> {
    content: &'c dyn Content,
    window: [u8; WINDOW_BYTES],
    filled: usize,
    /// The window's offset in the file, and that of the next byte in the window.
    start: usize,
    index: usize,
    /// How many more windows are read at most.
    windows: usize,
}

impl<'c> Reader<'c> {
    pub(super) fn new(content: &'c dyn Content, start: usize) -> Self {
        let windows = match content.len() {
            // One more, to notice the end of the file.
            small @ ..=SMALL_BYTES => small.div_ceil(WINDOW_BYTES) + 1,
            _ => DECODED_BYTES / WINDOW_BYTES,
        };
        Self {
            content,
            window: [0; WINDOW_BYTES],
            filled: 0,
            start,
            index: 0,
            windows,
        }
    }

    /// Returns the offset of the next byte.
    pub(super) const fn offset(&self) -> usize {
        self.start + self.index
    }

    /// Returns whether no more windows are read.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.windows == 0 && self.index >= self.filled
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Stop> {
        if self.index >= self.filled {
            self.read_window()?;
        }
        let byte = self.window.get(self.index).ok_or(Stop::Done)?;
        self.index += 1;
        Ok(*byte)
    }

    /// Reads four bytes at once, unless one of them is `FF` or in the next window.
    #[inline]
    pub(super) fn four_bytes(&mut self) -> Option<u32> {
        let end = self.index + 4;
        let bytes = self.window[..self.filled].get(self.index..end)?;
        let bytes = <[u8; 4]>::try_from(bytes).ok()?;
        if bytes.contains(&0xFF) {
            return None;
        }
        self.index = end;
        Some(u32::from_be_bytes(bytes))
    }

    fn read_window(&mut self) -> Result<(), Stop> {
        self.start = self.offset();
        self.index = 0;
        self.filled = 0;
        self.windows = self.windows.checked_sub(1).ok_or(Stop::Done)?;
        self.filled = self.content.read_at(self.start, &mut self.window);
        if self.filled > 0 {
            Ok(())
        } else {
            Err(Stop::Unknown)
        }
    }

    fn skip(&mut self, count: usize) {
        self.index = self.index.saturating_add(count);
    }

    /// Returns the code of the next marker and the number of stray bytes before it, without fill bytes (T.81
    /// section B.1.1.2).
    pub(super) fn marker(&mut self, max_stray: usize) -> Result<(u8, usize), Stop> {
        let mut stray = 0;
        while stray <= max_stray {
            match self.byte()? {
                0xFF => match self.code()? {
                    0 => stray += 2,
                    code => return Ok((code, stray)),
                },
                _ => stray += 1,
            }
        }
        Err(Stop::Invalid)
    }

    /// Returns the byte after `FF` and fill bytes.
    pub(super) fn code(&mut self) -> Result<u8, Stop> {
        loop {
            let code = self.byte()?;
            if code != 0xFF {
                return Ok(code);
            }
        }
    }
}

/// A segment after its marker and length.
pub(super) struct Segment<'r, 'c> {
    reader: &'r mut Reader<'c>,
    remaining: usize,
    /// The last byte, and the numbers of LF and of those that follow CR.
    last: u8,
    line_feeds: usize,
    after_cr: usize,
}

impl<'r, 'c> Segment<'r, 'c> {
    pub(super) fn new(reader: &'r mut Reader<'c>) -> Result<Self, Stop> {
        let length = u16::from_be_bytes([reader.byte()?, reader.byte()?]);
        // The length counts itself.
        let remaining = usize::from(length).checked_sub(2).ok_or(Stop::Invalid)?;
        Ok(Self {
            reader,
            remaining,
            last: 0,
            line_feeds: 0,
            after_cr: 0,
        })
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.remaining == 0
    }

    pub(super) fn byte(&mut self) -> Result<u8, Stop> {
        self.remaining = self.remaining.checked_sub(1).ok_or(Stop::Invalid)?;
        let byte = self.reader.byte()?;
        if byte == b'\n' {
            self.line_feeds += 1;
            self.after_cr += usize::from(self.last == b'\r');
        }
        self.last = byte;
        Ok(byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Stop> {
        Ok(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    pub(super) fn skip(&mut self) {
        self.reader.skip(self.remaining);
        self.remaining = 0;
    }

    /// Returns how often CR LF was read, or 0 if an LF followed another byte.
    pub(super) const fn crlf(&self) -> usize {
        if self.after_cr == self.line_feeds {
            self.after_cr
        } else {
            0
        }
    }

    /// Checks that everything was read.
    pub(super) fn end(self) -> Result<&'r mut Reader<'c>, Stop> {
        if self.is_empty() {
            Ok(self.reader)
        } else {
            Err(Stop::Invalid)
        }
    }
}
