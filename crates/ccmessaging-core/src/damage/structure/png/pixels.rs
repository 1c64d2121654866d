//! The compressed pixels of a PNG.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER,
};
use miniz_oxide::inflate::core::{DecompressorOxide, TINFL_LZ_DICT_SIZE, decompress};

use super::{CHUNK_HEADER_BYTES, SIGNATURE_BYTES};
use crate::content::Content;
use crate::damage::read_u32;

/// The offset of the header's data.
const HEADER: usize = SIGNATURE_BYTES + CHUNK_HEADER_BYTES;

/// How many bytes of pixels are examined.
const MAX_PIXEL_BYTES: usize = 4 * 1024 * 1024;

/// The largest filter type (section 9.2).
const MAX_FILTER: u8 = 4;

/// The passes of an interlaced image: offset and distance of the columns, then of the rows (section 8.1).
const ADAM7: [[usize; 4]; 7] = [
    [0, 8, 0, 8],
    [4, 8, 0, 8],
    [0, 4, 4, 8],
    [2, 4, 0, 4],
    [0, 2, 2, 4],
    [1, 2, 0, 2],
    [0, 1, 1, 2],
];

/// The result of decompressing some bytes.
pub(super) enum Inflated {
    /// More are expected.
    All,
    /// The pixels are complete.
    End,
    /// Enough pixels were examined.
    Enough,
    /// The bytes after this number are invalid.
    Invalid(usize),
}

/// Decompresses the pixels of an image whose first chunk is `IHDR`, and drops them.
pub(super) struct Pixels {
    decompressor: Box<DecompressorOxide>,
    /// The latest decompressed bytes, a ring.
    latest: Vec<u8>,
    total: usize,
    rows: Rows,
}

impl Pixels {
    pub(super) fn new(content: &dyn Content) -> Self {
        Self {
            decompressor: Box::default(),
            latest: vec![0; TINFL_LZ_DICT_SIZE],
            total: 0,
            rows: Rows::read(content),
        }
    }

    pub(super) fn inflate(&mut self, bytes: &[u8]) -> Inflated {
        let mut read = 0;
        while self.total < MAX_PIXEL_BYTES {
            let at = self.total % TINFL_LZ_DICT_SIZE;
            let (status, consumed, count) = decompress(
                &mut self.decompressor,
                bytes.get(read..).unwrap_or_default(),
                &mut self.latest,
                at,
                TINFL_FLAG_PARSE_ZLIB_HEADER
                    | TINFL_FLAG_COMPUTE_ADLER32
                    | TINFL_FLAG_HAS_MORE_INPUT,
            );
            read += consumed;
            self.total += count;
            let new = self.latest.get(at..at + count).unwrap_or_default();
            if !self.rows.accept(new) {
                return Inflated::Invalid(read);
            }
            match status {
                TINFLStatus::NeedsMoreInput => return Inflated::All,
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::Done => return Inflated::End,
                _ => return Inflated::Invalid(read),
            }
        }
        Inflated::Enough
    }
}

/// Checks the filter type with which each row begins.
struct Rows {
    /// The length of a row without its filter type, and the number of rows that are to come, of each pass.
    passes: [(usize, usize); ADAM7.len()],
    /// How many bytes of the current row are to come.
    left: usize,
}

impl Rows {
    /// Reads the header.
    fn read(content: &dyn Content) -> Self {
        let number = |at| read_u32(content, at, u32::from_be_bytes).unwrap_or_default();
        let (width, height) = (number(HEADER), number(HEADER + 4));
        let mut rest = [0; 5];
        content.read_at(HEADER + 8, &mut rest);
        let [depth, colour, _, _, interlace] = rest;
        let samples = match colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        let bits = samples * usize::from(depth);
        let row = |width: usize| width.saturating_mul(bits).div_ceil(8);
        let within = |length: usize, first, step| length.saturating_sub(first).div_ceil(step);
        let passes = if interlace == 0 {
            let mut passes = [(0, 0); ADAM7.len()];
            passes[0] = (row(width), height);
            passes
        } else {
            ADAM7.map(|[x, x_step, y, y_step]| {
                (row(within(width, x, x_step)), within(height, y, y_step))
            })
        };
        Self { passes, left: 0 }
    }

    /// Returns whether the filter types among the next bytes are valid. Bytes after the last row are ignored.
    fn accept(&mut self, mut bytes: &[u8]) -> bool {
        while let Some((&filter, rest)) = bytes.split_first() {
            if self.left > 0 {
                let (row, rest) = bytes.split_at(self.left.min(bytes.len()));
                self.left -= row.len();
                bytes = rest;
                continue;
            }
            let mut passes = self.passes.iter_mut();
            let Some((row, rows)) = passes.find(|(row, rows)| *row > 0 && *rows > 0) else {
                return true;
            };
            if filter > MAX_FILTER {
                return false;
            }
            *rows -= 1;
            self.left = *row;
            bytes = rest;
        }
        true
    }
}
