//! Why a file cannot be converted.

use super::Codec;
use crate::mp4::InvalidBox;

/// Why a file cannot be converted without decoding it.
///
/// `Display` is one sentence with what to do. It quotes no byte of the file except the four letters of an
/// unknown codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// A box or table is invalid, contradicts another one, or refers to bytes outside the media data.
    #[error(
        "the file is damaged or incomplete at byte {position}; save or export it again and send that"
    )]
    Damaged {
        /// The byte offset of the box, from 0.
        position: usize,
    },
    /// The description is compressed (`cmov`).
    #[error("the file's description is compressed; export it as MP4 and send that")]
    Compressed,
    /// The movie is split into fragments, which is supported for audio only.
    #[error("the file is split into fragments; export it as MP4 and send that")]
    Fragmented,
    /// The media is in other files.
    #[error("the file refers to media in other files; export it as MP4 and send that")]
    External,
    /// The file has no video track.
    #[error("the file has no video; send the sound as MP3 or AAC")]
    NoVideo,
    /// The file has no audio track.
    #[error("the file has no sound; send a file with sound")]
    NoAudio,
    /// There is video in a file that should be audio.
    #[error("the file has video; declare it as mp4")]
    HasVideo,
    /// There are several audio tracks.
    #[error("the file has more than one audio track; export it with one and send that")]
    SeveralTracks,
    /// The video codec is not supported.
    #[error(
        "the file's video codec {codec} is not supported; export it as MP4 with H.264 and send that"
    )]
    Video {
        /// The codec.
        codec: Codec,
    },
    /// The audio codec of a movie is not supported.
    #[error(
        "the file's audio codec {codec} is not supported; export it as MP4 with AAC and send that"
    )]
    Sound {
        /// The codec.
        codec: Codec,
    },
    /// The codec of an audio file is not supported.
    #[error("the file's codec {codec} is not supported; export it as MP3 or AAC-LC and send that")]
    Audio {
        /// The codec.
        codec: Codec,
    },
    /// ADTS frames cannot express the AAC configuration or a frame.
    #[error("ADTS cannot express {what}; export it as MP3 or AAC-LC and send that")]
    Inexpressible {
        /// The property, such as "the file's sampling rate".
        what: &'static str,
    },
    /// The edit list changes the speed or the order, which ADTS cannot express.
    #[error("the file is edited in a way that ADTS cannot express; export it again and send that")]
    Edited,
}

impl ConvertError {
    /// Returns where the problem is, as a byte offset from 0, if it is at one place.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        match self {
            Self::Damaged { position } => Some(*position),
            _ => None,
        }
    }
}

impl From<InvalidBox> for ConvertError {
    fn from(InvalidBox { position }: InvalidBox) -> Self {
        Self::Damaged { position }
    }
}
