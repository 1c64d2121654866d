//! Checks uploads: fields, size and content.

use std::borrow::Cow;

use crate::base64_text::{CanonicalBase64, DataUrl, check_placeholder, explained, misencoded};
use crate::content::Content;
use crate::conversion::Conversion;
use crate::convertible::{CheckedUpload, ConvertibleUpload, SourceFile};
use crate::damage;
use crate::error::{FileProblem, UploadError};
use crate::excerpt::Excerpt;
use crate::file_type::{Family, FileType, ParseFileTypeError};
use crate::payload::CHANNEL;
use crate::policy::Policy;
use crate::request::{Declared, FileStream, UploadRequest};
use crate::sniff::{self, Mismatch};
use crate::text_instead;
use crate::validated::{ValidatedUpload, within_limit};

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
            Declared::Spelling(spelling) => Some(parse_type(spelling, policy)?),
            Declared::Type(file_type) => Some(*file_type),
            Declared::Other(_) | Declared::Unknown => None,
        };
        if let Some(channel) = self.channel {
            check_channel(&channel)?;
        }
        let field = self.field;
        let file = match self.file {
            FileStream::Text(text) => {
                let explained = |error| explained(&text, error);
                let url = DataUrl::split(&text).map_err(explained)?;
                check_media_type(declared, url.media_type, policy)?;
                check_placeholder(&text, url.data_start)?;
                let file = CanonicalBase64::from_text_at(&text, url.data_start);
                SourceFile::Text(file.map_err(explained)?)
            }
            FileStream::Canonical { file, media_type } => {
                check_media_type(declared, media_type.as_deref(), policy)?;
                SourceFile::Text(file)
            }
            FileStream::Raw(bytes) => SourceFile::Raw(bytes),
        };
        let bytes: &dyn Content = match &file {
            SourceFile::Text(text) => text,
            SourceFile::Raw(bytes) => bytes,
        };
        let content = prove(declared, bytes, policy).map_err(|problem| {
            match (&problem, &file) {
                (
                    FileProblem::Mismatch(_) | FileProblem::DamagedInTransit(_),
                    SourceFile::Text(text),
                ) => misencoded(text.as_text()).map(UploadError::from),
                _ => None,
            }
            .unwrap_or(UploadError::File { field, problem })
        })?;
        if content.is_text()
            && let Some(problem) = text_in_place(&self.declared, declared, bytes)
        {
            return Err(UploadError::File { field, problem });
        }
        let spelling = match self.declared {
            Declared::Spelling(spelling) => Cow::Owned(spelling),
            Declared::Type(_) | Declared::Other(_) | Declared::Unknown => {
                Cow::Borrowed(policy.spelling_of(content.file_type()))
            }
        };
        Ok(match content {
            CheckedContent::Valid(file_type) => {
                let file = match file {
                    SourceFile::Text(text) => text,
                    SourceFile::Raw(bytes) => CanonicalBase64::encode(&bytes),
                };
                CheckedUpload::Valid(ValidatedUpload::new(file_type, spelling, file, field))
            }
            CheckedContent::Convertible(conversion, mismatch) => {
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

/// Parses a spelling. The error for one that names a container says to which type that is converted.
fn parse_type(spelling: &str, policy: &Policy) -> Result<FileType, UploadError> {
    spelling.parse().map_err(
        |error: ParseFileTypeError| UploadError::UnsupportedFileType {
            spelling: error.spelling,
            conversion: Conversion::from_extension(spelling)
                .or_else(|| Conversion::from_media_type(spelling))
                .filter(|_| policy.convert_media),
        },
    )
}

fn check_channel(channel: &str) -> Result<(), UploadError> {
    if channel == CHANNEL {
        return Ok(());
    }
    Err(UploadError::UnsupportedChannel {
        channel: Excerpt::new(channel),
    })
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
enum CheckedContent {
    /// It is of the type.
    Valid(FileType),
    /// It is of another type, but can be converted.
    Convertible(Conversion, Mismatch),
}

impl CheckedContent {
    fn is_text(&self) -> bool {
        self.file_type().family() == Family::Text
    }

    fn file_type(&self) -> FileType {
        match self {
            Self::Valid(file_type) => *file_type,
            Self::Convertible(conversion, _) => conversion.target(),
        }
    }
}

/// Checks the declared type, or finds the type if none is declared.
fn prove(
    declared: Option<FileType>,
    file: &dyn Content,
    policy: &Policy,
) -> Result<CheckedContent, FileProblem> {
    if file.is_empty() {
        return Err(FileProblem::Empty);
    }
    let Some(file_type) = declared else {
        let Some(file_type) = sniff::identify(file) else {
            let unsupported = || {
                let found = text_instead::request_or_base64(file);
                let found = found.unwrap_or_else(|| sniff::name(file));
                let conversion = found.media_type().and_then(Conversion::from_media_type);
                let conversion = conversion.filter(|_| policy.convert_media);
                FileProblem::Unsupported { found, conversion }
            };
            let damage = damage::of_rejected(declared, file);
            return Err(damage.map_or_else(unsupported, Into::into));
        };
        within_limit(file_type, file.len(), false, policy)?;
        return undamaged(file_type, file);
    };
    // The limit first, because that check does not read the content. It applies to the result of a
    // conversion, whose source may be larger.
    let within_limit = within_limit(file_type, file.len(), false, policy);
    let may_be_converted = policy.convert_media && Conversion::exists_for(file_type);
    if !may_be_converted {
        within_limit.clone()?;
    }
    let Err(mismatch) = sniff::prove(file_type, file) else {
        within_limit?;
        return undamaged(file_type, file);
    };
    let media_type = mismatch.found().media_type();
    let conversion = media_type.and_then(|media_type| Conversion::to(file_type, media_type));
    let conversion = conversion.filter(|_| may_be_converted);
    if conversion.is_none() {
        within_limit?;
    }
    if let Some(found) = text_instead::request_or_base64(file) {
        return Err(Mismatch::new(file_type, found).into());
    }
    if let Some(damage) = damage::of_rejected(declared, file) {
        return Err(damage.into());
    }
    if let Some(conversion) = conversion {
        return Ok(CheckedContent::Convertible(conversion, mismatch));
    }
    let conversion = media_type.and_then(Conversion::from_media_type);
    let other = conversion.filter(|it| policy.convert_media && it.target() != file_type);
    Err(mismatch.convertible_by(other).into())
}

/// Returns the problem with a text that is something else than the declared file.
fn text_in_place(
    declared: &Declared,
    file_type: Option<FileType>,
    text: &dyn Content,
) -> Option<FileProblem> {
    let found = text_instead::request_or_base64(text);
    Some(match (declared, file_type) {
        (Declared::Other(declared), _) => FileProblem::TextInstead {
            declared,
            found: found.unwrap_or_else(|| sniff::name(text)),
        },
        (_, Some(file_type)) => Mismatch::new(file_type, found?).into(),
        (_, None) => FileProblem::Unsupported {
            found: found?,
            conversion: None,
        },
    })
}

fn undamaged(file_type: FileType, file: &dyn Content) -> Result<CheckedContent, FileProblem> {
    if file_type.family() == Family::Text && is_only_mark(file) {
        return Err(FileProblem::OnlyByteOrderMark);
    }
    match damage::of_proven(file_type, file) {
        Some(damage) => Err(damage.into()),
        None => Ok(CheckedContent::Valid(file_type)),
    }
}

/// Returns whether a text consists of a byte order mark, as editors save an empty one.
fn is_only_mark(file: &dyn Content) -> bool {
    const MARKS: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
    let mut bytes = [0; 4];
    let count = file.read_at(0, &mut bytes);
    MARKS.contains(&&bytes[..count])
}
