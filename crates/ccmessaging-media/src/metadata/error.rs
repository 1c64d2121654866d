//! Why metadata cannot be removed.

use crate::Format;
use crate::mp4::InvalidBox;

/// Why metadata cannot be removed without risking the content.
///
/// `Display` is one sentence with the position and what to do; it quotes no byte of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// A segment, chunk or box is invalid or exceeds its parent.
    #[error(
        "the {format} file is damaged at byte {position}, so its metadata cannot be removed; save it again and send the new file"
    )]
    Damaged {
        /// The file's format.
        format: Format,
        /// The byte offset, from 0.
        position: usize,
    },
    /// The MP4 file ends before the description of its tracks does, or has none.
    #[error(
        "the mp4 file was cut off: the movie box (moov) expected at byte {position} is incomplete or missing, so its metadata cannot be removed; send the whole video"
    )]
    Truncated {
        /// The byte offset, from 0; the file's length if the description is missing.
        position: usize,
    },
    /// The MP4 file's description is compressed (`cmov`).
    #[error(
        "the mp4 file's movie box (moov) at byte {position} is compressed, so its metadata cannot be removed; export the video again and send the new file"
    )]
    Compressed {
        /// The byte offset, from 0.
        position: usize,
    },
    /// An MP4 file has a track that must be removed, but which bytes belong to it is not known.
    #[error(
        "the mp4 file's track at byte {position} is neither video nor audio, and its data cannot be removed; export the video with video and audio only and send the new file"
    )]
    UnremovableTrack {
        /// The byte offset of the track's description, from 0.
        position: usize,
    },
}

impl MetadataError {
    /// Returns where the problem is, as a byte offset from 0.
    #[must_use]
    pub const fn position(&self) -> usize {
        match self {
            Self::Damaged { position, .. }
            | Self::Truncated { position }
            | Self::Compressed { position }
            | Self::UnremovableTrack { position } => *position,
        }
    }
}

impl From<InvalidBox> for MetadataError {
    fn from(InvalidBox { position }: InvalidBox) -> Self {
        Self::Damaged {
            format: Format::Mp4,
            position,
        }
    }
}
