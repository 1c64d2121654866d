//! The second stage: uploads whose content was checked to be of their type.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{self, Kind, MetadataError, StripLevel};

use crate::base64_text::{CanonicalBase64, DataUrl, check_placeholder};
use crate::content::Content;
use crate::conversion::Conversion;
use crate::convertible::{CheckedUpload, ConvertibleUpload, SourceFile};
use crate::damage;
use crate::error::{Field, FileProblem, UploadError};
use crate::excerpt::Excerpt;
use crate::file_type::FileType;
use crate::payload::CHANNEL;
use crate::payload::Payload;
use crate::policy::Policy;
use crate::request::FileStream;
use crate::request::{Declared, UploadRequest};
use crate::sniff::{self, Mismatch};

/// An upload whose fields are correct and whose content is of its type.
///
/// Created by [`UploadRequest::validate`], [`UploadRequest::check`] and
/// [`ConvertibleUpload::convert`] only. Only validated uploads can become a [`Payload`].
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
    /// For content that was checked to be of the type.
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
    /// use ccmessaging_core::media::metadata::{Kind, StripLevel};
    /// use ccmessaging_core::{FileType, Policy, UploadRequest};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let picture = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90\x77\x53\xDE\
    ///     \0\0\0\x09tEXtCity\0Bern\0\0\0\0";
    /// let upload = UploadRequest::from_file(&picture[..], FileType::Png).validate(&Policy::default())?;
    /// let (upload, removed) = upload.without_metadata(StripLevel::All)?;
    /// assert!(removed.contains(&Kind::Text));
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
    ) -> Result<(Self, BTreeSet<Kind>), UploadError> {
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

impl UploadRequest {
    /// Checks that fields, size and content are correct, and converts the file if the policy enables it.
    ///
    /// # Errors
    ///
    /// The type or the channel is unsupported; the file is not Base64, empty or over its limit; its
    /// content was destroyed on the way, or is not of the declared type and cannot be converted. They are
    /// checked in this order.
    pub fn validate(self, policy: &Policy) -> Result<ValidatedUpload, UploadError> {
        match self.check(policy)? {
            CheckedUpload::Valid(upload) => Ok(upload),
            CheckedUpload::Convertible(upload) => upload.convert(policy),
        }
    }

    /// Like [`validate`](Self::validate), but leaves a conversion to the caller, which may examine the file
    /// first.
    ///
    /// # Errors
    ///
    /// As for [`validate`](Self::validate), except those of the conversion.
    pub fn check(self, policy: &Policy) -> Result<CheckedUpload, UploadError> {
        let declared = match &self.declared {
            Declared::Spelling(spelling) => Some(spelling.parse()?),
            Declared::Type(file_type) => Some(*file_type),
            Declared::Unknown => None,
        };
        if let Some(channel) = self.channel {
            check_channel(&channel)?;
        }
        let field = self.field;
        let file = match self.file {
            FileStream::Text(text) => {
                let url = DataUrl::split(&text)?;
                check_media_type(declared, url.media_type, policy)?;
                check_placeholder(&text, url.data_start)?;
                SourceFile::Text(CanonicalBase64::from_text_at(&text, url.data_start)?)
            }
            FileStream::Canonical { file, media_type } => {
                check_media_type(declared, media_type.as_deref(), policy)?;
                check_placeholder(file.as_text(), 0)?;
                SourceFile::Text(file)
            }
            FileStream::Raw(bytes) => SourceFile::Raw(bytes),
        };
        let proof = match &file {
            SourceFile::Text(text) => prove(declared, text, policy),
            SourceFile::Raw(bytes) => prove(declared, &bytes[..], policy),
        };
        let proof = proof.map_err(|problem| UploadError::File { field, problem })?;
        let spelling = match self.declared {
            Declared::Spelling(spelling) => Cow::Owned(spelling),
            Declared::Type(_) | Declared::Unknown => {
                Cow::Borrowed(policy.spelling_of(proof.file_type()))
            }
        };
        Ok(match proof {
            Proof::Valid(file_type) => {
                let file = match file {
                    SourceFile::Text(text) => text,
                    SourceFile::Raw(bytes) => CanonicalBase64::encode(&bytes),
                };
                CheckedUpload::Valid(ValidatedUpload::new(file_type, spelling, file, field))
            }
            Proof::Convertible(conversion, mismatch) => {
                CheckedUpload::Convertible(ConvertibleUpload {
                    conversion,
                    spelling,
                    file,
                    field,
                    mismatch,
                })
            }
        })
    }
}

fn check_channel(channel: &str) -> Result<(), UploadError> {
    if channel == CHANNEL {
        return Ok(());
    }
    Err(UploadError::UnsupportedChannel {
        channel: Excerpt::new(channel),
    })
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

/// Compares the media type of a `data:` URL with the declared type.
fn check_media_type(
    declared: Option<FileType>,
    media_type: Option<&str>,
    policy: &Policy,
) -> Result<(), UploadError> {
    match (declared, media_type) {
        (Some(declared), Some(media_type)) if !policy.agree(declared, media_type) => {
            Err(UploadError::MediaTypeMismatch {
                declared,
                media_type: Excerpt::new(media_type),
            })
        }
        _ => Ok(()),
    }
}

/// The result of checking a file's content.
enum Proof {
    /// It is of the type.
    Valid(FileType),
    /// It is of another type, but can be converted.
    Convertible(Conversion, Mismatch),
}

impl Proof {
    fn file_type(&self) -> FileType {
        match self {
            Self::Valid(file_type) => *file_type,
            Self::Convertible(conversion, _) => conversion.target(),
        }
    }
}

/// Checks the declared type, or finds the type if none is declared.
fn prove<C: Content + ?Sized>(
    declared: Option<FileType>,
    file: &C,
    policy: &Policy,
) -> Result<Proof, FileProblem> {
    if file.is_empty() {
        return Err(FileProblem::Empty);
    }
    let Some(file_type) = declared else {
        let Some(file_type) = sniff::identify(file) else {
            let unsupported = || FileProblem::Unsupported {
                found: sniff::name(file),
            };
            let damage = damage::of_rejected(declared, file);
            return Err(damage.map_or_else(unsupported, Into::into));
        };
        within_limit(file_type, file, policy)?;
        return undamaged(file_type, file);
    };
    // The limit first, because that check does not read the content. It applies to the result of a
    // conversion, whose source may be larger.
    let within_limit = within_limit(file_type, file, policy);
    let may_be_converted = policy.convert_media && Conversion::exists_for(file_type);
    if !may_be_converted {
        within_limit.clone()?;
    }
    let Err(mismatch) = sniff::prove(file_type, file) else {
        within_limit?;
        return undamaged(file_type, file);
    };
    let conversion = Conversion::of(&mismatch).filter(|_| may_be_converted);
    if conversion.is_none() {
        within_limit?;
    }
    if let Some(damage) = damage::of_rejected(declared, file) {
        return Err(damage.into());
    }
    match conversion {
        Some(conversion) => Ok(Proof::Convertible(conversion, mismatch)),
        None => Err(mismatch.into()),
    }
}

fn undamaged<C: Content + ?Sized>(file_type: FileType, file: &C) -> Result<Proof, FileProblem> {
    match damage::of_proven(file_type, file) {
        Some(damage) => Err(damage.into()),
        None => Ok(Proof::Valid(file_type)),
    }
}

pub(crate) fn within_limit<C: Content + ?Sized>(
    file_type: FileType,
    file: &C,
    policy: &Policy,
) -> Result<(), FileProblem> {
    let family = file_type.family();
    let limit_bytes = policy.limits.of(family);
    let actual_bytes = file.len();
    if actual_bytes > limit_bytes {
        return Err(FileProblem::TooLarge {
            family,
            limit_bytes,
            actual_bytes,
        });
    }
    Ok(())
}
