//! Names of codecs in sample descriptions.
//!
//! Sources: the registries of sample entries and object types at mp4ra.org, and Apple's `QuickTime` File
//! Format.

use std::fmt;

/// A codec that is not supported, or not in this place.
///
/// `Display` writes its usual name, such as `Apple ProRes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Codec {
    /// The usual name, or the four letters of an unknown codec.
    name: Result<&'static str, [u8; 4]>,
}

impl Codec {
    pub(super) const fn named(name: &'static str) -> Self {
        Self { name: Ok(name) }
    }

    /// Names the codec of a sample description.
    pub(super) fn of_entry(kind: [u8; 4]) -> Self {
        Self::named(match &kind {
            b"apcn" | b"apch" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "Apple ProRes",
            b"aprn" | b"aprh" => "Apple ProRes RAW",
            b"jpeg" | b"mjpa" | b"mjpb" | b"dmb1" => "Motion JPEG",
            b"avc1" | b"avc3" => "H.264",
            b"hvc1" | b"hev1" => "HEVC",
            b"mp4v" => "MPEG-4 Visual",
            b"icod" => "Apple Intermediate Codec",
            b"s263" | b"h263" | b"H263" => "H.263",
            b"av01" => "AV1",
            b"vp08" => "VP8",
            b"vp09" => "VP9",
            b"CFHD" => "CineForm",
            b"AVdn" | b"AVdh" => "Avid DNxHD",
            b"rle " => "Apple Animation",
            b"png " => "PNG",
            b"raw " | b"2vuy" | b"yuv2" | b"v210" | b"v308" | b"v408" | b"v410" => {
                "uncompressed video"
            }
            b"dvc " | b"dvcp" | b"dvpp" | b"dv5n" | b"dv5p" | b"dvh2" | b"dvh3" | b"dvh5"
            | b"dvh6" | b"dvhp" | b"dvhq" => "DV",
            b"mp2v" | b"m2v1" | b"mpg2" | b"hdv1" | b"hdv2" | b"hdv3" | b"xdv2" | b"xdv3"
            | b"xdvb" | b"xdvc" | b"mx5n" | b"mx5p" | b"mx3n" | b"mx3p" => "MPEG-2",
            b"encv" | b"enca" | b"drmi" | b"drms" => "with copy protection",
            b"sowt" | b"twos" | b"lpcm" | b"ipcm" | b"fpcm" | b"in24" | b"in32" | b"fl32"
            | b"fl64" | b"NONE" => "PCM",
            b"alac" => "Apple Lossless (ALAC)",
            b"apac" => "Apple Positional Audio",
            b"fLaC" => "FLAC",
            b"Opus" => "Opus",
            b"ac-3" | b"sac3" => "AC-3",
            b"ec-3" => "E-AC-3",
            b"ac-4" => "AC-4",
            b"ulaw" | b"alaw" => "G.711",
            b"samr" | b"sawb" => "AMR",
            b"ima4" | b"ms\0\x02" | b"ms\0\x11" => "ADPCM",
            b".mp3" | b"ms\0\x55" => "MP3",
            _ => return Self { name: Err(kind) },
        })
    }

    /// Names the codec of an object type indication (ISO/IEC 14496-1 section 7.2.6.6).
    pub(super) fn of_object_type(indication: u8) -> Self {
        Self::named(match indication {
            0x40 | 0x66..=0x68 => "AAC",
            0x69 | 0x6B => "MP3",
            0xA5 => "AC-3",
            0xA6 => "E-AC-3",
            0xA9 => "DTS",
            0xAD => "Opus",
            0xDD => "Vorbis",
            _ => "of an unknown object type",
        })
    }

    /// Names an audio object type (ISO/IEC 14496-3 section 1.5.1).
    pub(super) fn of_audio_object_type(number: u32) -> Self {
        Self::named(match number {
            1 => "AAC Main",
            2 => "AAC-LC",
            3 => "AAC SSR",
            4 => "AAC LTP",
            6 | 20 => "AAC Scalable",
            17 => "ER AAC-LC",
            23 => "AAC-LD",
            32..=34 => "MP3",
            36 => "MPEG-4 ALS",
            37 | 38 => "MPEG-4 SLS",
            39 => "AAC-ELD",
            42 => "xHE-AAC",
            _ => "of an unknown audio object type",
        })
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Ok(name) => f.write_str(name),
            Err(kind) if kind.iter().all(u8::is_ascii_alphanumeric) => {
                let letters: String = kind.iter().copied().map(char::from).collect();
                write!(f, "\"{letters}\"")
            }
            Err(_) => f.write_str("of an unknown name"),
        }
    }
}
