//! Reads the bytes of a JPG, and the bits of its entropy-coded data.

use super::Stop;
use super::table::Table;
use crate::content::Content;
use crate::damage::WINDOW_BYTES;

/// How many windows are read at most. In nine of ten files that were treated as text, the first two show it.
const MAX_WINDOWS: usize = 16;

pub(super) struct Reader<'c> {
    content: &'c dyn Content,
    window: [u8; WINDOW_BYTES],
    filled: usize,
    /// The window's offset in the file, and that of the next byte in the window.
    start: usize,
    index: usize,
    windows: usize,
}

impl<'c> Reader<'c> {
    pub(super) fn new(content: &'c dyn Content, start: usize) -> Self {
        Self {
            content,
            window: [0; WINDOW_BYTES],
            filled: 0,
            start,
            index: 0,
            windows: 0,
        }
    }

    /// Returns the offset of the next byte.
    pub(super) const fn offset(&self) -> usize {
        self.start + self.index
    }

    /// Returns whether no more windows are read.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.windows == MAX_WINDOWS && self.index >= self.filled
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

    fn read_window(&mut self) -> Result<(), Stop> {
        self.start = self.offset();
        self.index = 0;
        self.filled = 0;
        if self.windows == MAX_WINDOWS {
            return Err(Stop::Done);
        }
        self.windows += 1;
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
    fn code(&mut self) -> Result<u8, Stop> {
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

/// The bits of a scan up to the next marker (T.81 section F.2.2.5).
pub(super) struct Bits<'r, 'c> {
    reader: &'r mut Reader<'c>,
    /// The next bits, in the highest ones.
    value: u64,
    count: u32,
    /// What follows these bits, once it was read.
    end: Option<Stop>,
}

impl<'r, 'c> Bits<'r, 'c> {
    pub(super) const fn new(reader: &'r mut Reader<'c>) -> Self {
        Self {
            reader,
            value: 0,
            count: 0,
            end: None,
        }
    }

    /// Decodes the next Huffman code.
    #[inline]
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, Stop> {
        if self.count < 16 {
            self.fill();
        }
        let code = table.find(self.top(16));
        if code.bits == 0 && self.count >= 16 {
            return Err(Stop::Invalid);
        }
        if code.bits == 0 || u32::from(code.bits) > self.count {
            return Err(self.end());
        }
        self.value <<= code.bits;
        self.count -= u32::from(code.bits);
        Ok(code.symbol)
    }

    /// Reads a number of at most 15 bits.
    #[inline]
    pub(super) fn number(&mut self, bits: u8) -> Result<u16, Stop> {
        let bits = u32::from(bits);
        if self.count < bits {
            self.fill();
            if self.count < bits {
                return Err(self.end());
            }
        }
        let number = self.top(bits);
        self.value <<= bits;
        self.count -= bits;
        Ok(number)
    }

    /// Returns the next bits as a number.
    #[inline]
    fn top(&self, bits: u32) -> u16 {
        // Two steps, because `bits` may be 0.
        let number = self.value >> 1 >> (63 - bits);
        u16::try_from(number).unwrap_or_default()
    }

    fn fill(&mut self) {
        while self.count <= 56 && self.end.is_none() {
            match self.data() {
                Ok(byte) => {
                    self.value |= u64::from(byte) << (56 - self.count);
                    self.count += 8;
                }
                Err(stop) => self.end = Some(stop),
            }
        }
    }

    #[inline]
    fn data(&mut self) -> Result<u8, Stop> {
        match self.reader.byte()? {
            0xFF => match self.reader.code()? {
                0 => Ok(0xFF),
                code => Err(Stop::Marker(code)),
            },
            byte => Ok(byte),
        }
    }

    /// Discards the data up to the next marker, and returns its code and the number of discarded bytes.
    pub(super) fn marker(&mut self) -> Result<(u8, usize), Stop> {
        let discarded = (self.count / 8) as usize;
        self.value = 0;
        self.count = 0;
        let (code, stray) = match self.end.take() {
            Some(Stop::Marker(code)) => (code, 0),
            Some(_) => return Err(Stop::Done),
            None => self.reader.marker(usize::MAX).or(Err(Stop::Done))?,
        };
        Ok((code, discarded + stray))
    }

    /// Returns what follows. A scan at the end of the file was cut, and is not examined further.
    fn end(&mut self) -> Stop {
        match self.end.take() {
            Some(Stop::Marker(code)) => Stop::Marker(code),
            _ => Stop::Done,
        }
    }
}
