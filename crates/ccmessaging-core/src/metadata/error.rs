//! Why metadata cannot be removed.

use crate::FileType;

/// Why a file's metadata cannot be removed without risk to its content.
///
/// `Display` is one sentence with the position and the remedy; it repeats no byte of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// What should be a segment, chunk or box is none, or reaches out of what holds it.
    #[error(
        "the {file_type} file is damaged at byte {position}, so that its metadata cannot be removed; save it anew and send that"
    )]
    Damaged {
        /// The file's type.
        file_type: FileType,
        /// Where, as a byte offset from 0.
        position: usize,
    },
    /// The film's description is compressed (`cmov`).
    #[error(
        "the mp4 file's description at byte {position} is compressed, so that its metadata cannot be removed; export the film anew and send that"
    )]
    Compressed {
        /// Where, as a byte offset from 0.
        position: usize,
    },
    /// A track is to be removed, and its data cannot be told from the film's.
    #[error(
        "the mp4 file's track at byte {position} is neither picture nor sound, and its data cannot be removed; export the film with picture and sound only and send that"
    )]
    Interwoven {
        /// Where the track is described, as a byte offset from 0.
        position: usize,
    },
}

impl MetadataError {
    /// Where the problem is, as a byte offset from 0.
    #[must_use]
    pub const fn position(&self) -> usize {
        match self {
            Self::Damaged { position, .. }
            | Self::Compressed { position }
            | Self::Interwoven { position } => *position,
        }
    }
}
