//! Huffman tables of a JPG (ITU-T T.81 annex C).

use super::Stop;
use super::reader::Segment;

/// The longest code in bits.
const MAX_CODE_BITS: u8 = 16;

/// Codes of at most this length are looked up, longer ones are searched.
const LOOKUP_BITS: u8 = 8;

pub(super) struct Table {
    /// The code with which each group of [`LOOKUP_BITS`] begins.
    lookup: [Code; 1 << LOOKUP_BITS],
    /// For each length, the first larger code, filled with zeros to 16 bits.
    ends: [u32; MAX_CODE_BITS as usize],
    /// For each length, the difference between a code and the index of its symbol.
    offsets: [u32; MAX_CODE_BITS as usize],
    symbols: [u8; 256],
}

#[derive(Clone, Copy, Default)]
pub(super) struct Code {
    /// The length in bits; 0 if no code fits.
    pub(super) bits: u8,
    pub(super) symbol: u8,
}

impl Table {
    /// Reads the numbers of codes by length and the symbols (T.81 section B.2.4.2).
    pub(super) fn read(segment: &mut Segment) -> Result<Self, Stop> {
        let mut counts = [0; MAX_CODE_BITS as usize];
        for count in &mut counts {
            *count = segment.byte()?;
        }
        let mut table = Self {
            lookup: [Code::default(); 1 << LOOKUP_BITS],
            ends: [0; MAX_CODE_BITS as usize],
            offsets: [0; MAX_CODE_BITS as usize],
            symbols: [0; 256],
        };
        let mut symbols = table.symbols.iter_mut();
        // The next code, filled with zeros to 16 bits, and the index of its symbol.
        let (mut code, mut index) = (0_u32, 0_u32);
        let by_length = table.ends.iter_mut().zip(&mut table.offsets);
        for ((count, bits), (end, offset)) in counts.iter().zip(1..).zip(by_length) {
            let unused = MAX_CODE_BITS - bits;
            *offset = (code >> unused).wrapping_sub(index);
            for _ in 0..*count {
                let symbol = segment.byte()?;
                *symbols.next().ok_or(Stop::Invalid)? = symbol;
                if code >> MAX_CODE_BITS > 0 {
                    return Err(Stop::Invalid);
                }
                if let Some(repeats) = LOOKUP_BITS.checked_sub(bits) {
                    let first = (code >> (MAX_CODE_BITS - LOOKUP_BITS)) as usize;
                    let codes = table.lookup.iter_mut().skip(first).take(1 << repeats);
                    codes.for_each(|code| *code = Code { bits, symbol });
                }
                code += 1 << unused;
                index += 1;
            }
            *end = code;
        }
        Ok(table)
    }

    /// Returns the code with which 16 bits begin.
    #[inline]
    pub(super) fn find(&self, bits: u16) -> Code {
        let index = bits >> (MAX_CODE_BITS - LOOKUP_BITS);
        let code = self.lookup.get(usize::from(index)).copied();
        match code {
            Some(code) if code.bits > 0 => code,
            _ => self.search(bits.into()),
        }
    }

    fn search(&self, value: u32) -> Code {
        let lengths = (1..).zip(self.ends.iter().zip(&self.offsets));
        for (bits, (&end, offset)) in lengths.skip(LOOKUP_BITS as usize) {
            if value < end {
                let index = (value >> (MAX_CODE_BITS - bits)).wrapping_sub(*offset);
                let symbol = self.symbols.get(index as usize).copied();
                return Code {
                    bits,
                    symbol: symbol.unwrap_or_default(),
                };
            }
        }
        Code::default()
    }

    pub(super) fn contains(&self, symbol: u8) -> bool {
        self.symbols.contains(&symbol)
    }
}
