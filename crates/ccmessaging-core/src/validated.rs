//! The second stage: uploads whose content was checked to be of their type.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, MetadataError, MetadataKind, StripLevel};

use crate::base64_text::CanonicalBase64;
use crate::content::Content;
use crate::conversion::Conversion;
use crate::error::{Field, FileProblem, UploadError};
use crate::file_type::FileType;
use crate::payload::Payload;
use crate::policy::Policy;
use crate::sniff;

/// An upload whose fields are correct and whose content is of its type.
///
/// Created by [`UploadRequest::validate`](crate::UploadRequest::validate),
/// [`UploadRequest::check`](crate::UploadRequest::check) and
/// [`ConvertibleUpload::convert`](crate::ConvertibleUpload::convert) only. Only validated uploads can become a [`Payload`].
#[derive(Clone)]
pub struct ValidatedUpload {
    file_type: FileType,
    spelling: Cow<'static, str>,
    file: CanonicalBase64,
    /// The part of the request that held the file.
    field: Field,
    conversion: Option<Conversion>,
}

impl ValidatedUpload {
    /// Creates an upload from content that was checked to be of the type.
    pub(crate) fn new(
        file_type: FileType,
        spelling: Cow<'static, str>,
        file: CanonicalBase64,
        field: Field,
    ) -> Self {
        Self {
            file_type,
            spelling,
            file,
            field,
            conversion: None,
        }
    }

    pub(crate) fn converted_by(self, conversion: Conversion) -> Self {
        Self {
            conversion: Some(conversion),
            ..self
        }
    }

    /// Returns the file's type.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        self.file_type
    }

    /// Returns the type as it is forwarded: the caller's spelling, or the policy's if the caller did not
    /// spell a type.
    #[must_use]
    pub fn spelling(&self) -> &str {
        &self.spelling
    }

    /// Returns the conversion that the file went through, if any.
    #[must_use]
    pub fn conversion(&self) -> Option<Conversion> {
        self.conversion
    }

    /// Returns the file's size in decoded bytes.
    #[must_use]
    pub fn decoded_bytes(&self) -> usize {
        self.file.len()
    }

    /// Returns the file.
    #[must_use]
    pub fn file(&self) -> &CanonicalBase64 {
        &self.file
    }

    /// Removes the file's metadata and returns the kinds that were removed.
    ///
    /// JPG, PNG and MP4 files have metadata that can be removed; other files stay unchanged. The result
    /// is still of its type and not longer than before. If nothing was removed, the file's text is not
    /// copied.
    ///
    /// ```
    /// use ccmessaging_core::media::metadata::{MetadataKind, StripLevel};
    /// use ccmessaging_core::{FileType, Policy, UploadRequest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let picture = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE\
    ///     \0\0\0\x09tEXtCity\0Bern\0\0\0\0";
    /// let upload = UploadRequest::from_file(&picture[..], FileType::Png).validate(&Policy::default())?;
    /// let (upload, removed) = upload.without_metadata(StripLevel::All)?;
    /// assert!(removed.contains(&MetadataKind::Text));
    /// assert_eq!(upload.decoded_bytes(), 33);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`FileProblem::Metadata`]: the file's structure is invalid, or its metadata cannot be found.
    pub fn without_metadata(
        self,
        level: StripLevel,
    ) -> Result<(Self, BTreeSet<MetadataKind>), UploadError> {
        let Some(format) = media_format(self.file_type) else {
            return Ok((self, BTreeSet::new()));
        };
        let at_file = |error: MetadataError| UploadError::File {
            field: self.field,
            problem: error.into(),
        };
        let original = self.file.decode();
        let stripped = metadata::strip(format, &original, level).map_err(at_file)?;
        if stripped.removed.is_empty() {
            return Ok((self, stripped.removed));
        }
        // A truncated file can be left with too little to prove its type.
        if sniff::prove(self.file_type, &stripped.file[..]).is_err() {
            return Err(at_file(MetadataError::Damaged {
                format,
                position: original.len(),
            }));
        }
        let file = CanonicalBase64::encode(&stripped.file);
        Ok((Self { file, ..self }, stripped.removed))
    }

    /// Builds the request body for the upstream.
    #[must_use]
    pub fn into_payload(self) -> Payload {
        Payload::new(&self.spelling, self.file)
    }
}

impl fmt::Debug for ValidatedUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidatedUpload")
            .field("spelling", &self.spelling)
            .field("decoded_bytes", &self.decoded_bytes())
            .finish_non_exhaustive()
    }
}

/// Returns the format of a type whose metadata can be removed.
const fn media_format(file_type: FileType) -> Option<Format> {
    match file_type {
        FileType::Jpg => Some(Format::Jpg),
        FileType::Png => Some(Format::Png),
        FileType::Mp4 => Some(Format::Mp4),
        FileType::Bmp | FileType::Mp3 | FileType::Aac | FileType::Txt | FileType::Csv => None,
    }
}

/// Checks the size of a file, as it was received or after its conversion.
pub(crate) fn within_limit(
    file_type: FileType,
    actual_bytes: usize,
    is_converted: bool,
    policy: &Policy,
) -> Result<(), FileProblem> {
    let family = file_type.family();
    let limit_bytes = policy.limits.of(family);
    if actual_bytes > limit_bytes {
        return Err(FileProblem::TooLarge {
            family,
            limit_bytes,
            actual_bytes,
            is_converted,
        });
    }
    Ok(())
}
