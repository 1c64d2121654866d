//! The header of an ADTS frame (ISO/IEC 14496-3 section 1.A.2.2).

use crate::convert::{Codec, ConvertError};
use crate::mp4::AudioConfig;

pub(super) const HEADER_BYTES: usize = 7;

/// The longest frame with its header: the length has 13 bits.
const LONGEST_FRAME: usize = 0x1FFF;

/// Writes the headers of one stream's frames.
pub(super) struct AdtsHeader {
    rate_index: u8,
    channels: u8,
}

impl AdtsHeader {
    pub(super) fn new(config: &AudioConfig) -> Result<Self, ConvertError> {
        let inexpressible = |what| Err(ConvertError::Inexpressible { what });
        if config.object_type != 2 {
            let codec = Codec::of_audio_object_type(config.object_type);
            return Err(ConvertError::Audio { codec });
        }
        if config.has_short_frames || config.depends_on_core {
            return inexpressible("the file's kind of frames");
        }
        if !(1..=7).contains(&config.channels) {
            return inexpressible("the file's channel layout");
        }
        let Some(rate_index) = config.rate_index else {
            return inexpressible("the file's sampling rate");
        };
        Ok(Self {
            rate_index,
            channels: config.channels,
        })
    }

    /// Returns the header of a frame of `length` bytes.
    pub(super) fn of_frame(&self, length: usize) -> Result<[u8; HEADER_BYTES], ConvertError> {
        let too_long = ConvertError::Inexpressible {
            what: "the length of a frame",
        };
        let length = length.saturating_add(HEADER_BYTES);
        let fits = u16::try_from(length).ok();
        let length = fits.filter(|_| length <= LONGEST_FRAME).ok_or(too_long)?;
        // Aligned with the three bytes that hold it: 2, 8 and 3 of its bits.
        let [_, length_high, length_middle, length_low] = (u32::from(length) << 5).to_be_bytes();
        Ok([
            // The sync word, MPEG-4, no checksum.
            0xFF,
            0xF1,
            // The profile is the object type less one: AAC-LC.
            1 << 6 | self.rate_index << 2 | self.channels >> 2,
            (self.channels & 3) << 6 | length_high,
            length_middle,
            // The buffer's fullness is not given: all of its bits are set.
            length_low | 0x1F,
            0xFC,
        ])
    }
}
