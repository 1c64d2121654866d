//! What a deployment decides about the files that it takes.

use crate::{FileType, Limits};

/// The choices that validation leaves to the deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The largest file of each family.
    pub limits: Limits,
    /// How a bitmap is spelled when the caller spelled no type.
    pub bmp_spelling: BmpSpelling,
}

/// The `fileType` of a bitmap whose type was inferred, or declared by a media type only.
///
/// A spelling that the caller chose is never changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BmpSpelling {
    /// `bmp`, as the newest documentation has it.
    #[default]
    Bmp,
    /// `bpm`, for a server that knows only the older documentation's spelling.
    Bpm,
}

impl Policy {
    /// How the type is spelled for the upstream when the caller spelled none.
    pub(crate) const fn spelling_of(&self, file_type: FileType) -> &'static str {
        match (file_type, self.bmp_spelling) {
            (FileType::Bmp, BmpSpelling::Bpm) => "bpm",
            _ => file_type.name(),
        }
    }
}
