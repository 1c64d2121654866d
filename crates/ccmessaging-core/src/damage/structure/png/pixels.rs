//! The compressed pixels of a PNG.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_PARSE_ZLIB_HEADER,
};
use miniz_oxide::inflate::core::{DecompressorOxide, TINFL_LZ_DICT_SIZE, decompress};

/// How many bytes of pixels are examined.
const MAX_PIXEL_BYTES: usize = 4 * 1024 * 1024;

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

/// Decompresses the pixels of an image, and drops them.
pub(super) struct Pixels {
    decompressor: Box<DecompressorOxide>,
    /// The latest decompressed bytes, a ring.
    latest: Vec<u8>,
    total: usize,
}

impl Pixels {
    pub(super) fn new() -> Self {
        Self {
            decompressor: Box::default(),
            latest: vec![0; TINFL_LZ_DICT_SIZE],
            total: 0,
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
