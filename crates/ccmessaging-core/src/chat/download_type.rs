//! The types of files that `downloadFileStream` returns.

use std::fmt;

use crate::file_type::FileType;
use crate::policy::BmpSpelling;

/// A `fileType` of `downloadFileStream`: the types that customers upload, and those that only agents send.
///
/// Parsing ignores letter case and accepts `jpeg` and both spellings of bitmaps.
///
/// ```
/// use ccmessaging_core::FileType;
/// use ccmessaging_core::chat::DownloadType;
///
/// assert_eq!(DownloadType::from_name("JPEG"), Some(FileType::Jpg.into()));
/// assert_eq!(DownloadType::from_name("docx"), Some(DownloadType::Docx));
/// assert_eq!(DownloadType::from_name("exe"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DownloadType {
    /// A type that customers upload.
    Upload(FileType),
    /// Formatted text.
    RichText,
    /// Word document of the older format.
    Doc,
    /// Word document.
    Docx,
    /// PDF document.
    Pdf,
    /// ZIP archive.
    Zip,
}

impl DownloadType {
    /// The types that only agents send.
    const AGENTS: [Self; 5] = [Self::RichText, Self::Doc, Self::Docx, Self::Pdf, Self::Zip];

    /// Returns the names of all types.
    pub(super) fn names() -> Vec<&'static str> {
        let uploads = FileType::ALL.iter().map(|file_type| file_type.name());
        uploads.chain(Self::AGENTS.map(Self::name)).collect()
    }

    /// Returns the type's name in the documentation; for bitmaps that of the newest edition of the upload.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upload(file_type) => file_type.name(),
            Self::RichText => "richtext",
            Self::Doc => "doc",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Zip => "zip",
        }
    }

    /// Returns the type's name, or the other spelling of bitmaps.
    pub(super) const fn spelling(self, bmp_spelling: BmpSpelling) -> &'static str {
        match (self, bmp_spelling) {
            (Self::Upload(FileType::Bmp), BmpSpelling::Bpm) => "bpm",
            _ => self.name(),
        }
    }

    /// Returns the type of this name, in any letter case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if let Some(file_type) = FileType::from_extension(name) {
            return Some(file_type.into());
        }
        let mut agents = Self::AGENTS.into_iter();
        agents.find(|known| known.name().eq_ignore_ascii_case(name))
    }
}

impl From<FileType> for DownloadType {
    fn from(file_type: FileType) -> Self {
        Self::Upload(file_type)
    }
}

impl fmt::Display for DownloadType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
