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
    Absence, ChunkParameters, Conversion, Declared, Excerpt, Family, Field, FileType, Policy,
    UploadError, UploadRequest, sniff, text_instead,
};

use super::error::FormError;
use super::multipart::{Part, Parts};
use super::other_format::{self, excludes_text, extension, names_piece};
use super::text_instead_of_file::TextInsteadOfFile;
use crate::rejection::Rejection;

/// The maximum number of parts of a form. Three have a meaning; the rest leaves room for what pages add.
const MAX_PARTS: usize = 16;

/// How many parts an error names if none is `file`.
const MAX_NAMED_PARTS: usize = 3;

/// The longest text part: far longer than any documented value.
const MAX_TEXT_BYTES: usize = 1024;

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
    chunk: ChunkParameters,
    /// The names of the first parts without a meaning.
    others: Vec<Excerpt>,
}

struct FilePart {
    content: Bytes,
    /// The type that its media type and its name declare.
    declared: Declared,
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
    fn add(&mut self, part: Part, policy: &Policy) -> Result<(), Rejection> {
        if part.name == Field::File.name() {
            check_encoding(&part, Field::File)?;
            if part
                .file_name
                .as_deref()
                .is_some_and(|name| names_piece(name, policy))
            {
                return Err(UploadError::Chunk.into());
            }
            self.add_file(FilePart::new(part, policy))?;
        } else if part.name == Field::FileType.name() {
            set_once(
                &mut self.file_type,
                text_part(part, Field::FileType)?,
                Field::FileType,
            )?;
        } else if part.name == Field::Channel.name() {
            set_once(
                &mut self.channel,
                text_part(part, Field::Channel)?,
                Field::Channel,
            )?;
        } else {
            self.chunk.add(&part.name, &part.content)?;
            if self.others.len() < MAX_NAMED_PARTS {
                self.others.push(Excerpt::new(&part.name));
            }
        }
        Ok(())
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
            return Err(Rejection::Upload(if self.others.is_empty() {
                UploadError::Missing {
                    field: Field::File,
                    absence: Absence::Absent,
                }
            } else {
                UploadError::OtherParts { found: self.others }
            }));
        };
        // The part `fileType` takes precedence over the file's own part.
        let declared = match text(self.file_type) {
            Some(spelling) => Declared::Spelling(spelling),
            None => file.declared.clone(),
        };
        if let Some(text) = file.text_instead() {
            return Err(FormError::TextInsteadOfFile(text).into());
        }
        if !file.has_file_name && is_undeclared_text(&file.content, &declared) {
            return Err(if is_printed_value(&file.content) {
                FormError::NotAFile.into()
            } else {
                FormError::NoFileName.into()
            });
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

    /// Returns what the content is instead of the file. A text file may quote anything but a whole upload.
    fn text_instead(&self) -> Option<TextInsteadOfFile> {
        if !self.has_extension {
            TextInsteadOfFile::of(&self.content)
        } else if excludes_text(&self.declared) {
            TextInsteadOfFile::of_request(&self.content)
        } else {
            TextInsteadOfFile::of_whole_request(&self.content)
        }
    }

    /// Returns whether the part says that it is a file. Some libraries give every text part a text's
    /// media type.
    fn is_file(&self) -> bool {
        !self.is_unselected && (self.has_file_name || excludes_text(&self.declared))
    }
}

/// Returns whether a part without a file name is a text that a script put there instead of a file: a
/// `FormData` gives every `File` and `Blob` a name. Nothing declares such a text to be a file.
fn is_undeclared_text(content: &Bytes, declared: &Declared) -> bool {
    *declared == Declared::Unknown
        && sniff::identify(content).is_some_and(|file_type| file_type.family() == Family::Text)
}

/// Returns whether a text is what scripts print for an object or a missing value.
fn is_printed_value(text: &[u8]) -> bool {
    let is_json =
        text.trim_ascii_start().starts_with(b"{") && text.trim_ascii_end().ends_with(b"}");
    is_json || text_instead::is_placeholder(text)
}

/// Returns what a file's media type and name declare it to be, the media type first, unless [the content and the
/// name](is_as_named) contradict it. Between the kinds of text, the name's extension is the better judge: many systems
/// call a CSV file `text/plain`. It also is if only the media type is a text's, which some libraries give every part.
fn declared_type(part: &Part, policy: &Policy) -> Declared {
    let media_type = part.media_type.as_deref();
    let by_media_type = media_type.and_then(|it| policy.type_of_media_type(it));
    let extension = part.file_name.as_deref().and_then(extension);
    let by_name = extension.and_then(|it| policy.type_of_extension(it));
    let is_text = |file_type: &FileType| file_type.family() == Family::Text;
    let by_binary = by_media_type.filter(|it| !is_text(it));
    let by_binary = by_binary.filter(|declared| {
        let named = by_name.filter(|it| it != declared && !is_text(it));
        !named.is_some_and(|named| is_as_named(part, *declared, named))
    });
    if let Some(file_type) = by_binary.or(by_name) {
        return Declared::Type(file_type);
    }
    if let Some(name) = extension.and_then(other_format::of_extension) {
        return Declared::Other(name);
    }
    let other = media_type.and_then(other_format::of_media_type);
    match (by_media_type, other) {
        (Some(file_type), _) => Declared::Type(file_type),
        (None, Some(name)) => Declared::Other(name),
        (None, None) => Declared::Unknown,
    }
}

/// Returns whether a file is what its name says, not its media type. Some systems have a wrong media type for an
/// extension (`audio/mpeg` for M4A), and scripts set one for all files. Of content that is neither type, the name
/// decides, unless the media type is that of a container that is converted.
fn is_as_named(part: &Part, by_media_type: FileType, by_name: FileType) -> bool {
    let is = |file_type| sniff::prove(file_type, &part.content).is_ok();
    let is_convertible = || {
        let media_type = part.media_type.as_deref();
        media_type.is_some_and(|it| Conversion::from_media_type(it).is_some())
    };
    !is(by_media_type) && (!is_convertible() || is(by_name))
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
