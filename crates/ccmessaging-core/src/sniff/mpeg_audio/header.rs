//! The headers of MPEG audio frames and of ADTS frames.

use crate::file_type::FileType;

/// The codec of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    /// MPEG audio layer I.
    Layer1,
    /// MPEG audio layer II (MP2).
    Layer2,
    /// MPEG audio layer III (MP3).
    Layer3,
    /// AAC in ADTS frames.
    Adts,
    /// AAC after one ADIF header.
    Adif,
}

impl Codec {
    /// Returns the API's type for a file of this codec, if it has one.
    pub(in crate::sniff) const fn file_type(self) -> Option<FileType> {
        match self {
            Self::Layer3 => Some(FileType::Mp3),
            Self::Adts | Self::Adif => Some(FileType::Aac),
            Self::Layer1 | Self::Layer2 => None,
        }
    }
}

/// The parameters that all frames of a stream share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) codec: Codec,
    /// The version bits, and for ADTS the profile and the channel configuration.
    variant: u8,
    /// The sampling frequency index.
    sampling: u8,
}

/// A frame header that breaks no rule of its specification.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameHeader {
    pub(crate) stream: Stream,
    /// The frame's length in bytes, header included; `None` in free format, where no field has it.
    pub(crate) length: Option<usize>,
    /// The bytes that the padding bit adds.
    pub(super) padding: usize,
}

/// The number of bytes that [`FrameHeader::parse`] reads.
pub(crate) const HEADER_BYTES: usize = 7;

impl FrameHeader {
    /// Reads the header at the start of `bytes`.
    ///
    /// The two layer bits distinguish the families: ADTS sets them to 00, which MPEG-1 and MPEG-2
    /// audio reserve.
    pub(crate) fn parse(bytes: [u8; HEADER_BYTES]) -> Option<Self> {
        if bytes[0] != 0xFF || bytes[1] & 0xE0 != 0xE0 {
            return None;
        }
        match (bytes[1] >> 1) & 0b11 {
            0b00 => Self::parse_adts(bytes),
            0b01 => Self::parse_mpeg(bytes, Codec::Layer3),
            0b10 => Self::parse_mpeg(bytes, Codec::Layer2),
            _ => Self::parse_mpeg(bytes, Codec::Layer1),
        }
    }

    /// ISO/IEC 11172-3 section 2.4.1.3 and ISO/IEC 13818-3 section 2.4.1.3; MPEG-2.5 is Fraunhofer's
    /// extension to lower sampling rates, with a sync word of 11 bits.
    fn parse_mpeg([_, b1, b2, b3, ..]: [u8; HEADER_BYTES], codec: Codec) -> Option<Self> {
        const RESERVED_EMPHASIS: u8 = 0b10;
        let version = (b1 >> 3) & 0b11;
        let bitrate_index = usize::from(b2 >> 4);
        let sampling = (b2 >> 2) & 0b11;
        let rate = match (version, sampling) {
            (_, 0b11) | (0b01, _) => return None,
            (0b11, 0) => 44_100,
            (0b11, 1) => 48_000,
            (0b11, _) => 32_000,
            (0b10, 0) => 22_050,
            (0b10, 1) => 24_000,
            (0b10, _) => 16_000,
            (_, 0) => 11_025,
            (_, 1) => 12_000,
            (_, _) => 8_000,
        };
        if b3 & 0b11 == RESERVED_EMPHASIS {
            return None;
        }
        let first_edition = version == 0b11;
        let kbit = *bitrates(codec, first_edition).get(bitrate_index)?;
        let (slot, slots_per_frame) = match codec {
            Codec::Layer1 => (4, 12),
            Codec::Layer3 if !first_edition => (1, 72),
            _ => (1, 144),
        };
        let padding = if b2 & 0b10 == 0 { 0 } else { slot };
        let length = slots_per_frame * usize::from(kbit) * 1000 / rate * slot + padding;
        Some(Self {
            stream: Stream {
                codec,
                variant: version,
                sampling,
            },
            length: (bitrate_index != 0).then_some(length),
            padding,
        })
    }

    /// ISO/IEC 13818-7 section 6.2 and ISO/IEC 14496-3 section 1.A.2.2: the sync word has 12 bits,
    /// and the frame length counts the header and its optional CRC.
    fn parse_adts([_, b1, b2, b3, b4, b5, _]: [u8; HEADER_BYTES]) -> Option<Self> {
        let sampling = (b2 >> 2) & 0b1111;
        // 13 and 14 are reserved; 15 is the escape, which ADTS has no room to follow up.
        if b1 & 0xF0 != 0xF0 || sampling > 12 {
            return None;
        }
        let without_crc = b1 & 1 == 1;
        let header = if without_crc { 7 } else { 9 };
        let length = usize::from(b3 & 0b11) << 11 | usize::from(b4) << 3 | usize::from(b5) >> 5;
        let channels = (b2 & 1) << 2 | b3 >> 6;
        (length > header).then_some(Self {
            stream: Stream {
                codec: Codec::Adts,
                variant: (b1 & 0b1001) << 4 | (b2 >> 6) << 3 | channels,
                sampling,
            },
            length: Some(length),
            padding: 0,
        })
    }
}

/// Returns the bit rates in kbit/s by index, 0 being free format; index 15 is forbidden.
fn bitrates(codec: Codec, first_edition: bool) -> &'static [u16; 15] {
    match (codec, first_edition) {
        (Codec::Layer1, true) => &[
            0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
        ],
        (Codec::Layer2, true) => &[
            0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
        ],
        (_, true) => &[
            0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
        ],
        (Codec::Layer1, false) => &[
            0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
        ],
        (_, false) => &[0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    }
}
