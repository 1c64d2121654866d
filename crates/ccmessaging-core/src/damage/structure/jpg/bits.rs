//! Reads the bits of a scan.

use super::Stop;
use super::reader::Reader;
use super::table::{Code, Table};

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
    pub(super) fn symbol(&mut self, table: &Table) -> Result<u8, Stop> {
        let code = self.code(table)?;
        self.skip(code.bits)?;
        Ok(code.symbol)
    }

    /// Decodes the next Huffman code, and skips the number after it, whose length is the low half of the symbol.
    #[inline]
    pub(super) fn coefficient(&mut self, table: &Table) -> Result<u8, Stop> {
        let code = self.code(table)?;
        self.skip(code.bits + (code.symbol & 0x0F))?;
        Ok(code.symbol)
    }

    #[inline]
    fn code(&mut self, table: &Table) -> Result<Code, Stop> {
        // The longest code and the longest number after it.
        if self.count < 16 + 15 {
            self.fill();
        }
        let code = table.find(self.top(16));
        if code.bits > 0 {
            Ok(code)
        } else if self.count >= 16 {
            Err(Stop::Invalid)
        } else {
            Err(self.end())
        }
    }

    /// Reads a number of at most 15 bits.
    pub(super) fn number(&mut self, bits: u8) -> Result<u16, Stop> {
        if self.count < u32::from(bits) {
            self.fill();
        }
        let number = self.top(bits.into());
        self.skip(bits)?;
        Ok(number)
    }

    #[inline]
    fn skip(&mut self, bits: u8) -> Result<(), Stop> {
        let Some(count) = self.count.checked_sub(bits.into()) else {
            return Err(self.end());
        };
        self.value <<= bits;
        self.count = count;
        Ok(())
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
            if self.count <= 32
                && let Some(bytes) = self.reader.four_bytes()
            {
                self.value |= u64::from(bytes) << (32 - self.count);
                self.count += 32;
                return;
            }
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
