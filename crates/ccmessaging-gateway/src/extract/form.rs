//! A form (`multipart/form-data`, RFC 7578), as a page's `<form>` or `curl -F file=@photo.jpg`
//! sends it.
//!
//! The part `file` is the file itself. `fileType` and `channel` are optional, and count as absent if
//! they are empty, as the untouched fields of a page's form are. Other parts are ignored and never
//! forwarded, like unknown fields of the JSON body.
//!
//! `FilePond` and others send metadata in a text part with the name of the file. So of several parts
//! `file`, the one with a file name or a file's media type is the file. An empty part with an empty file
//! name is an input of a page in which no file was selected.

use bytes::Bytes;
use ccmessaging_core::{
    Absence, Declared, Family, Field, FileType, Policy, UploadError, UploadRequest, sniff,
};

use super::error::FormError;
use super::multipart::{Part, Parts};
use super::text_instead_of_file::TextInsteadOfFile;
use crate::rejection::Rejection;

/// The maximum number of parts of a form. Three have a meaning; the rest leaves room for what pages add.
const MAX_PARTS: usize = 16;

/// The longest text part: far longer than any documented value.
const MAX_TEXT_BYTES: usize = 1024;

/// The fields in which Dropzone, Plupload and `WebUploader`, resumable.js, flow.js, simple-uploader and Fine
/// Uploader write how many chunks a file has.
const CHUNK_COUNTS: [&str; 6] = [
    "dztotalchunkcount",
    "chunks",
    "resumableTotalChunks",
    "flowTotalChunks",
    "totalChunks",
    "qqtotalparts",
];

/// The encodings that change nothing (RFC 2045 section 6.2).
const IDENTITY_ENCODINGS: [&str; 3] = ["binary", "8bit", "7bit"];

/// The parts of a form that have a meaning.
#[derive(Default)]
struct Form {
    file: Option<FilePart>,
    /// A part `file` that does not say that it is a file.
    unnamed: Option<FilePart>,
    has_several_unnamed: bool,
    file_type: Option<Bytes>,
    channel: Option<Bytes>,
}

struct FilePart {
    content: Bytes,
    /// The type that its media type and its name declare.
    declared: Option<FileType>,
    has_file_name: bool,
    /// Whether it is an input without a selected file.
    is_unselected: bool,
    /// Whether the name has an extension. Browsers and libraries also name what has no name, such as `blob`
    /// or after the part.
    has_extension: bool,
}

/// Reads a form.
pub(super) fn read(
    boundary: &str,
    body: Bytes,
    policy: &Policy,
) -> Result<UploadRequest, Rejection> {
    let mut parts = Parts::new(body, boundary);
    let mut form = Form::default();
    let mut count = 0;
    while let Some(part) = parts.next()? {
        count += 1;
        if count > MAX_PARTS {
            return Err(FormError::TooManyParts { limit: MAX_PARTS }.into());
        }
        form.add(part, policy)?;
    }
    form.into_request()
}

impl Form {
    /// Adds a part; one without a meaning is skipped.
    fn add(&mut self, part: Part, policy: &Policy) -> Result<(), FormError> {
        if part.name == Field::File.name() {
            check_encoding(&part, Field::File)?;
            self.add_file(FilePart::new(part, policy))
        } else if part.name == Field::FileType.name() {
            set_once(
                &mut self.file_type,
                text_part(part, Field::FileType)?,
                Field::FileType,
            )
        } else if part.name == Field::Channel.name() {
            set_once(
                &mut self.channel,
                text_part(part, Field::Channel)?,
                Field::Channel,
            )
        } else {
            check_chunks(&part)
        }
    }

    fn add_file(&mut self, file: FilePart) -> Result<(), FormError> {
        if file.is_file() {
            return set_once(&mut self.file, file, Field::File);
        }
        self.has_several_unnamed |= self.unnamed.replace(file).is_some();
        Ok(())
    }

    fn into_request(self) -> Result<UploadRequest, Rejection> {
        if self.file.is_none() && self.has_several_unnamed {
            return Err(repeated(Field::File).into());
        }
        let Some(file) = self.file.or(self.unnamed) else {
            return Err(Rejection::Upload(UploadError::Missing {
                field: Field::File,
                absence: Absence::Absent,
            }));
        };
        // The part `fileType` takes precedence over the file's own part.
        let declared = match text(self.file_type) {
            Some(spelling) => Declared::Spelling(spelling),
            None => file.declared.into(),
        };
        if let Some(text) = file.text_instead() {
            return Err(FormError::TextInsteadOfFile(text).into());
        }
        if !file.has_file_name && is_undeclared_text(&file.content, &declared) {
            return Err(FormError::NotAFile.into());
        }
        let request = UploadRequest::from_file(file.content, declared).in_field(Field::File);
        Ok(match text(self.channel) {
            Some(channel) => request.with_channel(channel),
            None => request,
        })
    }
}

impl FilePart {
    fn new(part: Part, policy: &Policy) -> Self {
        Self {
            declared: declared_type(&part, policy),
            has_file_name: part.file_name.is_some(),
            is_unselected: part.file_name.as_deref() == Some("") && part.content.is_empty(),
            has_extension: part
                .file_name
                .is_some_and(|name| extension(&name).is_some()),
            content: part.content,
        }
    }

    /// Returns what the content is instead of the file. A text file may quote anything but a whole form.
    fn text_instead(&self) -> Option<TextInsteadOfFile> {
        let is_text = |file_type: FileType| file_type.family() == Family::Text;
        if !self.has_extension {
            TextInsteadOfFile::of(&self.content)
        } else if self.declared.is_none_or(is_text) {
            TextInsteadOfFile::of_whole_form(&self.content)
        } else {
            TextInsteadOfFile::of_request(&self.content)
        }
    }

    /// Returns whether the part says that it is a file. Some libraries give every text part a text's
    /// media type.
    fn is_file(&self) -> bool {
        let is_text = |file_type: FileType| file_type.family() == Family::Text;
        !self.is_unselected
            && (self.has_file_name || self.declared.is_some_and(|declared| !is_text(declared)))
    }
}

/// Returns whether a part without a file name is a text that a script put there instead of a file: a
/// `FormData` gives every `File` and `Blob` a name. Nothing declares such a text to be a file.
fn is_undeclared_text(content: &Bytes, declared: &Declared) -> bool {
    *declared == Declared::Unknown
        && sniff::identify(content).is_some_and(|file_type| file_type.family() == Family::Text)
}

/// Returns the extension of a file name.
fn extension(name: &str) -> Option<&str> {
    let (_, extension) = name.rsplit_once('.')?;
    Some(extension).filter(|extension| !extension.is_empty())
}

/// Returns what a file's media type and name declare it to be, the media type first. Between the kinds
/// of text, the name's extension is the better judge: many systems call a CSV file `text/plain`.
fn declared_type(part: &Part, policy: &Policy) -> Option<FileType> {
    let by_media_type = part
        .media_type
        .as_deref()
        .and_then(|media_type| policy.type_of_media_type(media_type));
    let by_name = part
        .file_name
        .as_deref()
        .and_then(extension)
        .and_then(|extension| policy.type_of_extension(extension));
    let is_text = |file_type: FileType| file_type.family() == Family::Text;
    match (by_media_type, by_name) {
        (Some(by_media_type), Some(by_name)) if is_text(by_media_type) && is_text(by_name) => {
            Some(by_name)
        }
        (by_media_type, by_name) => by_media_type.or(by_name),
    }
}

fn check_encoding(part: &Part, field: Field) -> Result<(), FormError> {
    let is_identity = |encoding: &str| {
        IDENTITY_ENCODINGS
            .iter()
            .any(|identity| encoding.eq_ignore_ascii_case(identity))
    };
    match &part.transfer_encoding {
        Some(encoding) if !is_identity(encoding) => {
            Err(FormError::EncodedPart { name: field.name() })
        }
        _ => Ok(()),
    }
}

/// Rejects one chunk of several: it may begin as the file does, and would be stored as if it were the file.
fn check_chunks(part: &Part) -> Result<(), FormError> {
    let count = std::str::from_utf8(&part.content).ok();
    let count = count.and_then(|count| count.trim().parse::<u32>().ok());
    if CHUNK_COUNTS.contains(&&part.name[..]) && count.is_some_and(|count| count > 1) {
        return Err(FormError::Chunk);
    }
    Ok(())
}

fn set_once<T>(place: &mut Option<T>, value: T, field: Field) -> Result<(), FormError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(repeated(field)),
    }
}

fn repeated(field: Field) -> FormError {
    FormError::RepeatedPart { name: field.name() }
}

fn text_part(part: Part, field: Field) -> Result<Bytes, FormError> {
    check_encoding(&part, field)?;
    if part.content.len() > MAX_TEXT_BYTES {
        return Err(FormError::LongPart {
            name: field.name(),
            limit_bytes: MAX_TEXT_BYTES,
        });
    }
    Ok(part.content)
}

/// Returns a text part's value, if it has one. Non-UTF-8 values are converted lossily: none is documented,
/// so they are rejected either way.
fn text(part: Option<Bytes>) -> Option<String> {
    part.filter(|text| !text.is_empty())
        .map(|text| String::from_utf8_lossy(&text).into_owned())
}
