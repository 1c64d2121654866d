//! How the samples of a track are coded.
//!
//! Sources: ISO/IEC 14496-15 sections 5.3.3 and 8.3.3 (H.264 and HEVC), 14496-1 section 7.2.6.6 (object types) and
//! 14496-3 section 1.6.3.5 (channels).

use crate::mp4::{AudioConfig, BoxAt, ElementaryStream, SoundEntry};

/// The fields of a video description, before its extensions.
const VIDEO_BYTES: usize = 78;

/// How the samples of a track are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coding {
    /// H.264 or HEVC: each sample consists of NAL units.
    NalUnits {
        /// The size of the length before each unit, in bytes.
        length_bytes: usize,
    },
    /// MPEG-4 part 2, MPEG-2 or MPEG-1: each sample begins with a start code.
    Mpeg4,
    /// VP9.
    Vp9,
    /// AV1.
    Av1,
    /// JPEG: each sample is a file.
    Jpeg,
    /// AAC: each sample consists of elements.
    Aac {
        /// The identifier of the first element with sound, which depends on the channels.
        first_element: u8,
    },
    /// MP3, or another layer of MPEG audio: each sample is a frame.
    Mp3,
    /// Any other coding, encryption, or more than one coding.
    Other,
}

/// Returns the coding that the only description of a track states.
pub(super) fn read(stsd: &BoxAt, file: &[u8]) -> Option<Coding> {
    let stsd = stsd.without_count();
    let mut entries = stsd.children(file);
    let entry = entries.next()?.ok()?;
    if entries.next().is_some() {
        return None;
    }
    let configuration = |kind| {
        let mut extensions = entry.clone();
        extensions.payload.start += VIDEO_BYTES;
        if extensions.payload.is_empty() {
            return None;
        }
        let found = extensions.child(file, kind).ok()??;
        file.get(found.payload)
    };
    let nal_units = |lengths: &u8| Coding::NalUnits {
        length_bytes: usize::from(lengths & 3) + 1,
    };
    match &entry.kind {
        b"avc1" | b"avc3" => configuration(*b"avcC")?.get(4).map(nal_units),
        b"hvc1" | b"hev1" => configuration(*b"hvcC")?.get(21).map(nal_units),
        b"mp4v" => {
            let stream = configuration(*b"esds").and_then(ElementaryStream::read);
            Some(match stream.map(|stream| stream.object_type) {
                Some(0x6C) => Coding::Jpeg,
                _ => Coding::Mpeg4,
            })
        }
        b"vp09" => Some(Coding::Vp9),
        b"av01" => Some(Coding::Av1),
        b"jpeg" => Some(Coding::Jpeg),
        b"mp4a" => sound(&SoundEntry::read(&entry, file).ok()?.stream),
        b".mp3" => Some(Coding::Mp3),
        _ => None,
    }
}

fn sound(stream: &ElementaryStream) -> Option<Coding> {
    if matches!(stream.object_type, 0x69 | 0x6B) {
        return Some(Coding::Mp3);
    }
    let config = AudioConfig::read(stream.configuration).filter(|_| stream.is_aac())?;
    // Main, LC, SSR and LTP. Samples of other object types, such as xHE-AAC, have no elements with identifiers.
    if !matches!(config.object_type, 1..=4) {
        return None;
    }
    let first_element = match config.channels {
        // A single channel, which is also the front one of surround sound.
        1 | 3..=7 => 0,
        // A pair.
        2 => 1,
        _ => return None,
    };
    Some(Coding::Aac { first_element })
}
